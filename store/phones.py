"""Telephone numbers as people write them: found in a text, brought into one form, and hidden in it.

`+86 139 0000 0001`, `１３９００００００１`, `(010)6000-0001转8001` and `13900000001/13900000002` are read alike at every door –
forms, API, import, search. What was typed is kept; what is searched and dialled is the one form.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from store.errors import Problem
from store.typed_text import folded
from store.words import Words

HIDDEN = "*"
LONGEST = 120
MOST_NUMBERS = 5

MALFORMED = Words("电话号码不正确", "This is not a telephone number")
MOBILE_LENGTH = Words("手机号应为 11 位，这里是 {n} 位", "A mobile number has 11 digits; this one has {n}")
TOO_MANY = Words("最多填写 {n} 个电话", "{n} numbers at most")

# A number and what may stand inside one. What stands between two of them is not in it.
_CHUNK = re.compile(r"\+?\(?[0-9][0-9 ().+/-]*", re.ASCII)
_GROUP = re.compile(r"[0-9]+", re.ASCII)
_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|x|#)\s*([0-9]{1,6})(?![0-9])", re.ASCII | re.IGNORECASE)
_VALID = re.compile(
    r"1[3-9][0-9]{9}"  # mobile
    r"|(?:010|02[0-9])[2-9][0-9]{7}|0[3-9][0-9]{2}[2-9][0-9]{6,7}"  # landline with its area
    r"|[2-9][0-9]{6,7}"  # landline of the same town
    r"|(?:400|800)[0-9]{7}"
    r"|1[0-9]{2}|1[0-9]{4}|9[56][0-9]{3,4}",  # 110, 10086 and 12345, 95588
    re.ASCII,
)
_MOBILE = re.compile(r"1[3-9][0-9]{8}|1[3-9][0-9]{10}", re.ASCII)
_LANDLINE = re.compile(r"0[1-9][0-9]{8,10}|[2-9][0-9]{6,7}", re.ASCII)
_ABROAD = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_CHINA = ("+86", "0086")
# Digits in a row that are no number of ours are hidden all the same from here on.
FEWEST_HIDDEN = 5


class Number(NamedTuple):
    """One number of a text: `digits` in the one form, `extension` if it has one, `start` and `end` in the folded text."""

    digits: str
    extension: str
    start: int
    end: int

    @property
    def text(self) -> str:
        return f"{self.digits}转{self.extension}" if self.extension else self.digits


def numbers_in(text: str) -> list[Number]:
    """The telephone numbers of a text, in order."""
    return [each for chunk in _chunks(folded(text)) for each in _numbers_of(chunk)]


def canonical(text: str) -> list[str]:
    """The numbers of a text in the one form: `13900000001`, `01060000001转8001`, `+85291234567`."""
    return [each.text for each in numbers_in(text)]


def digits_wanted(text: str) -> str:
    """The digits that a search asks for, without the country's: the whole number, or any part of one."""
    plain = folded(text)
    digits = "".join(_GROUP.findall(plain))
    for prefix in _CHINA:
        if plain.startswith(prefix):
            return digits.removeprefix(prefix.lstrip("+"))
    return digits


def check_phone(text: str, path: str) -> list[Problem]:
    """What is wrong with the telephone numbers that a person gave, with the path of their field."""
    plain = folded(text)
    found = numbers_in(text)
    rest = _without(plain, found)
    if len(plain) > LONGEST or not found or any(each.isdigit() for each in rest):
        return [_what_is_wrong(plain, found, path)]
    if len(found) > MOST_NUMBERS:
        return [Problem("too_many_phones", TOO_MANY.fill(n=MOST_NUMBERS), path)]
    return []


def _what_is_wrong(plain: str, found: Sequence[Number], path: str) -> Problem:
    """A mobile number with a digit too few or too many is the usual slip, so it is named."""
    digits = "".join(_GROUP.findall(_without(plain, found)))
    for prefix in ("0086", "86"):
        digits = digits.removeprefix(prefix)
    if _MOBILE.fullmatch(digits):
        return Problem("malformed_phone", MOBILE_LENGTH.fill(n=len(digits)), path)
    return Problem("malformed_phone", MALFORMED, path)


def masked(text: str) -> str:
    """The text with every number of it hidden: `138****0001/139****0002（儿子）`; of a short one the last two digits stay.
    Digits that are no number that we know are hidden too."""
    plain = folded(text)
    found = numbers_in(text)
    if not found:
        # Whatever stands in the place of a number is as personal as one.
        return HIDDEN * len(plain)
    pieces, last = [], 0
    for each in found:
        pieces += [_hide_rest(plain[last : each.start]), hidden(each.digits)]
        pieces += ["转" + HIDDEN * len(each.extension)] if each.extension else []
        last = each.end
    return "".join([*pieces, _hide_rest(plain[last:])])


def hidden(digits: str) -> str:
    """`13900000001` → `139****0001`."""
    plain = digits.lstrip("+")
    if len(plain) >= 11:
        return f"{plain[:3]}{HIDDEN * 4}{plain[-4:]}"
    return HIDDEN * max(len(plain) - 2, 0) + plain[-2:]


def _hide_rest(text: str) -> str:
    """What is left of a text between its numbers, with any long run of digits in it hidden."""
    groups = list(_GROUP.finditer(text))
    if sum(len(each[0]) for each in groups) < FEWEST_HIDDEN:
        return text
    return _GROUP.sub(lambda each: HIDDEN * len(each[0]), text)


def _without(plain: str, found: Sequence[Number]) -> str:
    pieces, last = [], 0
    for each in found:
        pieces.append(plain[last : each.start])
        last = each.end
    return " ".join([*pieces, plain[last:]])


class _Chunk(NamedTuple):
    """A run of digits and what may stand inside a number; where it stands, and the extension behind it."""

    text: str
    start: int
    extension: str
    end: int


def _chunks(plain: str) -> Iterator[_Chunk]:
    position = 0
    while (match := _CHUNK.search(plain, position)) is not None:
        text = match[0].rstrip(" (+/.-")
        end = match.start() + len(text)
        extension = _EXTENSION.match(plain, end)
        yield _Chunk(text, match.start(), extension[1] if extension else "", extension.end() if extension else end)
        position = max(extension.end() if extension else match.end(), match.start() + 1)


def _numbers_of(chunk: _Chunk) -> list[Number]:
    """The numbers of a chunk: its groups of digits in as few whole numbers as possible; none when they do not add up."""
    groups = list(_GROUP.finditer(chunk.text))
    if len(groups) > 4 * MOST_NUMBERS:
        return []
    best: dict[int, list[Number]] = {0: []}
    for end in range(1, len(groups) + 1):
        tries = [
            [*best[start], number]
            for start in range(max(0, end - 6), end)
            if start in best and (number := _number(chunk, groups[start:end], end == len(groups))) is not None
        ]
        if tries:
            best[end] = min(tries, key=len)
    return best.get(len(groups), [])


def _number(chunk: _Chunk, groups: Sequence[re.Match[str]], last: bool) -> Number | None:
    start, end = groups[0].start(), groups[-1].end()
    plus = chunk.text[:start].rstrip("(").endswith("+")
    joined = ("+" if plus else "") + "".join(each[0] for each in groups)
    extension, place = (chunk.extension, chunk.end) if last else ("", chunk.start + end)
    first = chunk.start + start - (chunk.text[:start].endswith(("+", "(")) and 1)
    digits = _one_form(joined)
    if digits is not None:
        return Number(digits, extension, first, place)
    # 010-60000001-8001: the last group is an extension of a landline.
    if len(groups) > 1 and not extension and len(groups[-1][0]) <= 5:
        digits = _one_form(joined[: -len(groups[-1][0])])
        if (
            digits is not None
            and _LANDLINE.fullmatch(digits)
            and "-" in chunk.text[groups[-2].end() : groups[-1].start()]
        ):
            return Number(digits, groups[-1][0], first, place)
    return None


def _one_form(joined: str) -> str | None:
    """The digits of one whole number without the country's; None when they are none."""
    for prefix in _CHINA:
        if joined.startswith(prefix):
            return _at_home(joined.removeprefix(prefix))
    if len(joined) == 13 and joined.startswith("86"):
        return _at_home(joined[2:])
    if joined.startswith("+"):
        return joined if _ABROAD.fullmatch(joined) else None
    return joined if _VALID.fullmatch(joined) else None


def _at_home(digits: str) -> str | None:
    """Behind the country's number the nought of an area is left out."""
    return next((each for each in (digits, "0" + digits) if _VALID.fullmatch(each) and len(each) > 6), None)
