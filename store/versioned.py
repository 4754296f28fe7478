"""Documents that change only by conditional update, and remember every change.

State, history and what must be told are one write: an `Event` is pushed by the same update that changes the fields.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, NoReturn, Self, TypeVar, cast

from bson import ObjectId
from mongoengine import Document, EmbeddedDocument
from mongoengine.fields import BooleanField, DateTimeField, IntField, StringField
from pymongo import ReturnDocument
from pymongo.errors import DocumentTooLarge, DuplicateKeyError, OperationFailure

from store import alone, history
from store.actor import Actor
from store.errors import Conflict, NotFound, Recorded, RuleBroken
from store.first import first
from store.plain import LazyList, PlainDict, PlainList
from store.words import Words

FULL = Words("此记录已满，不能再添加内容", "This record is full; nothing can be added to it")
CHANGED = Words(
    "{who} 刚刚修改了此{label}，请先查看对方的修改", "{who} has just changed this {label}; see the change first"
)
AHEAD = Words(
    "您看到的{label}比现有的更新（可能已从备份恢复），请重新打开再修改",
    "You saw a later state of this {label} than there is (it may have been restored); open it again first",
)
# MongoDB's codes for a document that would outgrow 16 MB, or (388) the cache of a small server while it is written.
_FULL_CODES = frozenset({388, 10334, 17419, 17420})


class Event(EmbeddedDocument):
    """One change: `n` is the version the document had after it."""

    n = IntField(required=True)
    at = DateTimeField(required=True)
    actor = StringField(required=True)
    actor_name = StringField()
    verb = StringField(required=True)
    detail = PlainDict()
    # What a tablet says of it: its own id of the entry, which device, and what the device's clock said.
    operation = StringField()
    device = StringField()
    device_at = DateTimeField()
    # When it took place, where that is earlier than when we heard of it.
    happened_at = DateTimeField()
    # Under what name a program may send it again.
    attempt = StringField()
    # Intents for the relay: who is to be told, and which records are to be made.
    to_notify = PlainList(PlainDict())
    to_make = PlainList(PlainDict())


class Versioned(Document):
    version = IntField(required=True, default=0)
    # The newest; those up to `in_history` stand in the collection `history` (`events_of` reads both).
    events = LazyList(Event)
    in_history = IntField()
    created_at = DateTimeField()
    changed_at = DateTimeField()
    # True while an event above `relayed` still has intents; the relay finds its work by this.
    pending = BooleanField()
    relayed = IntField(default=0)
    # Set when the relay could not carry out an intent: the record is put aside until then, and the others go on.
    relay_after = DateTimeField()

    meta = {
        "abstract": True,
        "auto_create_index": False,
        "indexes": [{"fields": ["pending", "changed_at"], "partialFilterExpression": {"pending": True}}],
    }

    LABEL = Words("记录", "Record")
    # By which fields, which never change, a cluster would keep documents of this kind: a write that names them goes to one
    # server.
    KEPT_BY: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def written(cls) -> None:
        """Called after every write of one of this kind: for what others keep of it."""

    @classmethod
    def found(cls, query: Mapping[str, Any]) -> Self | None:
        """The first that matches a query in MongoDB's words. MongoEngine's query sets cost more than the query."""
        raw = first(cls._get_collection(), query)
        return None if raw is None else cast("Self", cls._from_son(raw))


D = TypeVar("D", bound=Versioned)
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def kind_name(document: type[Versioned]) -> str:
    """`WorkOrder` → `work_order`: how notices, the jobs page and the audit name a kind of record."""
    return _CAPITAL.sub("_", document.__name__).lower()


@dataclass(frozen=True)
class Change:
    """What a verb wants written; a value of None removes the field.

    `notify` and `make` are intents, carried out by the relay after the write.
    """

    verb: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    set: Mapping[str, Any] = field(default_factory=dict)
    unset: Sequence[str] = ()
    push: Mapping[str, Any] = field(default_factory=dict)
    notify: Sequence[Mapping[str, Any]] = ()
    make: Sequence[Mapping[str, Any]] = ()


def event_values(change: Change, *, n: int, actor: Actor, now: datetime) -> dict[str, Any]:
    """The event as it is stored; empty parts are left out, for a busy record has hundreds."""
    event: dict[str, Any] = {"n": n, "at": now, "actor": actor.code, "actor_name": actor.name, "verb": change.verb}
    optional: dict[str, Any] = {
        "detail": dict(change.detail),
        "to_notify": [dict(each) for each in change.notify],
        "to_make": [dict(each) for each in change.make],
        "attempt": actor.attempt,
    }
    if actor.entry:
        optional |= {
            "operation": actor.entry.operation,
            "device": actor.entry.device,
            "device_at": actor.entry.device_at,
            "happened_at": actor.entry.at if actor.entry.at != now else None,
        }
    event.update({key: value for key, value in optional.items() if value})
    return event


def update_of(change: Change, *, version: int, actor: Actor, now: datetime) -> dict[str, Any]:
    """The MongoDB update that carries out `change` on a document read at `version`."""
    values = {key: value for key, value in change.set.items() if value is not None} | {"changed_at": now}
    gone = [*change.unset, *(key for key, value in change.set.items() if value is None)]
    if change.notify or change.make:
        values["pending"] = True
    pushes = {key: {"$each": value} if isinstance(value, list) else value for key, value in change.push.items()}
    update: dict[str, Any] = {
        "$set": values,
        "$inc": {"version": 1},
        "$push": {**pushes, "events": event_values(change, n=version + 1, actor=actor, now=now)},
    }
    if gone:
        update["$unset"] = dict.fromkeys(gone, "")
    return update


def commit(document: D, change: Change, *, actor: Actor, now: datetime) -> D:
    """Write `change` if nobody was faster, and return the document as it is now.

    The operation of a tablet's entry is part of the condition: the same entry never acts twice on a record, whoever
    sends it how often. Raises `Conflict` (with what the other one did, or `code_taken` when a unique key is taken),
    `NotFound`, `Recorded` or `RuleBroken` `record_full`.
    """
    update = update_of(change, version=document.version, actor=actor, now=now)
    try:
        raw = _written(document, condition(document, actor), update)
    except DuplicateKeyError as error:
        raise taken(type(document).LABEL, error) from error
    if raw is None:
        raise_stale(document, actor)
    type(document).written()
    if history.is_looked_at(raw["version"]):
        raw = history.settle(type(document)._get_collection(), kind_name(type(document)), raw)
    alone.written(type(document)._get_collection_name(), raw)
    return type(document)._from_son(raw)


def _written(document: Versioned, found: Mapping[str, Any], update: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The document after the update; one that was full is relieved of its history and tried once more."""
    records, after = type(document)._get_collection(), ReturnDocument.AFTER
    try:
        with _within_bounds():
            return records.find_one_and_update(found, update, return_document=after)
    except RuleBroken:
        if not history.relieve(records, kind_name(type(document)), document.pk):
            raise
    with _within_bounds():
        return records.find_one_and_update(found, update, return_document=after)


def events_of(document: Versioned, above: int = 0) -> list[Event]:
    """The events with n > `above`, oldest first, wherever they stand. One query where some are in the history."""
    here = [event for event in document.events if event.n > above]
    last = document.in_history
    if last is None or last <= above:
        return here
    older = history.read(kind_name(type(document)), document.pk, above=above, until=last + 1)
    return [*map(Event._from_son, older), *here]


@contextmanager
def _within_bounds() -> Iterator[None]:
    """Raises `RuleBroken` `record_full` for a record that would outgrow 16 MB: the driver says it of what it sends, the
    server of what it would become."""
    try:
        yield
    except DocumentTooLarge as error:
        raise RuleBroken("record_full", FULL) from error
    except OperationFailure as error:
        if error.code not in _FULL_CODES:
            raise
        raise RuleBroken("record_full", FULL) from error


def place_of(document: type[Versioned], raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a cluster keeps documents of this kind by, as this one has it: a part of every filter of a write to it."""
    return {name: raw[name] for name in document.KEPT_BY if name in raw}


def condition(document: Versioned, actor: Actor) -> dict[str, Any]:
    """What must be true of the stored document for a write: the version read, and that the actor's entry is new to it."""
    found: dict[str, Any] = {"_id": document.pk, "version": document.version}
    found |= {name: getattr(document, name) for name in document.KEPT_BY}
    if actor.entry and actor.entry.operation:
        found["events.operation"] = {"$ne": actor.entry.operation}
    return found


def create(document: D, change: Change, *, actor: Actor, now: datetime) -> D:
    """Insert a new document with its first event.

    Raises `Conflict` `code_taken` when a unique key is taken, `Recorded` when it was by the same entry of a tablet,
    `RuleBroken` `record_full`.
    """
    document.version = 1
    document.created_at = document.changed_at = now
    document.pending = True if change.notify or change.make else None
    document.validate()
    values = document.to_mongo().to_dict()
    values["events"] = [event_values(change, n=1, actor=actor, now=now)]
    values.setdefault("_id", ObjectId())
    try:
        with _within_bounds():
            type(document)._get_collection().insert_one(values)
    except DuplicateKeyError as error:
        holder = (error.details or {}).get("keyValue")
        current = type(document).objects(__raw__=holder).first() if holder and actor.entry else None
        if current is not None:
            check_recorded(current, actor)
        raise taken(type(document).LABEL, error) from error
    type(document).written()
    return type(document)._from_son(values)


def taken(label: Words, error: DuplicateKeyError) -> Conflict:
    """A named conflict in place of MongoDB's text."""
    keys = (error.details or {}).get("keyValue") or {}
    field_name = list(keys)[-1] if keys else None
    words = Words("{label}的编号已被使用：{value}", "This code of {label} is already taken: {value}")
    return Conflict("code_taken", words.fill(label=label, value=list(keys.values())[-1] if keys else ""), field_name)


def check_seen(document: Versioned, seen: int | None) -> None:
    """Refuse a save that was made against an older version; `details["theirs"]` tells what happened since."""
    if seen is not None and seen != document.version:
        raise_changed(document, seen)


def check_recorded(document: Versioned, actor: Actor) -> None:
    """Raises `Recorded` when the actor's entry stands in the history already: a verb must not look at the state then,
    for the state is what the entry itself made of it."""
    operation = actor.entry.operation if actor.entry else None
    if operation is None:
        return
    for event in events_of(document):
        if event.operation == operation:
            raise Recorded(operation, event.actor)


def raise_stale(document: Versioned, actor: Actor) -> NoReturn:
    current = type(document).objects(pk=document.pk).first()
    if current is None:
        raise NotFound(type(document).LABEL, document.pk)
    check_recorded(current, actor)
    raise_changed(current, document.version)


def raise_changed(current: Versioned, seen: int) -> NoReturn:
    theirs = events_of(current, above=seen)
    words = CHANGED if theirs else AHEAD
    raise Conflict(
        "changed_meanwhile",
        words.fill(who=theirs[-1].actor_name if theirs else "", label=type(current).LABEL),
        theirs=[{"n": e.n, "at": e.at, "by": e.actor_name, "verb": e.verb, "detail": dict(e.detail)} for e in theirs],
        version=current.version,
    )
