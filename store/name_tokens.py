"""By which letters a name is found: how it sounds, and any part of it."""

from itertools import islice, product

from pypinyin import Style, pinyin

# A character with several readings (曾, 单) is found by each; a name of many such characters must not explode.
MOST_READINGS = 16


def pinyin_tokens(name: str) -> list[str]:
    """`王清和` → `wangqinghe`, `wqh`: every reading of the name in full and by initials, lower-case, sorted."""
    compact = "".join(name.split())
    if not compact:
        return []
    found: set[str] = set()
    for style in (Style.NORMAL, Style.FIRST_LETTER):
        readings = pinyin(compact, style=style, heteronym=True)
        found.update("".join(each).lower() for each in islice(product(*readings), MOST_READINGS))
    return sorted(found)


def suffixes(text: str, shortest: int = 1) -> list[str]:
    """`王清和` → `王清和`, `清和`, `和`. An index finds any part of a text as the beginning of one of these."""
    return [text[start:] for start in range(len(text) - shortest + 1)]
