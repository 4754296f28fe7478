"""Text as people type or paste it, brought into one form: full width, invisible marks, the many dashes and dots."""

import re
import unicodedata
from decimal import Decimal

_DASHES = dict.fromkeys("‐‑‒–—―−﹣－ー", "-")
_DOTS = dict.fromkeys("•‧∙⋅・･", "·")
_SAME = str.maketrans(_DASHES | _DOTS)
# Format marks (zero width, direction), control characters, halves of characters.
_UNSEEN = frozenset({"Cf", "Cc", "Cs"})
_JOINER = "\u200d"
_SKINS = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_ON_ANOTHER = frozenset({"Mn", "Me", "Cf", "Cc"})
# Direction marks and overrides, zero width blanks, the mark of byte order. The joiner stays: emoji and scripts need it.
_TRICKS = frozenset("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u061c")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,5})(?:\.[0-9]{1,400})?", re.ASCII)


def folded(text: str) -> str:
    """The text in half width, with one kind of dash and dot, blanks as blanks and nothing that cannot be seen."""
    plain = unicodedata.normalize("NFKC", text).translate(_SAME)
    spaced = (" " if each.isspace() else each for each in plain)
    return "".join(each for each in spaced if unicodedata.category(each) not in _UNSEEN).strip()


def name_key(name: str) -> str:
    """A name as it is searched: `José·李 明` and `jose李明` are one."""
    apart = unicodedata.normalize("NFKD", folded(name)).casefold()
    return "".join(each for each in apart if not unicodedata.combining(each) and each not in "· '-.")


def one_line(text: str) -> str:
    """The text as a field of one line keeps it: no line ends, no marks that turn or hide what stands around them."""
    return " ".join(_without_tricks(" ".join(text.split())).split())


def several_lines(text: str) -> str:
    """The text as a field of several lines keeps it; line ends are one kind."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_without_tricks(each).rstrip() for each in lines).strip()


def length_seen(text: str) -> int:
    """How many characters a reader sees: an accent on a letter, or the parts of one emoji, are not counted by themselves."""
    count, joined = 0, False
    for each in unicodedata.normalize("NFC", text):
        if each == _JOINER:
            joined = True
        elif unicodedata.category(each) not in _ON_ANOTHER and each not in _SKINS:
            count, joined = count + (not joined), False
    return count


def number_of(text: str) -> Decimal | None:
    """A number as people type it – full width, with a sign, grouped by thousands –, None when it is none. What only a
    programmer writes (`1_000`, `1e5`) or only another script has (`१२३`) is not taken for one."""
    plain = folded(text)
    if not _NUMBER.fullmatch(plain):
        return None
    return Decimal(plain.replace(",", ""))


def _without_tricks(text: str) -> str:
    return "".join(
        each for each in text if each == "\t" or (each not in _TRICKS and unicodedata.category(each) != "Cc")
    )
