"""What a plan's body would do from now on – or, if its publication is scheduled, from then on – before it is in force."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from store.calendars.operations import day_note
from store.calendars.statutory import StatutoryDaysUnknown, statutory_days
from store.content.documents import Content
from store.content.reading import live
from store.directory import values_of
from store.people.rules import DEFAULT_TIMEZONE
from store.plans import rules
from store.plans.cautions import cautions
from store.plans.foresight import BEFORE, CALENDAR, Body, workdays_of
from store.plans.recurrence import IsWorkday
from store.plans.wording import PreviewLine, preview
from store.words import Words


@dataclass(frozen=True)
class Outlook:
    """The next times of a body. `begins` is the moment of its scheduled publication, None when there is none; `hours`
    are working hours a week, None while the body does not say how long one time takes."""

    timezone: str
    begins: datetime | None
    lines: list[PreviewLine]
    cautions: list[Words]
    hours: float | None
    is_workday: IsWorkday


def outlook(body: Body, code: str, now: datetime, count: int) -> Outlook:
    """The next `count` times of a plan's body; `code` is the plan it is the draft of, if any. Raises `Invalid`."""
    estate = values_of("estate", body["estate"]) if body.get("estate") else None
    timezone = str((estate or {}).get("timezone") or DEFAULT_TIMEZONE)
    begins = _begins(code, now)
    since = now if begins is None else begins - BEFORE
    revision = live(CALENDAR, body["calendar"], now) if body.get("calendar") else None
    calendar = revision.body if revision else None
    is_workday = workdays_of(calendar)
    lines = preview(body, timezone, since, is_workday, _notes(calendar, since), count)
    told = cautions(body, [each.slot.local.date() for each in lines], calendar)
    hours = rules.hours_per_week(body) if body.get("duration_minutes") else None
    return Outlook(timezone, begins, lines, told, hours, is_workday)


def _begins(code: str, now: datetime) -> datetime | None:
    head = Content.objects(type="plan", code=code).only("publish_at").first() if code else None
    return head.publish_at if head is not None and head.publish_at and head.publish_at > now else None


def _notes(calendar: Body | None, since: datetime) -> Callable[[date], Words | None]:
    """What is special about a day: by the plan's calendar, or by the State Council's notice when it has none."""
    days: list[Mapping[str, Any]] = list(calendar.get("days") or ()) if calendar else []
    for year in () if calendar else (since.year, since.year + 1):
        try:
            days += statutory_days(year)
        except StatutoryDaysUnknown:
            break
    known = {row["date"]: row for row in days}
    return lambda day: day_note({"days": [known[day.isoformat()]]}, day) if day.isoformat() in known else None
