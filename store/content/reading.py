"""What content says: the revision in force at a moment, a pinned one, the head with its draft. Nothing here writes."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from store import directory
from store.actor import SYSTEM, Actor
from store.alone import is_alone, kept
from store.content import audience, rules
from store.content.documents import Content, Revision
from store.content.known import learn
from store.content.superseding import newest, unmarked_at
from store.content.types import Body, ContentType, LookUp, built_in, find_built_in
from store.errors import NotFound
from store.first import first
from store.health.rules import place_of
from store.words import Words, translated

log = logging.getLogger(__name__)


def type_of(key: str, moment: datetime) -> ContentType:
    """The content type in force at `moment`, built in or defined by managers. Raises `NotFound`."""
    known = find_built_in(key)
    if known is not None:
        return known
    definition = live_raw("content_type", key, moment)
    if definition is None:
        raise NotFound(Words("内容类型", "Content type"), key)
    kept = _DEFINED.get(key)
    if kept is None or kept[0] != definition["_id"]:
        if len(_DEFINED) >= MOST_DEFINED:
            _DEFINED.clear()
        kept = _DEFINED[key] = (definition["_id"], _defined(Revision._from_son(definition)))
    return kept[1]


# By code, with the revision that says so: revisions never change.
_DEFINED: dict[str, tuple[str, ContentType]] = {}
MOST_DEFINED = 1_000


def _defined(definition: Revision) -> ContentType:
    return defined(definition.code, definition.body)


def defined(code: str, body: Body) -> ContentType:
    """The type that a definition describes."""
    fields = tuple(rules.custom_field(row) for row in body["fields"])
    return ContentType(key=code, label=translated(body["name"]), fields=fields, custom=True)


def definitions(moment: datetime) -> list[Revision]:
    """The definitions of managers' own types in force at `moment`, by code."""
    return [each for each in live_all("content_type", moment) if each.code not in built_in()]


def all_types(moment: datetime) -> list[ContentType]:
    return types_with(definitions(moment))


def types_with(definitions: Iterable[Revision]) -> list[ContentType]:
    """The types of the house, and those that are defined so."""
    return [*built_in().values(), *_usable(definitions)]


def _usable(definitions: Iterable[Revision]) -> Iterator[ContentType]:
    """One torn definition takes the types of others from nobody."""
    for each in definitions:
        try:
            yield _defined(each)
        except Exception as error:  # whatever is wrong with one of them
            log.error("content type %s is left out: %s", each.pk, place_of(error))


def live(kind: str, code: str, moment: datetime) -> Revision | None:
    """The revision in force at `moment`; None before the first, and after a withdrawal."""
    raw = newest_kept(kind, code)
    if raw is None or raw["effective_at"] > moment:
        raw = live_raw(kind, code, moment)
    return None if raw is None or raw.get("withdrawn") else Revision._from_son(raw)


def newest_kept(kind: str, code: str) -> dict[str, Any] | None:
    """The newest revision, in force already or not, in a process that is alone; None where others may be publishing."""
    if not is_alone():
        return None
    query = {"type": {"$eq": kind}, "code": {"$eq": code}}
    return kept(("newest", kind, code), lambda: first(Revision._get_collection(), query, None, _NEWEST))


_NEWEST = (("effective_at", -1), ("number", -1))


def live_raw(kind: str, code: str, moment: datetime, shown: Sequence[str] | None = None) -> dict[str, Any] | None:
    """As it is stored, or only what is `shown` of it (`withdrawn` must be)."""
    # Asked for with every deadline, order and notice: MongoEngine's query set would cost more than the query.
    query = {"type": {"$eq": kind}, "code": {"$eq": code}, "effective_at": {"$lte": moment}}
    raw = first(Revision._get_collection(), query, shown, _NEWEST)
    return None if raw is None or raw.get("withdrawn") else raw


def live_all(kind: str, moment: datetime) -> list[Revision]:
    """Every revision of a type in force at `moment`, by code. They are shared: nobody may change their bodies."""
    rows = Revision._get_collection().find({"type": kind, **unmarked_at(moment)}, _OF_RANK)
    standing = newest(list(rows))
    keys = [standing[code]["_id"] for code in sorted(standing) if not standing[code].get("withdrawn")]
    found = learn(keys)
    return [found[key] for key in keys]


_OF_RANK = {"code": 1, "number": 1, "effective_at": 1, "withdrawn": 1}


def revision_body(kind: str, code: str, number: int) -> Body:
    """The body of a pinned revision. Raises `NotFound`."""
    query = {"type": {"$eq": kind}, "code": {"$eq": code}, "number": {"$eq": number}}
    found = kept(("body", kind, code, number), lambda: first(Revision._get_collection(), query, ["body"]))
    if found is None:
        raise NotFound(Words("版本", "Revision"), f"{code} v{number}")
    body: Body = found.get("body") or {}
    return body


def revision_of(kind: str, code: str, number: int) -> Revision:
    """A pinned revision. Raises `NotFound`."""
    found = Revision.objects(type=kind, code=code, number=number).first()
    if found is None:
        raise NotFound(Words("版本", "Revision"), f"{code} v{number}")
    return found


def looking_up(
    moment: datetime,
    assume: Mapping[tuple[str, str], Body] | None = None,
    *,
    actor: Actor = SYSTEM,
    stood: Iterable[str] = (),
) -> LookUp:
    """A memoising look-up of live bodies. `assume` lets a draft be checked together with other drafts.

    What is foreign to the actor is not there for him, unless it is among the keys (`"kind:code"`) that `stood` already.
    """
    known: dict[tuple[str, str], Body | None] = dict(assume or {})
    granted = frozenset(stood)

    def look_up(kind: str, code: str) -> Body | None:
        if (kind, code) not in known:
            known[kind, code] = _found(kind, code, moment, SYSTEM if f"{kind}:{code}" in granted else actor)
        return known[kind, code]

    return look_up


def _found(kind: str, code: str, moment: datetime, actor: Actor) -> Body | None:
    if directory.is_kind(kind):
        return directory.values_for(kind, code, actor)
    found = live(kind, code, moment)
    return found.body if found and actor.sees(found.estate) and audience.reads(actor, kind) else None


def get(kind: str, code: str, actor: Actor) -> Content:
    """The head, if the actor may see its estate. Raises `NotFound`."""
    head = Content.objects(type=kind, code=code).first() if isinstance(code, str) else None
    if head is None or not actor.sees(head.estate) or not audience.reads(actor, kind):
        raise NotFound(Words("内容", "Content"), code)
    return head


def revisions(kind: str, code: str) -> list[Revision]:
    return list(Revision.objects(type=kind, code=code).order_by("-number"))
