"""From a plan's pattern to its slots: holidays skipped or moved, the estate's clock turned into UTC, nothing twice.

Clauses 2.3–2.5, 3.3–3.5: what is done periodically is done on every slot of its plan, or the slot is accounted for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from store.calendars.working_time import ROUND_THE_CLOCK, WorkingTime
from store.errors import Invalid, Problem
from store.plans.pattern import HORIZON, MIDNIGHT, ONE_DAY, Pattern, PlanDay, compile_pattern, minute_of_day
from store.words import Words

IsWorkday = Callable[[date], bool]
# Longer than any run of holidays; a calendar without workdays must not move a slot out of the world.
MOST_MOVED = 31
# A plan day's small hours are on the next day; and where clocks go back over midnight (Newfoundland, until 2011), it is
# yesterday again after slots of today have happened.
_SPAN = ONE_DAY

MOVED = Words("原定 {date}，遇非工作日顺延", "Moved from {date}, which is not a workday")
BROUGHT_FORWARD = Words("原定 {date}，遇非工作日提前", "Brought forward from {date}, which is not a workday")
NO_WORKDAY = Words("{days} 天内没有工作日，照常进行", "No workday within {days} days, so it stays")
ADDED = Words("加做", "Added")
CLOCKS_FORWARD = Words("当天没有 {time}（夏令时）", "There is no {time} that day: the clocks go forward")
MERGED = Words("并入：{slots}", "Takes in {slots}")
SPACING = Words("间隔应为 1 至 1440 分钟", "The spacing must be 1 to 1440 minutes")


@dataclass(frozen=True, slots=True)
class Slot:
    """One time at which a plan asks for work.

    `nominal_local` (`2026-11-24T22:00`, the estate's clock) is where the plan's rule puts it, before it was moved: with
    the plan's code it is the occurrence's key, and stays the same when holidays change. `nominal_utc` is when it
    happens. `moved_from` is the plan day it was moved from, `moved_to` the local time it happens at if that is not
    `nominal_local`, `absorbed` are the `nominal_local` of other slots that fell on the same moment: they are merged.
    """

    nominal_local: str
    nominal_utc: datetime
    moved_from: date | None = None
    note: Words | None = None
    moved_to: str | None = None
    absorbed: tuple[str, ...] = ()

    @property
    def local(self) -> datetime:
        """The local wall clock (naive) at which it happens."""
        return datetime.fromisoformat(self.moved_to or self.nominal_local)


def slots(
    body: Mapping[str, Any], timezone: str, after_utc: datetime, until_utc: datetime, is_workday: IsWorkday
) -> Iterator[Slot]:
    """The slots that happen after `after_utc` and not after `until_utc`, in order; lazily, so that one may stop early.

    `is_workday` is the plan's calendar: make-up workdays are workdays, weekends and holidays are not. Any two windows
    give the same slots where they overlap. Raises `Invalid` when the body's recurrence is wrong.
    """
    pattern = compile_pattern(body)
    clock = _clock(timezone)
    move = _MOVES[str(body.get("on_holiday") or "as_planned")]
    first, last = clock.local(after_utc).date() - _SPAN, clock.local(until_utc).date() + _SPAN
    since = max(_free_since(first, is_workday) if move.later else first, pattern.start)
    days = pattern.days_by_rule(since, _free_until(last, is_workday) if move.earlier else last)
    added = (_Placed(each, each.day, ADDED) for each in pattern.days_added(first, last))
    placed = merge(_moved(_not_over(pattern, clock, days), move, pattern.start, is_workday), added, key=_day_of)
    for slot in _once(_in_order(clock, placed)):
        if slot.nominal_utc > until_utc:
            return
        if slot.nominal_utc > after_utc:
            yield slot


def next_slot(body: Mapping[str, Any], timezone: str, after_utc: datetime, is_workday: IsWorkday) -> Slot | None:
    """The first slot after `after_utc`; None when there is none within thirteen years. Raises `Invalid` as `slots`."""
    return next(slots(body, timezone, after_utc, after_utc + HORIZON, is_workday), None)


def plan_days(body: Mapping[str, Any], since: date, until: date) -> Iterator[PlanDay]:
    """The plan days of a body from `since` to `until`, both included, holidays not looked at. Raises `Invalid`."""
    pattern = compile_pattern(body)
    return pattern.days(max(since, pattern.start), until)


def times_between(start: str, end: str, every_minutes: int) -> list[str]:
    """The times of "every 2 h, 22:00–06:00": `22:00, 00:00, 02:00, 04:00, 06:00`. An end before the start is the next
    day's; an end that equals the start is once around the clock. Raises `Invalid`."""
    first, last = minute_of_day(start), minute_of_day(end)
    if first is None or last is None or not 1 <= every_minutes <= 1440:
        raise Invalid([Problem("out_of_range", SPACING, "times")])
    # Around the clock the last time would be the first again.
    stop = last + 1 if last > first else last + 1441 if last < first else last + 1440
    return [f"{minute // 60 % 24:02d}:{minute % 60:02d}" for minute in range(first, stop, every_minutes)]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A plan day on the day on which it is done."""

    plan_day: PlanDay
    day: date
    note: Words | None


@lru_cache(maxsize=256)
def _clock(timezone: str) -> WorkingTime:
    return replace(ROUND_THE_CLOCK, zone=ZoneInfo(timezone))


_day_of = attrgetter("day")


@dataclass(frozen=True, slots=True)
class _Move:
    """What becomes of a plan day that is no workday: it may go to a later or an earlier one, `within_month` rather to an
    earlier one than into the next month. One that may go nowhere is left out, unless it `stays`."""

    later: bool = False
    earlier: bool = False
    within_month: bool = False
    stays: bool = False


_MOVES: Mapping[str, _Move] = {
    "as_planned": _Move(stays=True),
    "skip": _Move(),
    "next_workday": _Move(later=True),
    "previous_workday": _Move(earlier=True),
    "workday_in_month": _Move(later=True, earlier=True, within_month=True),
}


def _not_over(pattern: Pattern, clock: WorkingTime, days: Iterable[PlanDay]) -> Iterator[PlanDay]:
    """The days without what begins after an end that the rule gives in UTC."""
    end = pattern.until_utc
    for each in days:
        kept = each if end is None else each.until(clock.local(end).replace(tzinfo=None))
        if kept.minutes:
            yield kept


def _free_since(day: date, is_workday: IsWorkday) -> date:
    """The earliest plan day whose slots may have been moved to `day` or later: all days between must be free."""
    return next((each for each in _steps(day, -ONE_DAY) if is_workday(each - ONE_DAY)), day - MOST_MOVED * ONE_DAY)


def _free_until(day: date, is_workday: IsWorkday) -> date:
    """The last plan day whose slots may have been brought forward to `day` or earlier."""
    return next((each for each in _steps(day, ONE_DAY) if is_workday(each + ONE_DAY)), day + MOST_MOVED * ONE_DAY)


def _steps(day: date, step: timedelta) -> Iterator[date]:
    return (day + n * step for n in range(MOST_MOVED))


def _moved(days: Iterable[PlanDay], move: _Move, start: date, is_workday: IsWorkday) -> Iterator[_Placed]:
    for each in days:
        if move.stays or is_workday(each.day):
            yield _Placed(each, each.day, None)
        elif move.later or move.earlier:
            yield _on_a_workday(each, move, start, is_workday)


def _on_a_workday(each: PlanDay, move: _Move, start: date, is_workday: IsWorkday) -> _Placed:
    later = _workday_from(each.day, ONE_DAY, is_workday) if move.later else None
    # Nothing is brought forward to before the plan begins: it would have been over before it was known.
    earlier = _workday_from(each.day, -ONE_DAY, is_workday) if move.earlier else None
    earlier = earlier if earlier is not None and earlier >= start else None
    if later is not None and not (move.within_month and earlier and _leaves_month(each.day, later)):
        return _Placed(each, later, MOVED.fill(date=day_in_words(each.day)))
    if earlier is not None:
        return _Placed(each, earlier, BROUGHT_FORWARD.fill(date=day_in_words(each.day)))
    return _Placed(each, each.day, NO_WORKDAY.fill(days=MOST_MOVED))


def _leaves_month(day: date, later: date) -> bool:
    return (day.year, day.month) != (later.year, later.month)


def _workday_from(day: date, step: timedelta, is_workday: IsWorkday) -> date | None:
    """The nearest workday after (or before) a day, None when there is none within a month."""
    return next((each for each in (day + n * step for n in range(1, MOST_MOVED + 1)) if is_workday(each)), None)


def _in_order(clock: WorkingTime, placed: Iterable[_Placed]) -> Iterator[Slot]:
    for _, group in groupby(placed, _day_of):
        found = [_slot(clock, each, minute) for each in group for minute in each.plan_day.minutes]
        yield from sorted(found, key=attrgetter("nominal_utc"))


def _slot(clock: WorkingTime, placed: _Placed, minute: int) -> Slot:
    nominal = _wall(placed.plan_day.day, minute)
    meant = _wall(placed.day, minute)
    moment = clock.instant(placed.day, minute)
    real = clock.local(moment).replace(tzinfo=None)
    gap = None if real == meant else CLOCKS_FORWARD.fill(time=f"{meant:%H:%M}")
    return Slot(
        nominal_local=_text(nominal),
        nominal_utc=moment.astimezone(UTC),
        moved_from=None if placed.day == placed.plan_day.day else placed.plan_day.day,
        note=joined([placed.note, gap]),
        moved_to=None if real == nominal else _text(real),
    )


def _once(ordered: Iterable[Slot]) -> Iterator[Slot]:
    """Slots of one moment become one – the one that nobody moved, else the oldest – which names the others: each will
    be accounted for as merged."""
    for _, group in groupby(ordered, attrgetter("nominal_utc")):
        kept, *others = sorted(group, key=lambda each: (each.moved_to is not None, each.nominal_local))
        if not others:
            yield kept
            continue
        names = [datetime.fromisoformat(each.nominal_local) for each in others]
        taken = MERGED.fill(slots=Words(*("、".join(each) for each in zip(*map(moment_in_words, names), strict=True))))
        absorbed = tuple(each.nominal_local for each in others)
        yield replace(kept, note=joined([kept.note, taken]), absorbed=absorbed)


def _wall(day: date, minute: int) -> datetime:
    return datetime.combine(day, MIDNIGHT) + timedelta(minutes=minute)


def _text(wall: datetime) -> str:
    return wall.isoformat(timespec="minutes")


ZH_DAYS = "一二三四五六日"
_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_in_words(day: date) -> Words:
    """`11月24日(二)` · `Tue 24 Nov`, whatever the process's locale."""
    zh = f"{day.month}月{day.day}日({ZH_DAYS[day.weekday()]})"
    return Words(zh, f"{_EN_DAYS[day.weekday()]} {day.day} {EN_MONTHS[day.month - 1]}")


def moment_in_words(local: datetime) -> Words:
    """`11月24日(二) 22:00` · `Tue 24 Nov 22:00`."""
    return Words(*(f"{text} {local:%H:%M}" for text in day_in_words(local.date())))


def joined(notes: Sequence[Words | None]) -> Words | None:
    """Several notes as one; None when there is none."""
    found = [each for each in notes if each is not None]
    return Words("；".join(each.zh for each in found), "; ".join(each.en for each in found)) if found else None
