"""A difference tells what was changed: of lists the rows that came, went or moved, and never all that stand behind them."""

from typing import Any

import pytest
from bson import encode
from hypothesis import given
from hypothesis import strategies as st

from store.differences import difference, undo

Row = dict[str, Any]
leaves = st.integers(0, 3) | st.sampled_from(["甲", "乙"])
rows = st.lists(
    st.dictionaries(st.sampled_from(["code", "number", "a", "b"]), leaves, min_size=1)
    | st.fixed_dictionaries({"inner": st.lists(st.dictionaries(st.sampled_from(["number", "a"]), leaves), max_size=4)}),
    max_size=6,
)
plain = st.lists(st.integers(0, 9), max_size=30)
bodies = st.fixed_dictionaries({"rows": rows, "plain": plain, "name": leaves})


def steps(*names: str, key: str = "code") -> list[Row]:
    return [{key: name, "text": {"zh": f"做 {name}"}, "minutes": 5} for name in names]


def told(old: list[Row], new: list[Row]) -> list[tuple[str, str]]:
    """What was done to which row or field."""
    return [(each.get("what", ""), each["field"]) for each in difference({"steps": old}, {"steps": new})]


TWENTY = [f"s{number}" for number in range(20)]


@pytest.mark.parametrize("key", ["code", "date", "number", "nothing-known"])
def test_a_row_put_in_above_twenty_is_one_change(key: str) -> None:
    old = steps(*TWENTY, key=key)
    assert told(old, [*steps("new", key=key), *old]) == [("added", "steps.0")]


def test_a_row_taken_out_is_one_change() -> None:
    assert told(steps(*TWENTY), steps(*TWENTY[1:])) == [("removed", "steps.0")]


def test_a_row_that_moved_is_one_change() -> None:
    assert told(steps("a", "b", "c", "d"), steps("d", "a", "b", "c")) == [("moved", "steps.0")]


def test_a_field_of_a_row_is_told_by_the_code_of_the_row_wherever_it_stands() -> None:
    old, new = steps("a", "b"), steps("x", "a", "b")
    new[2]["minutes"] = 9
    assert difference({"steps": old}, {"steps": new}) == [
        {"field": "steps.0", "old": None, "new": new[0], "what": "added", "rows": ["x"]},
        {"field": "steps.2.minutes", "old": 5, "new": 9, "rows": ["b"]},
    ]


def test_rows_without_codes_are_told_by_what_stands_in_them() -> None:
    old: list[Row] = [{"text": "一"}, {"text": "二"}, {"text": "三"}]
    assert told(old, [{"text": "零"}, {"text": "一"}, {"text": "2"}, {"text": "三"}]) == [
        ("added", "steps.0"),
        ("", "steps.2.text"),
    ]


def test_of_rows_that_are_given_new_numbers_only_the_numbers_are_told() -> None:
    old = [{"number": n, "clauses": [{"number": f"{n}.1", "text": f"条 {n}"}]} for n in (1, 2)]
    new = [{"number": n + 1, "clauses": [{"number": f"{n + 1}.1", "text": f"条 {n}"}]} for n in (1, 2)]
    assert told(old, new) == [
        ("", "steps.0.number"),
        ("", "steps.0.clauses.0.number"),
        ("", "steps.1.number"),
        ("", "steps.1.clauses.0.number"),
    ]


def test_two_codes_are_two_rows_even_in_one_place() -> None:
    old, new = [{"code": "a", "x": 1, "y": 1}], [{"code": "b", "x": 2, "y": 2}]
    assert told(old, new) == [("removed", "steps.0"), ("added", "steps.0")]


def test_a_row_that_was_given_another_code_and_nothing_else_is_the_same_row() -> None:
    assert told([{"code": "a", "x": 1, "y": 1}], [{"code": "b", "x": 1, "y": 1}]) == [("", "steps.0.code")]


def test_a_long_list_of_plain_values_is_told_value_by_value() -> None:
    old = [f"d{number}" for number in range(500)]
    changes = difference({"scope": old}, {"scope": ["new", *old]})
    assert changes == [{"field": "scope.0", "old": None, "new": "new", "what": "added"}]


def test_the_difference_is_as_large_as_the_change_and_not_as_the_list() -> None:
    clause = {"number": "1.1", "title": {"zh": "标题"}, "text": {"zh": "条款正文" * 200}}
    chapters = [{"number": n, "title": {"zh": f"第 {n} 章"}, "clauses": [clause] * 10} for n in range(2, 22)]
    new = [{"number": 1, "title": {"zh": "新章"}, "clauses": []}, *chapters]
    changes = difference({"chapters": chapters}, {"chapters": new})
    assert len(encode({"changes": changes})) < 300


@given(bodies, bodies)
def test_every_difference_can_be_taken_back(old: Row, new: Row) -> None:
    assert undo(new, difference(old, new)) == old


@given(bodies)
def test_nothing_changed_is_no_difference(body: Row) -> None:
    assert difference(body, body) == []


@given(rows, st.randoms())
def test_rows_that_only_changed_places_are_only_moved(found: list[Row], random: Any) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    assert {what for what, _ in told(found, shuffled)} <= {"moved"}


def test_what_older_versions_wrote_is_taken_back_as_ever() -> None:
    new = {"rows": [{"a": 1}, {"a": 2}], "name": {"zh": "新"}}
    stored: list[Row] = [
        {"field": "name.zh", "old": "旧", "new": "新"},
        {"field": "rows.0.a", "old": 2, "new": 1},
        {"field": "rows.1", "old": None, "new": {"a": 2}},
    ]
    assert undo(new, stored) == {"rows": [{"a": 2}], "name": {"zh": "旧"}}
