"""Who gets a new order, where its service item does not leave it to be taken (clauses 2.2, 3.2)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from store.people.operations import Directory
from store.work import rules
from store.work.documents import WorkOrder
from store.work.writing import params


def dispatched(values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The order's values with its assignee, who is told of it; where there is nobody to choose it stays open."""
    plain = {name: value for name, value in values.items() if name != "dispatch"}
    if values.get("dispatch") != "by_load":
        return plain
    who = _least_busy(Directory.load(), plain["estate"], plain.get("department"), now)
    if who is None:
        return plain
    urgent = plain.get("priority", 3) <= 2
    told = {"to": [who], "template": "work-assigned", "urgent": urgent, "params": params(plain)}
    return {**plain, "assignee": who, "notify": [*plain.get("notify", ()), told]}


def _least_busy(directory: Directory, estate: str, department: str | None, now: datetime) -> str | None:
    """Of the department's field staff in the estate those on duty; of all of them, when none of them is."""
    everybody = directory.members(department, estate, "field")
    present = set(directory.on_duty(estate, now))
    candidates = [code for code in everybody if code in present] or everybody
    return rules.least_busy(_loads(candidates)) if candidates else None


def _loads(staff: Iterable[str]) -> dict[str, int]:
    """How many open orders each has, wherever: nobody works in two estates at once."""
    loads = dict.fromkeys(staff, 0)
    pipeline: list[dict[str, Any]] = [
        {"$match": {"assignee": {"$in": sorted(loads)}, "state": {"$in": sorted(rules.OPEN_STATES)}}},
        {"$group": {"_id": "$assignee", "open": {"$sum": 1}}},
    ]
    return loads | {each["_id"]: each["open"] for each in WorkOrder._get_collection().aggregate(pipeline)}
