"""Escalation against a model that lives through every minute and knows nothing of the rules' formulas."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from store.deadlines.escalation import Target, due_steps, fire, next_moment, recorded, simulate
from store.deadlines.rules import Clock, acknowledge_clock, pause_clock, resume_clock, start_clock, stop_clock

START = datetime(2026, 9, 21, 1, 0, tzinfo=UTC)
MINUTE, MS = timedelta(minutes=1), timedelta(milliseconds=1)
LAST_MINUTE = 700
Line = tuple[str, int, bool]


@dataclass
class Model:
    """Somebody with a stopwatch who looks at the promise once a minute; `left` counts down, no moment is computed."""

    policy: dict[str, Any]
    left: int
    empty: set[int]
    overdue_for: int = 0
    acknowledged: int | None = None
    told_after_timeout: bool = True
    paused: bool = False
    stopped: bool = False
    steps: list[tuple[int, int]] = field(default_factory=list)
    hurry: bool = False
    last_sent: int | None = None
    since_last: int | None = None
    repeats: int = 0
    timeouts: int = 0
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        offsets = sorted(row["offset_minutes"] for row in self.policy["steps"])
        self.steps = list(enumerate(offsets, 1))
        self.last = len(offsets)

    def happen(self, what: str, minute: int) -> None:
        if what == "acknowledge" and not self.stopped:
            self.acknowledged, self.told_after_timeout = minute, self.last_sent is None
        elif what == "pause_or_resume" and not self.stopped:
            self.paused = not self.paused
        elif what == "stop":
            self.stopped = True

    def live(self, minute: int) -> None:
        """Fire what this minute brings, then let it pass."""
        if not self.stopped and not self.paused and not self._silent(minute):
            self._after_timeout(minute)
            self._fire_steps(minute)
            self._repeat(minute)
        self._pass()

    def _silent(self, minute: int) -> bool:
        lasts = self.policy["acknowledge_minutes"]
        return self.acknowledged is not None and (lasts == 0 or minute < self.acknowledged + lasts)

    def _after_timeout(self, minute: int) -> None:
        if self.acknowledged is not None and not self.told_after_timeout and self.last_sent is not None:
            self.timeouts += 1
            self._tell(f"{self.last_sent}#a{self.timeouts}", self.last_sent, minute)
        self.told_after_timeout = True

    def _fire_steps(self, minute: int) -> None:
        while self.steps:
            number, offset = self.steps[0]
            before_start = minute + self.left - self.overdue_for + offset
            # After a step to nobody the next follows at once; what is for when it is late waits until it is.
            hurry = self.hurry and (offset < 0 or self.left == 0)
            if not self.hurry and before_start < 0:
                self.lines.append((str(number), before_start, True))
            elif hurry or offset <= self.overdue_for - self.left:
                self._tell(str(number), number, minute)
                self.hurry = number in self.empty
            else:
                return
            self.steps.pop(0)

    def _repeat(self, minute: int) -> None:
        period, times = self.policy["repeat_minutes"], self.policy["repeat_times"]
        if not self.steps and self.since_last is not None and self.since_last >= period and self.repeats < times:
            self.repeats += 1
            self._tell(f"{self.last}#r{self.repeats}", self.last, minute)

    def _tell(self, key: str, number: int, minute: int) -> None:
        self.lines.append((key, minute, number in self.empty))
        if number not in self.empty:
            self.last_sent = number
        if number == self.last:
            self.since_last = 0

    def _pass(self) -> None:
        if self.since_last is not None:
            self.since_last += 1
        if self.left > 0 and not self.paused:
            self.left -= 1
        elif self.left == 0:
            self.overdue_for += 1


def resolver(empty: set[int]) -> Any:
    """Each step has a target of its own, named after its place in time."""

    def resolve(target: Target, moment: datetime) -> Sequence[str]:
        return [] if int(target.ref or 0) in empty else [f"person {target.ref}"]

    return resolve


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    offsets = sorted(draw(st.lists(st.integers(-60, 120), min_size=1, max_size=4)))
    steps = [
        {"offset_minutes": offset, "action": "notify", "targets": [{"kind": "staff", "ref": str(number)}]}
        for number, offset in enumerate(offsets, 1)
    ]
    return {
        "steps": steps,
        "acknowledge_minutes": draw(st.integers(0, 40)),
        "repeat_minutes": draw(st.integers(1, 40)),
        "repeat_times": draw(st.integers(0, 3)),
    }


happenings = st.dictionaries(
    st.integers(0, 300), st.sampled_from(["acknowledge", "acknowledge", "pause_or_resume", "stop"]), max_size=5
)
empties = st.sets(st.integers(1, 4), max_size=3)
promises = st.integers(1, 120)


def apply(clock: Clock, what: str, at: datetime) -> Clock:
    if clock["stopped_at"] is not None:
        return clock
    if what == "acknowledge":
        return acknowledge_clock(clock, at)
    if what == "stop":
        return stop_clock(clock, at)
    return pause_clock(clock, at) if clock["paused_at"] is None else resume_clock(clock, at, None)


def sweep_until(clock: Clock, body: dict[str, Any], until: datetime, empty: set[int], lines: list[Line]) -> Clock:
    """A sweep exactly at every next moment before `until`; each is shown to be the first at which anything is due."""
    while (moment := next_moment(clock, body)) is not None and moment < until:
        assert due_steps(clock, body, moment)
        assert not due_steps(clock, body, moment - MS)
        firings, following = fire(clock, body, moment, resolver(empty))
        clock = recorded(clock, firings)
        assert following == next_moment(clock, body)
        lines += [(each.due.key, (each.due.at - START) // MINUTE, each.due.skipped is not None) for each in firings]
    return clock


@given(policies(), promises, happenings, empties)
@settings(max_examples=250, deadline=None)
def test_sweeping_at_each_next_moment_tells_what_the_stopwatch_tells(
    body: dict[str, Any], promised: int, events: dict[int, str], empty: set[int]
) -> None:
    clock = start_clock("response", START, promised, None, None, None)
    lines: list[Line] = []
    model = Model(body, promised, empty)
    for minute in sorted(events):
        clock = sweep_until(clock, body, START + minute * MINUTE, empty, lines)
        clock = apply(clock, events[minute], START + minute * MINUTE)
    sweep_until(clock, body, START + LAST_MINUTE * MINUTE, empty, lines)
    for minute in range(LAST_MINUTE):
        if minute in events:
            model.happen(events[minute], minute)
        model.live(minute)
    assert lines == model.lines


@given(policies(), promises, empties, st.lists(st.integers(0, 700), max_size=6))
@settings(max_examples=150, deadline=None)
def test_late_sweeps_tell_the_same_with_the_same_nominal_moments(
    body: dict[str, Any], promised: int, empty: set[int], sweeps: list[int]
) -> None:
    prompt: list[Line] = []
    started = start_clock("response", START, promised, None, None, None)
    sweep_until(started, body, START + LAST_MINUTE * MINUTE, empty, prompt)
    clock, late = started, list[Line]()
    for minute in sorted({*sweeps, LAST_MINUTE}):
        now = START + minute * MINUTE
        firings, _ = fire(clock, body, now, resolver(empty))
        clock = recorded(clock, firings)
        late += [(each.due.key, (each.due.at - START) // MINUTE, each.due.skipped is not None) for each in firings]
        assert all(
            each.due.late_minutes == (now - each.due.at) // MINUTE
            for each in firings
            if each.due.skipped != "before_start"
        )
    assert late == prompt


@given(policies(), promises, st.integers(0, 200), st.integers(0, 300))
@settings(max_examples=150, deadline=None)
def test_nothing_is_sent_while_acknowledged_however_late_the_sweeps_are(
    body: dict[str, Any], promised: int, acknowledged: int, sweep: int
) -> None:
    clock = acknowledge_clock(start_clock("response", START, promised, None, None, None), START + acknowledged * MINUTE)
    lasts = body["acknowledge_minutes"]
    now = START + sweep * MINUTE
    if lasts == 0 or sweep < acknowledged + lasts:
        assert due_steps(clock, body, now) == []
    keys = [each.key for each in due_steps(clock, body, now)]
    assert len(keys) == len(set(keys))


@given(policies(), promises, st.none() | st.integers(0, 300), empties)
@settings(max_examples=250, deadline=None)
def test_the_simulator_says_what_sweeps_of_every_minute_do(
    body: dict[str, Any], promised: int, acknowledged: int | None, empty: set[int]
) -> None:
    at = None if acknowledged is None else START + acknowledged * MINUTE
    simulated = [
        (line.key, line.at, line.recipients, line.skipped)
        for line in simulate(body, START, promised, None, resolver(empty), at)
        if line.at < START + LAST_MINUTE * MINUTE
    ]
    clock = start_clock("response", START, promised, None, None, None)
    swept = []
    for minute in range(LAST_MINUTE):
        if minute == acknowledged and next_moment(clock, body) is not None:
            clock = acknowledge_clock(clock, START + minute * MINUTE)
        firings, _ = fire(clock, body, START + minute * MINUTE, resolver(empty))
        clock = recorded(clock, firings)
        swept += [(each.due.key, each.due.at, each.recipients, each.due.skipped is not None) for each in firings]
    assert simulated == swept


@given(policies(), promises, empties)
@settings(max_examples=150, deadline=None)
def test_what_is_for_after_the_deadline_is_never_told_before_it(
    body: dict[str, Any], promised: int, empty: set[int]
) -> None:
    due = START + promised * MINUTE
    offsets = sorted(row["offset_minutes"] for row in body["steps"])
    for line in simulate(body, START, promised, None, resolver(empty)):
        if offsets[int(line.key.partition("#")[0]) - 1] >= 0:
            assert line.at >= due
