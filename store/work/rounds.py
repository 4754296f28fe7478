"""Walking a round (clauses 2.5, 3.5): checkpoints reached in time, late, or so that the word of it came late."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from store import lifecycle
from store.actor import Actor
from store.clock import earliest
from store.deadlines import operations as deadlines
from store.deadlines import rules as clocks
from store.deadlines.rules import Clock
from store.fields.spec import MAX_LONG_TEXT
from store.lifecycle import does
from store.people.operations import Directory
from store.versioned import Change, events_of
from store.work import rules, scans
from store.work.documents import WORK_ORDER, WorkOrder
from store.work.scans import Point
from store.work.writing import begin, get, params, write

SUPERVISORS = {"kind": "supervisor", "ref": None}
Points = Sequence[Point]


@does(WORK_ORDER, "scan")
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

    A scan may arrive after the round was called over, after a colleague's, or while the round is paused: what counts is
    when it was made (`store/work/scans.py`). Those who were told of a miss that was none are told of that.
    """
    order = lifecycle.permitted(WorkOrder, order_id, "scan", actor, seen)
    scans.check_method(method)
    at = actor.happened(now)
    order = _called_missed(order, checkpoint, at, actor, now)
    before = scans.point_of(order.checkpoints, checkpoint)
    if not (actor.entry and actor.entry.operation):
        scans.check_new(before, actor.code)
    made = {"at": at, "device_at": actor.device_at, "method": method, "by": actor.code}
    points = scans.with_scan(order.checkpoints, checkpoint, made, order.photos)
    resumes = order.state == "paused" and at >= _paused_at(order)
    fields: dict[str, Any] = {
        "state": scans.state_after(order.state, points, resumes=resumes or order.state != "paused"),
        "checkpoints": points,
        "missed_count": _missed(points),
        "assignee": order.assignee or actor.code,
        "started_at": earliest(order.started_at, at),
    }
    if resumes:
        fields |= {"clocks": deadlines.resumed(order.clocks, at), "reason": None}
    if rules.round_is_over(points):
        fields |= _over(order, points, at)
    after = scans.point_of(points, checkpoint)
    detail = _detail(order, after, made, actor) | ({"resumed": True} if resumes else {})
    corrected = before["state"] == "missed" and after["state"] == "done"
    told = _correction(order, points, after, now) if corrected else []
    return write(order, Change("scan", detail, fields, notify=told), actor=actor, now=now)


def _called_missed(order: WorkOrder, checkpoint: str, at: datetime, actor: Actor, now: datetime) -> WorkOrder:
    """The order as the sweep leaves it, where somebody was too late and the sweep has not been by yet: the same scan means
    the same before and after it, and the supervisors are told of the miss once."""
    point = scans.point_of(order.checkpoints, checkpoint)
    if point["state"] != "pending" or scans.is_in_time(point, at):
        return order
    deadlines.catch_up(WorkOrder, order.pk, now)
    return get(order.pk, actor)


def _paused_at(order: WorkOrder) -> datetime:
    paused = [event for event in events_of(order) if event.verb == "pause"]
    moment: datetime = (paused[-1].happened_at or paused[-1].at) if paused else order.created_at
    return moment


def _missed(points: Points) -> int:
    return sum(each["state"] == "missed" for each in points)


def _over(order: WorkOrder, points: Points, at: datetime) -> dict[str, Any]:
    """The last checkpoint is accounted for. A round of which nothing is missing any more was over when its last
    checkpoint was reached, not when we gave up waiting for word of it."""
    if _missed(points):
        finished = order.finished_at or at
        return {"finished_at": finished, "clocks": deadlines.missed(order.clocks, finished)}
    finished = max(each["at"] for each in points)
    clocks = [_stopped(each, finished) for each in order.clocks]
    return {"finished_at": finished, "proven": is_proven(points, order.photos), "clocks": clocks}


def is_proven(points: Points, photos: Sequence[Mapping[str, Any]]) -> bool:
    """Everything was reached in time, and shown where a photo is asked for."""
    return all(each["state"] == "done" and not scans.lacks_photo(each, photos) for each in points)


def _stopped(clock: Clock, at: datetime) -> Clock:
    if deadlines.is_open(clock):
        return deadlines.all_stopped([clock], at)[0]
    # Called over too early: everything was reached after all, and so the promise was kept.
    kept = {name: value for name, value in clock.items() if name != "ended"}
    return {**kept, "stopped_at": earliest(clock["stopped_at"], at)}


def _detail(order: WorkOrder, point: Point, made: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    detail: dict[str, Any] = {"checkpoint": point["code"], "method": made["method"]}
    if any(point.get(name) != made[name] for name in scans.FACTS):
        return {**detail, "beside": True}
    if order.route.get("ordered") and scans.out_of_order(order.checkpoints, point["code"]):
        detail["unusual"] = "out_of_order"
    # A photo is taken after the scan, and has an event of its own.
    marks = [each for each in point.get("unusual") or () if each != scans.NO_PHOTO]
    if marks:
        detail["marks"] = marks
    if point.get("reported_late"):
        detail["reported_late"] = True
    elif point["state"] == "missed":
        detail["late_minutes"] = int((made["at"] - point["closes_at"]).total_seconds() // 60)
    if actor.device_at is not None:
        detail["skew_seconds"] = scans.skew_seconds(made["at"], actor.device_at)
    return detail


def _correction(order: WorkOrder, points: Points, point: Point, now: datetime) -> list[dict[str, Any]]:
    people = Directory.load().recipients(SUPERVISORS, order.estate, now, order.assignee, order.department)
    # `due` is when the guard was there: that is what the correction is about.
    said = {**params(order), "checkpoints": point["name"], "due": point["at"], "count": str(_missed(points))}
    return [{"to": people, "template": "checkpoint-reported-late", "urgent": False, "params": said}] if people else []


@does(WORK_ORDER, "take_back")
def take_back(
    order_id: object, *, checkpoint: str, reason: str = "", actor: Actor, now: datetime, seen: int | None = None
) -> WorkOrder:
    """One's own last scan of a checkpoint was a mistake: it stays in the record and counts no more (clause 2.5).

    What is waited for again is called missed by the sweep, as if nobody had been there. Raises `RuleBroken`
    `nothing_taken_back`.
    """
    order, _ = begin(order_id, "take_back", actor, seen)
    at = actor.happened(now)
    reason = reason.strip()[:MAX_LONG_TEXT]
    mark = {"withdrawn_at": at, "withdrawn_by": actor.code} | ({"reason": reason} if reason else {})
    points = scans.taken_back(order.checkpoints, checkpoint, actor.code, mark, order.photos)
    fields: dict[str, Any] = {"checkpoints": points, "missed_count": _missed(points)}
    if order.state in rules.ROUND_OVER:
        fields |= _open_again(order, points, now)
    return write(order, Change("take_back", {"checkpoint": checkpoint}, fields), actor=actor, now=now)


def _open_again(order: WorkOrder, points: Points, now: datetime) -> dict[str, Any]:
    """What becomes of a round that was over. Its promise runs again only while there is time to keep it."""
    state = scans.state_without(points)
    if all(each["state"] == "done" for each in points):
        return {"state": state}
    pending = [each for each in points if each["state"] == "pending"]
    in_time = any(each["closes_at"] > now for each in pending)
    fields: dict[str, Any] = {"state": state, "proven": False}
    fields["clocks"] = [_unkept(each, order.finished_at, in_time) for each in order.clocks]
    return fields | ({"finished_at": None} if pending else {})


def _unkept(clock: Clock, finished: datetime | None, in_time: bool) -> Clock:
    if clock["stopped_at"] is None or clock["stopped_at"] != finished:
        return clock
    if in_time:
        return {**{name: value for name, value in clock.items() if name != "ended"}, "stopped_at": None}
    return {**clock, "ended": clocks.MISSED}
