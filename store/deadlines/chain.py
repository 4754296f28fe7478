"""The chain of an escalation: which step of a policy fires when, computed from a clock and nothing else.

Moments. A step's moment is the clock's `due_at` plus its offset in wall minutes. Where the policy says so, an offset
before the deadline is counted back in the working minutes of the clock's calendar (ADR 16). What is fired late keeps its nominal
moment and says how late it is; nothing is ever computed from "now plus delay". A moment inside a pause becomes the end
of that pause: a clock that stands still tells nobody.

Before the start. A step whose moment lies before the clock's start (warn 30 min before, on a 15-min promise) is
recorded as skipped and never sent. A last step that was skipped so has no repeats.

Nobody there. A step that resolves to nobody is recorded as skipped at its moment, and the next step moves forward to
that moment instead of waiting for its own – but what is meant for the deadline or after it never to before the deadline:
nothing is late yet, and nobody is to hear that it is. Repeats of a last step to nobody go on: somebody may be on duty by then.

Acknowledge. From `acknowledged_at` until `acknowledge_minutes` later (for ever, when they are 0) nothing fires. At that
time-out, first, the step that was sent last before it is sent again (key "2#a1"; "…#a2" after the next acknowledgement
that timed out), so that the same people know that nothing happened; if nothing had been sent, nothing is repeated. Then
every step whose moment has passed without being fired fires, with the time-out as its moment; later steps keep theirs.
A new acknowledgement starts the time anew.

Muted. While a mute covers the record, steps are recorded as skipped and nobody is told. When it is over, everybody whom
they would have told is told once (key "2#m1", with the place of the last of them); then the chain goes on (ADR 21).

Repeat. After the last step has fired it fires again every `repeat_minutes`, `repeat_times` times ("3#r1", "3#r2", …),
each counted from the nominal moment of the one before. When an acknowledgement timed out meanwhile, its "#a" repeat is
the one they are counted from: what fell into the acknowledged time does not come in a burst.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from store.calendars.rules import WorkingTime, before_due
from store.deadlines.policy import Policy, PolicyStep, compiled

BEFORE_START, NOBODY, MUTED = "before_start", "nobody", "muted"
ONE_MINUTE, NO_TIME = timedelta(minutes=1), timedelta(0)


class StepDue(NamedTuple):
    """One firing. `at` is its nominal moment; `skipped` is None for what is sent, else why it is only recorded."""

    key: str
    at: datetime
    late_minutes: int
    step: PolicyStep
    skipped: str | None = None


class Coming(NamedTuple):
    """The next thing to happen: it fires at `moment` and is recorded as of `at`."""

    moment: datetime
    key: str
    at: datetime
    step: PolicyStep
    skipped: str | None = None

    def due(self, now: datetime) -> StepDue:
        late = 0 if self.skipped else (now - self.moment) // ONE_MINUTE
        return StepDue(self.key, self.at, late, self.step, self.skipped)


class Chain:
    """Where a running clock stands in its policy: built from the recorded steps, moved on by `add`."""

    __slots__ = (
        "_calendar",
        "_due_at",
        "_last_at",
        "_last_sent",
        "_mute",
        "_pauses",
        "_place",
        "_policy",
        "_pulled_to",
        "_repeats",
        "_started_at",
        "_timeout",
        "_timeouts",
        "_told_at",
    )

    def __init__(self, clock: Mapping[str, Any], policy: Policy, calendar: WorkingTime | None = None) -> None:
        acknowledged: datetime | None = clock.get("acknowledged_at")
        self._policy = policy
        self._calendar = calendar if policy.working_time else None
        self._due_at: datetime = clock["due_at"]
        self._started_at: datetime = clock["started_at"]
        self._pauses = clock.get("pauses") or ()
        self._timeout = acknowledged + policy.acknowledge if acknowledged else None
        self._mute = acknowledged is not None and not policy.acknowledge
        self._place = 0
        self._pulled_to: datetime | None = None
        self._repeats = self._timeouts = 0
        self._told_at: datetime | None = None
        self._last_sent: PolicyStep | None = None
        self._last_at: datetime | None = None
        for entry in clock.get("steps") or ():
            self.add(entry["key"], entry["at"], entry.get("skipped"))

    def add(self, key: str, at: datetime, skipped: str | None) -> None:
        """Take note of a recorded firing. Firings are recorded in the order in which they fire."""
        base, mark, _ = key.partition("#")
        step = self._policy.steps[int(base) - 1]
        if mark:
            self._add_repeat(key[len(base) + 1], at)
        else:
            self._place = int(base)
            self._pulled_to = at if skipped == NOBODY else None
        if not skipped and (self._timeout is None or at < self._timeout):
            self._last_sent = step
        if step is self._policy.steps[-1] and skipped != BEFORE_START:
            self._last_at = at

    def _add_repeat(self, kind: str, at: datetime) -> None:
        if kind == "r":
            self._repeats += 1
        elif kind == "a":
            self._timeouts += 1
            self._told_at = at

    def coming(self) -> Coming | None:
        """What happens next, whenever that is; None when nothing more can happen by itself."""
        if self._mute:
            return None
        if self._timeout is not None and self._last_sent and not self._is_told(self._timeout):
            moment = self._outside_pauses(self._timeout)
            return Coming(moment, f"{self._last_sent.key}#a{self._timeouts + 1}", moment, self._last_sent)
        if self._place < len(self._policy.steps):
            return self._coming_step(self._policy.steps[self._place])
        return self._coming_repeat()

    def _is_told(self, timeout: datetime) -> bool:
        """Whether this time-out's repeat is recorded; an older one is of an acknowledgement before."""
        return self._told_at is not None and self._told_at >= timeout

    def _coming_step(self, step: PolicyStep) -> Coming:
        nominal = self._nominal(step)
        if self._pulled_to is not None:
            nominal = min(nominal, self._pulled_to if step.offset < NO_TIME else max(self._pulled_to, self._due_at))
        if nominal < self._started_at:
            return Coming(self._held(self._started_at), step.key, nominal, step, BEFORE_START)
        moment = self._held(nominal)
        return Coming(moment, step.key, moment, step)

    def _nominal(self, step: PolicyStep) -> datetime:
        if self._calendar is None or step.offset >= NO_TIME:
            return self._due_at + step.offset
        return before_due(self._due_at, -step.offset // ONE_MINUTE, self._calendar)

    def _coming_repeat(self) -> Coming | None:
        policy = self._policy
        if self._last_at is None or self._repeats >= policy.repeat_times or not policy.repeat:
            return None
        moment = self._held(self._last_at + policy.repeat)
        step = policy.steps[-1]
        return Coming(moment, f"{step.key}#r{self._repeats + 1}", moment, step)

    def _held(self, moment: datetime) -> datetime:
        """`moment`, put off to the time-out of an acknowledgement and to the end of a pause."""
        if self._timeout is not None and moment < self._timeout:
            moment = self._timeout
        return self._outside_pauses(moment) if self._pauses else moment

    def _outside_pauses(self, moment: datetime) -> datetime:
        for pause in self._pauses:
            ended = pause["to"]
            if ended is not None and pause["from"] <= moment < ended:
                moment = ended
        return moment


def is_running(clock: Mapping[str, Any]) -> bool:
    """Whether time can make the clock do anything: it is due some day, and neither stopped nor paused."""
    return clock.get("due_at") is not None and clock.get("stopped_at") is None and clock.get("paused_at") is None


def due_steps(
    clock: Mapping[str, Any], policy: Policy | Mapping[str, Any], now: datetime, calendar: WorkingTime | None = None
) -> list[StepDue]:
    """What is to be fired or recorded as skipped by `now`, in order; the module's docstring says exactly when.

    `calendar` is that of the clock; None: every hour counts.
    """
    if not is_running(clock):
        return []
    chain, found = Chain(clock, compiled(policy), calendar), []
    while (coming := chain.coming()) is not None and coming.moment <= now:
        found.append(coming.due(now))
        chain.add(coming.key, coming.at, coming.skipped)
    return found


def next_moment(
    clock: Mapping[str, Any], policy: Policy | Mapping[str, Any], calendar: WorkingTime | None = None
) -> datetime | None:
    """The earliest moment at which `due_steps` gives something; a millisecond earlier it gives nothing.

    A moment in the past means that the sweep is late. None: nothing can happen until somebody changes the clock.
    """
    if not is_running(clock):
        return None
    coming = Chain(clock, compiled(policy), calendar).coming()
    return coming.moment if coming else None


def entry(due: StepDue) -> dict[str, Any]:
    """What is appended to the clock's `steps` in the same update as the notification's intent."""
    recorded: dict[str, Any] = {"key": due.key, "at": due.at, "late_minutes": due.late_minutes}
    return recorded | {"skipped": due.skipped} if due.skipped else recorded


def told_after_mute(clock: Mapping[str, Any], policy: Policy, at: datetime) -> StepDue | None:
    """What is told once when a mute is over: one firing for everybody whom the muted steps would have told. None when
    none of them was muted, or when somebody has taken the record on meanwhile."""
    steps = clock.get("steps") or ()
    told = [number for number, each in enumerate(steps) if _mark(each["key"]) == "m"]
    muted = [each for each in steps[max(told, default=-1) + 1 :] if each.get("skipped") == MUTED]
    taken: datetime | None = clock.get("acknowledged_at")
    silent = taken is not None and (not policy.acknowledge or at < taken + policy.acknowledge)
    if not muted or silent or not is_running(clock):
        return None
    bases = sorted({int(each["key"].partition("#")[0]) for each in muted})
    last = policy.steps[bases[-1] - 1]
    targets = dict.fromkeys(target for base in bases for target in policy.steps[base - 1].targets)
    step = last._replace(action="notify", targets=tuple(targets))
    return StepDue(f"{last.key}#m{len(told) + 1}", at, 0, step)


def _mark(key: str) -> str:
    return key.partition("#")[2][:1]
