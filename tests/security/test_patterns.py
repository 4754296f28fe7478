"""Patterns over what people send take time in proportion to its length. The kernel's limit of CPU time is the judge: for a
pattern that is not linear the longest text would take minutes."""

import re
from typing import Any

import pytest

from tests.cpu import is_done_within
from tests.security.patterns import EVERY_WAY, Found, all_patterns, pumps

LENGTHS = (5_000, 10_000, 20_000)
# A linear pattern needs a fraction of a second for all texts together, a quadratic one several for the longest alone.
CPU_SECONDS = 1


def exhausts(pattern: "re.Pattern[Any]", ways: frozenset[str] = EVERY_WAY) -> bool:
    """Whether the pattern is stopped by the limit before it is through with texts of doubling length."""
    return not is_done_within(CPU_SECONDS, lambda: pump(pattern, ways))


def pump(pattern: "re.Pattern[Any]", ways: frozenset[str]) -> None:
    for length in LENGTHS:
        for before, again, after in pumps(pattern):
            try_all(pattern, ways, before + again * (length // len(again)) + after)


def try_all(pattern: "re.Pattern[Any]", ways: frozenset[str], text: str) -> None:
    given: Any = text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
    for way in ("match", "fullmatch", "search"):
        if way in ways:
            getattr(pattern, way)(given)
    if ways - {"match", "fullmatch", "search"}:
        for _ in pattern.finditer(given):
            pass


@pytest.mark.parametrize("found", all_patterns(), ids=lambda found: found.place)
def test_every_pattern_of_the_product_is_linear(found: Found) -> None:
    assert not exhausts(found.pattern, found.ways), f"{found.pattern.pattern!r} takes more than in proportion"


BAD = (r"[室号户]+$", r"(?:a+)+$", r"<row\b[^>]*?\br=", r"<si\b.*?</si>", r"(\w|\d)*!", r"\s+$", r"^(a|aa)+$")


@pytest.mark.parametrize("pattern", BAD)
def test_a_pattern_that_is_not_linear_is_caught(pattern: str) -> None:
    assert exhausts(re.compile(pattern))


def test_patterns_are_found_where_they_are() -> None:
    places = {found.place.rsplit(":")[0] for found in all_patterns()}
    assert {"store/fields/days.py", "store/plans/rule_text.py", "admin_app/api/queries.py"} <= places
    assert len(all_patterns()) > 30


def test_no_pattern_takes_a_line_end_behind_its_last_character() -> None:
    r"""`$` matches before a line end too: a code that ends with one would be taken, and found by nobody."""
    assert [found.place for found in all_patterns() if str(found.pattern.pattern).endswith("$")] == []
