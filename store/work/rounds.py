"""Walking a round (clauses 2.5, 3.5): checkpoints reached in time, late, or so that the word of it came late."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from store.access import require
from store.actor import Actor
from store.clock import earliest
from store.deadlines import operations as deadlines
from store.deadlines.rules import Clock
from store.people.operations import Directory
from store.versioned import Change, check_seen
from store.work import rules
from store.work.documents import WorkOrder
from store.work.operations import params
from store.work.writing import get, write

SUPERVISORS = {"kind": "supervisor", "ref": None}


def scan(
    order_id: object,
    *,
    checkpoint: str,
    method: str,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> WorkOrder:
    """A checkpoint was reached (clause 2.5). Unusual things are noted beside the scan and never refuse it.

    A scan may arrive after the round was called over: it corrects what was said of it when it took place in time, and
    those who were told of the miss are told of that.
    """
    order = get(order_id, actor)
    require(actor, "work.do", order.estate)
    check_seen(order, seen)
    at = actor.happened(now)
    points = rules.scan(order.checkpoints, checkpoint, at=at, method=method, by=actor.code, device_at=actor.device_at)
    state = rules.state_after_scan(order.state, points)
    fields: dict[str, Any] = {"state": state, "checkpoints": points, "assignee": order.assignee or actor.code}
    fields["missed_count"] = sum(each["state"] == "missed" for each in points)
    fields["started_at"] = earliest(order.started_at, at)
    if rules.round_is_over(points):
        fields |= _over(order, points, at)
    detail = _detail(order, points, checkpoint, method, at, actor)
    told = _correction(order, points, checkpoint, now) if detail.get("reported_late") else []
    return write(order, Change("scan", detail, fields, notify=told), actor=actor, now=now)


def _over(order: WorkOrder, points: Sequence[Mapping[str, Any]], at: datetime) -> dict[str, Any]:
    """The last checkpoint is accounted for. A round of which nothing is missing any more was over when its last
    checkpoint was reached, not when we gave up waiting for word of it."""
    if any(each["state"] == "missed" for each in points):
        finished = order.finished_at or at
        return {"finished_at": finished, "clocks": deadlines.missed(order.clocks, finished)}
    finished = max(each["at"] for each in points)
    return {"finished_at": finished, "proven": True, "clocks": [_stopped(each, finished) for each in order.clocks]}


def _stopped(clock: Clock, at: datetime) -> Clock:
    if deadlines.is_open(clock):
        return deadlines.all_stopped([clock], at)[0]
    # Called over too early: everything was reached after all, and so the promise was kept.
    kept = {name: value for name, value in clock.items() if name != "ended"}
    return {**kept, "stopped_at": earliest(clock["stopped_at"], at)}


def _detail(
    order: WorkOrder, points: Sequence[Mapping[str, Any]], checkpoint: str, method: str, at: datetime, actor: Actor
) -> dict[str, Any]:
    detail: dict[str, Any] = {"checkpoint": checkpoint, "method": method}
    if order.route.get("ordered") and rules.out_of_order(order.checkpoints, checkpoint):
        detail["unusual"] = "out_of_order"
    if any(each["code"] == checkpoint and each.get("reported_late") for each in points):
        detail["reported_late"] = True
    if actor.device_at is not None:
        detail["skew_seconds"] = rules.skew_seconds(at, actor.device_at)
    return detail


def _correction(
    order: WorkOrder, points: Sequence[Mapping[str, Any]], checkpoint: str, now: datetime
) -> list[dict[str, Any]]:
    people = Directory.load().recipients(SUPERVISORS, order.estate, now, order.assignee, order.department)
    point = next(each for each in points if each["code"] == checkpoint)
    left = sum(each["state"] == "missed" for each in points)
    # `due` is when the guard was there: that is what the correction is about.
    said = {**params(order), "checkpoints": point["name"], "due": point["at"], "count": str(left)}
    return [{"to": people, "template": "checkpoint-reported-late", "urgent": False, "params": said}] if people else []
