"""Finding households, and looking at their telephone numbers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store import directory
from store.access import require
from store.actor import Actor
from store.audit.operations import record
from store.premises.documents import Household
from store.premises.rules import masked_members, readings

# More are read than shown: they come in the order of the index, and the best are chosen from them.
MOST_READ = 60
MOST_AT_GATE = 8


@dataclass(frozen=True)
class Found:
    """A household as a list shows it: telephone numbers are masked."""

    code: str
    estate: str
    unit: str
    room: str
    members: list[dict[str, Any]]


def find_households(text: str, actor: Actor, now: datetime, limit: int = 10, estate: str | None = None) -> list[Found]:
    """Households by room (`3-1201`, `3栋1201`, `1201`), telephone (3 digits or more), name or pinyin, or by several of
    these (`zou 3`, `0283 邹`); best first.

    Only of estates the actor may see. Raises `Forbidden`.
    """
    require(actor, "households.read", estate)
    return _find(text, actor, limit, estate)


def find_at_gate(text: str, actor: Actor) -> list[Found]:
    """As `find_households`, for who stands at the gate: the few that fit best. Raises `Forbidden`."""
    require(actor, "households.find")
    return _find(text, actor, MOST_AT_GATE, None)


def call_from_gate(code: str, actor: Actor, now: datetime) -> dict[str, Any]:
    """`{"members", "note"}` of one household with full telephone numbers; the look is logged first. Raises `NotFound`,
    `Forbidden`."""
    require(actor, "households.call")
    entry = directory.get("household", code, actor)
    require(actor, "households.call", entry.estate)
    at = {"at": "gate"}
    record("reveal_contact", f"household:{entry.code}", actor=actor, now=now, estate=entry.estate, detail=at)
    return {"members": [dict(each) for each in entry.members], "note": entry.note}


def _find(text: str, actor: Actor, limit: int, estate: str | None) -> list[Found]:
    wanted = readings(text) if isinstance(text, str) else []
    if not wanted:
        return []
    query: dict[str, Any] = {"active": {"$ne": False}}
    if estate is not None:
        query["estate"] = estate
    elif actor.estates is not None:
        query["estate"] = {"$in": sorted(actor.estates)}
    found = {each["code"]: each for reading in wanted for each in _met(reading, query) if _is_sound(each)}
    ranked = sorted(found.values(), key=lambda each: (*_rank(each["tokens"], wanted), each["room"], each["code"]))
    return [_found(each) for each in ranked[:limit]]


def _is_sound(raw: Mapping[str, Any]) -> bool:
    """A torn household is not found; whoever looks for another one finds that."""
    texts = all(isinstance(raw.get(name), str) for name in ("code", "estate", "unit", "room"))
    members = raw.get("members") or []
    return texts and isinstance(members, list) and all(isinstance(each, Mapping) for each in members)


def _met(reading: Sequence[Sequence[str]], query: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Households with a token that begins so, whole matches first because that is the order of the index.

    One query for each prefix of a single word: a room must not be lost behind a thousand telephone numbers with the
    same digits. Expressions are escaped and anchored, so MongoDB turns them into index ranges, whatever was typed.
    """
    first, *others = ([re.compile("^" + re.escape(each)) for each in word] for word in reading)
    rest = {"$and": [{"tokens": {"$in": word}} for word in others]} if others else {}
    for prefix in first:
        yield from Household._get_collection().find({**query, "tokens": prefix, **rest}, {"events": 0}).limit(MOST_READ)


def household(code: str, actor: Actor) -> Found:
    """One household, masked. Raises `NotFound`, `Forbidden`."""
    entry = directory.get("household", code, actor)
    require(actor, "households.read", entry.estate)
    return _found(entry.to_mongo())


def reveal_contact(code: str, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """The members with their full telephone numbers; the look is logged first. Raises `NotFound`, `Forbidden`."""
    entry = directory.get("household", code, actor)
    require(actor, "households.reveal", entry.estate)
    record("reveal_contact", f"household:{code}", actor=actor, now=now, estate=entry.estate)
    return [dict(each) for each in entry.members]


def _rank(tokens: list[str], wanted: Sequence[Sequence[Sequence[str]]]) -> tuple[int, int]:
    """Whole matches before beginnings, rooms before telephones before names, one piece before word by word."""
    held = set(tokens)
    alone = [each for reading in wanted for each in (reading[0] if len(reading) == 1 else ())]
    for index, each in enumerate(alone):
        if each in held:
            return 0, index
    for index, each in enumerate(alone):
        if any(token.startswith(each) for token in tokens):
            return 1, index
    return 2, len(alone)


def _found(values: Any) -> Found:
    return Found(
        code=values["code"],
        estate=values["estate"],
        unit=values["unit"],
        room=values["room"],
        members=masked_members(values.get("members") or ()),
    )
