"""China's statutory holidays and make-up workdays (调休), as rows for an editable calendar.

The library knows a year only after the State Council's notice (about November of the year before) and a new release.
"""

from datetime import date
from typing import TypedDict

from chinese_calendar.constants import Holiday, holidays, workdays

from store.calendars.working_time import HOLIDAY, WORKDAY
from store.errors import NotFound
from store.words import Words


class DayRow(TypedDict):
    date: str
    kind: str
    name: dict[str, str]


class StatutoryDaysUnknown(NotFound):
    """No notice for this year is known to the library; the days have to be entered by hand or the library updated."""

    def __init__(self, year: int) -> None:
        super().__init__(Words("法定节假日安排", "Statutory days of the year"), year)
        self.year = year


def statutory_days(year: int) -> list[DayRow]:
    """Holidays and make-up workdays of `year`, by date, for `working_calendar.days`. Raises `StatutoryDaysUnknown`."""
    rows = [_row(day, HOLIDAY, name) for day, name in holidays.items() if day.year == year]
    if not rows:
        raise StatutoryDaysUnknown(year)
    rows += [_row(day, WORKDAY, name) for day, name in workdays.items() if day.year == year]
    return sorted(rows, key=lambda row: row["date"])


def _row(day: date, kind: str, english: str) -> DayRow:
    name = Words(Holiday(english).chinese, english)
    if kind == WORKDAY:
        name = Words("{day}调休上班", "Make-up workday for {day}").fill(day=name)
    return {"date": day.isoformat(), "kind": kind, "name": {"zh": name.zh, "en": name.en}}
