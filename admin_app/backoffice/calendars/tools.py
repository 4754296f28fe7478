"""Tools of the calendar editor: the year as a picture, statutory days filled in, and a deadline explained."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_admin import Admin, expose

from admin_app.backoffice.forms.parsing import posted
from admin_app.backoffice.frame.base import BackofficeView
from admin_app.shell.formats import moment_typed, zone_named
from store import clock
from store.calendars.documents import WORKING_CALENDAR
from store.calendars.operations import day_note
from store.calendars.promises import MOST_DAYS
from store.calendars.rules import (
    Promised,
    Step,
    WorkingDays,
    check,
    compile_calendar,
    explain,
    missing_years,
    missing_years_words,
)
from store.calendars.working_time import WorkingTime, zone_of
from store.errors import AnjuError, Problem
from store.fields.checking import clean
from store.fields.numbers import whole_typed
from store.fields.posted import parse
from store.words import Words

Body = Mapping[str, Any]
MOST_MINUTES = 525_600


@dataclass(frozen=True)
class Day:
    """`tone`: work, rest, holiday or makeup."""

    number: int
    tone: str
    note: Words | None


@dataclass(frozen=True)
class Month:
    """`offset` empty cells before the first, Monday first."""

    number: int
    offset: int
    days: tuple[Day, ...]


@dataclass(frozen=True)
class Picture:
    year: int
    months: tuple[Month, ...] = ()
    missing: Words | None = None
    steps: tuple[Step, ...] = ()
    zone: str = ""
    problems: tuple[Problem, ...] = ()


class CalendarTools(BackofficeView):
    permission = "content.read"
    title = Words("日历预览", "Calendar preview")
    endpoint_name = "calendar_tools"

    def _get_view_url(self, admin: Admin, url: str | None) -> str:
        return "/admin/content/-/calendars"

    @expose("/", methods=("POST",))
    def index(self) -> str:
        fields = WORKING_CALENDAR.fields
        body, wrong = clean(fields, parse(fields, posted(request.form), zone_named(None)))
        problems = tuple([each for each in wrong if each.code != "required"] or check(body))
        now = clock.now()
        year = year_of(request.form.get("cal_year", "")) or now.year
        picture = Picture(year, problems=problems) if problems else _picture(body, year, now)
        return self.render("calendars/panel.html", it=picture)


def year_of(text: str) -> int | None:
    year = whole_typed(text.strip())
    return year if isinstance(year, int) and 2000 <= year < 2200 else None


def _picture(body: Body, year: int, now: datetime) -> Picture:
    compiled, zone = compile_calendar(body), zone_of(body)
    months = tuple(_month(body, compiled, year, month) for month in range(1, 13))
    missing = missing_years_words(missing_years(body, now))
    try:
        return Picture(year, months, missing, tuple(_explained(compiled, zone, now)), zone.key)
    except AnjuError as error:
        return Picture(year, months, missing, problems=(Problem(error.code, error.words, None),))


def _month(body: Body, compiled: WorkingTime, year: int, month: int) -> Month:
    first, count = monthrange(year, month)
    days = (_day(body, compiled, date(year, month, number)) for number in range(1, count + 1))
    return Month(month, first, tuple(days))


def _day(body: Body, compiled: WorkingTime, day: date) -> Day:
    special = compiled.days.get(day)
    if special is not None:
        return Day(day.day, "holiday" if special.kind == "holiday" else "makeup", day_note(body, day))
    return Day(day.day, "work" if compiled.windows_on(day) else "rest", None)


def _explained(compiled: WorkingTime, zone: ZoneInfo, now: datetime) -> list[Step]:
    within = _asked()
    if not within:
        return []
    start = moment_typed(request.form.get("cal_at", ""), zone) or now.astimezone(zone)
    return explain(start.astimezone(UTC), within, compiled)


def _asked() -> Promised | None:
    """What is typed: working days, or else minutes; None for what cannot be read."""
    days, minutes = (whole_typed(request.form.get(name, "").strip()) for name in ("cal_days", "cal_minutes"))
    if isinstance(days, int) and 0 < days <= MOST_DAYS:
        return WorkingDays(days)
    return minutes if isinstance(minutes, int) and 0 < minutes <= MOST_MINUTES else None


def calendar_choices(now: datetime) -> dict[str, Any]:
    """What the tools offer: years that can be filled in, years that can be looked at, and this moment."""
    local = now.astimezone(zone_named(None))
    years = [local.year, local.year + 1]
    return {
        "years": years,
        "shown": [local.year - 1, *years],
        "this_year": local.year,
        "at": local.replace(tzinfo=None).isoformat(timespec="minutes"),
    }
