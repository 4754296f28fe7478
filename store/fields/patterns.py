"""Patterns that managers type, over what others type: by an engine whose time grows with the text and no faster.

A pattern that is kept is also told to programs as JSON Schema, so it is written with what all engines read alike.
"""

from functools import lru_cache
from typing import Any

import re2

from store.words import Words

LONGEST = 200
NOT_A_PATTERN = Words(
    "不是有效的格式：只用字符、[ ]、( )、|、* + ? {n,m}、\\d \\w \\s",
    "is no pattern: use characters, [ ], ( ), |, * + ? {n,m}, \\d \\w \\s only",
)
# Groups with a question mark but `(?:`, and escapes of letters that not every engine knows.
_PORTABLE_ESCAPES = frozenset("dDwWsStnr")
_OPTIONS = re2.Options()
_OPTIONS.max_mem = 1 << 20
_OPTIONS.log_errors = False


def is_pattern(text: str) -> bool:
    return len(text) <= LONGEST and _is_portable(text) and _compiled(text) is not None


def fits(pattern: str, text: str) -> bool:
    """Whether the whole text is as the pattern says. Nothing fits what is no pattern."""
    compiled = _compiled(pattern)
    return compiled is not None and compiled.fullmatch(text) is not None


def described(pattern: str) -> str:
    """In the words of JSON Schema, where a pattern may be found anywhere."""
    return f"^(?:{pattern})$"


@lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> Any:
    try:
        return re2.compile(pattern, _OPTIONS)
    except re2.error:
        return None


def _is_portable(text: str) -> bool:
    if "[[" in text or "(?" in text.replace("(?:", ""):
        return False
    escaped = [text[place + 1 : place + 2] for place in _escapes(text)]
    return all(each in _PORTABLE_ESCAPES or (each.isascii() and not each.isalnum() and each) for each in escaped)


def _escapes(text: str) -> list[int]:
    """Where escapes begin: `\\\\d` is an escaped backslash and a letter."""
    found, place = [], 0
    while place < len(text):
        if text[place] == "\\":
            found.append(place)
            place += 1
        place += 1
    return found
