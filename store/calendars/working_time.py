"""The compiled form of a `working_calendar`: which stretches of which day count.

Everything is computed in UTC from the wall clock of the calendar's zone. A wall-clock time that does not exist (clocks
go forward) is the moment of the jump; one that exists twice (clocks go back) is its first occurrence. So windows which
touch on the wall clock touch in UTC too: no minute is lost or counted twice, whatever the zone does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from store.errors import Invalid
from store.words import Words, translated

DEFAULT_TIMEZONE = "Asia/Shanghai"
HOLIDAY, WORKDAY = "holiday", "workday"
ONE_DAY = timedelta(days=1)


class Window(NamedTuple):
    """Minutes from the midnight of the day it belongs to; `end` is beyond 1440 when it runs into the next day."""

    start: int
    end: int


class SpecialDay(NamedTuple):
    kind: str
    name: Words


@dataclass(frozen=True, slots=True, eq=False)
class WorkingTime:
    """A compiled calendar. Compared by identity, so that a caller may keep it as long as the revision it came from."""

    zone: ZoneInfo
    weekly: tuple[tuple[Window, ...], ...]
    makeup: tuple[Window, ...]
    days: Mapping[date, SpecialDay]
    round_the_clock: bool = False

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows that start on `day`: on a holiday none, on a make-up workday those of the weekday it stands for –
        its own only where that weekday has none."""
        own = self.weekly[day.weekday()]
        special = self.days.get(day)
        if special is None:
            return own
        return () if special.kind == HOLIDAY else self.makeup or own

    def instant(self, day: date, minute: int) -> datetime:
        """The first moment at which the wall clock shows, or has passed, `minute` minutes after `day`'s midnight."""
        local = datetime.combine(day, time.min) + timedelta(minutes=minute)
        before = _offset(local.replace(tzinfo=self.zone))
        after = _offset(local.replace(tzinfo=self.zone, fold=1))
        if before >= after:
            return (local - before).replace(tzinfo=UTC)
        return _end_of_gap(self.zone, (local - after).replace(tzinfo=UTC), (local - before).replace(tzinfo=UTC))

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)


def _offset(aware: datetime) -> timedelta:
    return aware.utcoffset() or timedelta()


def _end_of_gap(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The second between `low` (before the jump) and `high` (at or after it) at which the zone's clocks go forward."""
    new = _offset(high.astimezone(zone))
    seconds_low, seconds_high = 0, int((high - low).total_seconds())
    while seconds_high - seconds_low > 1:
        middle = (seconds_low + seconds_high) // 2
        jumped = _offset((low + timedelta(seconds=middle)).astimezone(zone)) == new
        seconds_low, seconds_high = (seconds_low, middle) if jumped else (middle, seconds_high)
    return low + timedelta(seconds=seconds_high)


def minute_of(text: Any) -> int:
    """Minutes after midnight of `HH:MM`. Raises `ValueError`."""
    hours, minutes = str(text).split(":")
    if not (len(hours) == len(minutes) == 2 and hours.isdecimal() and minutes.isdecimal()):
        raise ValueError(text)
    moment = time(int(hours), int(minutes))
    return moment.hour * 60 + moment.minute


def window_of(row: Mapping[str, Any]) -> Window:
    """The window of a row of `windows`; an end that is not after the start is on the next day. Raises `ValueError`."""
    start, end = minute_of(row.get("start")), minute_of(row.get("end"))
    return Window(start, end if end > start else end + 1440)


def zone_of(body: Mapping[str, Any]) -> ZoneInfo:
    """The zone of a calendar. Raises `ValueError` for one that nobody knows."""
    try:
        return ZoneInfo(str(body.get("timezone") or DEFAULT_TIMEZONE))
    except (KeyError, OSError) as error:  # a folder of the zone database ("America") is an OSError
        raise ValueError(body.get("timezone")) from error


def compile_calendar(body: Mapping[str, Any] | None) -> WorkingTime:
    """The working time of a `working_calendar` body; None is around the clock. Costs much more than using it: keep it.

    Overlapping windows count once and the last of two rows of a date wins, so that a revision published before a check
    became stricter still keeps its promises. Raises `Invalid` when nothing could ever be due by it.
    """
    if body is None:
        return ROUND_THE_CLOCK
    try:
        weekly = weekly_windows(body)
        makeup = weekly[int(body.get("makeup_weekday") or 1) - 1]
        days = {date.fromisoformat(str(row["date"])): _special(row) for row in body.get("days") or ()}
        zone = zone_of(body)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Invalid.one("calendar_unusable", UNUSABLE) from error
    if not any(weekly):
        raise Invalid.one("calendar_empty", NO_WORKING_TIME, "windows")
    return WorkingTime(zone, weekly, makeup, days)


UNUSABLE = Words(
    "工作日历无法使用，请检查时间段、日期和时区",
    "The working calendar cannot be used; check its windows, days and time zone",
)
NO_WORKING_TIME = Words("日历中没有任何工作时间", "The calendar has no working time at all")


def weekly_windows(body: Mapping[str, Any]) -> tuple[tuple[Window, ...], ...]:
    """Windows by the weekday on which they start, Monday first, each sorted. Raises `ValueError`, `IndexError`."""
    weekly: list[list[Window]] = [[] for _ in range(7)]
    for row in body.get("windows") or ():
        for weekday in row.get("weekdays") or ():
            weekly[range(1, 8).index(weekday)].append(window_of(row))
    return tuple(tuple(sorted(windows)) for windows in weekly)


def _special(row: Mapping[str, Any]) -> SpecialDay:
    return SpecialDay(str(row["kind"]), translated(row.get("name")))


ROUND_THE_CLOCK = WorkingTime(ZoneInfo(DEFAULT_TIMEZONE), ((Window(0, 1440),),) * 7, (), {}, round_the_clock=True)
