"""What a mute does to a clock: its steps are recorded and tell nobody; when it is over, everybody is told once."""

from collections.abc import Callable
from datetime import datetime

from store.calendars.rules import WorkingTime
from store.deadlines import escalation
from store.deadlines.chain import MUTED, NOBODY, due_steps, is_running, told_after_mute
from store.deadlines.escalation import Firing, Policy, Resolve
from store.deadlines.rules import Clock

Fired = tuple[Clock, list[Firing[str]]]


def fire_unless_muted(
    clock: Clock,
    policy: Policy,
    now: datetime,
    resolve: Resolve[str],
    fired: Callable[[Firing[str]], None],
    calendar: WorkingTime | None,
    muted_until: datetime | None,
) -> Fired:
    """The clock after what is due on it, and that. `muted_until`: the end of the mute that covers the record now."""
    if not is_running(clock):
        return clock, []
    if muted_until is not None:
        return _held(clock, policy, now, calendar, muted_until)
    clock, told = _released(clock, policy, now, resolve)
    firings, _ = escalation.fire(clock, policy, now, resolve, fired, calendar)
    return escalation.recorded(clock, firings), [*told, *firings]


def _held(clock: Clock, policy: Policy, now: datetime, calendar: WorkingTime | None, until: datetime) -> Fired:
    """Nobody is told and nothing is done; from the first step on it is known when there is something to tell."""
    due = due_steps(clock, policy, now, calendar)
    firings: list[Firing[str]] = [Firing(d if d.skipped else d._replace(skipped=MUTED), ()) for d in due]
    held = {"muted_until": until} if firings or clock.get("muted_until") else {}
    return {**escalation.recorded(clock, firings), **held}, firings


def _released(clock: Clock, policy: Policy, now: datetime, resolve: Resolve[str]) -> Fired:
    if not clock.get("muted_until"):
        return clock, []
    due = told_after_mute(clock, policy, min(clock["muted_until"], now))
    firings: list[Firing[str]] = []
    if due is not None:
        people = tuple(escalation.everybody(due.step, now, resolve))
        firings = [Firing(due if people else due._replace(skipped=NOBODY), people)]
    free = {name: value for name, value in clock.items() if name != "muted_until"}
    return escalation.recorded(free, firings), firings
