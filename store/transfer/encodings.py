"""Which encoding a text of Chinese spreadsheets is in: decided from the whole of it, or not at all. Pure."""

import codecs
from typing import NamedTuple

from store.transfer.characters import SIMPLIFIED, TRADITIONAL

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Below this a text is hardly Chinese at all.
_LEAST_SENSE = 0.45
_MUCH_SENSE = 0.7
# From here on a character has three bytes in UTF-8.
_FIRST_OF_THREE = "\u0800"
# How much more sense the better reading must make: of each character, and of all together.
_CLEARLY = 0.15
# Two words are not enough to say that a file is traditional.
_CLEARLY_IN_ALL = {"gb18030": 0.7, "big5": 2.0, "cp950": 2.0}
# Whole punctuation of Chinese; a kana, a box or a private character stands between them in both encodings.
_MARKS = frozenset("，。、；：？！（）【】《》“”‘’「」『』—…·～￥　＋－×÷％＃＆℃①②③④⑤⑥⑦⑧⑨⑩")


class _Reading(NamedTuple):
    sense: float
    size: int
    text: str
    encoding: str


def decoded(data: bytes) -> str | None:
    """The text; None when no encoding fits, or two fit and neither makes clearly more sense."""
    if data.startswith(_UTF_16):
        return _read(data, "utf-16")
    text = _read(data, "utf-8-sig")
    if text is None:
        return _chinese(data)
    return text if data.startswith(codecs.BOM_UTF8) or _is_certain(text, data) else None


def _is_certain(text: str, data: bytes) -> bool:
    """A few words of GBK are UTF-8 too, of accents and Greek: `水枪` is `ˮǹ`. No Chinese character can be."""
    if text.isascii() or any(each >= _FIRST_OF_THREE for each in text):
        return True
    other = _reading(data, "gb18030")
    return other is None or other.sense < other.size * _MUCH_SENSE


def _read(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def _chinese(data: bytes) -> str | None:
    """Nearly every pair of bytes is a character of both, but what is no Chinese to one consists of rare ones."""
    readings = [_reading(data, encoding) for encoding in _CLEARLY_IN_ALL]
    found = [each for each in readings if each and each.sense >= each.size * _LEAST_SENSE]
    best = max(found, default=None)
    if best is None:
        return None
    others = [each for each in found if each.text != best.text]
    return best.text if all(_is_clearer(best, each) for each in others) else None


def _reading(data: bytes, encoding: str) -> _Reading | None:
    text = _read(data, encoding)
    if text is None:
        return None
    sense = _simplified if encoding == "gb18030" else _traditional
    values = [sense(each) for each in text if not each.isascii()]
    return _Reading(sum(values), len(values), text, encoding)


def _is_clearer(one: _Reading, other: _Reading) -> bool:
    is_each_clearer = one.sense / one.size - other.sense / other.size >= _CLEARLY
    return is_each_clearer and one.sense - other.sense >= _CLEARLY_IN_ALL[one.encoding]


def _simplified(character: str) -> float:
    return 1 if character in SIMPLIFIED else _sense(character, "gb2312", range(0xB0, 0xD8))


def _traditional(character: str) -> float:
    return 1 if character in TRADITIONAL else _sense(character, "big5", range(0xA4, 0xC7))


def _sense(character: str, encoding: str, common: range) -> float:
    """How likely a character is: each encoding has those that everybody writes first, and rare ones after them."""
    if character in _MARKS:
        return 1
    try:
        kept = character.encode(encoding)
    except UnicodeEncodeError:
        return 0
    if len(kept) != 2 or kept[0] < common.start:
        return 0
    return 0.5 if kept[0] in common else 0.2
