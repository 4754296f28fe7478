"""Plans a year of drills: which day each drill of each emergency plan falls on, and why (clause 7.2).

Pure: the calendar, the rosters and the moment are arguments. The same arguments give the same year. Of one estate at a
time: estates do not disturb each other.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from store.calendars.working_time import DEFAULT_TIMEZONE
from store.errors import Problem
from store.words import Words

DrillKind = Literal["tabletop", "live"]
IsDay = Callable[[date], bool]
DayName = Callable[[date], Words | None]

ONE_DAY = timedelta(days=1)
DAYTIME = time(10)
MIN_DAYS_APART = 7
# A drill that was moved or confirmed by a person, or has been held, stays where it is; a cancelled one is gone, but
# its ordinal is used up, because its record keeps the key.
FIXED_STATES = frozenset({"confirmed", "running", "held", "moved"})
CANCELLED = "cancelled"

KIND_NAMES: Mapping[DrillKind, Words] = {"tabletop": Words("桌面", "tabletop"), "live": Words("实战", "live")}
SPREAD = Words("全年均匀安排", "spread evenly over the year")
SPREAD_REST = Words("在剩余时间内均匀安排", "spread evenly over what is left of the year")
AVOIDS_HOLIDAY = Words("避开{name}假期", "keeps clear of {name}")
AVOIDS_REST_DAY = Words("避开休息日", "keeps clear of a day off")
AVOIDS_EMPTY_ROSTER = Words("避开无人值班的{day}", "keeps clear of {day}, when nobody is on duty")
APART = Words("与{name}演练相隔 {days} 天", "{days} days from the drill “{name}”")
NO_ROOM = Words(
    "{year}年没有合适的日子：需为工作日、有人值班、与其他演练相隔至少 {days} 天",
    "No day of {year} is left that is a workday, has somebody on duty and is at least {days} days from other drills",
)
IN_THE_PAST = Words("不能改到过去的时间", "A drill cannot be moved into the past")
OTHER_YEAR = Words("不在计划年度 {year} 年内", "This is outside the year {year} it counts for")
NOT_A_WORKDAY = Words("当天不是工作日", "This is not a workday")
HOLIDAY = Words("当天是{name}假期", "This is a holiday: {name}")
NOBODY_THERE = Words("当天无人值班", "Nobody is on duty that day")
SAME_DAY = Words("同一天已有{name}演练", "The drill “{name}” is on the same day")
TOO_NEAR = Words(
    "与{name}演练只相隔 {days} 天（至少 {least} 天）", "Only {days} days from the drill “{name}” (at least {least})"
)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many drills of each kind an emergency plan demands in the year."""

    plan: str
    name: Words
    tabletop: int = 0
    live: int = 0


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill there is already. `day` is the estate's date."""

    plan: str
    kind: DrillKind
    year: int
    ordinal: int
    day: date
    state: str
    name: Words | None = None

    @property
    def is_fixed(self) -> bool:
        return self.state in FIXED_STATES


@dataclass(frozen=True, slots=True)
class PlannedDrill:
    """A drill with its date. `key` is the same however often the year is re-planned: the drill moves, never doubles."""

    plan: str
    kind: DrillKind
    year: int
    ordinal: int
    day: date
    at: datetime
    reason: Words

    @property
    def key(self) -> str:
        return f"{self.plan}:{self.year}:{self.kind}:{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A drill that the quota demands and the year has no day for."""

    plan: str
    kind: DrillKind
    ordinal: int
    words: Words


@dataclass(frozen=True, slots=True)
class YearPlan:
    """`drills` are the ones to be dated (new, or planned and not yet confirmed); fixed ones are not repeated here."""

    drills: list[PlannedDrill]
    shortfalls: list[Shortfall]


@dataclass(frozen=True, slots=True)
class World:
    """What a date is judged by, apart from the other drills. `day_name` names holidays; `at` is a drill's hour."""

    is_workday: IsDay
    roster_empty: IsDay
    timezone: str = DEFAULT_TIMEZONE
    day_name: DayName = lambda day: None
    min_days_apart: int = MIN_DAYS_APART
    at: time = DAYTIME

    def moment(self, day: date) -> datetime:
        return datetime.combine(day, self.at, ZoneInfo(self.timezone)).astimezone(UTC)

    def is_usable(self, day: date) -> bool:
        return self.is_workday(day) and not self.roster_empty(day)


class Wish(NamedTuple):
    """A drill that wants a day, and the day that would be best for it."""

    ideal: date
    plan: str
    kind: DrillKind
    ordinal: int


def plan_year(quotas: Sequence[Quota], year: int, now: datetime, existing: Sequence[Drill], world: World) -> YearPlan:
    """Dates for all drills of `year` that the quotas demand and that are not fixed, from `now` on.

    Workdays with somebody on duty only; two drills are at least `min_days_apart` days from each other, fixed ones
    included, and never on one day. As many as possible are placed; of those, each as near as possible to its place in
    an even spread. What has no day is a shortfall.
    """
    days = [day for day in _days_left(year, now, world) if world.is_usable(day)]
    fixed = sorted((each for each in existing if each.is_fixed), key=lambda each: (each.day, each.plan))
    apart = max(1, world.min_days_apart)
    free = [day for day in days if all(abs((day - each.day).days) >= apart for each in fixed)]
    # Stable: of a plan's drills that want the same day, the one at the table stays before the one in the field.
    wishes = sorted(_wishes(quotas, year, now, existing, world), key=lambda each: (each.ideal, each.plan))
    dated = _assign(wishes, free, apart)
    names = {each.plan: each.name for each in quotas}
    calendar = [(each.day, names.get(each.plan) or each.name or Words(each.plan, each.plan)) for each in fixed]
    calendar += [(day, names[wish.plan]) for wish, day in dated.items()]
    fresh = _start(year, now, world) == date(year, 1, 1)
    return YearPlan(
        drills=[
            _planned(wish, day, year, world, Reasons(SPREAD if fresh else SPREAD_REST, calendar))
            for wish, day in sorted(dated.items(), key=lambda pair: pair[1])
        ],
        shortfalls=[_shortfall(wish, year, apart) for wish in wishes if wish not in dated],
    )


def check_move(drill: Drill, to: datetime, now: datetime, others: Sequence[Drill], world: World) -> list[Problem]:
    """What speaks against holding `drill` at `to` (UTC): warnings that a manager may overrule, field `planned_for`."""
    day = to.astimezone(ZoneInfo(world.timezone)).date()
    found: list[tuple[str, Words]] = []
    if to <= now:
        found.append(("in_the_past", IN_THE_PAST))
    if day.year != drill.year:
        found.append(("other_year", OTHER_YEAR.fill(year=drill.year)))
    if not world.is_workday(day):
        name = world.day_name(day)
        found.append(("not_a_workday", HOLIDAY.fill(name=name) if name else NOT_A_WORKDAY))
    if world.roster_empty(day):
        found.append(("roster_empty", NOBODY_THERE))
    found += _too_near(drill, day, others, world.min_days_apart)
    return [Problem(code, words, "planned_for") for code, words in found]


def _too_near(drill: Drill, day: date, others: Sequence[Drill], least: int) -> Iterator[tuple[str, Words]]:
    itself = (drill.plan, drill.kind, drill.year, drill.ordinal)
    for other in sorted(others, key=lambda each: (each.day, each.plan)):
        if other.state == CANCELLED or (other.plan, other.kind, other.year, other.ordinal) == itself:
            continue
        name, days = other.name or Words(other.plan, other.plan), abs((other.day - day).days)
        if days == 0:
            yield "same_day", SAME_DAY.fill(name=name)
        elif days < least:
            yield "too_near", TOO_NEAR.fill(name=name, days=days, least=least)


# --- where each drill would like to be -------------------------------------------------------------------------------


def _start(year: int, now: datetime, world: World) -> date:
    """The first day of the year whose hour is still to come."""
    today = now.astimezone(ZoneInfo(world.timezone)).date()
    first = today if world.moment(today) > now else today + ONE_DAY
    return max(date(year, 1, 1), first)


def _days_left(year: int, now: datetime, world: World) -> list[date]:
    start = _start(year, now, world)
    return [start + n * ONE_DAY for n in range((date(year, 12, 31) - start).days + 1)]


def _wishes(
    quotas: Sequence[Quota], year: int, now: datetime, existing: Sequence[Drill], world: World
) -> Iterator[Wish]:
    """Each plan's drills spread over what is left of the year; the plans take turns, so that they do not all want
    the same days."""
    ordered = sorted(quotas, key=lambda each: each.plan)
    start = _start(year, now, world)
    for index, quota in enumerate(ordered):
        own = [each for each in existing if each.plan == quota.plan and each.year == year]
        missing = _missing(quota, own)
        fixed = sorted(each.day for each in own if each.is_fixed)
        ideals = _ideals(start, date(year, 12, 31), len(missing), fixed, (index + 0.5) / len(ordered))
        for ideal, (kind, ordinal) in zip(ideals, missing, strict=True):
            yield Wish(ideal, quota.plan, kind, ordinal)


def _missing(quota: Quota, own: Sequence[Drill]) -> list[tuple[DrillKind, int]]:
    """What the quota still demands, the kinds mixed evenly, at the table before in the field."""
    demanded: tuple[tuple[DrillKind, int], ...] = (("tabletop", quota.tabletop), ("live", quota.live))
    missing = []
    for order, (kind, number) in enumerate(demanded):
        ordinals = _ordinals([each for each in own if each.kind == kind], number)
        missing += [((n + 0.5) / len(ordinals), order, kind, ordinal) for n, ordinal in enumerate(ordinals)]
    return [(kind, ordinal) for _, _, kind, ordinal in sorted(missing)]


def _ordinals(own: Sequence[Drill], number: int) -> list[int]:
    """The ordinals to be dated: those already planned first, then the lowest that no drill has ever had."""
    wanted = max(0, number - sum(each.is_fixed for each in own))
    planned = sorted(each.ordinal for each in own if not each.is_fixed and each.state != CANCELLED)[:wanted]
    used = {each.ordinal for each in own}
    unused = (ordinal for ordinal in range(1, len(used) + number + 1) if ordinal not in used)
    return sorted([*planned, *(next(unused) for _ in range(wanted - len(planned)))])


def _ideals(start: date, end: date, missing: int, fixed: Sequence[date], phase: float) -> list[date]:
    """`missing` days evenly between `start` and `end`, together with the plan's fixed days and clear of its last one.

    `phase` (0–1) is the plan's turn: where in its share of the year a plan with few drills has them.
    """
    ahead = [each for each in fixed if each >= start]
    behind = [each for each in fixed if each < start]
    number = missing + len(ahead)
    if behind:
        start = max(start, behind[-1] + (end - behind[-1]) / (number + 1))
    span = max(0, (end - start).days)
    points = [start + timedelta(days=int(span * (n + phase) / number)) for n in range(number)]
    for each in ahead:
        points.remove(min(points, key=lambda point: (abs((point - each).days), point)))
    return points


# --- which days they get ---------------------------------------------------------------------------------------------


class _Best(NamedTuple):
    """The best way to place the first wishes up to some day: its cost, and its last choice (no day: left out)."""

    cost: int
    day: int | None
    before: "_Best | None"
    wish: int


def _assign(wishes: Sequence[Wish], days: Sequence[date], apart: int) -> dict[Wish, date]:
    """The days of the wishes, in their order: as many as possible placed, then as near to the ideals as possible.

    Exact, by dynamic programming over (wish, day): a greedy choice would leave gaps too small for anything.
    """
    fitting = [_days_before(days, index, apart) for index in range(len(days))]
    row = [_Best(0, None, None, -1)] * (len(days) + 1)
    for number, wish in enumerate(wishes):
        without = [_Best(each.cost + _unplaced(wish), None, each, number) for each in row]
        current = without[:1]
        for index, day in enumerate(days):
            before = row[fitting[index]]
            here = _Best(before.cost + abs((day - wish.ideal).days), index, before, number)
            # Of equal costs the first, which is the earlier day: the same year must come out every time.
            current.append(min(current[index], without[index + 1], here, key=lambda each: each.cost))
        row = current
    return dict(_chosen(row[-1], wishes, days))


def _days_before(days: Sequence[date], index: int, apart: int) -> int:
    """How many of the days, from the first on, are at least `apart` before the day at `index`."""
    return bisect_right(days, days[index] - apart * ONE_DAY)


def _unplaced(wish: Wish) -> int:
    """Dearer than any distance, so that as many as possible have a day; the later of a plan's drills give way first."""
    return 1_000_000_000 - min(wish.ordinal, 1000) * 100_000


def _chosen(best: _Best, wishes: Sequence[Wish], days: Sequence[date]) -> Iterator[tuple[Wish, date]]:
    step: _Best | None = best
    while step is not None and step.wish >= 0:
        if step.day is not None:
            yield wishes[step.wish], days[step.day]
        step = step.before


# --- why this date ---------------------------------------------------------------------------------------------------


class Reasons(NamedTuple):
    """What a date's reason is made of: how the year was spread, and all drills of the year with their days."""

    spread: Words
    calendar: list[tuple[date, Words]]


def _planned(wish: Wish, day: date, year: int, world: World, reasons: Reasons) -> PlannedDrill:
    parts = [reasons.spread, *_avoided(wish.ideal, day, world), *_nearest(day, reasons.calendar)]
    reason = Words("，".join(each.zh for each in parts), ", ".join(each.en for each in parts))
    return PlannedDrill(wish.plan, wish.kind, year, wish.ordinal, day, world.moment(day), reason)


def _avoided(ideal: date, day: date, world: World) -> Iterator[Words]:
    """Why it is not on the day it wanted: the first thing in the way there."""
    if day == ideal:
        return
    if not world.is_workday(ideal):
        name = world.day_name(ideal)
        yield AVOIDS_HOLIDAY.fill(name=name) if name else AVOIDS_REST_DAY
    elif world.roster_empty(ideal):
        zh, en = f"{ideal.month}月{ideal.day}日", ideal.isoformat()
        yield AVOIDS_EMPTY_ROSTER.fill(day=Words(zh, en))


def _nearest(day: date, calendar: Sequence[tuple[date, Words]]) -> Iterator[Words]:
    others = [(abs((each - day).days), name) for each, name in calendar if each != day]
    if others:
        days, name = min(others)
        yield APART.fill(name=name, days=days)


def _shortfall(wish: Wish, year: int, apart: int) -> Shortfall:
    return Shortfall(wish.plan, wish.kind, wish.ordinal, NO_ROOM.fill(year=year, days=apart))
