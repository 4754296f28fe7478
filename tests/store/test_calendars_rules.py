"""Working time: windows, holidays, make-up workdays, nights, pauses – both sides of every boundary."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from store.calendars.rules import (
    ROUND_THE_CLOCK,
    check,
    compile_calendar,
    describe,
    due_after,
    due_with_pauses,
    is_workday,
    is_working,
    missing_years,
    missing_years_words,
    next_working_moment,
    working_minutes_between,
    working_time_between,
)
from store.calendars.statutory import statutory_days
from store.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = [
    {"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "12:00"},
    {"weekdays": [1, 2, 3, 4, 5], "start": "13:30", "end": "18:00"},
]
MS = timedelta(milliseconds=1)


def body(**changes: Any) -> dict[str, Any]:
    return {
        "name": {"zh": "行政班"},
        "timezone": "Asia/Shanghai",
        "windows": OFFICE,
        "days": statutory_days(2026),
        "makeup_weekday": 1,
        **changes,
    }


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def codes(**changes: Any) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in check(body(**changes))]


WT = compile_calendar(body())


def test_a_promise_made_in_the_morning_is_due_the_same_day() -> None:
    assert due_after(at("2026-09-21 09:00"), 60, WT) == at("2026-09-21 10:00")


def test_the_lunch_break_does_not_count() -> None:
    assert due_after(at("2026-09-21 11:30"), 60, WT) == at("2026-09-21 14:00")


def test_what_ends_with_the_window_is_due_at_its_end_and_not_the_next_morning() -> None:
    assert due_after(at("2026-09-21 17:00"), 60, WT) == at("2026-09-21 18:00")
    assert due_after(at("2026-09-21 17:00"), 61, WT) == at("2026-09-22 08:31")


def test_seconds_and_milliseconds_are_kept() -> None:
    assert due_after(at("2026-09-21 11:59:30.250"), 1, WT) == at("2026-09-21 13:30:30.250")


def test_the_result_is_utc_whatever_zone_the_start_is_in() -> None:
    local = datetime(2026, 9, 21, 9, 0, tzinfo=SHANGHAI)
    assert due_after(local, 600, WT).tzinfo is UTC
    assert due_after(local, 0, WT).tzinfo is UTC


def test_nothing_to_count_is_due_at_once_even_at_night() -> None:
    assert due_after(at("2026-09-21 23:00"), 0, WT) == at("2026-09-21 23:00")


def test_national_day_week_is_skipped() -> None:
    assert due_after(at("2026-09-30 17:20"), 60, WT) == at("2026-10-08 08:50")


def test_the_make_up_saturday_after_national_day_is_worked_by_mondays_hours() -> None:
    assert due_after(at("2026-10-09 17:20"), 60, WT) == at("2026-10-10 08:50")


def test_an_ordinary_saturday_is_not_worked() -> None:
    assert due_after(at("2026-10-16 17:20"), 60, WT) == at("2026-10-19 08:50")


def test_a_make_up_saturday_has_mondays_hours_though_saturdays_have_some_of_their_own() -> None:
    wt = compile_calendar(body(windows=[*OFFICE, {"weekdays": [6], "start": "09:00", "end": "12:00"}]))
    assert next_working_moment(at("2026-10-10 00:00"), wt) == at("2026-10-10 08:30")
    assert due_after(at("2026-10-10 08:30"), 480, wt) == at("2026-10-10 18:00")


def test_an_ordinary_saturday_keeps_its_own_hours() -> None:
    wt = compile_calendar(body(windows=[*OFFICE, {"weekdays": [6], "start": "09:00", "end": "12:00"}]))
    assert next_working_moment(at("2026-10-17 00:00"), wt) == at("2026-10-17 09:00")


def test_a_make_up_day_keeps_its_own_hours_where_the_weekday_it_stands_for_has_none() -> None:
    weekend = [{"weekdays": [6, 7], "start": "09:00", "end": "12:00"}]
    wt = compile_calendar(body(windows=weekend))
    assert next_working_moment(at("2026-10-10 00:00"), wt) == at("2026-10-10 09:00")


def test_a_friday_holiday_does_not_start_its_night_shift() -> None:
    wt = compile_calendar(NIGHT | {"days": [{"date": "2026-10-16", "kind": "holiday"}]})
    assert next_working_moment(at("2026-10-16 21:00"), wt) == at("2026-10-23 22:00")


def test_a_friday_night_shift_runs_into_a_saturday_holiday() -> None:
    wt = compile_calendar(NIGHT | {"days": [{"date": "2026-10-17", "kind": "holiday"}]})
    assert is_working(at("2026-10-17 05:59"), wt)
    assert not is_working(at("2026-10-17 06:00"), wt)


NIGHT = {"timezone": "Asia/Shanghai", "windows": [{"weekdays": [5], "start": "22:00", "end": "06:00"}]}


def test_a_window_counts_from_its_first_moment_to_just_before_its_end() -> None:
    assert not is_working(at("2026-09-21 08:30") - MS, WT)
    assert is_working(at("2026-09-21 08:30"), WT)
    assert is_working(at("2026-09-21 12:00") - MS, WT)
    assert not is_working(at("2026-09-21 12:00"), WT)


def test_the_next_working_moment_of_a_working_moment_is_itself() -> None:
    assert next_working_moment(at("2026-09-21 08:30:01"), WT) == at("2026-09-21 08:30:01")
    assert next_working_moment(at("2026-09-30 18:00"), WT) == at("2026-10-08 08:30")


def test_equal_start_and_end_are_a_window_of_a_whole_day() -> None:
    wt = compile_calendar({"windows": [{"weekdays": [3], "start": "08:00", "end": "08:00"}]})
    assert working_minutes_between(at("2026-10-12 00:00"), at("2026-10-19 00:00"), wt) == 1440


def test_minutes_between_count_whole_minutes_only() -> None:
    start = at("2026-09-21 09:00")
    assert working_minutes_between(start, at("2026-09-21 10:00") - MS, WT) == 59
    assert working_minutes_between(start, at("2026-09-21 10:00"), WT) == 60


def test_nothing_lies_between_a_moment_and_an_earlier_one() -> None:
    assert working_minutes_between(at("2026-09-22 09:00"), at("2026-09-21 09:00"), WT) == 0


def test_overlapping_windows_count_once() -> None:
    wt = compile_calendar(body(windows=[*OFFICE, {"weekdays": [1], "start": "09:00", "end": "14:00"}]))
    assert working_minutes_between(at("2026-09-21 00:00"), at("2026-09-22 00:00"), wt) == 9 * 60 + 30


def test_no_calendar_is_around_the_clock() -> None:
    assert compile_calendar(None) is ROUND_THE_CLOCK
    assert due_after(at("2026-10-01 02:00"), 61, ROUND_THE_CLOCK) == at("2026-10-01 03:01")
    assert working_minutes_between(at("2026-10-01 02:00"), at("2026-10-11 02:00"), ROUND_THE_CLOCK) == 14400
    assert is_working(at("2026-10-01 02:00"), ROUND_THE_CLOCK)


def test_clocks_that_go_forward_take_an_hour_from_the_shift() -> None:
    zone = ZoneInfo("Europe/Berlin")
    wt = compile_calendar(DAILY | {"timezone": "Europe/Berlin"})
    assert working_minutes_between(at("2026-03-29 00:00", zone), at("2026-03-29 12:00", zone), wt) == 3 * 60


def test_clocks_that_go_back_give_an_hour_to_the_shift() -> None:
    zone = ZoneInfo("Europe/Berlin")
    wt = compile_calendar(DAILY | {"timezone": "Europe/Berlin"})
    assert working_minutes_between(at("2026-10-25 00:00", zone), at("2026-10-25 12:00", zone), wt) == 5 * 60


DAILY = {"windows": [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "01:00", "end": "05:00"}]}


def test_a_window_that_begins_in_the_missing_hour_begins_at_the_jump() -> None:
    zone = ZoneInfo("Europe/Berlin")
    wt = compile_calendar(DAILY | {"timezone": "Europe/Berlin", "windows": [window(7, "02:30", "05:00")]})
    assert next_working_moment(at("2026-03-29 00:00", zone), wt) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def window(weekday: int, start: str, end: str) -> dict[str, Any]:
    return {"weekdays": [weekday], "start": start, "end": end}


def test_a_pause_moves_the_due_moment_by_its_working_time_only() -> None:
    start, now = at("2026-09-21 09:00"), at("2026-09-30 09:00")
    pause = (at("2026-09-21 11:00"), at("2026-09-21 14:00"))  # an hour before and half an hour after lunch
    assert due_with_pauses(start, 240, WT, [pause], now) == at("2026-09-21 16:00")
    assert due_with_pauses(start, 240, WT, [], now) == at("2026-09-21 14:30")


def test_a_pause_outside_of_working_time_changes_nothing() -> None:
    pause = (at("2026-09-21 18:00"), at("2026-09-22 08:30"))
    start, now = at("2026-09-21 17:00"), at("2026-09-30 09:00")
    assert due_with_pauses(start, 120, WT, [pause], now) == due_after(start, 120, WT)


def test_overlapping_pauses_count_once_and_in_any_order() -> None:
    pauses = [(at("2026-09-21 10:30"), at("2026-09-21 11:30")), (at("2026-09-21 10:00"), at("2026-09-21 11:00"))]
    due = due_with_pauses(at("2026-09-21 09:00"), 90, WT, pauses, at("2026-09-30 09:00"))
    assert due == at("2026-09-21 12:00")


def test_a_short_pause_inside_a_long_one_does_not_end_it() -> None:
    pauses = [(at("2026-09-21 09:30"), at("2026-09-21 11:00")), (at("2026-09-21 10:00"), at("2026-09-21 10:30"))]
    due = due_with_pauses(at("2026-09-21 09:00"), 60, WT, pauses, at("2026-09-30 09:00"))
    assert due == at("2026-09-21 11:30")


def test_an_open_pause_means_not_due() -> None:
    pause = (at("2026-09-21 10:00"), None)
    assert due_with_pauses(at("2026-09-21 09:00"), 90, WT, [pause], at("2026-09-21 10:00")) is None


def test_a_pause_does_not_mend_what_was_broken_before_it() -> None:
    pause = (at("2026-09-21 10:00"), None)
    start, now = at("2026-09-21 09:00"), at("2026-09-30 09:00")
    assert due_with_pauses(start, 59, WT, [pause], now) == at("2026-09-21 09:59")
    assert due_with_pauses(start, 60, WT, [pause], now) is None


def test_a_pause_that_begins_after_now_has_not_happened() -> None:
    pause, now = (at("2026-09-21 10:00"), None), at("2026-09-21 10:00") - MS
    assert due_with_pauses(at("2026-09-21 09:00"), 90, WT, [pause], now) == at("2026-09-21 10:30")


def test_a_pause_stops_a_clock_that_runs_around_the_clock() -> None:
    pause = (at("2026-09-21 02:00"), at("2026-09-21 05:00"))
    due = due_with_pauses(at("2026-09-21 01:00"), 90, ROUND_THE_CLOCK, [pause], at("2026-09-22 00:00"))
    assert due == at("2026-09-21 05:30")


@pytest.mark.parametrize("minutes", [-1, 10**12])
def test_minutes_that_lead_nowhere_are_refused(minutes: int) -> None:
    with pytest.raises(Invalid):
        due_after(at("2026-09-21 09:00"), minutes, WT)


def test_a_deadline_that_a_tiny_calendar_never_reaches_is_refused() -> None:
    wt = compile_calendar({"windows": [window(1, "08:00", "08:01")]})
    with pytest.raises(Invalid) as refused:
        due_after(at("2026-09-21 09:00"), 10_000, wt)
    assert refused.value.code == "deadline_too_far"


def test_a_calendar_without_working_time_is_not_compiled() -> None:
    with pytest.raises(Invalid) as refused:
        compile_calendar({"windows": []})
    assert refused.value.code == "calendar_empty"


@pytest.mark.parametrize(
    "broken",
    [
        {"windows": [{"weekdays": [1], "start": "8:30", "end": "12:00"}]},
        {"windows": [{"weekdays": [8], "start": "08:30", "end": "12:00"}]},
        {"timezone": "Mars/Olympus"},
        {"days": [{"date": "2026-02-30", "kind": "holiday"}]},
        {"days": [{"kind": "holiday"}]},
        {"windows": [None]},
    ],
)
def test_a_broken_calendar_is_refused_by_name_and_not_by_a_crash(broken: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        compile_calendar(body(**broken))
    assert refused.value.code == "calendar_unusable"


def test_a_workday_is_a_day_on_which_work_starts() -> None:
    assert is_workday(date(2026, 10, 10), body())
    assert not is_workday(date(2026, 10, 1), body())
    assert not is_workday(date(2026, 10, 17), WT)
    assert is_workday(date(2026, 10, 17), None)


def test_a_good_calendar_has_no_problems() -> None:
    assert check(body()) == []


def test_windows_that_touch_do_not_overlap() -> None:
    assert codes(windows=[window(1, "08:00", "12:00"), window(1, "12:00", "18:00")]) == []


def test_a_day_has_no_more_windows_than_can_be_counted_quickly() -> None:
    rows = [{"weekdays": [1], "start": f"{hour:02d}:00", "end": f"{hour:02d}:30"} for hour in range(9)]
    assert [each.code for each in check({"windows": rows})] == ["too_many_windows"]
    assert check({"windows": rows[:8]}) == []


def test_windows_that_overlap_by_a_minute_are_named() -> None:
    assert codes(windows=[window(1, "08:00", "12:00"), window(1, "11:59", "18:00")]) == [
        ("windows_overlap", "windows.1.start")
    ]


def test_a_short_window_inside_a_long_one_does_not_hide_the_next_overlap() -> None:
    windows = [window(1, "08:00", "18:00"), window(1, "09:00", "10:00"), window(1, "17:00", "19:00")]
    assert codes(windows=windows) == [("windows_overlap", "windows.1.start"), ("windows_overlap", "windows.2.start")]


def test_a_night_shift_overlaps_the_next_morning() -> None:
    windows = [window(1, "22:00", "06:00"), window(2, "05:59", "12:00")]
    assert codes(windows=windows) == [("windows_overlap", "windows.1.start")]
    assert codes(windows=[windows[0], window(2, "06:00", "12:00")]) == []


def test_sundays_night_shift_overlaps_monday_morning() -> None:
    windows = [window(1, "05:00", "12:00"), window(7, "22:00", "06:00")]
    assert codes(windows=windows) == [("windows_overlap", "windows.0.start")]
    assert codes(windows=[window(1, "06:00", "12:00"), windows[1]]) == []


def test_whole_days_all_week_do_not_overlap() -> None:
    assert codes(windows=[{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "00:00"}]) == []


@pytest.mark.parametrize("text", ["24:00", "8:30", "08:60", "0830", "", None, "-1:00", "08:30:00"])
def test_malformed_times_are_named(text: str | None) -> None:
    assert ("malformed_time", "windows.0.start") in codes(windows=[{"weekdays": [1], "start": text, "end": "12:00"}])


def test_an_empty_calendar_is_named() -> None:
    assert codes(windows=[], days=[]) == [("calendar_empty", "windows")]


def test_a_date_listed_twice_is_named() -> None:
    days = [{"date": "2026-10-01", "kind": "holiday"}, {"date": "2026-10-01", "kind": "workday"}]
    assert codes(days=days) == [("duplicate_date", "days.1.date")]


def test_wrong_dates_and_kinds_are_named() -> None:
    assert codes(days=[{"date": "2026-02-30", "kind": "feast"}]) == [
        ("malformed_date", "days.0.date"),
        ("unknown_day_kind", "days.0.kind"),
    ]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "America", "../etc/passwd", "/etc/passwd"])
def test_an_unknown_time_zone_is_named(zone: str) -> None:
    assert codes(timezone=zone) == [("unknown_timezone", "timezone")]


def test_make_up_workdays_without_hours_are_named() -> None:
    assert codes(makeup_weekday=7) == [("makeup_weekday_empty", "makeup_weekday")]
    assert codes(makeup_weekday=7, days=[]) == []
    assert codes(makeup_weekday=8) == [("malformed_weekday", "makeup_weekday")]


def test_next_years_days_are_missed_from_the_first_of_october_on_shanghais_clock() -> None:
    assert missing_years(body(), at("2026-10-01 00:00") - MS) == []
    assert missing_years(body(), at("2026-10-01 00:00")) == [2027]


def test_this_years_days_are_missed_at_any_time() -> None:
    assert missing_years(body(), at("2027-03-01 00:00")) == [2027]
    assert missing_years(body(), at("2027-11-01 00:00")) == [2027, 2028]


def test_a_company_party_in_january_does_not_stand_for_the_years_holidays() -> None:
    days = [*statutory_days(2026), {"date": "2027-01-15", "kind": "holiday"}]
    assert missing_years(body(days=days), at("2026-11-01 00:00")) == [2027]


def test_a_calendar_for_every_day_is_not_asked_for_holidays() -> None:
    assert missing_years(DAILY | {"days": []}, at("2026-11-01 00:00")) == []


def test_the_warning_names_the_years() -> None:
    words = missing_years_words([2027, 2028])
    assert words is not None
    assert "2027、2028" in words.zh
    assert "2027, 2028" in words.en
    assert missing_years_words([]) is None


def test_the_windows_read_as_a_sentence() -> None:
    shift = {"windows": [OFFICE[0], {"weekdays": [6, 7], "start": "22:00", "end": "06:00"}]}
    assert describe(shift).zh == "周一至周五 08:30–12:00；周六、周日 22:00–次日06:00"
    assert describe(shift).en == "Mon–Fri 08:30–12:00; Sat, Sun 22:00–06:00 next day"


def test_counted_time_is_exact_to_the_millisecond() -> None:
    start = at("2026-09-21 11:59:30.250")
    assert working_time_between(start, at("2026-09-21 13:30:30.250"), WT) == timedelta(minutes=1)
