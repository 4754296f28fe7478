"""Working time against a model that looks at the wall clock minute by minute, in zones whose clocks jump."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from store.calendars.rules import (
    Pause,
    check,
    compile_calendar,
    due_after,
    due_with_pauses,
    explain,
    is_working,
    next_working_moment,
    working_minutes_between,
    working_time_between,
)

MINUTE = timedelta(minutes=1)
MODEL_DAYS = 5
# A zone and a moment near one of its jumps – and zones without any, at China's holidays.
PLACES = [
    ("Asia/Shanghai", datetime(2026, 9, 30, 12, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 5, 1, 12, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 7, 12, tzinfo=UTC)),
    ("America/St_Johns", datetime(2026, 10, 31, 12, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 12, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 23, 12, tzinfo=UTC)),  # the jump is at midnight
    ("America/Havana", datetime(2026, 10, 31, 22, tzinfo=UTC)),  # midnight comes twice
    ("Pacific/Apia", datetime(2011, 12, 29, 12, tzinfo=UTC)),  # a whole day is missing
    ("Asia/Shanghai", datetime(1991, 4, 13, 12, tzinfo=UTC)),  # China had summer time, too
]

times = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
weekdays = st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True)
windows = st.lists(st.fixed_dictionaries({"weekdays": weekdays, "start": times, "end": times}), min_size=1, max_size=4)
places = st.sampled_from(PLACES)


@st.composite
def situations(draw: st.DrawFn) -> tuple[dict[str, Any], datetime]:
    zone, near = draw(places)
    start = near + draw(st.integers(-2880, 2880)) * MINUTE
    days = [
        {"date": (near + offset * timedelta(days=1)).date().isoformat(), "kind": kind}
        for offset, kind in draw(
            st.dictionaries(st.integers(-2, 5), st.sampled_from(["holiday", "workday"]), max_size=3)
        ).items()
    ]
    body = {"timezone": zone, "windows": draw(windows), "days": days, "makeup_weekday": draw(st.integers(1, 7))}
    return body, start


class Wall:
    """The model: a minute counts if the furthest time that the wall clock has shown so far lies in a window."""

    def __init__(self, body: dict[str, Any], start: datetime) -> None:
        self.body = body
        self.zone = ZoneInfo(body["timezone"])
        self.special = {row["date"]: row["kind"] for row in body["days"]}
        self.days: dict[date, list[bool]] = {}
        self.counts = dict(self._minutes(start))

    def _minutes(self, start: datetime) -> Iterator[tuple[datetime, bool]]:
        furthest = (start - timedelta(days=9)).replace(tzinfo=None)
        for number in range(-1600, MODEL_DAYS * 1440):
            moment = start + number * MINUTE
            furthest = max(furthest, moment.astimezone(self.zone).replace(tzinfo=None))
            if number >= 0:
                yield moment, self._in_window(furthest)

    def _in_window(self, wall: datetime) -> bool:
        if wall.date() not in self.days:
            self.days[wall.date()] = self._day(wall)
        return self.days[wall.date()][wall.hour * 60 + wall.minute]

    def _day(self, wall: datetime) -> list[bool]:
        today = self._windows(wall)
        yesterday = self._windows(wall - timedelta(days=1))
        clock = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(1440)]
        return [
            any((start <= now < end) if start < end else start <= now for start, end in today)
            or any(end <= start and now < end for start, end in yesterday)
            for now in clock
        ]

    def _windows(self, wall: datetime) -> list[tuple[str, str]]:
        kind = self.special.get(wall.date().isoformat())
        if kind == "holiday":
            return []
        own = self._of_weekday(wall.isoweekday())
        return (self._of_weekday(self.body["makeup_weekday"]) or own) if kind == "workday" else own

    def _of_weekday(self, weekday: int) -> list[tuple[str, str]]:
        return [(row["start"], row["end"]) for row in self.body["windows"] if weekday in row["weekdays"]]

    def due(self, minutes: int, pauses: list[Pause]) -> datetime | None:
        left = minutes
        for moment, counts in self.counts.items():
            if counts and not any(
                began <= moment < (ended or datetime.max.replace(tzinfo=UTC)) for began, ended in pauses
            ):
                left -= 1
                if left == 0:
                    return moment + MINUTE
        return None


@given(situations(), st.integers(1, 3000))
@settings(max_examples=40, deadline=None)
def test_a_deadline_is_the_end_of_the_last_counted_minute(
    situation: tuple[dict[str, Any], datetime], minutes: int
) -> None:
    body, start = situation
    wall, wt = Wall(body, start), compile_calendar(body)
    due, expected = due_after(start, minutes, wt), wall.due(minutes, [])
    if expected is None:
        assert due > start + timedelta(days=MODEL_DAYS)
    else:
        assert due == expected
        assert working_minutes_between(start, due, wt) == minutes
    for moment in list(wall.counts)[::97]:
        assert is_working(moment, wt) == wall.counts[moment]


@given(
    situations(), st.integers(1, 2000), st.lists(st.tuples(st.integers(-600, 6000), st.integers(0, 2000)), max_size=3)
)
@settings(max_examples=25, deadline=None)
def test_minutes_in_a_pause_do_not_count(
    situation: tuple[dict[str, Any], datetime], minutes: int, breaks: list[tuple[int, int]]
) -> None:
    body, start = situation
    pauses: list[Pause] = [(start + began * MINUTE, start + (began + length) * MINUTE) for began, length in breaks]
    now = start + timedelta(days=30)
    due, expected = (
        due_with_pauses(start, minutes, compile_calendar(body), pauses, now),
        Wall(body, start).due(minutes, pauses),
    )
    if expected is None:
        assert due is not None
        assert due > start + timedelta(days=MODEL_DAYS)
    else:
        assert due == expected


@given(
    situations(), st.integers(0, 20_000), st.lists(st.tuples(st.integers(-600, 9000), st.integers(1, 4000)), max_size=3)
)
@settings(max_examples=60, deadline=None)
def test_the_explanation_ends_where_the_deadline_is(
    situation: tuple[dict[str, Any], datetime], minutes: int, breaks: list[tuple[int, int]]
) -> None:
    body, start = situation
    wt = compile_calendar(body)
    pauses: list[Pause] = [(start + began * MINUTE, start + (began + length) * MINUTE) for began, length in breaks]
    steps = explain(start, minutes, wt, pauses)
    assert (steps[0].kind, steps[0].moment) == ("start", start)
    assert (steps[-1].kind, steps[-1].minutes) == ("due", minutes)
    assert steps[-1].moment == due_with_pauses(start, minutes, wt, pauses, start + timedelta(days=3650))
    assert [step.moment for step in steps] == sorted(step.moment for step in steps)
    assert [step.minutes for step in steps] == sorted(step.minutes for step in steps)
    if not pauses:
        assert steps[-1].moment == due_after(start, minutes, wt)


@given(situations(), st.integers(0, 3000), st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_two_promises_in_a_row_are_due_as_one(
    situation: tuple[dict[str, Any], datetime], first: int, second: int
) -> None:
    body, start = situation
    wt = compile_calendar(body)
    then = due_after(due_after(start, first, wt), second, wt)
    assert then == due_after(start, first + second, wt)


@given(situations())
@settings(max_examples=60, deadline=None)
def test_nothing_counts_before_the_next_working_moment(situation: tuple[dict[str, Any], datetime]) -> None:
    body, start = situation
    wt = compile_calendar(body)
    following = next_working_moment(start, wt)
    assert is_working(following, wt)
    assert not working_time_between(start, following, wt)


@given(windows)
@settings(max_examples=200, deadline=None)
def test_the_check_finds_an_overlap_exactly_when_a_minute_of_the_week_is_in_two_windows(
    rows: list[dict[str, Any]],
) -> None:
    counted = [0] * (7 * 1440)
    for row in rows:
        start, end = (int(row[edge][:2]) * 60 + int(row[edge][3:]) for edge in ("start", "end"))
        for weekday in row["weekdays"]:
            for minute in range(start, end if end > start else end + 1440):
                counted[((weekday - 1) * 1440 + minute) % (7 * 1440)] += 1
    problems = {problem.code for problem in check({"windows": rows, "days": []})}
    assert ("windows_overlap" in problems) == (max(counted) > 1)
