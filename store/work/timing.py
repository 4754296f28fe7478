"""What happens to a work order by itself, besides its clocks: reminders, and checkpoints that nobody reached."""

from collections.abc import Iterable, Mapping
from typing import Any

from store.deadlines import operations as deadlines
from store.deadlines.operations import Happening, Sweep, timed
from store.records import told_of
from store.work import rules
from store.work.documents import WorkOrder

SUPERVISORS = {"kind": "supervisor", "ref": None}


def happenings(order: Mapping[str, Any], sweep: Sweep) -> Iterable[Happening]:
    if order["state"] not in rules.OPEN_STATES:
        return []
    return [*_reminders(order, sweep), *_missed_checkpoints(order, sweep)]


def _reminders(order: Mapping[str, Any], sweep: Sweep) -> Iterable[Happening]:
    due = rules.reminders_due(order.get("reminders") or (), sweep.now)
    if not due:
        return
    reminders = [dict(each) for each in order["reminders"]]
    for index in due:
        reminders[index]["sent_at"] = sweep.now
    people = [order["assignee"]] if order.get("assignee") else list(order.get("team") or ())
    newest = reminders[due[-1]]
    told = [_notice(order, people, newest["template"], newest["at"], {})] if people else []
    # After an outage several reminders may be due at once: one message is enough, each is kept as sent.
    yield Happening("remind", {"to": people, "at": newest["at"]}, {"reminders": reminders}, told, warns=True)


def _missed_checkpoints(order: Mapping[str, Any], sweep: Sweep) -> Iterable[Happening]:
    """Named at once when their window has ended (clause 3.5)."""
    points = order.get("checkpoints") or ()
    missed = rules.missed_now(points, sweep.now)
    if not missed:
        return
    after = [{**each, "state": "missed"} if i in missed else each for i, each in enumerate(points)]
    names = [points[i]["name"] for i in missed]
    people = sweep.directory.recipients(
        SUPERVISORS, order["estate"], sweep.now, order.get("assignee"), order.get("department")
    )
    last = max(points[i]["closes_at"] for i in missed)
    late = int((sweep.now - last).total_seconds() // 60)
    listed = {"zh": "、".join(_in(n, "zh") for n in names), "en": ", ".join(_in(n, "en") for n in names)}
    params = {"checkpoints": listed, "count": len(missed), "due": last, "late_minutes": late}
    told = [_notice(order, people, "checkpoint-missed", last, params, urgent=True)]
    count = sum(each["state"] == "missed" for each in after)
    detail = {"checkpoints": [points[i]["code"] for i in missed], "late_minutes": late, "to": people}
    fields = {"checkpoints": after, "missed_count": count}
    yield Happening("checkpoint_missed", detail, fields, told if people else (), warns=True)
    if rules.round_is_over(after):
        yield _round_over(order, count == len(after), sweep)


def _round_over(order: Mapping[str, Any], nothing_done: bool, sweep: Sweep) -> Happening:
    """The last window has ended: the round is over, done in part or missed as a whole."""
    clocks = deadlines.missed(order.get("clocks") or [], sweep.now)
    fields = {
        "state": "missed" if nothing_done else "done",
        "finished_at": sweep.now,
        "clocks": clocks,
        "proven": False,
    }
    return Happening("missed" if nothing_done else "round_over", {}, fields)


def _in(name: Any, language: str) -> str:
    return str(name.get(language) or name.get("zh")) if isinstance(name, Mapping) else str(name)


def _notice(
    order: Mapping[str, Any], people: list[str], template: str, at: Any, more: Mapping[str, Any], urgent: bool = False
) -> dict[str, Any]:
    params = {**told_of(order), "due": order.get("due_at"), **more}
    return {"to": people, "template": template, "urgent": urgent, "params": params, "due_at": at}


timed(WorkOrder, happenings, rules.next_own_check)
