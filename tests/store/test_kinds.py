"""One description for each kind of record."""

import pytest

from store import domains, kinds
from store.kinds import RecordKind
from store.records import documents
from store.versioned import kind_name
from store.words import Words

domains.load("documents")


def test_every_kind_of_record_is_described_under_the_name_that_is_stored() -> None:
    found = documents()
    assert set(found) == set(kinds.kinds())
    assert {name: kind_name(document) for name, document in found.items()} == {name: name for name in found}


def test_no_two_kinds_share_a_prefix_a_page_or_a_place_in_the_search() -> None:
    found = list(kinds.kinds().values())
    for names in (
        [each.prefix for each in found],
        [each.page for each in found],
        [each.search_order for each in found],
    ):
        assert len(set(names)) == len(found)


def test_a_former_name_leads_to_the_kind() -> None:
    found = kinds.find("request")
    assert found is not None
    assert found.name == "service_request"
    assert kinds.address_of("request", "R-2611-0001") == "/admin/requests/R-2611-0001"


@pytest.mark.parametrize(("name", "number"), [("estate", "E1"), (None, "1"), ("drill", None), ("drill", "")])
def test_what_has_no_page_has_no_address(name: str | None, number: str | None) -> None:
    assert kinds.address_of(name, number) is None


def test_a_name_belongs_to_one_kind() -> None:
    words = Words("甲", "A")
    again = RecordKind(
        name="other", one=words, many=words, prefix="X", page="x", permission="work.read", states={}, search_order=99,
        formerly=("request",),
    )  # fmt: skip
    with pytest.raises(ValueError, match="request"):
        kinds.register(again)
    assert "other" not in kinds.kinds()
