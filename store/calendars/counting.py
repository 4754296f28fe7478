"""Counting working time: when what was promised is over, and how much of it lies between two moments.

A promise of n working days is over at the end of the n-th working day after the day on which it began. A day is a
working day when work starts on it; the day of the beginning is never counted, whatever is left of it. It is the local
day – or, within a night shift, the day on which that shift began. Around the clock every day is one, until midnight.
A pause gives back what it took of the working time up to that end.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from typing import Any, NamedTuple

from store.calendars.promises import Promised, WorkingDays
from store.calendars.working_time import NO_WORKING_TIME, ONE_DAY, WorkingTime, compile_calendar
from store.errors import Invalid
from store.words import Words

ONE_MINUTE = timedelta(minutes=1)
# A deadline further away than this is a slip of the finger, and looking for it must not keep a worker busy.
HORIZON_DAYS = 36_525
FAR = datetime.max.replace(tzinfo=UTC)
TOO_FAR = Words("期限过长，超出一百年", "The deadline is more than a hundred years away")

Pause = tuple[datetime, datetime | None]


class Span(NamedTuple):
    """A stretch of counted time in UTC, and the local day its window belongs to."""

    day: date
    start: datetime
    end: datetime


def spans(wt: WorkingTime, since: datetime) -> Iterator[Span]:
    """The counted time from `since` (UTC) on, in order, without overlaps, up to the horizon."""
    if wt.round_the_clock:
        yield Span(wt.local(since).date(), since, FAR)
        return
    # A window of yesterday may still be running.
    first = wt.local(since).date() - ONE_DAY
    reached = since
    for ordinal in range(first.toordinal(), min(first.toordinal() + HORIZON_DAYS, date.max.toordinal() - 1)):
        day = date.fromordinal(ordinal)
        for window in wt.windows_on(day):
            start, end = max(reached, wt.instant(day, window.start)), wt.instant(day, window.end)
            if start < end:
                yield Span(day, start, end)
                reached = end


def counted_spans(wt: WorkingTime, since: datetime, pauses: Sequence[Pause]) -> Iterator[Span]:
    """As `spans`, without the time in pauses; it ends where an open pause begins."""
    closed = merged(pauses)
    for span in spans(wt, since):
        if closed and closed[-1][1] == FAR and span.start >= closed[-1][0]:
            return
        yield from _outside(span, closed)


def _outside(span: Span, pauses: Sequence[tuple[datetime, datetime]]) -> Iterator[Span]:
    start = span.start
    for began, ended in pauses:
        if ended <= start:
            continue
        if began >= span.end:
            break
        if start < began:
            yield Span(span.day, start, began)
        start = ended
    if start < span.end:
        yield Span(span.day, start, span.end)


def merged(pauses: Sequence[Pause]) -> list[tuple[datetime, datetime]]:
    """Pauses in order, overlapping ones as one; an open one ends at `FAR`."""
    result: list[tuple[datetime, datetime]] = []
    for began, ended in sorted((began.astimezone(UTC), (ended or FAR).astimezone(UTC)) for began, ended in pauses):
        if result and began <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], ended))
        elif began < ended:
            result.append((began, ended))
    return result


def due_after(start: datetime, promised: Promised, wt: WorkingTime) -> datetime:
    """The earliest moment (UTC) at which what was promised at `start` is over: a window's end, not the next start.

    Raises `Invalid` for a negative number, and for a due date beyond a hundred years.
    """
    due = _after(start.astimezone(UTC), promised, wt, ())
    if due is None:
        raise Invalid.one("deadline_too_far", TOO_FAR, "minutes")
    return due


def due_with_pauses(
    start: datetime, promised: Promised, wt: WorkingTime, pauses: Sequence[Pause], now: datetime
) -> datetime | None:
    """When what was promised, counted outside of `pauses`, is over, in UTC; computed from the nominal start, so it never drifts.

    A pause that begins after `now` has not happened yet. While a pause is open nothing falls due: None – unless the
    promise had been broken before that pause began, because a pause does not mend it.
    """
    begun = [(began, ended) for began, ended in pauses if began <= now]
    due = _after(start.astimezone(UTC), promised, wt, begun)
    opened = [began for began, ended in begun if ended is None]
    if opened:
        return due if due is not None and due < min(opened) else None
    if due is None:
        raise Invalid.one("deadline_too_far", TOO_FAR, "minutes")
    return due


def _after(start: datetime, promised: Promised, wt: WorkingTime, pauses: Sequence[Pause]) -> datetime | None:
    if not pauses and isinstance(promised, WorkingDays):
        return end_of_working_day(start, promised.days, wt)
    needed = counted_for(start, promised, wt)
    if not needed:
        return start
    for span in counted_spans(wt, start, pauses):
        length = span.end - span.start
        if length >= needed:
            return span.start + needed
        needed -= length
    return None


def before_due(due: datetime, minutes: int, wt: WorkingTime) -> datetime:
    """The latest moment (UTC) from which `minutes` are counted until `due`: a window's start, not the end before it."""
    due = due.astimezone(UTC)
    if wt.round_the_clock:
        return due - minutes * ONE_MINUTE
    # Nearly always it is since yesterday; a weekend, a holiday, or a calendar of one hour a week takes another look.
    back = ONE_DAY
    while back < HORIZON_DAYS * ONE_DAY:
        needed = minutes * ONE_MINUTE
        counted = takewhile(lambda span: span.start < due, spans(wt, due - back))
        for span in reversed(list(counted)):
            end = min(span.end, due)
            if end - span.start >= needed:
                return end - needed
            needed -= end - span.start
        back *= 4
    return due - back


def counted_for(start: datetime, promised: Promised, wt: WorkingTime) -> timedelta:
    """The time that has to be counted from `start` until what was promised is over. Raises `Invalid`."""
    if isinstance(promised, WorkingDays):
        return working_time_between(start, end_of_working_day(start, promised.days, wt), wt)
    if promised < 0:
        raise Invalid.one("minutes_negative", Words("分钟数不能为负", "Minutes must not be negative"), "minutes")
    if promised > HORIZON_DAYS * 1440:
        raise Invalid.one("deadline_too_far", TOO_FAR, "minutes")
    return promised * ONE_MINUTE


def day_of(start: datetime, wt: WorkingTime) -> date:
    """The day on which something began: within a night shift, the day on which the shift began."""
    start = start.astimezone(UTC)
    first = next(spans(wt, start), None)
    return first.day if first is not None and first.start == start else wt.local(start).date()


def end_of_working_day(start: datetime, days: int, wt: WorkingTime) -> datetime:
    """The end (UTC) of the `days`-th working day after the one of `start`. Raises `Invalid`."""
    if days < 1:
        raise Invalid.one("days_not_positive", Words("至少 1 个工作日", "At least 1 working day"), "days")
    day = next(islice(_working_days_after(day_of(start, wt), wt), days - 1, None), None)
    if day is None:
        raise Invalid.one("deadline_too_far", TOO_FAR, "days")
    return wt.instant(day, max(window.end for window in wt.windows_on(day)))


def _working_days_after(day: date, wt: WorkingTime) -> Iterator[date]:
    first = day.toordinal() + 1
    ordinals = range(first, min(first + HORIZON_DAYS, date.max.toordinal() - 1))
    return (each for each in map(date.fromordinal, ordinals) if wt.windows_on(each))


def working_time_between(a: datetime, b: datetime, wt: WorkingTime, pauses: Sequence[Pause] = ()) -> timedelta:
    """The time counted from `a` to `b`; nothing when `b` is not after `a`."""
    end, total = b.astimezone(UTC), timedelta()
    for span in counted_spans(wt, a.astimezone(UTC), pauses):
        if span.start >= end:
            break
        total += min(span.end, end) - span.start
    return total


def working_minutes_between(a: datetime, b: datetime, wt: WorkingTime) -> int:
    """Whole minutes counted from `a` to `b`; 0 when `b` is not after `a`."""
    return working_time_between(a, b, wt) // ONE_MINUTE


def next_working_moment(moment: datetime, wt: WorkingTime) -> datetime:
    """`moment` itself if it counts, else the next moment (UTC) that does. Raises `Invalid` beyond a hundred years."""
    span = next(spans(wt, moment.astimezone(UTC)), None)
    if span is None:
        raise Invalid.one("calendar_empty", NO_WORKING_TIME)
    return span.start


def is_working(moment: datetime, wt: WorkingTime) -> bool:
    """Whether `moment` counts; a window's first moment does, its end does not."""
    return next_working_moment(moment, wt) == moment


def is_workday(day: date, calendar: Mapping[str, Any] | WorkingTime | None) -> bool:
    """Whether work starts on `day`. Whoever asks for many days passes the compiled calendar."""
    wt = calendar if isinstance(calendar, WorkingTime) else compile_calendar(calendar)
    return bool(wt.windows_on(day))
