"""Patterns that managers type: what they mean, and that no text makes one slow."""

import pytest

from store.content.rules import check_content_type
from store.fields import patterns
from store.fields.checking import clean
from store.fields.spec import Field
from store.words import Words
from tests.cpu import is_done_within

LABEL = Words("车牌", "Number plate")
PLATE = Field("plate", "text", LABEL, pattern=r"[A-Z]{2}\d{4}")
# For each of them a backtracking engine needs longer than anybody lives.
SLOW = (r"(a+)+b", r"(a|aa)+b", r"(\w|\d)*!", r"(x?){100}x{100}y", r"([a-z]+)*[A-Z]")


@pytest.mark.parametrize(
    ("text", "is_right"), [("AB1234", True), ("AB123", False), ("xAB1234", False), ("AB12345", False)]
)
def test_the_whole_text_is_as_the_pattern_says(text: str, is_right: bool) -> None:
    assert (clean((PLATE,), {"plate": text})[1] == []) == is_right


def test_it_is_asked_of_both_languages_and_refused_by_the_name_of_the_field() -> None:
    field = Field("plate", "text", LABEL, translated=True, pattern="[a-z]+")
    (problem,) = clean((field,), {"plate": {"zh": "abc", "en": "ABC"}})[1]
    assert (problem.code, problem.field) == ("not_as_asked", "plate")


@pytest.mark.parametrize("pattern", SLOW)
def test_no_text_makes_a_pattern_slow(pattern: str) -> None:
    assert patterns.is_pattern(pattern)
    assert is_done_within(1, lambda: patterns.fits(pattern, "ax" * 10_000 + "a" * 10_000))


@pytest.mark.parametrize(
    "pattern",
    ["(a", "[a", "a{2000}", "(?i)a", "(?P<n>a)", "(?=a)", r"(a)\1", r"\pL", r"\Aa", "[[:alpha:]]", "*", "x" * 201],
)
def test_what_not_every_engine_reads_alike_is_no_pattern(pattern: str) -> None:
    assert not patterns.is_pattern(pattern)
    row = {"name": "name", "kind": "text", "pattern": pattern}
    assert "not_a_pattern" in {each.code for each in check_content_type({"fields": [row]}, lambda kind, code: None)}


@pytest.mark.parametrize("pattern", [r"\d{3}-\d{4}", "(?:京|沪)[A-Z]", r"\(\d+\)", "a|b", r"\\d"])
def test_what_all_engines_read_alike_is_a_pattern(pattern: str) -> None:
    assert patterns.is_pattern(pattern)
