"""Content types: what kinds of content there are, and what each must look like.

Built-in types register themselves from the `documents.py` of their domain. Types that managers define are content of
type `content_type`; they are looked up by `operations.type_of`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.errors import NotFound, Problem
from store.fields.spec import Field
from store.words import Words

Body = Mapping[str, Any]
# (type or directory kind, code) → the live body, or None
LookUp = Callable[[str, str], Body | None]


def no_check(body: Body, look_up: LookUp) -> list[Problem]:
    return []


def as_given(body: Body, look_up: LookUp) -> tuple[Body, list[Problem]]:
    return body, []


def no_uses(body: Body) -> Sequence[tuple[str, str, str]]:
    return ()


def no_schedule(body: Body, moment: datetime, look_up: LookUp) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class ContentType:
    """`take_over` reads what people paste into one field and belongs into several, before the fields are checked;
    `check` says what the fields alone cannot; `extra_uses` finds references whose kind depends on the body;
    `schedule` gives head fields (such as `next_generate_at`) which are written together with a publication; `place` is the
    section of the office's menu in which it stands, and where there."""

    key: str
    label: Words
    fields: tuple[Field, ...]
    take_over: Callable[[Body, LookUp], tuple[Body, list[Problem]]] = as_given
    check: Callable[[Body, LookUp], list[Problem]] = no_check
    extra_uses: Callable[[Body], Sequence[tuple[str, str, str]]] = no_uses
    schedule: Callable[[Body, datetime, LookUp], dict[str, Any]] = no_schedule
    help: Words = Words("", "")
    place: tuple[str, int] | None = None
    custom: bool = False


_BUILT_IN: dict[str, ContentType] = {}


def register(content_type: ContentType) -> ContentType:
    _BUILT_IN[content_type.key] = content_type
    return content_type


def built_in() -> dict[str, ContentType]:
    return dict(_BUILT_IN)


def find_built_in(key: str) -> ContentType | None:
    return _BUILT_IN.get(key)


def get_built_in(key: str) -> ContentType:
    """Raises `NotFound` for an unknown key."""
    if key not in _BUILT_IN:
        raise NotFound(Words("内容类型", "Content type"), key)
    return _BUILT_IN[key]


NAME = Field("name", "text", Words("名称", "Name"), required=True, translated=True)
CLAUSE = Field(
    "clause",
    "text",
    Words("制度条款", "Policy clause"),
    help=Words("所落实的条款，如 3.2", "The clause it carries out, e.g. 3.2"),
    lookup="clause",
)
ESCALATION = Field(
    "escalation",
    "reference",
    Words("升级策略", "Escalation policy"),
    target="escalation_policy",
    help=Words("留空采用备用升级链", "Empty: the fallback chain"),
)
