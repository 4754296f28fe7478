"""The statutory days are the library's, none invented and none lost."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from store.calendars.rules import check, compile_calendar, is_workday
from store.calendars.statutory import StatutoryDaysUnknown, statutory_days
from store.errors import NotFound
from tests.store.test_calendars_rules import OFFICE


@pytest.mark.parametrize("year", [2020, 2024, 2025, 2026])
def test_every_day_of_the_year_is_worked_exactly_when_the_library_says_so(year: int) -> None:
    wt = compile_calendar({"windows": OFFICE, "days": statutory_days(year), "makeup_weekday": 1})
    day = date(year, 1, 1)
    while day.year == year:
        assert is_workday(day, wt) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_the_rows_pass_the_calendars_own_check() -> None:
    assert check({"windows": OFFICE, "days": statutory_days(2026), "makeup_weekday": 1}) == []


def test_national_day_2026_has_its_holidays_and_both_make_up_days() -> None:
    rows = {row["date"]: row for row in statutory_days(2026)}
    assert rows["2026-10-01"] == {
        "date": "2026-10-01",
        "kind": "holiday",
        "name": {"zh": "国庆节", "en": "National Day"},
    }
    makeup = sorted(row["date"] for row in rows.values() if row["kind"] == "workday" and "国庆节" in row["name"]["zh"])
    assert makeup == sorted(
        day.isoformat()
        for day, name in chinese_calendar.workdays.items()
        if day.year == 2026 and name == chinese_calendar.Holiday.national_day.value
    )
    assert rows[makeup[0]]["name"] == {"zh": "国庆节调休上班", "en": "Make-up workday for National Day"}


def test_rows_come_by_date() -> None:
    dates = [row["date"] for row in statutory_days(2026)]
    assert dates == sorted(set(dates))


def test_a_year_without_a_notice_is_refused_by_name() -> None:
    unknown = max(chinese_calendar.holidays).year + 1
    with pytest.raises(StatutoryDaysUnknown) as refused:
        statutory_days(unknown)
    assert isinstance(refused.value, NotFound)
    assert refused.value.year == unknown
    assert str(unknown) in refused.value.words.zh
