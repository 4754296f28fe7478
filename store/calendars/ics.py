"""From an iCalendar file to special days of a working calendar. Runs in a process of its own (`store/untrusted/`).

Calendars of Chinese holidays name a make-up workday with 班 (国庆节调休上班, 补班, 班) and a holiday with anything else.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar

from store.errors import Invalid
from store.words import Words

ONE_DAY = timedelta(days=1)
LONGEST_EVENT = 40
# As many rows as a list of a form may have.
MOST_DAYS = 500
# A yearly feast without an end is taken for this many years from its first.
MOST_TIMES = 10

NO_CALENDAR = Words("这不是日历文件（.ics）", "This is no calendar file (.ics)")
NO_DAYS = Words("文件中没有全天的日程", "There is no event of a whole day in this file")
TOO_MANY = Words("文件中的日期超过 {n} 天", "There are more than {n} days in this file")


def special_days_of(data: bytes) -> list[dict[str, Any]]:
    """`[{"date", "kind": "holiday" or "workday", "name": {"zh"}}]` of the events of whole days, in order, the first of
    two for one day. Raises `Invalid` `not_a_calendar`, `no_days`, `too_many_days`."""
    try:
        calendars = Calendar.from_ical(data, multiple=True)
    except (ValueError, KeyError, IndexError) as error:
        raise Invalid.one("not_a_calendar", NO_CALENDAR, "ics") from error
    events = (event for each in calendars for event in each.walk("VEVENT"))
    rows = list(islice((row for event in events for row in _rows(event)), MOST_DAYS + 1))
    if not rows:
        raise Invalid.one("no_days", NO_DAYS, "ics")
    if len(rows) > MOST_DAYS:
        raise Invalid.one("too_many_days", TOO_MANY.fill(n=MOST_DAYS), "ics")
    first = {row["date"]: row for row in reversed(rows)}
    return [first[day] for day in sorted(first)]


def _rows(event: Any) -> Iterator[dict[str, Any]]:
    begins = getattr(event.get("DTSTART"), "dt", None)
    # An hour of somebody's diary is no holiday.
    if not isinstance(begins, date) or isinstance(begins, datetime) or event.get("STATUS") == "CANCELLED":
        return
    name = " ".join(str(event.get("SUMMARY") or "").split())[:60]
    kind = "workday" if "班" in name else "holiday"
    for start in _starts(event, begins):
        for n in range(_length(event, begins)):
            row = {"date": (start + n * ONE_DAY).isoformat(), "kind": kind}
            yield row | ({"name": {"zh": name}} if name else {})


def _length(event: Any, begins: date) -> int:
    """Days of the event; its end is the day after its last."""
    ends = getattr(event.get("DTEND"), "dt", None)
    if ends is None and event.get("DURATION") is not None:
        ends = begins + event.get("DURATION").dt
    if not isinstance(ends, date) or isinstance(ends, datetime):
        return 1
    return max(1, min((ends - begins).days, LONGEST_EVENT))


def _starts(event: Any, begins: date) -> list[date]:
    """The first days of the event: one, or those of a feast that comes every year."""
    rule = event.get("RRULE")
    if rule is None or isinstance(rule, list) or "YEARLY" not in [str(each) for each in rule.get("FREQ", [])]:
        return [begins]
    midnight = datetime.combine(begins, datetime.min.time())
    try:
        found = rrulestr(rule.to_ical().decode(), dtstart=midnight, ignoretz=True)
    except ValueError:
        return [begins]
    return [each.date() for each in islice(found, MOST_TIMES)] or [begins]
