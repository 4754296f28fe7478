"""A code for new content, made from its name, so that nobody has to invent one."""

import re
from collections.abc import Mapping
from itertools import count
from typing import Any

from pypinyin import lazy_pinyin

from store.content.documents import Content
from store.words import translated

_NOT_CODE = re.compile(r"[^a-z0-9]+")
_LONGEST = 48


def slug(name: str) -> str:
    """`夜间巡更 A` → `ye-jian-xun-geng-a`; empty when nothing of it can stand in a code."""
    return _NOT_CODE.sub("-", "-".join(lazy_pinyin(name)).lower()).strip("-")[:_LONGEST].strip("-")


def suggest_code(kind: str, body: Mapping[str, Any]) -> str:
    """A free code; two who take it at once are told apart by the unique index."""
    named = body.get("name") or body.get("title")
    words = translated(named)
    base = slug(str(named.get("en") or "") if isinstance(named, Mapping) else "") or slug(words.zh) or slug(kind)
    return next(each for each in _numbered(base) if not Content.objects(type=kind, code=each).first())


def _numbered(base: str) -> Any:
    yield base
    yield from (f"{base}-{number}" for number in count(2))
