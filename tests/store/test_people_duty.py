"""Who is on duty at a moment, and what is wrong with a roster."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.people.duty import check_roster, covered_hours, empty_on, on_duty

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"


def shift(day: int, start: str, end: str, *staff: str) -> dict[str, Any]:
    return {"day": day, "start": start, "end": end, "staff": list(staff)}


def roster(*shifts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"anchor_date": "2026-01-01", "cycle_days": 2, "shifts": list(shifts), **changes}


# Two teams: on even days of the cycle A by day and B by night, on odd days the other way round.
TEAMS = roster(
    shift(0, "07:00", "19:00", "an", "bo"),
    shift(0, "19:00", "07:00", "chen"),
    shift(1, "07:00", "19:00", "chen"),
    shift(1, "19:00", "07:00", "an", "bo"),
)


def at(text: str, zone: str = SHANGHAI, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def codes(values: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(each.code, each.field) for each in check_roster(values)]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-01-01T06:59", ["an", "bo"]),  # the night of the cycle before
        ("2026-01-01T07:00", ["an", "bo"]),
        ("2026-01-01T18:59", ["an", "bo"]),
        ("2026-01-01T19:00", ["chen"]),
        ("2026-01-02T00:00", ["chen"]),
        ("2026-01-02T06:59", ["chen"]),
        ("2026-01-02T19:00", ["an", "bo"]),
        ("2026-01-03T02:00", ["an", "bo"]),
        ("2026-11-24T22:00", ["an", "bo"]),
        ("2025-12-31T12:00", ["chen"]),  # days before the anchor are in the cycle too
    ],
)
def test_the_shift_that_runs_at_the_moment_is_on_duty(moment: str, expected: list[str]) -> None:
    assert on_duty(TEAMS, at(moment), SHANGHAI) == expected


def test_a_shift_begins_with_its_first_and_ends_before_its_last_moment() -> None:
    only = roster(shift(0, "08:00", "12:00", "an"), cycle_days=1)
    found = [bool(on_duty(only, at("2026-03-01T00:00") + timedelta(minutes=n), SHANGHAI)) for n in range(1440)]
    assert (found.index(True), found.count(True)) == (480, 240)


def test_a_shift_that_ends_when_it_starts_is_a_whole_day() -> None:
    day = roster(shift(0, "08:00", "08:00", "an"), shift(1, "08:00", "08:00", "bo"))
    assert on_duty(day, at("2026-01-02T07:59"), SHANGHAI) == ["an"]
    assert on_duty(day, at("2026-01-02T08:00"), SHANGHAI) == ["bo"]


def test_somebody_on_two_shifts_is_named_once_in_the_order_of_the_roster() -> None:
    both = roster(shift(0, "08:00", "18:00", "bo", "an"), shift(0, "09:00", "12:00", "an", "chen"), cycle_days=1)
    assert on_duty(both, at("2026-01-01T10:00"), SHANGHAI) == ["bo", "an", "chen"]


def test_nobody_is_on_duty_between_the_shifts() -> None:
    assert on_duty(roster(shift(0, "08:00", "12:00", "an")), at("2026-01-02T10:00"), SHANGHAI) == []


def test_a_night_is_an_hour_shorter_or_longer_when_the_clocks_change() -> None:
    night = roster(shift(0, "22:00", "06:00", "an"), cycle_days=1)
    for day, hours in (("2026-03-28", 7), ("2026-10-24", 9), ("2026-06-01", 8)):
        first = at(f"{day}T22:00", BERLIN)
        assert on_duty(night, first - timedelta(minutes=1), BERLIN) == []
        assert on_duty(night, first, BERLIN) == ["an"]
        assert on_duty(night, first + timedelta(hours=hours, minutes=-1), BERLIN) == ["an"]
        assert on_duty(night, first + timedelta(hours=hours), BERLIN) == []


def test_shifts_that_touch_in_the_hour_that_happens_twice_leave_no_gap() -> None:
    touching = roster(shift(0, "14:00", "02:30", "an"), shift(0, "02:30", "14:00", "bo"), cycle_days=1)
    start = at("2026-10-24T20:00", BERLIN)
    assert all(len(on_duty(touching, start + timedelta(minutes=n), BERLIN)) == 1 for n in range(0, 12 * 60, 10))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 47), st.integers(0, 47)), min_size=1, max_size=6),
    cycle=st.integers(5, 8),
    minute=st.integers(0, 60 * 24 * 20),
)
def test_duty_is_that_of_a_model_that_writes_every_shift_down(
    rows: list[tuple[int, int, int]], cycle: int, minute: int
) -> None:
    shifts = [
        shift(day, f"{start // 2:02d}:{start % 2 * 30:02d}", f"{end // 2:02d}:{end % 2 * 30:02d}", f"s{n}")
        for n, (day, start, end) in enumerate(rows)
    ]
    anchor = datetime(2026, 1, 1, tzinfo=UTC)
    moment = anchor + timedelta(days=20, minutes=minute)
    expected = set()
    for n, (day, start, end) in enumerate(rows):
        for turn in range(10):
            begins = anchor + timedelta(days=turn * cycle + day, minutes=30 * start)
            lasts = timedelta(minutes=30 * ((end - start) % 48 or 48))
            if begins <= moment < begins + lasts:
                expected.add(f"s{n}")
    assert set(on_duty(roster(*shifts, cycle_days=cycle), moment, "UTC")) == expected


def test_a_full_roster_covers_every_hour_of_a_week() -> None:
    assert covered_hours(TEAMS, date(2026, 1, 5), date(2026, 1, 12), SHANGHAI) == 168


def test_hours_with_two_people_count_once_and_hours_outside_do_not_count() -> None:
    nights = roster(shift(0, "22:00", "06:00", "an"), shift(0, "23:00", "01:00", "bo"), cycle_days=1)
    assert covered_hours(nights, date(2026, 1, 5), date(2026, 1, 12), SHANGHAI) == 56
    assert covered_hours(nights, date(2026, 1, 5), date(2026, 1, 6), SHANGHAI) == 8
    assert covered_hours(nights, date(2026, 1, 5), date(2026, 1, 5), SHANGHAI) == 0


def test_a_shift_without_staff_covers_nothing() -> None:
    assert (
        covered_hours(roster(shift(0, "08:00", "12:00"), cycle_days=1), date(2026, 1, 1), date(2026, 1, 8), SHANGHAI)
        == 0
    )


def test_a_day_is_empty_when_no_shift_with_staff_begins_on_it() -> None:
    values = roster(shift(0, "19:00", "07:00", "an"), shift(1, "08:00", "12:00"), cycle_days=3)
    assert [empty_on(values, date(2026, 1, day)) for day in (1, 2, 3, 4)] == [False, True, True, False]


def test_a_good_roster_has_no_problems() -> None:
    assert check_roster(TEAMS) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (roster(), [("required", "shifts")]),
        (roster(shift(0, "08:00", "12:00", "an"), cycle_days=0), [("out_of_range", "cycle_days")]),
        (roster(shift(0, "08:00", "12:00", "an"), anchor_date="soon"), [("not_a_date", "anchor_date")]),
        (roster(shift(0, "08:00", "12:00", "an"), anchor_date=None), [("not_a_date", "anchor_date")]),
        (roster(shift(2, "08:00", "12:00", "an")), [("out_of_range", "shifts.0.day")]),
        (roster(shift(-1, "08:00", "12:00", "an")), [("out_of_range", "shifts.0.day")]),
        (roster(shift(1, "8", "12:00", "an")), [("not_a_time", "shifts.0.start")]),
        (roster(shift(1, "08:00", "24:00", "an")), [("not_a_time", "shifts.0.end")]),
        (roster(shift(1, "08:00", "12:00")), [("shift_without_staff", "shifts.0.staff")]),
        (
            roster(shift(1, "08:00", "12:00", "an"), shift(1, "08:00", "12:00", "bo")),
            [("duplicate_shift", "shifts.1")],
        ),
        (
            roster(shift(1, "08:00", "12:00", "an"), shift(1, "11:59", "13:00", "bo", "an")),
            [("double_shift", "shifts.1.staff")],
        ),
        (roster(shift(1, "08:00", "12:00", "an"), shift(1, "12:00", "13:00", "an")), []),
        # The last night of the cycle runs into the first morning of the next.
        (
            roster(shift(0, "06:00", "12:00", "an"), shift(1, "22:00", "06:01", "an")),
            [("double_shift", "shifts.1.staff")],
        ),
        (roster(shift(0, "06:00", "12:00", "an"), shift(1, "22:00", "06:00", "an")), []),
    ],
)
def test_a_wrong_roster_is_refused_by_name(values: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert codes(values) == expected
