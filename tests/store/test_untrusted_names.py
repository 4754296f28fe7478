"""Names of files as they are shown: nothing that hides what a file is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.untrusted.names import LONGEST, clean_name

NAMES = {
    "住户 名单.xlsx": "住户 名单.xlsx",
    "invoice\u202egpj.xlsx": "invoicegpj.xlsx",
    "\u200bpho\u200dto\ufeff.jpg": "photo.jpg",
    "a\r\nX-Evil: 1.csv": "a X-Evil: 1.csv",
    "a\x00b\x1b[31m.csv": "ab[31m.csv",
    "a\u2028b.csv": "a b.csv",
    "../../etc/passwd": "passwd",
    "C:\\fakepath\\x.png": "x.png",
    "\ud800.png": "png",
    "cafe\u0301.jpg": "caf\u00e9.jpg",
    "\u202e": "file",
    " .. ": "file",
}


@pytest.mark.parametrize("given_name", NAMES, ids=ascii)
def test_a_name_is_shown_without_what_cannot_be_seen(given_name: str) -> None:
    assert clean_name(given_name) == NAMES[given_name]


def test_a_long_name_keeps_its_ending() -> None:
    short = clean_name("x" * 5_000 + ".xlsx")
    assert len(short) == LONGEST
    assert short.endswith("….xlsx".replace("…", "x"))


@given(st.text(st.characters(), max_size=300))
def test_whatever_it_is_called_it_is_one_line_that_can_be_kept(name: str) -> None:
    shown = clean_name(name)
    assert 0 < len(shown) <= LONGEST
    assert not {unicodedata.category(each) for each in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not set(shown) & set("/\\")
    assert clean_name(shown) == shown
