"""What can be wrong with a `working_calendar` body, and which years of it are still to be filled in."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from store.calendars.wording import WEEKDAYS
from store.calendars.working_time import (
    HOLIDAY,
    NO_WORKING_TIME,
    WORKDAY,
    Window,
    minute_of,
    window_of,
    zone_of,
)
from store.errors import Problem
from store.words import Words

WEEK = 7 * 1440
# The notice for the next year comes out in the fourth quarter; before that nobody can know its days.
NOTICE_MONTH = 10
# Counting goes through every window of every day.
MOST_WINDOWS = 8


def check(body: Mapping[str, Any]) -> list[Problem]:
    """Every problem of the body, with paths such as `windows.2.start`. An empty list: it can be published."""
    return [*_check_zone(body), *_check_windows(body), *_check_overlaps(body), *_check_days(body), *_check_makeup(body)]


def _fails(reading: Callable[[Any], object], value: Any) -> bool:
    try:
        reading(value)
    except (ValueError, TypeError):
        return True
    return False


def _check_zone(body: Mapping[str, Any]) -> Iterator[Problem]:
    if _fails(zone_of, body):
        words = Words("没有「{zone}」这个时区", "There is no time zone “{zone}”").fill(zone=body.get("timezone"))
        yield Problem("unknown_timezone", words, "timezone")


def _check_windows(body: Mapping[str, Any]) -> Iterator[Problem]:
    rows = body.get("windows") or ()
    for index, row in enumerate(rows):
        for edge in ("start", "end"):
            if _fails(minute_of, row.get(edge)):
                words = Words("应为 00:00 至 23:59 的时刻", "Must be a time of day from 00:00 to 23:59")
                yield Problem("malformed_time", words, f"windows.{index}.{edge}")
        weekdays = row.get("weekdays") or ()
        if not weekdays or any(each not in range(1, 8) for each in weekdays):
            words = Words("请选择星期（1 为周一，7 为周日）", "Choose weekdays (1 is Monday, 7 is Sunday)")
            yield Problem("malformed_weekdays", words, f"windows.{index}.weekdays")
    begun = Counter(weekday for row in rows for weekday in set(row.get("weekdays") or ()))
    if max(begun.values(), default=0) > MOST_WINDOWS:
        words = Words("每天最多 {most} 个时间段", "A day has at most {most} windows").fill(most=MOST_WINDOWS)
        yield Problem("too_many_windows", words, "windows")
    if not any(row.get("weekdays") for row in rows):
        yield Problem("calendar_empty", NO_WORKING_TIME, "windows")


class _OnWeek(NamedTuple):
    """A window on the circle of the week's minutes."""

    start: int
    end: int
    row: int
    weekday: int


def _check_overlaps(body: Mapping[str, Any]) -> Iterator[Problem]:
    placed = sorted(_placed(body))
    # The week is a circle: what begins on Monday is compared with what ends then, too.
    around = placed + [each._replace(start=each.start + WEEK, end=each.end + WEEK) for each in placed[:1]]
    told: set[int] = set()
    for one, other in pairwise(_with_furthest_end(around)):
        if other.start < one.end and other.row not in told:
            told.add(other.row)
            yield Problem("windows_overlap", _overlap_words(one, other), f"windows.{other.row}.start")


def _with_furthest_end(placed: list[_OnWeek]) -> Iterator[_OnWeek]:
    """Carries the furthest end along, so that a short window inside a long one does not hide what follows."""
    furthest = 0
    for each in placed:
        furthest = max(furthest, each.end)
        yield each._replace(end=furthest)


def _placed(body: Mapping[str, Any]) -> Iterator[_OnWeek]:
    for index, row in enumerate(body.get("windows") or ()):
        if _fails(window_of, row):
            continue
        window: Window = window_of(row)
        for weekday in set(row.get("weekdays") or ()) & set(range(1, 8)):
            midnight = (weekday - 1) * 1440
            yield _OnWeek(midnight + window.start, midnight + window.end, index, weekday)


def _overlap_words(one: _OnWeek, other: _OnWeek) -> Words:
    return Words(
        "第 {a} 段（{day_a}起）与第 {b} 段（{day_b}起）时间重叠",
        "Window {a} (from {day_a}) and window {b} (from {day_b}) overlap",
    ).fill(a=one.row + 1, b=other.row + 1, day_a=WEEKDAYS[one.weekday - 1], day_b=WEEKDAYS[other.weekday - 1])


def _check_days(body: Mapping[str, Any]) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for index, row in enumerate(body.get("days") or ()):
        text = str(row.get("date"))
        seen[text] += 1
        if _fails(date.fromisoformat, text):
            words = Words("应为日期，如 2026-10-01", "Must be a date such as 2026-10-01")
            yield Problem("malformed_date", words, f"days.{index}.date")
        elif seen[text] > 1:
            words = Words("{day} 出现了不止一次", "{day} is listed more than once").fill(day=text)
            yield Problem("duplicate_date", words, f"days.{index}.date")
        if row.get("kind") not in (HOLIDAY, WORKDAY):
            words = Words("应为节假日或调休上班", "Must be a holiday or a make-up workday")
            yield Problem("unknown_day_kind", words, f"days.{index}.kind")


def _check_makeup(body: Mapping[str, Any]) -> Iterator[Problem]:
    weekday = body.get("makeup_weekday")
    if weekday is not None and weekday not in range(1, 8):
        words = Words("应为 1（周一）至 7（周日）", "Must be 1 (Monday) to 7 (Sunday)")
        yield Problem("malformed_weekday", words, "makeup_weekday")
        return
    has_windows = {each for row in body.get("windows") or () for each in row.get("weekdays") or ()}
    if has_windows and (weekday or 1) not in has_windows and any(_needs_makeup(body, has_windows)):
        words = Words(
            "{day}没有工作时间，调休上班日将无人上班",
            "{day} has no working time, so make-up workdays would be without any",
        ).fill(day=WEEKDAYS[(weekday or 1) - 1])
        yield Problem("makeup_weekday_empty", words, "makeup_weekday")


def _needs_makeup(body: Mapping[str, Any], has_windows: set[int]) -> Iterator[bool]:
    for row in body.get("days") or ():
        if row.get("kind") == WORKDAY and not _fails(date.fromisoformat, row.get("date")):
            yield date.fromisoformat(row["date"]).isoweekday() not in has_windows


def missing_years(body: Mapping[str, Any], now: datetime) -> list[int]:
    """Years whose statutory days are not in the calendar: this year's, and from 1 October on also the next one's.

    A year is there when its New Year's Day and National Day are: both are in every notice. A calendar that has windows
    on all seven weekdays and lists no day at all is meant to run through holidays and is not asked for them.
    """
    holidays = {row.get("date") for row in body.get("days") or () if row.get("kind") == HOLIDAY}
    if not body.get("days") and _works_every_weekday(body):
        return []
    today = now.astimezone(zone_of(body)).date()
    years = [today.year, today.year + 1] if today.month >= NOTICE_MONTH else [today.year]
    return [year for year in years if not {f"{year}-01-01", f"{year}-10-01"} <= holidays]


def _works_every_weekday(body: Mapping[str, Any]) -> bool:
    return {each for row in body.get("windows") or () for each in row.get("weekdays") or ()} >= set(range(1, 8))


def missing_years_words(years: list[int]) -> Words | None:
    """The warning for `missing_years`, or None when nothing is missing."""
    if not years:
        return None
    return Words(
        "尚未录入 {zh} 年的法定节假日和调休安排；期限将按普通工作日计算",
        "The statutory holidays and make-up workdays of {en} are not entered; deadlines count them as ordinary days",
    ).fill(zh="、".join(map(str, years)), en=", ".join(map(str, years)))
