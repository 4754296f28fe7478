"""Which orders stand on somebody's tablet: his own, his team's, his department's – and those still to come."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from store.actor import Actor
from store.content.current import Current
from store.people.operations import Directory
from store.plans.operations import coming
from store.premises.documents import Building
from store.tablet.showing import Raw
from store.work.documents import WorkOrder
from store.work.rules import OPEN_STATES

# How long a tablet may keep what is done and over.
KEEP_DAYS = 3
# Tonight's and tomorrow's work is there before it is needed.
AHEAD = timedelta(hours=36)
RECENT = timedelta(hours=24)
# A tablet with more orders than this is a mistake in a plan; the nearest come first.
MOST = 1_000
# What the list itself needs of an order; the rest is read only of those that have changed.
_BRIEF = ("estate", "key", "version", "assignee", "team", "department", "state", "source", "checklist", "price_list")
BRIEF = dict.fromkeys(_BRIEF, 1)
NOT_SHOWN = dict.fromkeys(
    ("events", "in_history", "reminders", "pending", "relayed", "relay_after", "next_check_at"), 0
)
PLANNED = ("plan", "route", "checklist", "escalation_policy", "working_calendar")


def mine(actor: Actor, estates: Sequence[str], now: datetime) -> dict[str, Any]:
    """The condition of an order that stands on this person's tablet. His own stand there however far they are due."""
    here = {"estate": {"$in": list(estates)}}
    is_open = {"state": {"$in": sorted(OPEN_STATES)}}
    near = {"due_at": {"$not": {"$gt": now + timedelta(days=KEEP_DAYS)}}}
    whose = _whose(actor)
    branches: list[dict[str, Any]] = [{**whose[0], **here, **is_open}]
    branches += [{**each, **here, **is_open, **near} for each in whose[1:]]
    branches.append({**here, "finished_at": {"$gt": now - RECENT}, "$or": whose})
    return {"$or": branches}


def _whose(actor: Actor) -> list[dict[str, Any]]:
    department = [{"department": actor.department}] if actor.department else []
    return [{"assignee": actor.code}, {"team": actor.code}, *department]


def is_for(raw: Raw, actor: Actor) -> bool:
    """As `_whose`, for an order that is not stored."""
    own = raw.get("assignee") == actor.code or actor.code in (raw.get("team") or ())
    return own or (actor.department is not None and raw.get("department") == actor.department)


def stored(actor: Actor, estates: Sequence[str], now: datetime) -> list[dict[str, Any]]:
    """The orders of the list in brief, those due first coming first."""
    found = WorkOrder._get_collection().find(mine(actor, estates, now), BRIEF)
    return list(found.sort([("due_at", 1), ("_id", 1)]).limit(MOST))


def whole(ids: Sequence[Any]) -> list[dict[str, Any]]:
    """The orders with all that a tablet shows."""
    return list(WorkOrder._get_collection().find({"_id": {"$in": list(ids)}}, NOT_SHOWN)) if ids else []


def to_come(
    actor: Actor, estates: Sequence[str], current: Current, directory: Directory, now: datetime
) -> list[Mapping[str, Any]]:
    """The orders that plans will make within `AHEAD`, as they would be made now; nothing is written."""
    heads = [each for each in current.of("plan") if each.estate in estates]
    planned = [each for each in coming(heads, directory, now, now + AHEAD, current.find) if is_for(each, actor)]
    made = _made([(each["estate"], each["key"]) for each in planned])
    return [each for each in planned if (each["estate"], each["key"]) not in made]


def places(estates: Sequence[str]) -> list[dict[str, Any]]:
    """The buildings, to say where something was found."""
    query = {"estate": {"$in": list(estates)}, "active": {"$ne": False}}
    rows = Building._get_collection().find(query, {"_id": 0, "estate": 1, "code": 1, "name": 1})
    return list(rows.sort([("estate", 1), ("code", 1)]))


def _made(names: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those that exist already: a worker has been faster, or they were closed since."""
    if not names:
        return set()
    asked = {"estate": {"$in": sorted({each for each, _ in names})}, "key": {"$in": [key for _, key in names]}}
    rows = WorkOrder._get_collection().find(asked, {"_id": 0, "estate": 1, "key": 1})
    return {(row["estate"], row["key"]) for row in rows}
