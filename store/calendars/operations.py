"""Working calendars in use: the compiled one in force, statutory days filled in, a warning when they are missing."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from store.calendars.rules import ROUND_THE_CLOCK, WorkingTime, compile_calendar
from store.calendars.statutory import statutory_days
from store.content import reading
from store.content.documents import Revision
from store.content.types import Body
from store.errors import Invalid, NotFound
from store.untrusted.running import run
from store.untrusted.tasks import SPECIAL_DAYS
from store.words import Words, translated

MOST_BYTES = 512 * 1024
NO_FILE = Words("请选择日历文件（.ics）", "Choose a calendar file (.ics)")
TOO_LARGE = Words("日历文件不能超过 {n} KB", "A calendar file must not be larger than {n} KB")


def calendar_for(code: str | None, moment: datetime) -> WorkingTime:
    """The compiled calendar in force at `moment`; without a code every hour counts. Raises `NotFound`."""
    if code is None:
        return ROUND_THE_CLOCK
    found = reading.live("working_calendar", code, moment)
    if found is None:
        raise NotFound(Words("工作日历", "Working calendar"), code)
    return _compiled(found.key)


@lru_cache(maxsize=64)
def _compiled(key: str) -> WorkingTime:
    """A revision never changes, so what was compiled from it stays right."""
    return compile_calendar(Revision.objects(pk=key).first().body)


def fill_statutory(body: Body, year: int) -> dict[str, Any]:
    """The body with the statutory days of `year`. A day that is listed already stays as somebody wrote it.

    Raises `StatutoryDaysUnknown` when the notice for that year is not known.
    """
    return _filled(body, [dict(row) for row in statutory_days(year)])


def fill_from_file(body: Body, data: bytes) -> dict[str, Any]:
    """The body with the whole days of an iCalendar file. A day that is listed already stays as somebody wrote it.

    Raises `Invalid` `file_missing`, `file_too_large`, `not_a_calendar`, `no_days`, `too_many_days`; `Busy`.
    """
    if not data:
        raise Invalid.one("file_missing", NO_FILE, "ics")
    if len(data) > MOST_BYTES:
        raise Invalid.one("file_too_large", TOO_LARGE.fill(n=MOST_BYTES // 1024), "ics")
    return _filled(body, run(SPECIAL_DAYS, data))


def _filled(body: Body, rows: list[dict[str, Any]]) -> dict[str, Any]:
    listed = {row.get("date") for row in body.get("days") or ()}
    days = [*(body.get("days") or ()), *(row for row in rows if row["date"] not in listed)]
    return {**body, "days": sorted(days, key=lambda row: str(row.get("date") or ""))}


def day_note(body: Body, day: date) -> Words | None:
    """What is special about a day, such as 国庆节 or a make-up workday; None for an ordinary one."""
    for row in body.get("days") or ():
        if row["date"] == day.isoformat():
            return translated(row["name"]) if row.get("name") else _UNNAMED[row["kind"]]
    return None


_UNNAMED = {"holiday": Words("放假", "Holiday"), "workday": Words("调休上班", "Make-up workday")}
