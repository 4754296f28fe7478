"""From which day to which: a list narrowed by its main date, in whole days of the reader's clock."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from store.words import Words

ONE_DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2000, 2100
# Days that the reader names himself, `from` and `to`.
NAMED = "days"


class Days(NamedTuple):
    """Both ends are included; None is open."""

    first: date | None
    last: date | None


EVERY_DAY = Days(None, None)


def _last_month(today: date) -> Days:
    last = today.replace(day=1) - ONE_DAY
    return Days(last.replace(day=1), last)


PERIODS: Mapping[str, tuple[Words, Callable[[date], Days]]] = {
    "today": (Words("今天", "Today"), lambda today: Days(today, today)),
    "week": (Words("近 7 天", "Last 7 days"), lambda today: Days(today - 6 * ONE_DAY, today)),
    "month": (Words("本月", "This month"), lambda today: Days(today.replace(day=1), today)),
    "last_month": (Words("上月", "Last month"), _last_month),
}
CHOICES = {**{key: words for key, (words, _) in PERIODS.items()}, NAMED: Words("自选日期…", "Days of my own…")}


class Range(NamedTuple):
    """What is asked of a list: the key of `CHOICES` (empty: every date) and the days that it stands for."""

    chosen: str
    days: Days


def asked(arguments: Mapping[str, str], today: date) -> Range:
    """What an address asks for by `when`, `from` and `to`. What is no date is open, as in every filter."""
    chosen = arguments.get("when", "")
    if chosen in PERIODS:
        return Range(chosen, PERIODS[chosen][1](today))
    first, last = (_day(arguments.get(name, "")) for name in ("from", "to"))
    if first and last and first > last:
        first, last = last, first
    return Range(NAMED if chosen == NAMED or first or last else "", Days(first, last))


def condition(days: Days, zone: ZoneInfo) -> dict[str, datetime]:
    """The days as MongoDB asks for them; empty for every day."""
    found = {}
    if days.first:
        found["$gte"] = datetime.combine(days.first, time(), zone)
    if days.last:
        found["$lt"] = datetime.combine(days.last + ONE_DAY, time(), zone)
    return found


def where(field: str, days: Days, zone: ZoneInfo) -> dict[str, Any]:
    """`{}` for every day."""
    found = condition(days, zone)
    return {field: found} if found else {}


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
