"""Escalation: fire what is due to whom it concerns, and simulate who would be told what and when.

When a step fires is said in `store/deadlines/chain.py`; here it meets the people it is for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from store.calendars.rules import Promised, WorkingTime
from store.deadlines.chain import (
    BEFORE_START,
    MUTED,
    NOBODY,
    Chain,
    Coming,
    StepDue,
    due_steps,
    entry,
    is_running,
    next_moment,
)
from store.deadlines.policy import (
    RAISE_PRIORITY,
    Policy,
    PolicyStep,
    Target,
    check,
    compile_policy,
    compiled,
)
from store.deadlines.rules import Calendar, Clock, acknowledge_clock, start_clock, working_time
from store.words import Words

__all__ = [
    "BEFORE_START",
    "MUTED",
    "NOBODY",
    "Firing",
    "Policy",
    "PolicyStep",
    "SimulatedStep",
    "StepDue",
    "Target",
    "check",
    "compile_policy",
    "due_steps",
    "entry",
    "everybody",
    "fire",
    "is_running",
    "key_words",
    "next_moment",
    "recorded",
    "simulate",
]

Person = TypeVar("Person")
Resolve = Callable[[Target, datetime], Sequence[Person]]

REASONS: dict[str, Words] = {
    BEFORE_START: Words("时刻早于受理时间，不发送", "Before the start, not sent"),
    NOBODY: Words("无人可通知，立即转下一步", "Nobody to tell, the next step follows at once"),
    MUTED: Words("静音期间，不发送", "Muted, not sent"),
}


class Firing(NamedTuple, Generic[Person]):
    """A step and whom it reached; nobody, when it is skipped."""

    due: StepDue
    recipients: tuple[Person, ...]


class SimulatedStep(NamedTuple, Generic[Person]):
    """A line of the simulator; with `skipped` it is struck out and `reason` says why."""

    key: str
    at: datetime
    action: str
    template: str | None
    targets: tuple[Target, ...]
    recipients: tuple[Person, ...]
    skipped: bool
    reason: Words | None


def _unnoticed(firing: Firing[Any]) -> None:
    return


def fire(
    clock: Mapping[str, Any],
    policy: Policy | Mapping[str, Any],
    now: datetime,
    resolve: Resolve[Person],
    fired: Callable[[Firing[Person]], None] = _unnoticed,
    calendar: WorkingTime | None = None,
) -> tuple[list[Firing[Person]], datetime | None]:
    """Everything due by `now` with its recipients, in order, and the moment of the next check.

    `resolve` is asked as of `now`: late or not, it is today's people who can act. `fired` hears of each firing before
    `resolve` is asked for the next one. A step to nobody is in the list as skipped, and the step after it takes its
    moment. `calendar` is that of the clock; None: every hour counts.
    """
    if not is_running(clock):
        return [], None
    chain = Chain(clock, compiled(policy), calendar)
    firings: list[Firing[Person]] = []
    while (coming := chain.coming()) is not None and coming.moment <= now:
        firing = _firing(coming, now, resolve)
        firings.append(firing)
        fired(firing)
        chain.add(coming.key, coming.at, firing.due.skipped)
    return firings, coming.moment if coming else None


def _firing(coming: Coming, now: datetime, resolve: Resolve[Person]) -> Firing[Person]:
    due = coming.due(now)
    if due.skipped:
        return Firing(due, ())
    recipients = tuple(everybody(due.step, now, resolve))
    if not recipients and due.step.action != RAISE_PRIORITY:
        due = due._replace(skipped=NOBODY)
    return Firing(due, recipients)


def everybody(step: PolicyStep, moment: datetime, resolve: Resolve[Person]) -> Iterator[Person]:
    """Whoever the targets stand for, each once: the supervisor on duty is one person."""
    told: list[Person] = []
    for target in step.targets:
        for person in resolve(target, moment):
            if person not in told:
                told.append(person)
                yield person


def recorded(clock: Clock, firings: Sequence[Firing[Person]]) -> Clock:
    """The clock with the firings in its `steps`."""
    return {**clock, "steps": [*clock["steps"], *(entry(firing.due) for firing in firings)]}


def simulate(
    policy: Policy | Mapping[str, Any],
    started_at: datetime,
    within: Promised,
    calendar: Calendar,
    resolve: Resolve[Person],
    acknowledge_at: datetime | None = None,
    fired: Callable[[Firing[Person]], None] = _unnoticed,
) -> list[SimulatedStep[Person]]:
    """Who is told what and when if nobody does anything – or only acknowledges once, at `acknowledge_at`.

    It runs the very code of the sweeps, from one next moment to the next, so it cannot promise anything else.
    """
    policy, days = compiled(policy), working_time(calendar)
    clock = start_clock("simulated", started_at, within, None, days, None)
    lines: list[SimulatedStep[Person]] = []
    moment = next_moment(clock, policy, days)
    while moment is not None:
        # At the same millisecond the acknowledgement wins, as it does over a sweep that reads it.
        if acknowledge_at is not None and clock["acknowledged_at"] is None and acknowledge_at <= moment:
            clock = acknowledge_clock(clock, acknowledge_at)
        else:
            firings, _ = fire(clock, policy, moment, resolve, fired, days)
            lines += [_line(firing) for firing in firings]
            clock = recorded(clock, firings)
        moment = next_moment(clock, policy, days)
    return lines


def _line(firing: Firing[Person]) -> SimulatedStep[Person]:
    due, step = firing.due, firing.due.step
    reason = REASONS[due.skipped] if due.skipped else None
    return SimulatedStep(
        due.key, due.at, step.action, step.template, step.targets, firing.recipients, reason is not None, reason
    )


def key_words(key: str) -> Words:
    """A step's key as people read it: "第 2 步，第 1 次重复"."""
    base, _, mark = key.partition("#")
    step = Words("第 {n} 步", "Step {n}").fill(n=base)
    if not mark:
        return step
    more = Words("{step}，第 {n} 次重复", "{step}, repeat {n}")
    if mark.startswith("m"):
        more = Words("{step}，静音结束后告知", "{step}, told after the mute")
    elif mark.startswith("a"):
        more = Words(
            "{step}，确认后 {n} 次超时未处理，再次通知", "{step}, told again after acknowledgement time-out {n}"
        )
    return more.fill(step=step, n=mark[1:])
