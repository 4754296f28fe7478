"""What people type is brought into one form before it is judged: blanks, marks that cannot be seen, numbers."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.content.types import NAME
from store.fields.checking import clean
from store.fields.spec import Field
from store.typed_text import length_seen, name_key, number_of
from store.words import Words

LINE = Field("line", "text", Words("一行", "Line"), required=True)
LINES = Field("lines", "long_text", Words("多行", "Lines"))


def kept(field: Field, value: Any) -> Any:
    cleaned, problems = clean((field,), {field.name: value})
    return [each.code for each in problems] or cleaned.get(field.name)


@pytest.mark.parametrize(
    "blank", ["   ", "\t\n", "\u3000", "\xa0", "\u200b", "\ufeff\u200e", {"zh": "   "}, {"en": "\u200b"}]
)
def test_blanks_are_no_name(blank: Any) -> None:
    assert kept(NAME, blank) == ["required"]
    if isinstance(blank, str):
        assert kept(LINE, blank) == ["required"]


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_field_of_one_line_has_one_line(break_: str) -> None:
    assert kept(LINE, f"车库{break_}入口") == "车库 入口"
    assert kept(NAME, {"zh": f"车库{break_}入口"}) == {"zh": "车库 入口"}


def test_a_field_of_several_lines_keeps_them() -> None:
    assert kept(LINES, " 第一行 \r\n\r\n\t第二行\x07 ") == "第一行\n\n\t第二行"


@pytest.mark.parametrize("mark", ["\u202e", "\u200f", "\u2066", "\u200b", "\ufeff"])
def test_marks_that_turn_or_hide_text_are_not_kept(mark: str) -> None:
    assert kept(LINE, f"gpj{mark}.exe") == "gpj.exe"
    assert kept(LINES, f"a{mark}b") == "ab"


def test_a_limit_counts_what_a_reader_sees() -> None:
    family = "👨‍👩‍👧‍👦"
    assert (length_seen(family), length_seen("e\u0301"), length_seen("👍🏽"), length_seen("安居")) == (1, 1, 1, 2)
    assert kept(LINE, "  " + "字" * 500 + "  ") == "字" * 500
    assert kept(LINE, "字" * 501) == ["too_long"]
    assert kept(LINE, "e\u0301" * 500) == "e\u0301" * 500
    assert kept(LINE, "a" + "\u0301" * 5000) == ["too_long"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12"),
        ("１２．５", "12.5"),
        ("-3", "-3"),
        ("1,200.50", "1200.50"),
        ("1_000", None),
        ("१२३", None),
        ("1e5", None),
        ("1,2,3", None),
        ("0x10", None),
        ("inf", None),
        ("nan", None),
        ("", None),
        ("1 000", None),
        ("9" * 30, None),
    ],
)
def test_only_what_people_write_as_a_number_is_one(typed: str, number: str | None) -> None:
    assert number_of(typed) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("one", "other"),
    [("买买提·艾力", "买买提•艾力"), ("José", "jose"), ("李 明", "李\u200b明"), ("ＡＢＣ", "abc"), ("O'Neil", "oneil")],
)
def test_a_name_is_searched_in_one_form(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60))
def test_what_was_cleaned_once_stays_as_it_is(text: str) -> None:
    for field in (LINE, LINES):
        once = kept(field, text)
        if isinstance(once, str):
            assert kept(field, once) == once
