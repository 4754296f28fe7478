"""Which records are late, and which soon will be: one definition for lists, figures, board, chips and API.

A record is late by its clocks. One that never had any is late by its `due_at`. What stands still or has stopped is not
late, whatever its due moment was. `states` are those in which somebody still owes something.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
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
    """The filter of what should have been done by `now`; at the due moment itself it is not late."""
    return {"state": {"$in": sorted(states)}, "$or": _due({"$lt": now})}


def due_soon(states: Collection[str], now: datetime) -> dict[str, Any]:
    """The filter of what is due within `SOON` and not late by anything else."""
    soon = _due({"$gte": now, "$lte": now + SOON})
    return {"state": {"$in": sorted(states)}, "$or": soon, "$nor": _due({"$lt": now})}


def _due(within: Mapping[str, datetime]) -> list[dict[str, Any]]:
    running = {"stopped_at": None, "paused_at": None, "due_at": dict(within)}
    return [{"clocks": {"$elemMatch": running}}, {"clocks.0": {"$exists": False}, "due_at": dict(within)}]
