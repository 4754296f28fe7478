"""Managers are told when a calendar does not know the days off of a year: every promise in that year would be wrong."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.actor import SYSTEM
from store.calendars.rules import missing_years
from store.content import reading
from store.content.documents import Content
from store.content.types import Body
from store.errors import Conflict
from store.people.documents import Staff
from store.versioned import Change, commit, events_of

TEMPLATE = "calendar-missing"


def warn_missing(now: datetime) -> int:
    """Tell the managers, once for each calendar and year, that its statutory days are missing. Returns the warnings."""
    managers = [each.code for each in Staff.objects(roles="manager", active__ne=False).only("code").order_by("code")]
    # With nobody to tell the warning is kept back, not spent.
    return sum(
        _warn(each.code, each.body, managers, now) for each in reading.live_all("working_calendar", now) if managers
    )


def _warn(code: str, body: Body, managers: list[str], now: datetime) -> int:
    head = Content.objects(type="working_calendar", code=code).first()
    warned = {event.detail.get("year") for event in events_of(head) if event.verb == "warn_missing"}
    years = [year for year in missing_years(body, now) if year not in warned]
    if not years:
        return 0
    # One event per call: the next call tells of the next year.
    change = Change("warn_missing", {"year": years[0]}, notify=[_notice(years[0], managers)])
    try:
        commit(head, change, actor=SYSTEM, now=now)
    except Conflict:
        return 0  # another worker won, or somebody edits it just now: the next run sees to it
    return 1


def _notice(year: int, managers: list[str]) -> Mapping[str, Any]:
    return {"template": TEMPLATE, "to": managers, "params": {"date": f"{year - 1}-12-31"}}
