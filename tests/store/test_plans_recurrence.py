"""Slots of plans: every frequency, seasons, holidays, zones – and an independent model that looks at every single day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import Invalid
from store.plans.pattern import try_pattern
from store.plans.recurrence import Slot, next_slot, slots, times_between

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"
ONE_DAY = timedelta(days=1)


def china(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def always(day: date) -> bool:
    return True


def never(day: date) -> bool:
    return False


def weekdays_only(day: date) -> bool:
    return day.weekday() < 5


def plan(**changes: Any) -> dict[str, Any]:
    return {"frequency": "daily", "times": ["09:00"], "start_date": "2026-01-01", "duration_minutes": 30, **changes}


def utc(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def between(body: dict[str, Any], since: str, until: str, zone: str = SHANGHAI, workday: Any = always) -> list[Slot]:
    return list(slots(body, zone, utc(since, zone), utc(until, zone), workday))


def happening(body: dict[str, Any], since: str, until: str, zone: str = SHANGHAI, workday: Any = always) -> list[str]:
    return [each.local.isoformat(" ", "minutes")[5:] for each in between(body, since, until, zone, workday)]


def codes(body: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(each.code, each.field) for each in try_pattern(body)[1]]


# --- frequencies -----------------------------------------------------------------------------------------------------


def test_a_daily_plan_happens_every_day_at_each_time() -> None:
    body = plan(times=["09:00", "17:00"])
    assert happening(body, "2026-03-01", "2026-03-02T12:00") == ["03-01 09:00", "03-01 17:00", "03-02 09:00"]


def test_every_third_day_counts_from_the_start_date() -> None:
    body = plan(interval=3)
    assert happening(body, "2026-01-01", "2026-01-10") == ["01-01 09:00", "01-04 09:00", "01-07 09:00"]
    assert happening(body, "2026-01-05", "2026-01-10") == ["01-07 09:00"]


def test_a_weekly_plan_happens_on_its_weekdays() -> None:
    assert happening(plan(frequency="weekly", weekdays=[1, 4]), "2026-01-04", "2026-01-10") == [
        "01-05 09:00",
        "01-08 09:00",
    ]


def test_every_second_week_counts_weeks_from_monday() -> None:
    # 1 January 2026 is a Thursday: its week, which begins on 29 December, is the first.
    body = plan(frequency="weekly", weekdays=[1, 7], interval=2)
    assert happening(body, "2025-12-20", "2026-01-20") == ["01-04 09:00", "01-12 09:00", "01-18 09:00"]


def test_a_monthly_plan_leaves_out_the_31st_where_there_is_none() -> None:
    body = plan(frequency="monthly", month_days=[31])
    assert happening(body, "2026-01-01", "2026-06-01") == ["01-31 09:00", "03-31 09:00", "05-31 09:00"]


def test_minus_one_is_the_last_day_of_the_month() -> None:
    body = plan(frequency="monthly", month_days=[-1], interval=2, start_date="2026-02-10")
    assert happening(body, "2026-01-01", "2026-07-01") == ["02-28 09:00", "04-30 09:00", "06-30 09:00"]


def test_a_custom_rule_finds_the_last_friday_of_each_month() -> None:
    body = plan(frequency="custom", rrule="FREQ=MONTHLY;BYDAY=-1FR")
    assert happening(body, "2026-01-01", "2026-04-01") == ["01-30 09:00", "02-27 09:00", "03-27 09:00"]


def test_a_custom_rule_finds_the_last_weekday_of_each_month_by_position() -> None:
    body = plan(frequency="custom", rrule="RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1")
    assert happening(body, "2026-01-01", "2026-06-01") == [
        "01-30 09:00",
        "02-27 09:00",
        "03-31 09:00",
        "04-30 09:00",
        "05-29 09:00",
    ]


def test_a_yearly_rule_takes_its_day_from_the_start_date_however_late_it_is_asked() -> None:
    body = plan(frequency="custom", rrule="FREQ=YEARLY", start_date="2020-11-24")
    assert happening(body, "2026-01-01", "2027-12-31") == ["11-24 09:00", "11-24 09:00"]


def test_a_position_in_the_week_is_counted_from_monday_even_if_the_plan_starts_on_thursday() -> None:
    body = plan(frequency="custom", rrule="FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=1")
    assert happening(body, "2026-01-01", "2026-01-15") == ["01-05 09:00", "01-12 09:00"]
    assert happening(body, "2026-01-09", "2026-01-15") == ["01-12 09:00"]


def test_an_hourly_rule_counts_hours_from_its_first_time() -> None:
    body = plan(frequency="custom", rrule="FREQ=HOURLY;INTERVAL=5", times=["01:30"], start_date="2026-01-01")
    assert happening(body, "2026-01-01", "2026-01-02T03:00") == [
        "01-01 01:30",
        "01-01 06:30",
        "01-01 11:30",
        "01-01 16:30",
        "01-01 21:30",
        "01-02 02:30",
    ]


def test_an_hourly_rule_may_be_kept_to_some_hours_and_needs_no_time() -> None:
    body = plan(frequency="custom", rrule="FREQ=HOURLY;BYHOUR=8,9;BYDAY=MO", times=[])
    assert happening(body, "2026-01-01", "2026-01-13") == ["01-05 08:00", "01-05 09:00", "01-12 08:00", "01-12 09:00"]


def test_a_counted_rule_ends_after_its_count_of_days() -> None:
    body = plan(frequency="custom", rrule="FREQ=DAILY;COUNT=3", times=["08:00", "20:00"])
    assert len(between(body, "2025-12-01", "2027-01-01")) == 6
    assert happening(body, "2026-01-03T09:00", "2027-01-01") == ["01-03 20:00"]


def test_until_includes_its_day() -> None:
    body = plan(frequency="custom", rrule="FREQ=DAILY;UNTIL=20260103")
    assert happening(body, "2026-01-01", "2027-01-01") == ["01-01 09:00", "01-02 09:00", "01-03 09:00"]


def test_until_of_an_hourly_rule_includes_its_moment_and_nothing_after() -> None:
    body = plan(frequency="custom", rrule="FREQ=HOURLY;UNTIL=20260101T110000")
    assert happening(body, "2026-01-01", "2027-01-01") == ["01-01 09:00", "01-01 10:00", "01-01 11:00"]


def test_the_end_date_is_the_last_day() -> None:
    assert happening(plan(end_date="2026-01-02"), "2026-01-01", "2027-01-01") == ["01-01 09:00", "01-02 09:00"]


# --- windows ---------------------------------------------------------------------------------------------------------


def test_the_beginning_of_a_window_is_left_out_and_its_end_is_included() -> None:
    assert happening(plan(), "2026-01-02T09:00", "2026-01-03T09:00") == ["01-03 09:00"]
    assert happening(plan(), "2026-01-02T08:59", "2026-01-03T08:59") == ["01-02 09:00"]


def test_nothing_happens_before_the_start_date() -> None:
    assert happening(plan(start_date="2026-02-01"), "2025-01-01", "2026-02-01T23:00") == ["02-01 09:00"]


def test_the_key_is_local_and_the_moment_is_utc() -> None:
    [slot] = between(plan(times=["22:00"]), "2026-11-24", "2026-11-25")
    assert slot == Slot("2026-11-24T22:00", datetime(2026, 11, 24, 14, tzinfo=UTC))


# --- nights ----------------------------------------------------------------------------------------------------------


def test_the_times_after_midnight_of_a_night_belong_to_the_evening_before() -> None:
    body = plan(frequency="weekly", weekdays=[5], times=["22:00", "00:00", "04:00"])
    assert happening(body, "2026-01-01", "2026-01-05") == ["01-02 22:00", "01-03 00:00", "01-03 04:00"]


def test_the_same_times_in_the_order_of_the_clock_are_all_on_the_day() -> None:
    body = plan(frequency="weekly", weekdays=[5], times=["00:00", "04:00", "22:00"])
    assert happening(body, "2026-01-01", "2026-01-05") == ["01-02 00:00", "01-02 04:00", "01-02 22:00"]


def test_a_night_before_a_holiday_is_walked_to_its_end() -> None:
    body = plan(times=["22:00", "02:00"], on_holiday="skip")
    assert happening(body, "2026-09-30", "2026-10-08T23:00", workday=china) == [
        "09-30 02:00",
        "09-30 22:00",
        "10-01 02:00",
        "10-08 22:00",
    ]


@pytest.mark.parametrize(
    ("start", "end", "every", "expected"),
    [
        ("22:00", "06:00", 120, ["22:00", "00:00", "02:00", "04:00", "06:00"]),
        ("22:00", "05:59", 120, ["22:00", "00:00", "02:00", "04:00"]),
        ("08:00", "10:00", 60, ["08:00", "09:00", "10:00"]),
        ("06:00", "06:00", 480, ["06:00", "14:00", "22:00"]),
        ("08:00", "09:00", 1440, ["08:00"]),
    ],
)
def test_a_span_of_hours_becomes_times(start: str, end: str, every: int, expected: list[str]) -> None:
    assert times_between(start, end, every) == expected


@pytest.mark.parametrize(("start", "end", "every"), [("24:00", "06:00", 60), ("22:00", "x", 60), ("22:00", "06:00", 0)])
def test_a_span_that_cannot_be_read_is_refused(start: str, end: str, every: int) -> None:
    with pytest.raises(Invalid):
        times_between(start, end, every)


# --- seasons ---------------------------------------------------------------------------------------------------------


def test_a_season_wraps_over_the_new_year() -> None:
    body = plan(frequency="monthly", month_days=[1], months=[11, 12, 1, 2])
    assert happening(body, "2026-01-01", "2027-03-31") == [
        "01-01 09:00",
        "02-01 09:00",
        "11-01 09:00",
        "12-01 09:00",
        "01-01 09:00",
        "02-01 09:00",
    ]


def test_a_season_begins_on_its_first_and_ends_on_its_last_day() -> None:
    body = plan(months=[6])
    found = happening(body, "2026-05-01", "2026-08-01")
    assert (found[0], found[-1], len(found)) == ("06-01 09:00", "06-30 09:00", 30)


# --- holidays in China, 2026 -----------------------------------------------------------------------------------------


def test_as_planned_looks_at_no_calendar() -> None:
    body = plan(on_holiday="as_planned")
    assert len(between(body, "2026-10-01", "2026-10-08", workday=never)) == 7


def test_skip_leaves_out_the_national_holiday_and_keeps_the_make_up_saturday() -> None:
    body = plan(on_holiday="skip")
    assert happening(body, "2026-09-29", "2026-10-12", workday=china) == [
        "09-29 09:00",
        "09-30 09:00",
        "10-08 09:00",
        "10-09 09:00",
        "10-10 09:00",
    ]


def test_a_slot_on_a_holiday_moves_to_the_next_workday_and_keeps_its_key() -> None:
    body = plan(frequency="monthly", month_days=[1], on_holiday="next_workday")
    [slot] = between(body, "2026-09-15", "2026-10-31", workday=china)
    assert slot.nominal_local == "2026-10-01T09:00"
    assert (slot.moved_from, slot.moved_to) == (date(2026, 10, 1), "2026-10-08T09:00")
    assert slot.nominal_utc == utc("2026-10-08T09:00")
    assert slot.note is not None
    assert slot.note.zh == "原定 10月1日(四)，遇非工作日顺延"
    assert slot.note.en == "Moved from Thu 1 Oct, which is not a workday"


def test_a_slot_moves_to_a_make_up_saturday() -> None:
    # Spring Festival 2026: 15–23 February is free, Saturday 28 February is worked. Sunday 4 January is worked too.
    body = plan(frequency="custom", rrule="FREQ=DAILY;COUNT=1", start_date="2026-01-01", on_holiday="next_workday")
    assert happening(body, "2025-12-01", "2026-02-01", workday=china) == ["01-04 09:00"]


def test_moved_slots_that_meet_a_planned_one_are_merged_into_it() -> None:
    body = plan(on_holiday="next_workday")
    found = between(body, "2026-09-30T12:00", "2026-10-09T12:00", workday=china)
    assert [each.nominal_local for each in found] == ["2026-10-08T09:00", "2026-10-09T09:00"]
    assert found[0].absorbed == tuple(f"2026-10-0{day}T09:00" for day in range(1, 8))
    assert found[0].moved_from is None
    assert found[0].note is not None
    assert found[0].note.zh.startswith("并入：10月1日(四) 09:00、10月2日(五) 09:00")
    assert found[1].absorbed == ()


def test_moved_slots_that_meet_each_other_become_the_oldest() -> None:
    body = plan(frequency="weekly", weekdays=[6, 7], on_holiday="next_workday")
    [slot] = between(body, "2026-03-06", "2026-03-10", workday=china)
    assert (slot.nominal_local, slot.absorbed) == ("2026-03-07T09:00", ("2026-03-08T09:00",))


def test_each_time_of_a_free_weekend_is_merged_into_the_same_time_of_monday() -> None:
    body = plan(times=["09:00", "17:00"], on_holiday="next_workday")
    found = between(body, "2026-03-06T18:00", "2026-03-10T00:00", workday=china)
    assert [(each.nominal_local, each.absorbed) for each in found] == [
        ("2026-03-09T09:00", ("2026-03-07T09:00", "2026-03-08T09:00")),
        ("2026-03-09T17:00", ("2026-03-07T17:00", "2026-03-08T17:00")),
    ]


def test_a_moved_slot_is_found_however_late_the_window_begins() -> None:
    body = plan(on_holiday="next_workday", times=["09:00"])
    whole = between(body, "2026-09-25", "2026-10-12", workday=china)
    late = between(body, "2026-10-08T08:59", "2026-10-12", workday=china)
    assert late == [each for each in whole if each.nominal_utc > utc("2026-10-08T08:59")]
    assert len(late[0].absorbed) == 7


def test_a_slot_moves_beyond_the_end_of_its_plan_rather_than_vanish() -> None:
    body = plan(on_holiday="next_workday", start_date="2026-10-01", end_date="2026-10-01")
    assert happening(body, "2026-09-01", "2027-01-01", workday=china) == ["10-08 09:00"]


def test_without_any_workday_a_slot_stays_and_says_so() -> None:
    found = between(plan(on_holiday="next_workday"), "2026-03-01", "2026-03-03", workday=never)
    assert [each.nominal_local for each in found] == ["2026-03-01T09:00", "2026-03-02T09:00"]
    assert found[0].note is not None
    assert "31" in found[0].note.zh


# --- zones -----------------------------------------------------------------------------------------------------------


def test_a_slot_on_a_holiday_is_brought_forward_to_the_workday_before() -> None:
    body = plan(frequency="monthly", month_days=[1], on_holiday="previous_workday")
    (slot,) = between(body, "2026-09-20", "2026-10-20", workday=china)
    assert (slot.nominal_local, slot.moved_to) == ("2026-10-01T09:00", "2026-09-30T09:00")
    assert slot.note is not None
    assert slot.note.en == "Brought forward from Thu 1 Oct, which is not a workday"


def test_nothing_is_brought_forward_to_before_the_plan_begins() -> None:
    body = plan(on_holiday="previous_workday", start_date="2026-08-01", end_date="2026-08-03")
    assert happening(body, "2026-07-25", "2026-08-10", workday=weekdays_only) == [
        "08-01 09:00",
        "08-02 09:00",
        "08-03 09:00",
    ]


def test_a_slot_that_would_leave_its_month_is_brought_forward() -> None:
    body = plan(frequency="monthly", month_days=[15, 31], on_holiday="workday_in_month")
    assert happening(body, "2026-08-10", "2026-11-02", workday=weekdays_only) == [
        "08-17 09:00",
        "08-31 09:00",
        "09-15 09:00",
        "10-15 09:00",
        "10-30 09:00",
    ]


def test_a_date_left_out_does_not_happen_and_is_not_moved() -> None:
    body = plan(on_holiday="next_workday", left_out=[{"date": "2026-08-08"}, {"date": "2026-08-11"}])
    assert happening(body, "2026-08-07", "2026-08-13", workday=weekdays_only) == [
        "08-07 09:00",
        "08-10 09:00",
        "08-12 09:00",
    ]


def test_a_date_added_happens_whatever_season_rule_and_holidays_say() -> None:
    body = plan(frequency="weekly", weekdays=[1], months=[8], on_holiday="skip", added=[{"date": "2026-10-01"}])
    (slot,) = between(body, "2026-09-01", "2026-10-30", workday=china)
    assert (slot.nominal_local, slot.moved_to, slot.note and slot.note.en) == ("2026-10-01T09:00", None, "Added")


def test_a_date_added_that_the_rule_has_too_happens_once() -> None:
    body = plan(on_holiday="next_workday", added=[{"date": "2026-08-08"}])
    found = between(body, "2026-08-07 12:00", "2026-08-10 12:00", workday=weekdays_only)
    assert [(each.local.isoformat(), each.absorbed) for each in found] == [
        ("2026-08-08T09:00:00", ()),
        ("2026-08-10T09:00:00", ("2026-08-09T09:00",)),
    ]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"added": [{"date": "2025-12-31"}]}, "out_of_range", "added.0.date"),
        ({"added": [{"date": "2026-03-02"}], "end_date": "2026-03-01"}, "out_of_range", "added.0.date"),
        (
            {"added": [{"date": "2026-03-02"}], "left_out": [{"date": "2026-03-02"}]},
            "added_and_left_out",
            "added.0.date",
        ),
        ({"left_out": [{"date": "2026-03-02"}, {"date": "2026-03-02"}]}, "duplicate_date", "left_out.1.date"),
        ({"left_out": [{"date": "2026-02-30"}]}, "not_a_date", "left_out.0.date"),
        (
            {"frequency": "custom", "rrule": "FREQ=HOURLY", "added": [{"date": "2026-03-02"}]},
            "not_with_hourly",
            "added",
        ),
    ],
)
def test_a_single_date_that_cannot_be_is_refused_by_name(changes: dict[str, Any], code: str, field: str) -> None:
    assert codes(plan(**changes)) == [(code, field)]


def test_a_time_that_the_clocks_leave_out_happens_at_the_first_moment_after() -> None:
    [slot] = between(plan(times=["02:30"]), "2026-03-29T00:00", "2026-03-29T12:00", BERLIN)
    assert slot.nominal_utc == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert (slot.nominal_local, slot.moved_to) == ("2026-03-29T02:30", "2026-03-29T03:00")
    assert slot.moved_from is None
    assert slot.note is not None
    assert "02:30" in slot.note.zh


def test_a_time_that_happens_twice_is_taken_the_first_time_and_once() -> None:
    [slot] = between(plan(times=["02:30"]), "2026-10-25T00:00", "2026-10-25T12:00", BERLIN)
    assert slot.nominal_utc == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert slot.moved_to is None


def test_a_left_out_time_that_meets_a_planned_one_is_merged_into_it() -> None:
    found = between(plan(times=["02:00", "03:00", "04:00"]), "2026-03-29T00:00", "2026-03-29T12:00", BERLIN)
    assert [each.nominal_local[11:] for each in found] == ["03:00", "04:00"]
    assert found[0].absorbed == ("2026-03-29T02:00",)


@pytest.mark.parametrize(("day", "expected"), [("2026-03-29", 23), ("2026-10-25", 24), ("2026-06-01", 24)])
def test_an_hourly_rule_has_every_hour_of_the_clock_once(day: str, expected: int) -> None:
    body = plan(frequency="custom", rrule="FREQ=HOURLY", times=[])
    found = between(body, f"{day}T00:00", f"{day}T23:00", BERLIN)
    assert len({each.nominal_utc for each in found}) == len(found) == expected - 1


def test_no_slot_is_lost_where_it_is_yesterday_again() -> None:
    # In Newfoundland clocks went from 00:01 on 7 November 2010 back to 23:01 on 6 November.
    body, zone = plan(times=["00:00", "23:30"], start_date="2010-11-01"), "America/St_Johns"
    since, until = datetime(2010, 11, 7, 1, 5, tzinfo=UTC), datetime(2010, 11, 8, 12, 5, tzinfo=UTC)
    whole = [each.nominal_local for each in slots(body, zone, since, until, always)]
    assert whole == ["2010-11-06T23:30", "2010-11-07T00:00", "2010-11-07T23:30", "2010-11-08T00:00"]
    step = timedelta(minutes=15)
    steps = [since + n * step for n in range((until - since) // step)]
    pieces = [each.nominal_local for start in steps for each in slots(body, zone, start, start + step, always)]
    assert pieces == whole


def test_a_day_that_a_zone_leaves_out_is_done_at_the_beginning_of_the_next() -> None:
    body = plan(times=["00:00", "12:00"], start_date="2011-12-01")
    found = between(body, "2011-12-29T12:00", "2012-01-01T00:00", "Pacific/Apia")
    assert [each.nominal_local for each in found] == ["2011-12-31T00:00", "2011-12-31T12:00", "2012-01-01T00:00"]
    assert found[0].absorbed == ("2011-12-30T00:00", "2011-12-30T12:00")


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"start_date": None}, "required", "start_date"),
        ({"start_date": "2026-02-30"}, "not_a_date", "start_date"),
        ({"start_date": "9999-12-31"}, "out_of_range", "start_date"),
        ({"end_date": "2025-12-31"}, "end_before_start", "end_date"),
        ({"times": []}, "required", "times"),
        ({"times": ["24:00"]}, "not_a_time", "times.0"),
        ({"times": ["09:00", "10:00", "09:00"]}, "duplicate_time", "times.2"),
        ({"times": ["09:00", "08:00", "10:00"]}, "times_unsorted", "times"),
        ({"times": ["22:00", "00:00", "23:00"]}, "times_unsorted", "times"),
        ({"interval": 0}, "out_of_range", "interval"),
        ({"interval": 367}, "out_of_range", "interval"),
        ({"frequency": "sometimes"}, "not_a_choice", "frequency"),
        ({"frequency": "weekly"}, "required", "weekdays"),
        ({"frequency": "weekly", "weekdays": [8]}, "out_of_range", "weekdays"),
        ({"frequency": "monthly"}, "required", "month_days"),
        ({"frequency": "monthly", "month_days": [0]}, "out_of_range", "month_days"),
        ({"frequency": "monthly", "month_days": [30], "months": [2]}, "rule_never_happens", "month_days"),
        ({"frequency": "weekly", "weekdays": [1], "end_date": "2026-01-04"}, "rule_never_happens", "weekdays"),
        ({"months": [7], "end_date": "2026-06-30"}, "rule_never_happens", "months"),
    ],
)
def test_a_wrong_recurrence_is_refused_by_name(changes: dict[str, Any], code: str, field: str) -> None:
    assert codes(plan(**changes)) == [(code, field)]
    with pytest.raises(Invalid):
        next_slot(plan(**changes), SHANGHAI, utc("2026-01-01"), always)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "required"),
        ("every day", "rrule_malformed"),
        ("FREQ=DAILY;INTERVAL=two", "rrule_malformed"),
        ("FREQ=DAILY;INTERVAL=1,2", "rrule_malformed"),
        ("FREQ=DAILY;FREQ=DAILY", "rrule_malformed"),
        ("FREQ=FORTNIGHTLY", "rrule_malformed"),
        ("INTERVAL=2", "rrule_malformed"),
        ("FREQ=DAILY;BYDAY=XX", "rrule_malformed"),
        ("FREQ=MONTHLY;BYDAY=54MO", "rrule_malformed"),
        ("FREQ=DAILY;UNTIL=20261301", "rrule_malformed"),
        ("FREQ=DAILY;UNTIL=20261231T0000Z", "rrule_malformed"),
        ("FREQ=DAILY;X-ANJU=1", "rrule_malformed"),
        ("FREQ=DAILY;BYMONTH=１", "rrule_malformed"),
        ("FREQ=DAILY;INTERVAL=" + "9" * 400, "rrule_malformed"),
        ("FREQ=MINUTELY", "rrule_too_often"),
        ("FREQ=SECONDLY;INTERVAL=3600", "rrule_too_often"),
        ("DTSTART=20260101;FREQ=DAILY", "rrule_part_refused"),
        ("FREQ=DAILY;BYHOUR=9", "rrule_part_refused"),
        ("FREQ=HOURLY;BYMINUTE=30", "rrule_part_refused"),
        ("FREQ=YEARLY;BYWEEKNO=53", "rrule_part_refused"),
        ("FREQ=WEEKLY;WKST=XX", "rrule_malformed"),
        ("FREQ=WEEKLY;BYDAY=1MO", "rrule_part_refused"),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "rrule_part_refused"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "rrule_part_refused"),
        ("FREQ=DAILY;BYSETPOS=1", "rrule_part_refused"),
        ("FREQ=HOURLY;BYDAY=MO;BYSETPOS=1", "rrule_part_refused"),
        ("FREQ=DAILY;INTERVAL=0", "out_of_range"),
        ("FREQ=YEARLY;INTERVAL=5", "out_of_range"),
        ("FREQ=DAILY;COUNT=1001", "out_of_range"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "out_of_range"),
        ("FREQ=YEARLY;BYMONTH=13", "out_of_range"),
    ],
)
def test_a_rule_outside_the_safe_part_is_refused_by_name(rule: str, code: str) -> None:
    assert codes(plan(frequency="custom", rrule=rule)) == [(code, "rrule")]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",  # 1 January 2026 is a Thursday
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=10",  # it starts at 09:00
        "FREQ=HOURLY;INTERVAL=48;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",  # 2026 and every fourth year after it are no leap years
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=DAILY;UNTIL=20251231",
    ],
)
def test_a_rule_that_never_happens_is_refused(rule: str) -> None:
    assert codes(plan(frequency="custom", rrule=rule)) == [("rule_never_happens", "rrule")]


def test_leap_days_and_friday_the_13th_are_rare_but_do_happen() -> None:
    leap = plan(frequency="custom", rrule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29")
    assert happening(leap, "2026-01-01", "2033-01-01") == ["02-29 09:00", "02-29 09:00"]
    friday = plan(frequency="custom", rrule="FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR")
    assert happening(friday, "2026-01-01", "2026-12-31") == ["02-13 09:00", "03-13 09:00", "11-13 09:00"]


def test_everything_wrong_is_told_at_once() -> None:
    body = plan(start_date=None, times=["9"], frequency="custom", rrule="FREQ=MINUTELY")
    assert codes(body) == [
        ("required", "start_date"),
        ("not_a_time", "times.0"),
        ("rrule_too_often", "rrule"),
    ]


# --- the next slot ---------------------------------------------------------------------------------------------------


def test_the_next_slot_is_the_first_after_the_moment() -> None:
    first = next_slot(plan(), SHANGHAI, utc("2026-01-05T08:59"), always)
    second = next_slot(plan(), SHANGHAI, utc("2026-01-05T09:00"), always)
    assert first is not None
    assert second is not None
    assert (first.nominal_local, second.nominal_local) == ("2026-01-05T09:00", "2026-01-06T09:00")


def test_there_is_no_next_slot_after_the_end() -> None:
    assert next_slot(plan(end_date="2026-01-05"), SHANGHAI, utc("2026-01-05T09:00"), always) is None


def test_there_is_no_next_slot_where_every_day_is_skipped() -> None:
    assert next_slot(plan(on_holiday="skip"), SHANGHAI, utc("2026-01-05"), never) is None


def test_ten_thousand_questions_about_old_plans_are_answered() -> None:
    daily = plan(start_date="2020-01-01", times=times_between("22:00", "06:00", 120))
    monthly = plan(start_date="2020-01-01", frequency="monthly", month_days=[1, 15], months=[11, 12, 1, 2])
    hourly = plan(start_date="2020-01-01", frequency="custom", rrule="FREQ=HOURLY;INTERVAL=3")
    moment = utc("2026-06-01T00:01")
    # Hourly rules cost three times as much, and there are few of them.
    asked = ((hourly if n % 20 == 0 else (daily, monthly)[n % 2], n) for n in range(10_000))
    assert all(next_slot(body, SHANGHAI, moment + n * timedelta(minutes=7), china) for body, n in asked)


# --- an independent model: look at every day -------------------------------------------------------------------------


def matches(body: dict[str, Any], day: date) -> bool:
    start, interval = date.fromisoformat(body["start_date"]), body["interval"]
    if day < start or (body["end_date"] and day > date.fromisoformat(body["end_date"])):
        return False
    if body["months"] and day.month not in body["months"]:
        return False
    if body["frequency"] == "daily":
        return bool((day - start).days % interval == 0)
    if body["frequency"] == "weekly":
        weeks = ((day - timedelta(days=day.weekday())) - (start - timedelta(days=start.weekday()))).days // 7
        return bool(weeks % interval == 0 and day.isoweekday() in body["weekdays"])
    months = (day.year - start.year) * 12 + day.month - start.month
    is_last = (day + ONE_DAY).month != day.month
    return months % interval == 0 and bool({day.day, -1 if is_last else day.day} & set(body["month_days"]))


def walls(body: dict[str, Any], day: date) -> Iterator[datetime]:
    wall = datetime.combine(day, time(0))
    for text in body["times"]:
        hour, minute = map(int, text.split(":"))
        extra = ONE_DAY if text < body["times"][0] else timedelta(0)
        yield wall + extra + timedelta(hours=hour, minutes=minute)


def first_existing(wall: datetime, zone: ZoneInfo) -> datetime:
    while True:
        moment = wall.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return moment
        wall += timedelta(minutes=1)


def model(body: dict[str, Any], zone: str, since: datetime, until: datetime, workday: Any) -> dict[str, set[str]]:
    """moment → the names of the slots at it, the one that stays first in the returned order of `kept`."""
    at: dict[str, set[str]] = {}
    day = date.fromisoformat(body["start_date"])
    while day <= until.date() + 15 * ONE_DAY:
        single = {row["date"] for row in body["added"]}
        target = day if day.isoformat() in single else model_target(body, day, workday)
        regular = matches(body, day) and (body["on_holiday"] != "skip" or workday(day))
        if day.isoformat() in single or (regular and day.isoformat() not in {row["date"] for row in body["left_out"]}):
            for nominal in walls(body, day):
                moment = first_existing(nominal + (target - day), ZoneInfo(zone))
                if since < moment <= until:
                    at.setdefault(moment.isoformat(), set()).add(nominal.isoformat(timespec="minutes"))
        day += ONE_DAY
    return at


def model_target(body: dict[str, Any], day: date, workday: Any) -> date:
    """Where a planned day is done, by walking day by day."""
    later, earlier, move = day, day, body["on_holiday"]
    while not workday(later):
        later += ONE_DAY
    while not workday(earlier):
        earlier -= ONE_DAY
    may_go_back = earlier >= date.fromisoformat(body["start_date"])
    if move == "next_workday":
        return later
    if move == "previous_workday":
        return earlier if may_go_back else day
    if move == "workday_in_month":
        return earlier if later.month != day.month and may_go_back else later
    return day


days_of_2026 = st.integers(0, 200).map(lambda n: (date(2026, 1, 1) + n * ONE_DAY).isoformat())
clock_times = st.integers(0, 47).map(lambda n: f"{n // 2:02d}:{n % 2 * 30:02d}")


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    times = sorted(draw(st.sets(clock_times, min_size=1, max_size=5)))
    turn = draw(st.integers(0, len(times) - 1))
    start = draw(days_of_2026)
    length = draw(st.none() | st.integers(20, 200))
    single = st.lists(st.integers(0, length or 60), max_size=4, unique=True)
    picked = [(date.fromisoformat(start) + n * ONE_DAY).isoformat() for n in draw(single)]
    # Dense plans more often: slots that meet are where mistakes are.
    return {
        "frequency": draw(st.sampled_from(["daily", "daily", "weekly", "monthly"])),
        "interval": draw(st.sampled_from([1, 1, 2, 3, 4])),
        "weekdays": sorted(draw(st.sets(st.integers(1, 7), min_size=1))),
        "month_days": sorted(draw(st.sets(st.integers(1, 31) | st.just(-1), min_size=1, max_size=4))),
        "times": times[turn:] + times[:turn],
        "months": sorted(draw(st.just(set()) | st.sets(st.integers(1, 12), min_size=2, max_size=6))),
        "on_holiday": draw(
            st.sampled_from(["next_workday", "skip", "as_planned", "previous_workday", "workday_in_month"])
        ),
        "left_out": [{"date": each} for each in picked[:2]],
        "added": [{"date": each} for each in picked[2:]],
        "start_date": start,
        "end_date": length and (date.fromisoformat(start) + length * ONE_DAY).isoformat(),
    }


@settings(max_examples=150, deadline=None)
@given(
    body=bodies(),
    zone=st.sampled_from([SHANGHAI, BERLIN, "America/Havana", "Australia/Lord_Howe"]),
    first=st.integers(0, 300),
    hours=st.integers(0, 24 * 60) | st.integers(24 * 7, 24 * 30),
)
def test_slots_are_those_of_a_model_that_looks_at_every_day(
    body: dict[str, Any], zone: str, first: int, hours: int
) -> None:
    if try_pattern(body)[0] is None:
        return
    since = datetime(2026, 1, 1, 5, 30, tzinfo=UTC) + first * ONE_DAY
    until = since + timedelta(hours=hours)
    workday = china if until.year == 2026 and until.month < 12 else weekdays_only
    expected = model(body, zone, since, until, workday)
    found = list(slots(body, zone, since, until, workday))
    assert [each.nominal_utc.isoformat() for each in found] == sorted(expected)
    for each in found:
        assert {each.nominal_local, *each.absorbed} == expected[each.nominal_utc.isoformat()]
    assert len(found) == len({each.nominal_local for each in found})


@settings(max_examples=40, deadline=None)
@given(body=bodies(), cut=st.integers(1, 24 * 80))
def test_two_windows_give_the_slots_of_one(body: dict[str, Any], cut: int) -> None:
    if try_pattern(body)[0] is None:
        return
    since = datetime(2026, 8, 20, tzinfo=UTC)
    middle, until = since + timedelta(hours=cut), since + timedelta(days=80)
    whole = list(slots(body, SHANGHAI, since, until, china))
    parts = [*slots(body, SHANGHAI, since, middle, china), *slots(body, SHANGHAI, middle, until, china)]
    assert parts == whole
    assert next_slot(body, SHANGHAI, since, weekdays_only) == next(
        slots(body, SHANGHAI, since, since + timedelta(days=4700), weekdays_only), None
    )


WEEKDAY_NAMES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def custom_matches(parts: dict[str, Any], start: date, day: date) -> bool:
    """RFC 5545 for one day, written down without the library."""
    if day < start or (parts["months"] and day.month not in parts["months"]):
        return False
    if parts["month_days"] and not ({day.day, day.day - _length(day) - 1} & set(parts["month_days"])):
        return False
    if parts["weekdays"] and day.weekday() not in parts["weekdays"]:
        return False
    apart = {
        "DAILY": (day - start).days,
        "WEEKLY": (day.toordinal() - 1) // 7 - (start.toordinal() - 1) // 7,
        "MONTHLY": (day.year - start.year) * 12 + day.month - start.month,
        "YEARLY": day.year - start.year,
    }
    if apart[parts["freq"]] % parts["interval"]:
        return False
    if parts["month_days"] or parts["weekdays"] or parts["freq"] == "DAILY":
        return True
    if parts["freq"] == "WEEKLY":
        return day.weekday() == start.weekday()
    return day.day == start.day and (parts["freq"] == "MONTHLY" or bool(parts["months"]) or day.month == start.month)


def _length(day: date) -> int:
    return ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY).day


@settings(max_examples=120, deadline=None)
@given(
    freq=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    interval=st.integers(1, 4),
    months=st.sets(st.integers(1, 12), max_size=3),
    month_days=st.sets(st.integers(1, 31) | st.integers(-31, -1), max_size=3),
    weekdays=st.sets(st.integers(0, 6), max_size=3),
    start=days_of_2026,
    ask=st.integers(0, 1200),
)
def test_custom_rules_are_those_of_a_model_that_looks_at_every_day(
    freq: str, interval: int, months: set[int], month_days: set[int], weekdays: set[int], start: str, ask: int
) -> None:
    parts = {"freq": freq, "interval": interval, "months": months, "month_days": month_days, "weekdays": weekdays}
    rule = f"FREQ={freq};INTERVAL={interval}"
    rule += f";BYMONTH={','.join(map(str, sorted(months)))}" if months else ""
    rule += f";BYMONTHDAY={','.join(map(str, sorted(month_days)))}" if month_days else ""
    rule += f";BYDAY={','.join(WEEKDAY_NAMES[each] for each in sorted(weekdays))}" if weekdays else ""
    body = plan(frequency="custom", rrule=rule, start_date=start)
    first = date(2026, 1, 1) + ask * ONE_DAY
    horizon = [first + n * ONE_DAY for n in range(800)]
    expected = [day.isoformat() for day in horizon if custom_matches(parts, date.fromisoformat(start), day)]
    if try_pattern(body)[0] is None:
        assert expected == []
        return
    since = datetime.combine(first, time(0), UTC)
    found = slots(body, "UTC", since, since + timedelta(days=800), always)
    assert [each.nominal_local[:10] for each in islice(found, 1000)] == expected


@settings(max_examples=60, deadline=None)
@given(
    interval=st.integers(1, 60),
    hours=st.sets(st.integers(0, 23), max_size=4),
    weekdays=st.sets(st.integers(0, 6), max_size=3),
    ask=st.integers(0, 400),
)
def test_hourly_rules_are_those_of_a_model_that_looks_at_every_hour(
    interval: int, hours: set[int], weekdays: set[int], ask: int
) -> None:
    rule = f"FREQ=HOURLY;INTERVAL={interval}"
    rule += f";BYHOUR={','.join(map(str, sorted(hours)))}" if hours else ""
    rule += f";BYDAY={','.join(WEEKDAY_NAMES[each] for each in sorted(weekdays))}" if weekdays else ""
    body = plan(frequency="custom", rrule=rule, times=["07:15"], start_date="2026-01-01")
    start = datetime(2026, 1, 1, 7, 15, tzinfo=UTC)
    since = datetime(2026, 1, 1, tzinfo=UTC) + ask * ONE_DAY
    every = (start + n * timedelta(hours=interval) for n in range(24 * 430 // interval + 1))
    expected = [
        each.isoformat()[:16]
        for each in every
        if since < each <= since + timedelta(days=25)
        and (not hours or each.hour in hours)
        and (not weekdays or each.weekday() in weekdays)
    ]
    if try_pattern(body)[0] is None:
        assert expected == []
        return
    found = slots(body, "UTC", since, since + timedelta(days=25), always)
    assert [each.nominal_local for each in found] == expected
