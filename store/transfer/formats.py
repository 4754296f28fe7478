"""Number formats of spreadsheets: which make a date of a number, and how a number looks under one. Pure."""

import re
from collections.abc import Iterator, Sequence
from datetime import time
from decimal import ROUND_HALF_UP, Decimal

from store.fields import serials
from store.fields.cell import MOST_DIGITS, Kept

GENERAL = "General"
# The formats that have a number instead of a text in the file. 27–36 and 50–58 are dates in Chinese and Japanese.
BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 49: "@"}
_DATES = {**dict.fromkeys((*range(14, 18), *range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"), 22: "yyyy-mm-dd h:mm"}
_TIMES = dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47), "h:mm:ss")
BUILT_IN |= _DATES | _TIMES
# A text in quotes, one escaped character, a pad, a colour or a currency; `[h]` is a duration and stays.
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]{1,9}\])[^\]]{0,99}\]', re.IGNORECASE)
_COLOURS = re.compile(r"\[[^\]]{0,99}\]|_.|\*.")
_THOUSANDS = re.compile(r"(?<=[0#?]),(?=[0#?])")
_PARTS = re.compile(r'(\.[0#?]*)|([0#?]+)|"([^"]*)"|\\(.)|([-+() /:%])|(.)', re.DOTALL)
_LONGEST_FORMAT = 255


def is_date(code: str) -> bool:
    """Whether numbers under this format are shown as a date or a time of day."""
    bare = _LITERAL.sub("", code[:_LONGEST_FORMAT]).split(";")[0].lower()
    return bare != "general" and any(each in bare for each in "ymdhs")


def kept_date(serial: float, code: str) -> Kept | None:
    """The day or time of day that a number stands for; None for one that stands for none."""
    moment = serials.moment_of(serial)
    if moment is None:
        return None
    if serial < 1 and not any(each in _LITERAL.sub("", code).lower() for each in "yd"):
        value = moment.time().isoformat("seconds" if moment.second else "minutes")
        return Kept("date", value, value)
    value = moment.isoformat() if moment.time() != time() else moment.date().isoformat()
    return Kept("date", value, value.replace("T", " "))


def kept_number(value: float, code: str) -> Kept:
    return Kept("number", value, _shown(value, code) or general(value))


def general(value: float) -> str:
    """A number without a format."""
    if value == int(value) and abs(value) < 10**18:
        return str(int(value))
    return plain(float(f"{value:.11g}"))


def plain(value: float) -> str:
    """All digits and no exponent."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shown(value: float, code: str) -> str | None:
    """None for formats that are not digits with texts between them."""
    section = _COLOURS.sub("", code[:_LONGEST_FORMAT].split(";")[0])
    is_grouped = _THOUSANDS.search(section) is not None
    tokens = list(_tokens(_THOUSANDS.sub("", section)))
    kinds = {kind for kind, _ in tokens}
    if abs(value) >= 10**MOST_DIGITS or section == GENERAL or "other" in kinds or not kinds & {"whole", "fraction"}:
        return None
    amount = Decimal(repr(value)) * (100 if ("text", "%") in tokens else 1)
    places = sum(len(text) - 1 for kind, text in tokens if kind == "fraction")
    rounded = abs(amount).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    digits, _, decimals = format(rounded, "f").partition(".")
    digits = digits.lstrip("0").rjust(sum(text.count("0") for kind, text in tokens if kind == "whole"), "0")
    text = "".join(_filled(tokens, f"{int(digits or 0):,}" if is_grouped else digits, decimals))
    return f"-{text}" if amount < 0 else text


def _tokens(section: str) -> Iterator[tuple[str, str]]:
    for fraction, whole, quoted, escaped, sign, other in _PARTS.findall(section):
        if fraction or whole:
            yield ("fraction", fraction) if fraction else ("whole", whole)
        elif other:
            yield "other", other
        else:
            yield "text", quoted or escaped or sign


def _filled(tokens: Sequence[tuple[str, str]], digits: str, decimals: str) -> list[str]:
    """The digits in their places, from the right; what is too long stands in the first place."""
    out: list[str] = []
    left = sum(kind == "whole" for kind, _ in tokens)
    for kind, text in reversed(tokens):
        if kind == "fraction":
            out.append(f".{decimals}" if decimals else "")
        elif kind == "text":
            out.append(text)
        else:
            left -= 1
            out.append(digits[-len(text) :] if left else digits)
            digits = digits[: -len(text)]
    return out[::-1]
