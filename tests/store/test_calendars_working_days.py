"""Promises in working days: the end of the n-th working day after the one on which it began."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.calendars.promises import asked_for, check_promises, promised_in, said
from store.calendars.rules import (
    ROUND_THE_CLOCK,
    WorkingDays,
    compile_calendar,
    due_after,
    due_with_pauses,
    explain,
    promised,
    working_minutes_between,
)
from store.errors import Invalid
from tests.store.test_calendars_rules import NIGHT, SHANGHAI, WT, at

ONE_DAY, ONE_HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-09-21 09:00", 1, "2026-09-22 18:00"),
        ("2026-09-21 17:59", 2, "2026-09-23 18:00"),
        ("2026-09-21 07:00", 1, "2026-09-22 18:00"),  # before the doors open it is the same day
        ("2026-09-21 20:00", 1, "2026-09-22 18:00"),
        ("2026-10-16 17:20", 1, "2026-10-19 18:00"),  # Friday
        ("2026-10-17 11:00", 1, "2026-10-19 18:00"),  # Saturday
        ("2026-09-30 10:00", 2, "2026-10-09 18:00"),  # over the holidays
        ("2026-10-09 10:00", 1, "2026-10-10 18:00"),  # the make-up Saturday is one
        ("2026-10-09 10:00", 2, "2026-10-12 18:00"),
    ],
)
def test_it_is_due_at_the_end_of_the_nth_working_day_after_the_first(start: str, days: int, due: str) -> None:
    assert due_after(at(start), WorkingDays(days), WT) == at(due)


def test_what_begins_in_a_night_shift_belongs_to_the_day_on_which_the_shift_began() -> None:
    night = compile_calendar(NIGHT)
    assert due_after(at("2026-10-13 02:00"), WorkingDays(1), night) == due_after(
        at("2026-10-12 23:00"), WorkingDays(1), night
    )


def test_around_the_clock_every_day_is_one_until_midnight() -> None:
    assert due_after(at("2026-10-03 12:00"), WorkingDays(2), ROUND_THE_CLOCK) == at("2026-10-06 00:00")


@pytest.mark.parametrize("days", [0, -1, 10**9])
def test_days_that_lead_nowhere_are_refused(days: int) -> None:
    with pytest.raises(Invalid):
        due_after(at("2026-10-12 09:00"), WorkingDays(days), WT)


def test_a_pause_gives_back_the_working_time_that_it_took() -> None:
    start, now = at("2026-10-12 09:00"), at("2026-12-01 09:00")
    pauses = [(at("2026-10-13 09:00"), at("2026-10-13 10:00"))]
    assert due_with_pauses(start, WorkingDays(1), WT, pauses, now) == at("2026-10-14 09:30")
    at_night = [(at("2026-10-12 19:00"), at("2026-10-13 06:00"))]
    assert due_with_pauses(start, WorkingDays(1), WT, at_night, now) == at("2026-10-13 18:00")


def told(start: str, days: int, *pauses: tuple[datetime, datetime]) -> list[str]:
    return [step.words.zh for step in explain(at(start), WorkingDays(days), WT, pauses)]


def test_the_explanation_counts_the_days() -> None:
    assert told("2026-10-09 17:20", 3) == [
        "10月9日周五 17:20 受理，期限 3 个工作日；受理日（10月9日周五）不计",
        "10月10日周六 国庆节调休上班，第 1 个工作日",
        "10月11日周日 休息，跳过",
        "10月12日周一、10月13日周二 上班，第 2 至 3 个工作日",
        "到期：10月13日周二 18:00",
    ]


def test_the_explanation_says_that_the_day_of_receipt_is_not_counted_before_the_doors_open_either() -> None:
    assert told("2026-10-12 07:00", 1)[1:] == [
        "10月12日周一 上班，受理日不计",
        "10月13日周二 上班，第 1 个工作日",
        "到期：10月13日周二 18:00",
    ]


def test_with_a_pause_the_explanation_counts_minutes() -> None:
    lines = told("2026-10-12 17:00", 1, (at("2026-10-13 09:00"), at("2026-10-13 10:00")))
    assert lines[0].startswith("10月12日周一 17:00 受理，期限 1 个工作日（到期满共 540 分钟工作时间，暂停的补回）")
    assert lines[-1] == "到期：10月14日周三 09:30"


moments = st.integers(0, 60 * 24 * 40).map(lambda n: at("2026-09-14 00:00") + n * timedelta(minutes=1, seconds=7))
HOURS = {"start": "08:30", "end": "18:00"}


@st.composite
def calendars(draw: st.DrawFn) -> dict[str, Any]:
    weekdays = draw(st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True))
    special = draw(st.dictionaries(st.integers(0, 60), st.sampled_from(["holiday", "workday"]), max_size=12))
    days = [{"date": (date(2026, 9, 14) + n * ONE_DAY).isoformat(), "kind": kind} for n, kind in special.items()]
    return {"timezone": "Asia/Shanghai", "windows": [{"weekdays": weekdays, **HOURS}], "days": days}


def counted_on_fingers(body: dict[str, Any], start: datetime, days: int) -> datetime:
    """The oracle: a finger for each date on which the doors open, from the day after on."""
    special = {row["date"]: row["kind"] for row in body["days"]}
    makeup = body["windows"][0]["weekdays"]
    day = start.astimezone(SHANGHAI).date()
    while days:
        day += ONE_DAY
        kind = special.get(day.isoformat())
        opens = day.isoweekday() in makeup
        if kind == "workday":
            opens = 1 in makeup or opens
        days -= opens and kind != "holiday"
    return datetime.combine(day, time(18), SHANGHAI).astimezone(UTC)


@given(calendars(), moments, st.integers(1, 30))
def test_it_is_what_one_counts_on_fingers(body: dict[str, Any], start: datetime, days: int) -> None:
    wt = compile_calendar(body)
    due = due_after(start, WorkingDays(days), wt)
    assert due == counted_on_fingers(body, start, days)
    assert explain(start, WorkingDays(days), wt)[-1].moment == due


@given(calendars(), moments, st.integers(1, 5), moments, st.integers(1, 100))
def test_a_pause_never_makes_it_earlier_and_never_gives_back_more(
    body: dict[str, Any], start: datetime, days: int, began: datetime, hours: int
) -> None:
    wt = compile_calendar(body)
    pause = (began, began + hours * ONE_HOUR)
    due = due_after(start, WorkingDays(days), wt)
    later = due_with_pauses(start, WorkingDays(days), wt, [pause], datetime(2030, 1, 1, tzinfo=UTC))
    assert later is not None
    assert due <= later
    assert working_minutes_between(due, later, wt) <= working_minutes_between(*pause, wt) + 1


@given(st.one_of(st.integers(1, 1000), st.integers(1, 366).map(WorkingDays)))
def test_what_is_said_is_what_was_promised(within: int | WorkingDays) -> None:
    spoken = said(within)
    assert promised(spoken["minutes"], spoken["days"]) == within
    assert promised_in({"x_minutes": spoken["minutes"], "x_days": spoken["days"]}, "x") == within


def test_a_promise_is_said_in_one_way_and_days_need_a_calendar() -> None:
    body = {"high_minutes": 5, "high_days": 1, "low_days": 2}
    found = {(each.code, each.field) for each in check_promises(body, ("high", "low"))}
    assert found == {("said_twice", "high_days"), ("no_calendar", "high_days"), ("no_calendar", "low_days")}
    assert not list(check_promises({**body, "high_minutes": None, "calendar": "office"}, ("high", "low")))


def test_exactly_one_of_both_is_asked_for() -> None:
    assert asked_for(0, None) == 0
    assert asked_for(None, 3) == WorkingDays(3)
    for both in ((None, None), (5, 1)):
        with pytest.raises(Invalid):
            asked_for(*both)
