"""Coming and going, as the person himself says it on a tablet, and when he is next on a roster (clauses 2.5, 3.5)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bson import ObjectId

from store.access import require
from store.actor import Actor
from store.fields.spec import Field
from store.people.operations import Directory, Shift
from store.tablet.documents import Attendance
from store.versioned import Change, create
from store.words import Words

DIRECTIONS: dict[str, Words] = {"in": Words("上班", "In"), "out": Words("下班", "Out")}
CLOCKED = (
    Field("direction", "choice", Words("上班或下班", "In or out"), required=True, choices=tuple(DIRECTIONS.items())),
)
# What somebody wants to know of his next days; the one of last night may still run.
SHOWN_DAYS = 8


def clock(estate: str, *, direction: str, actor: Actor, now: datetime) -> Attendance:
    """Record that the person came or went, at the moment when he said so. Raises `Forbidden`, `NotFound`."""
    require(actor, "work.do", estate)
    mark = Attendance(
        pk=ObjectId(),
        estate=estate,
        key=(actor.entry and actor.entry.operation) or str(uuid4()),
        person=actor.code,
        direction=direction,
        at=actor.happened(now),
    )
    return create(mark, Change("clock", {"direction": direction}), actor=actor, now=now)


def attendance_of(actor: Actor, estates: Sequence[str], directory: Directory, now: datetime) -> dict[str, Any]:
    """What a tablet shows of it: what was said last, and the shifts from yesterday's on, in their order."""
    last = Attendance._get_collection().find_one({"person": actor.code}, {"direction": 1, "at": 1}, sort=[("at", -1)])
    clocked = {"direction": last["direction"], "at": last["at"]} if last else None
    return {"clocked": clocked, "shifts": list(_shown(_shifts(actor, estates, directory, now)))}


def _shifts(actor: Actor, estates: Iterable[str], directory: Directory, now: datetime) -> list[Shift]:
    since = now - timedelta(days=1)
    found = [each for estate in estates for each in directory.shifts(actor.code, estate, since, SHOWN_DAYS)]
    return sorted(found)


def _shown(shifts: Iterable[Shift]) -> Iterator[dict[str, Any]]:
    return (each._asdict() for each in shifts)
