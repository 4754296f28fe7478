"""Clocks: start, pause, resume, stop – and what state they are in at each side of the due moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.calendars.rules import compile_calendar
from store.deadlines.rules import (
    MISSED,
    STATES,
    WITHDRAWN,
    Clock,
    acknowledge_clock,
    end_clock,
    is_overdue,
    next_check,
    pause_clock,
    pauses_of,
    resume_clock,
    start_clock,
    state,
    stop_clock,
)
from store.errors import Invalid, RuleBroken

MS = timedelta(milliseconds=1)
NINE = datetime(2026, 9, 21, 1, 0, tzinfo=UTC)  # Monday, 09:00 in Shanghai
OFFICE = {"windows": [{"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "17:30"}]}
POLICY = {"steps": [{"offset_minutes": 0, "action": "notify", "targets": [{"kind": "assignee"}]}]}


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def clock(promised: int = 60, calendar: dict[str, Any] | None = None, started_at: datetime = NINE) -> Clock:
    return start_clock("response", started_at, promised, "office", calendar, {"code": "urgent", "revision": 3})


def test_a_clock_starts_with_what_was_in_force() -> None:
    assert clock() == {
        "name": "response",
        "started_at": NINE,
        "due_at": NINE + minutes(60),
        "minutes": 60,
        "calendar": "office",
        "policy": {"code": "urgent", "revision": 3},
        "paused_at": None,
        "stopped_at": None,
        "acknowledged_at": None,
        "pauses": [],
        "steps": [],
    }


def test_a_clock_counts_by_its_calendar() -> None:
    assert clock(600, OFFICE)["due_at"] == NINE + timedelta(days=1, minutes=60)
    assert clock(600, None)["due_at"] == NINE + minutes(600)


def test_a_promise_of_negative_minutes_is_refused() -> None:
    with pytest.raises(Invalid):
        clock(-1)


def test_it_is_not_overdue_at_the_due_moment_and_overdue_a_millisecond_later() -> None:
    assert not is_overdue(clock(), NINE + minutes(60))
    assert is_overdue(clock(), NINE + minutes(60) + MS)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (minutes(48) - MS, "running"),
        (minutes(48), "due_soon"),
        (minutes(60), "due_soon"),
        (minutes(60) + MS, "overdue"),
    ],
)
def test_the_last_fifth_of_an_hour_is_due_soon(after: timedelta, expected: str) -> None:
    assert state(clock(), NINE + after) == expected


def test_due_soon_is_never_more_than_the_last_hour() -> None:
    assert state(clock(1440), NINE + minutes(1380) - MS) == "running"
    assert state(clock(1440), NINE + minutes(1380)) == "due_soon"


def test_what_stops_at_the_due_moment_is_met_and_a_millisecond_later_late() -> None:
    later = NINE + timedelta(days=9)
    assert state(stop_clock(clock(), NINE + minutes(60)), later) == "met"
    assert state(stop_clock(clock(), NINE + minutes(60) + MS), later) == "late"
    assert not is_overdue(stop_clock(clock(), NINE + minutes(61)), later)


def test_a_paused_clock_has_no_due_moment() -> None:
    paused = pause_clock(clock(), NINE + minutes(20))
    assert paused["due_at"] is None
    assert paused["paused_at"] == NINE + minutes(20)
    assert pauses_of(paused) == [(NINE + minutes(20), None)]
    assert state(paused, NINE + timedelta(days=9)) == "paused"
    assert not is_overdue(paused, NINE + timedelta(days=9))


def test_a_resumed_clock_is_due_later_by_the_length_of_its_pause() -> None:
    resumed = resume_clock(pause_clock(clock(), NINE + minutes(20)), NINE + minutes(50), None)
    assert resumed["due_at"] == NINE + minutes(90)
    assert resumed["paused_at"] is None
    assert pauses_of(resumed) == [(NINE + minutes(20), NINE + minutes(50))]


def test_only_the_working_time_of_a_pause_is_given_back() -> None:
    evening = NINE + timedelta(hours=8)  # 17:00, half an hour before the desk closes
    resumed = resume_clock(pause_clock(clock(600, OFFICE), evening), evening + timedelta(hours=15, minutes=45), OFFICE)
    assert resumed["due_at"] == NINE + timedelta(days=1, minutes=60 + 30 + 15)


def test_a_clock_that_was_overdue_before_its_pause_stays_overdue() -> None:
    paused = pause_clock(clock(), NINE + minutes(61))
    assert is_overdue(paused, NINE + minutes(62))
    assert state(paused, NINE + minutes(62)) == "paused"
    assert resume_clock(paused, NINE + minutes(90), None)["due_at"] == NINE + minutes(60)
    assert state(stop_clock(paused, NINE + minutes(70)), NINE + minutes(99)) == "late"


def test_a_clock_that_stops_in_a_pause_begun_in_time_is_met() -> None:
    stopped = stop_clock(pause_clock(clock(), NINE + minutes(60)), NINE + timedelta(days=3))
    assert state(stopped, NINE + timedelta(days=3)) == "met"
    assert pauses_of(stopped) == [(NINE + minutes(60), NINE + timedelta(days=3))]
    assert stopped["paused_at"] is None


@given(st.lists(st.tuples(st.integers(1, 3_600_000), st.integers(1, 3_600_000)), max_size=5))
def test_many_pauses_do_not_drift(breaks: list[tuple[int, int]]) -> None:
    calendar = compile_calendar(None)
    running, moment, worked = clock(100_000), NINE, timedelta()
    for work, rest in breaks:
        moment += work * MS
        running = pause_clock(running, moment)
        moment += rest * MS
        running = resume_clock(running, moment, calendar)
        worked += rest * MS
    assert running["due_at"] == NINE + minutes(100_000) + worked


@given(st.lists(st.tuples(st.integers(-30, 500), st.integers(-30, 500)), max_size=5))
def test_pauses_that_reach_us_out_of_turn_are_all_given_back_and_none_is_negative(told: list[tuple[int, int]]) -> None:
    """Tablets say when it was, and come home in any order."""
    running = clock(1_000)
    for began, ended in told:
        running = resume_clock(pause_clock(running, NINE + minutes(began)), NINE + minutes(ended), None)
    resting = {minute for began, ended in told for minute in range(max(0, began), ended)}
    assert running["due_at"] == NINE + minutes(1_000 + len(resting))
    assert all(pause["from"] <= pause["to"] for pause in running["pauses"])


def test_a_clock_is_never_changed_in_place() -> None:
    original = clock()
    before = {**original, "pauses": list(original["pauses"])}
    paused = pause_clock(original, NINE + minutes(1))
    open_pause = dict(paused["pauses"][0])
    resume_clock(paused, NINE + minutes(2), None)
    stop_clock(paused, NINE + minutes(2))
    acknowledge_clock(paused, NINE + minutes(2))
    assert original == before
    assert paused["pauses"] == [open_pause]


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        (lambda: pause_clock(pause_clock(clock(), NINE), NINE), "clock_paused"),
        (lambda: resume_clock(clock(), NINE, None), "clock_not_paused"),
        (lambda: pause_clock(stop_clock(clock(), NINE), NINE), "clock_stopped"),
        (lambda: resume_clock(stop_clock(clock(), NINE), NINE, None), "clock_stopped"),
        (lambda: stop_clock(stop_clock(clock(), NINE), NINE), "clock_stopped"),
        (lambda: acknowledge_clock(stop_clock(clock(), NINE), NINE), "clock_stopped"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(verb: Any, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        verb()
    assert refused.value.code == code


def test_every_state_has_words() -> None:
    paused = pause_clock(clock(), NINE)
    seen = {
        state(each, NINE + minutes(m)) for each in (clock(), paused, stop_clock(clock(), NINE)) for m in (0, 50, 70)
    }
    ended = {state(end_clock(each, NINE, why), NINE) for each in (clock(), paused) for why in (WITHDRAWN, MISSED)}
    assert seen | ended | {"late"} == set(STATES)


def test_the_next_check_is_the_policys_next_moment() -> None:
    assert next_check(clock(), POLICY) == NINE + minutes(60)
    assert next_check(clock(), None) is None
    assert next_check(pause_clock(clock(), NINE), POLICY) is None
    assert next_check(stop_clock(clock(), NINE), POLICY) is None
