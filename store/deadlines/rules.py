"""Clocks: a promise's time as a plain value. Every function returns a new clock and leaves the given one alone.

A clock is `{name, started_at, due_at, minutes, days?, calendar, policy: {code, revision} | None, paused_at, stopped_at,
acknowledged_at, pauses: [{from, to}], steps: [{key, at, late_minutes, skipped?}], ended?}`; moments are UTC. A clock
that stopped without `ended` was kept; `ended` says why it stopped although what was promised was not done. `days` are
there where the promise was one of working days: then `minutes` are what those days have of working time.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from store.calendars.rules import (
    Pause,
    Promised,
    WorkingDays,
    WorkingTime,
    compile_calendar,
    counted_for,
    due_after,
    due_with_pauses,
    promised,
)
from store.deadlines.chain import next_moment
from store.deadlines.policy import Policy
from store.errors import RuleBroken
from store.words import Words

Clock = dict[str, Any]
Calendar = Mapping[str, Any] | WorkingTime | None

SOON = timedelta(hours=1)
ONE_MINUTE = timedelta(minutes=1)

STATES: dict[str, Words] = {
    "running": Words("计时中", "Running"),
    "due_soon": Words("即将到期", "Due soon"),
    "overdue": Words("已超时", "Overdue"),
    "paused": Words("已暂停", "Paused"),
    "met": Words("按时完成", "Met"),
    "late": Words("超时完成", "Met late"),
    "withdrawn": Words("已撤销，不计", "Withdrawn, not counted"),
    "missed": Words("未兑现", "Not kept"),
}
# Why a clock ended without being kept: nothing was owed any more, or the time for it went by.
WITHDRAWN, MISSED = "withdrawn", "missed"


def start_clock(
    name: str,
    started_at: datetime,
    within: Promised,
    calendar_key: str | None,
    calendar: Calendar,
    policy: Mapping[str, Any] | None,
) -> Clock:
    """A clock that is due after what is promised, counted by `calendar` (None: around the clock). Clauses 4.3, 6.2.

    `calendar_key` and `policy` (`{code, revision}`) are kept, so that the clock stays with what was in force then.
    Raises `Invalid` for minutes that lead nowhere.
    """
    days = working_time(calendar)
    return {
        "name": name,
        "started_at": started_at,
        "due_at": due_after(started_at, within, days),
        **_length(started_at, within, days),
        "calendar": calendar_key,
        "policy": dict(policy) if policy else None,
        "paused_at": None,
        "stopped_at": None,
        "acknowledged_at": None,
        "pauses": [],
        "steps": [],
    }


def _length(started_at: datetime, within: Promised, days: WorkingTime) -> dict[str, int]:
    length = {"minutes": counted_for(started_at, within, days) // ONE_MINUTE}
    return {**length, "days": within.days} if isinstance(within, WorkingDays) else length


def promised_of(clock: Mapping[str, Any]) -> Promised:
    """What the clock's promise was: minutes, or working days."""
    return promised(clock["minutes"], clock.get("days"))


def working_time(calendar: Calendar) -> WorkingTime:
    return calendar if isinstance(calendar, WorkingTime) else compile_calendar(calendar)


def pause_clock(clock: Clock, at: datetime) -> Clock:
    """The clock standing still from `at` on: it has no due moment, unless it was overdue already, which stays so."""
    _refuse_if_stopped(clock)
    if clock["paused_at"] is not None:
        raise RuleBroken("clock_paused", Words("计时已暂停", "The clock is paused already"))
    due_at = clock["due_at"] if clock["due_at"] < at else None
    return {**clock, "due_at": due_at, "paused_at": at, "pauses": [*clock["pauses"], {"from": at, "to": None}]}


def resume_clock(clock: Clock, at: datetime, calendar: Calendar) -> Clock:
    """The clock running again, due after its minutes counted from its start without its pauses: no drift."""
    _refuse_if_stopped(clock)
    if clock["paused_at"] is None:
        raise RuleBroken("clock_not_paused", Words("计时未暂停", "The clock is not paused"))
    resumed = {**clock, "paused_at": None, "pauses": _closed(clock, at)}
    # Another tablet may have told of a later pause before: that one is given back too.
    known = max(at, *(pause["from"] for pause in resumed["pauses"]))
    due_at = due_with_pauses(clock["started_at"], promised_of(clock), working_time(calendar), pauses_of(resumed), known)
    return {**resumed, "due_at": due_at}


def retime_clock(clock: Clock, within: Promised, calendar: Calendar, now: datetime) -> Clock:
    """The clock with another promise, counted from its old start: what was promised changes, not when."""
    _refuse_if_stopped(clock)
    days = working_time(calendar)
    due_at = due_with_pauses(clock["started_at"], within, days, pauses_of(clock), now)
    unsaid = {name: value for name, value in clock.items() if name != "days"}
    return {**unsaid, **_length(clock["started_at"], within, days), "due_at": due_at}


def carry_over(clock: Clock, old: Clock, calendar: Calendar) -> Clock:
    """A clock that takes the place of an older one, from the same start: what happened to that one happened to it – its
    pauses, its end, its acknowledgement. Escalation begins anew, unless neither chain nor due moment differ."""
    happened = {name: old[name] for name in ("pauses", "paused_at", "stopped_at", "acknowledged_at")}
    happened |= {name: old[name] for name in ("acknowledged_by", "ended") if name in old}
    carried = {**clock, **happened}
    known = max([clock["started_at"], *(moment for pause in pauses_of(carried) for moment in pause if moment)])
    counted = pauses_of(carried)
    due_at = due_with_pauses(clock["started_at"], promised_of(clock), working_time(calendar), counted, known)
    same = old["policy"] == clock["policy"] and old["due_at"] == due_at
    return {**carried, "due_at": due_at, "steps": old["steps"] if same or old["stopped_at"] else []}


def stop_clock(clock: Clock, at: datetime) -> Clock:
    """The clock stopped for good: what was promised is done."""
    _refuse_if_stopped(clock)
    if clock["paused_at"] is not None:
        clock = {**clock, "paused_at": None, "pauses": _closed(clock, at)}
    return {**clock, "stopped_at": at}


def end_clock(clock: Clock, at: datetime, why: str) -> Clock:
    """The clock stopped for good, and not because it was kept: `why` is `WITHDRAWN` or `MISSED`."""
    return {**stop_clock(clock, at), "ended": why}


def is_kept(clock: Clock) -> bool:
    """Whether what was promised is done, in time or late."""
    return clock["stopped_at"] is not None and not clock.get("ended")


def stop_clock_back(clock: Clock, at: datetime) -> Clock:
    """The clock stopped at `at` also where it was stopped later than that. One that was started after `at` runs on."""
    if at < clock["started_at"] or (clock["stopped_at"] is not None and clock["stopped_at"] <= at):
        return clock
    unended = {name: value for name, value in clock.items() if name != "ended"}
    return stop_clock({**unended, "stopped_at": None}, at)


def acknowledge_clock(clock: Clock, at: datetime) -> Clock:
    """Somebody has taken it on; escalation is silent until the policy's time-out. Again: the time starts anew."""
    _refuse_if_stopped(clock)
    return {**clock, "acknowledged_at": at}


def _refuse_if_stopped(clock: Clock) -> None:
    if clock["stopped_at"] is not None:
        raise RuleBroken("clock_stopped", Words("计时已结束", "The clock has stopped"))


def _closed(clock: Clock, at: datetime) -> list[dict[str, datetime | None]]:
    """Word of a pause and of its end may come from two tablets, and out of turn: it ends when it began at the earliest."""
    began = clock["pauses"][-1]["from"]
    return [*clock["pauses"][:-1], {"from": began, "to": max(began, at)}]


def pauses_of(clock: Clock) -> list[Pause]:
    """The clock's pauses as pairs, as `due_with_pauses` and `explain` take them."""
    return [(pause["from"], pause["to"]) for pause in clock["pauses"]]


def is_overdue(clock: Clock, now: datetime) -> bool:
    """Whether the promise is broken and still open. At the due moment itself it is not."""
    return clock["stopped_at"] is None and clock["due_at"] is not None and clock["due_at"] < now


def state(clock: Clock, now: datetime) -> str:
    """One of `STATES`. "Due soon" is the last fifth of the promised minutes, at most the last hour."""
    due_at: datetime | None = clock["due_at"]
    if clock.get("ended"):
        return str(clock["ended"])
    if clock["stopped_at"] is not None:
        # No due moment: it stopped in a pause that began in time.
        return "late" if due_at is not None and due_at < clock["stopped_at"] else "met"
    if clock["paused_at"] is not None or due_at is None:
        return "paused"
    if due_at < now:
        return "overdue"
    soon = min(SOON, timedelta(minutes=clock["minutes"]) / 5)
    return "due_soon" if due_at - soon <= now else "running"


def next_check(
    clock: Clock, policy: Policy | Mapping[str, Any] | None, calendar: WorkingTime | None = None
) -> datetime | None:
    """When a sweep has to look at the clock again; None without a policy: then being overdue is read, not done."""
    return next_moment(clock, policy, calendar) if policy is not None else None
