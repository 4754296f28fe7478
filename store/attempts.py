"""What a write has left behind whose answer was lost: the event of every change keeps the name under which a program
may send it again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from bson import ObjectId

from store import domains
from store.history import PastEvent
from store.versioned import Versioned, kind_name

# The clocks of several servers may differ a little.
_SLACK = timedelta(minutes=1)
V = TypeVar("V", bound=Versioned)


def trace_of(attempt: str, since: datetime, keys: Sequence[str]) -> Versioned | None:
    """The record that the attempt has made or changed, or None: then nothing of it was written.

    It is looked for among the records made since `since`, when the attempt was first heard of, and those that `keys`
    names by id, number or code; all of that is asked of an index.
    """
    domains.load("documents")
    for kind in _concrete(Versioned):
        raw = kind._get_collection().find_one({"$or": _places(kind, since, keys), "events.attempt": attempt})
        if raw is not None:
            return cast("Versioned", kind._from_son(raw))
    return _in_history(attempt, since)


def _in_history(attempt: str, since: datetime) -> Versioned | None:
    """The record from which its event has gone already."""
    # The type must be named as the partial index names it: without it MongoDB reads the whole history instead.
    named = {"attempt": {"$eq": attempt, "$type": "string"}, "at": {"$gte": since - _SLACK}}
    past = PastEvent._get_collection().find_one(named)
    kind = next((each for each in _concrete(Versioned) if past and kind_name(each) == past["kind"]), None)
    return kind.found({"_id": past["record"]}) if kind and past else None


def _places(kind: type[Versioned], since: datetime, keys: Sequence[str]) -> list[dict[str, Any]]:
    named = [name for name in ("number", "code") if name in kind._fields]
    ids = [ObjectId(key) for key in keys if ObjectId.is_valid(key)]
    return [
        {"_id": {"$gte": ObjectId.from_datetime(since - _SLACK)}},
        {"_id": {"$in": ids}},
        *({name: {"$in": list(keys)}} for name in named if keys),
    ]


def _concrete(kind: type[V]) -> list[type[V]]:
    """The kind and those below it that have a collection."""
    below = [each for child in kind.__subclasses__() for each in _concrete(child)]
    return below if kind._meta.get("abstract") else [kind, *below]
