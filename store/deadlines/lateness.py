"""Which records are late, and which soon will be: one definition for lists, figures, board, chips and API.

A record is late by its clocks. One that never had any is late by its `due_at`. What stands still or has stopped is not
late, whatever its due moment was. `states` are those in which somebody still owes something.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from store.clock import earliest

SOON = timedelta(hours=2)


def deadline(
    state: str, clocks: Sequence[Mapping[str, Any]], due_at: datetime | None, states: Collection[str]
) -> datetime | None:
    """The moment by which something is owed; None when nothing is owed now."""
    if state not in states:
        return None
    return earliest(*(each["due_at"] for each in clocks if _runs(each))) if clocks else due_at


def _runs(clock: Mapping[str, Any]) -> bool:
    return clock.get("stopped_at") is None and clock.get("paused_at") is None


def overdue(states: Collection[str], now: datetime) -> dict[str, Any]:
    """The filter of what should have been done by `now`; at the due moment itself it is not late.

    Nothing is late whose `due_at` is to come (`hidden`), and that is what the index knows: without it all that is open
    would be read for the few that are late.
    """
    return {"state": {"$in": sorted(states)}, "due_at": {"$lt": now}, "$or": _due({"$lt": now})}


def hidden() -> dict[str, Any]:
    """The filter of what `overdue` would not find in time: a clock runs whose end is before the record's `due_at`.

    There is none, except of a version that knew no such rule (`store.deadlines.shown`).
    """
    runs = {"$and": [{"$eq": [{"$ifNull": [f"$$this.{name}", None]}, None]} for name in ("stopped_at", "paused_at")]}
    # A torn record may have no list there, and the whole question would be refused for it.
    clocks = {"$cond": [{"$isArray": "$clocks"}, "$clocks", []]}
    ends = {"$map": {"input": {"$filter": {"input": clocks, "cond": runs}}, "in": "$$this.due_at"}}
    never = datetime.max.replace(tzinfo=UTC)
    first = {"$min": ends}
    is_later = [{"$eq": [{"$type": first}, "date"]}, {"$lt": [first, {"$ifNull": ["$due_at", never]}]}]
    return {"clocks": {"$type": "object"}, "$expr": {"$and": is_later}}


def due_soon(states: Collection[str], now: datetime) -> dict[str, Any]:
    """The filter of what is due within `SOON` and not late by anything else."""
    soon = _due({"$gte": now, "$lte": now + SOON})
    until = {"due_at": {"$lte": now + SOON}}
    return {"state": {"$in": sorted(states)}, **until, "$or": soon, "$nor": _due({"$lt": now})}


def _due(within: Mapping[str, datetime]) -> list[dict[str, Any]]:
    running = {"stopped_at": None, "paused_at": None, "due_at": dict(within)}
    return [{"clocks": {"$elemMatch": running}}, {"clocks.0": {"$exists": False}, "due_at": dict(within)}]
