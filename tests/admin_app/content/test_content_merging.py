"""What two editors began with is found again from the history, and their changes are put together."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from admin_app.backoffice.content.merging import merged, undone
from store.differences import difference

leaves = st.integers(0, 3) | st.sampled_from(["甲", "乙"])
rows = st.lists(st.dictionaries(st.sampled_from("ab"), leaves, min_size=1), max_size=4)
bodies = st.dictionaries(st.sampled_from(["name", "times"]), leaves | st.lists(leaves, min_size=1, max_size=3)).flatmap(
    lambda plain: rows.map(lambda some: {**plain, **({"rows": some} if some else {})})
)


def save(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {"verb": "save", "detail": {"changes": difference(old, new)}}


@given(bodies, bodies, bodies)
def test_saves_are_undone(first: dict[str, Any], second: dict[str, Any], third: dict[str, Any]) -> None:
    assert undone(third, [save(first, second), save(second, third)]) == first


def test_a_restored_revision_cannot_be_undone() -> None:
    assert undone({"a": 1}, [{"verb": "restore", "detail": {"number": 1}}]) is None


def test_a_publication_leaves_the_draft_as_it_was() -> None:
    assert undone({"a": 1}, [{"verb": "publish", "detail": {"number": 1}}]) == {"a": 1}


def test_both_changes_are_kept_and_mine_counts_where_they_meet() -> None:
    base = {"a": 1, "b": 1, "c": 1, "d": 1}
    theirs = {"a": 2, "b": 2, "c": 1, "d": 1}
    assert merged(base, theirs, {"a": 1, "b": 3, "c": 3}) == {"a": 2, "b": 3, "c": 3}
