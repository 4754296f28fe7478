"""Telephone numbers as people write them: one form at every door, and none of a text left in the open."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.phones import canonical, check_phone, digits_wanted, masked

MINE = "13900000001"


@pytest.mark.parametrize(
    "typed",
    [
        "13900000001",
        "139 0000 0001",
        "139-0000-0001",
        "139/0000/0001",
        "139.0000.0001",
        "(139)00000001",
        "+86 13900000001",
        "+8613900000001",
        "+86-139-0000-0001",
        "008613900000001",
        "0086 139 0000 0001",
        "8613900000001",
        "１３９０００００００１",
        "＋８６ １３９ ００００ ０００１",
        "139\u200b0000\u202a0001",
        "'13900000001",
        "13900000001（儿子）",
        "电话13900000001",
    ],
)
def test_a_mobile_number_is_one_however_it_is_typed(typed: str) -> None:
    assert canonical(typed) == [MINE]
    assert check_phone(typed, "phone") == []
    assert digits_wanted(typed).endswith("0001")


@pytest.mark.parametrize("between", ["/", " / ", "、", ";", "；", ",", "，", "\n", "或", "|", "  "])
def test_two_numbers_of_one_text_are_two(between: str) -> None:
    typed = f"13900000001{between}13900000002"
    assert canonical(typed) == ["13900000001", "13900000002"]
    assert check_phone(typed, "phone") == []
    assert "1390000" not in re.sub(r"\D", "", masked(typed).replace("*", "x")[:11])
    assert masked(typed).count("139****000") == 2


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("（010）60000001", "01060000001"),
        ("010－60000001", "01060000001"),
        ("+86 10 6000 0001", "01060000001"),
        ("010-60000001转8001", "01060000001转8001"),
        ("010-60000001-8001", "01060000001转8001"),
        ("010-60000001 分机 8001", "01060000001转8001"),
        ("0571 8800 0001 ext.23", "057188000001转23"),
        ("60000001", "60000001"),
        ("95588", "95588"),
        ("12345", "12345"),
        ("110", "110"),
        ("400-820-8820", "4008208820"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_landlines_service_numbers_and_numbers_abroad_are_read(typed: str, read: str) -> None:
    assert canonical(typed) == [read]
    assert check_phone(typed, "phone") == []


@pytest.mark.parametrize(("typed", "n"), [("1390000000", 10), ("139000000012", 12), ("+86 1390000000", 10)])
def test_a_mobile_number_with_a_digit_too_few_or_too_many_is_refused_with_the_count(typed: str, n: int) -> None:
    (problem,) = check_phone(typed, "contact_phone")
    assert (problem.code, problem.field) == ("malformed_phone", "contact_phone")
    assert str(n) in problem.words.zh


@pytest.mark.parametrize(
    "typed", ["call me", "1.39E+10", "12345678901234567890", "13900000001 7", "+", "()", "139-0000"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    assert [each.code for each in check_phone(typed, "phone")] == ["malformed_phone"]


def test_more_numbers_than_anybody_has_are_refused() -> None:
    typed = "、".join(f"1390000000{n}" for n in range(6))
    assert [each.code for each in check_phone(typed, "phone")] == ["too_many_phones"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("13900000001/13900000002", "139****0001/139****0002"),
        ("１３９０００００００１", "139****0001"),
        ("13900000001（儿子）、010-60000001转8001", "139****0001(儿子)、010****0001转****"),
        ("1390000000", "**********"),
        ("110", "*10"),
        ("先打1390000000113900000002", "*" * 24),
        ("打给小王", "****"),
    ],
)
def test_every_number_of_a_text_is_hidden(typed: str, shown: str) -> None:
    assert masked(typed) == shown


numbers = st.one_of(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"0[3-9][0-9]{2}-?[2-9][0-9]{7}", fullmatch=True),
    st.from_regex(r"\+?[0-9]{9,14}", fullmatch=True),
)
between = st.sampled_from(["/", " ", "、", ";", "-", "\n", "或", "（备用）", ".", "(", "转"])


@settings(max_examples=400, deadline=None)
@given(parts=st.lists(st.tuples(numbers, between), min_size=1, max_size=6))
def test_no_text_of_numbers_shows_one_of_them(parts: list[tuple[str, str]]) -> None:
    shown = re.sub(r"[^0-9*]", "", masked("".join(number + gap for number, gap in parts)))
    assert re.search(r"[0-9]{9}", shown) is None
    assert "*" in shown


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    canonical(text)
    check_phone(text, "phone")
    masked(text)
    digits_wanted(text)
