"""The compiled form of a `plan` body: on which days, at which times – before holidays and zones have their say.

A *plan day* is the day a round belongs to. Times stand in the order in which they happen: after the one place where
they fall back (`22:00, 00:00, 02:00`) they are in the small hours that follow the plan day, so that a night is one
piece: one holiday rule, one season, one row of a rota.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from heapq import merge
from itertools import groupby, islice, takewhile
from typing import Any, NamedTuple

from dateutil import rrule as library

from store.errors import Invalid, Problem
from store.plans import rule_text
from store.plans.single_days import BAD_DATE, read_single_days
from store.words import Words

ONE_DAY = timedelta(days=1)
MIDNIGHT = time.min
# A 29 February of every third year comes round in twelve; what does not happen in this span is taken as never.
HORIZON = timedelta(days=13 * 366)
_END_OF_TIME = datetime.combine(date.max, MIDNIGHT)
_LAST_FORTY_YEARS = datetime.combine(date(9960, 1, 1), MIDNIGHT)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)

NEVER = Words("这条规则永远不会发生", "This rule never happens")
NO_START = Words("请填写开始日期", "Give the start date")
NO_TIMES = Words("请至少填写一个时刻", "Give at least one time")
NO_WEEKDAYS = Words("请至少选择一个星期几", "Choose at least one weekday")
NO_MONTH_DAYS = Words("请至少填写一个日期", "Give at least one day of the month")
NOT_HOURLY = Words("按小时重复的计划不能加做某一天", "A day cannot be added to an hourly plan")
BAD_YEAR = Words("年份应在 2000 与 2199 之间", "The year must be between 2000 and 2199")
BAD_TIME = Words("应为时刻，如 08:30", "This must be a time such as 08:30")
TIMES_UNSORTED = Words("时刻应按发生的先后排列", "Times must be in the order in which they happen")
TIMES_DOUBLE = Words("时刻 {time} 重复", "The time {time} is given twice")
ONE_TIME_HOURLY = Words("按小时重复时只填起始时刻", "An hourly rule has one time only: when it starts")
END_BEFORE_START = Words("结束日期早于开始日期", "The end date is before the start date")
UNKNOWN_FREQUENCY = Words("请选择频率", "Choose a frequency")


class PlanDay(NamedTuple):
    """One day of a plan; its times as minutes after that day's midnight (1440 and more: the small hours after it)."""

    day: date
    minutes: tuple[int, ...]

    def until(self, moment: datetime) -> "PlanDay":
        """The same day without what comes after a local moment."""
        last = (moment - datetime.combine(self.day, MIDNIGHT)) // timedelta(minutes=1)
        return self if last >= max(self.minutes) else PlanDay(self.day, tuple(m for m in self.minutes if m <= last))


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence that is known to happen. Nothing happens after `last`."""

    frequency: int
    interval: int
    parts: tuple[tuple[str, tuple[Any, ...]], ...]
    start: datetime
    last: datetime | None = None
    week_start: int = 0

    def moments(self, since: datetime) -> Iterator[datetime]:
        """Local moments not before `since`. Hourly rules have real hours, all others midnights."""
        first, last = max(since, self.start), self.last or _END_OF_TIME
        upto = takewhile(lambda each: each <= last, self._library(self._near(since)))
        return (each for each in upto if each >= first)

    def _library(self, near: datetime) -> library.rrule:
        parts: dict[str, Any] = {"freq": self.frequency, **dict(self.parts)}
        return library.rrule(dtstart=near, interval=self.interval, wkst=self.week_start, **parts)

    def _near(self, since: datetime) -> datetime:
        """The newest beginning of a period at or before `since` that is a multiple of `interval` from the start.

        The library walks from its dtstart: an hourly rule that is three years old would cost 14 ms for each question.
        """
        start, since = self.start, max(since, self.start)
        if self.frequency == library.HOURLY:
            return start + self._whole((since - start) // timedelta(hours=1)) * timedelta(hours=1)
        if self.frequency == library.DAILY:
            return start + self._whole((since - start).days) * ONE_DAY
        if self.frequency == library.WEEKLY:
            first = start - (start.weekday() - self.week_start) % 7 * ONE_DAY
            return first + self._whole((since - first).days // 7) * 7 * ONE_DAY
        if self.frequency == library.YEARLY:
            return start.replace(year=start.year + self._whole(since.year - start.year), month=1, day=1)
        year, month = divmod(_months(start) + self._whole(_months(since) - _months(start)), 12)
        return start.replace(year=year, month=month + 1, day=1)

    def _whole(self, periods: int) -> int:
        return periods // self.interval * self.interval

    def is_possible(self) -> bool:
        """Whether it happens at all, `last` aside – in the last forty years of the library's calendar, because there it
        stops by itself: asked from today it would look for a 30 February until the year 9999 (2.9 s)."""
        try:
            return next(iter(self._library(self._near(_LAST_FORTY_YEARS))), None) is not None
        except ValueError:  # the library's word for hours that the interval never meets
            return False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule with the times of its days, its season (empty = all year) and its last plan day.

    `until` is the moment, if the rule names one, after which nothing begins: local, or aware where the rule gives it in
    UTC. Days `left_out` never happen, days `added` do, whatever the rule, the season and the holidays say.
    """

    rule: Rule
    minutes: tuple[int, ...]
    months: frozenset[int]
    end: date | None
    until: datetime | None = None
    left_out: frozenset[date] = frozenset()
    added: tuple[date, ...] = ()

    @property
    def hourly(self) -> bool:
        return self.rule.frequency == library.HOURLY

    @property
    def start(self) -> date:
        return self.rule.start.date()

    @property
    def until_utc(self) -> datetime | None:
        """The end that only the plan's zone can turn into one of its own times."""
        return self.until if self.until is not None and self.until.tzinfo is not None else None

    def days(self, since: date, until: date) -> Iterator[PlanDay]:
        """The plan days from `since` to `until`, both included, in order."""
        return merge(self.days_by_rule(since, until), self.days_added(since, until))

    def days_by_rule(self, since: date, until: date) -> Iterator[PlanDay]:
        """The days that the rule gives, without those that were left out, or are `added` anyhow."""
        last = until if self.end is None else min(until, self.end)
        moments = takewhile(lambda each: each.date() <= last, self.rule.moments(datetime.combine(since, MIDNIGHT)))
        single = self.left_out.union(self.added)
        for day, group in groupby(moments, datetime.date):
            if day in single or (self.months and day.month not in self.months):
                continue
            found = PlanDay(day, tuple(_minute(each) for each in group) if self.hourly else self.minutes)
            if self.until is not None and self.until_utc is None:
                found = found.until(self.until)
            if found.minutes:
                yield found

    def days_added(self, since: date, until: date) -> Iterator[PlanDay]:
        return (PlanDay(day, self.minutes) for day in self.added if since <= day <= until)


def compile_pattern(body: Mapping[str, Any]) -> Pattern:
    """The pattern of a plan's body. Raises `Invalid` with all that is wrong with its recurrence."""
    pattern, problems = try_pattern(body)
    if pattern is None:
        raise Invalid(problems)
    return pattern


def try_pattern(body: Mapping[str, Any]) -> tuple[Pattern | None, list[Problem]]:
    """The pattern of a plan's body, or what is wrong with it."""
    start, end, problems = _dates(body)
    minutes, wrong_times = _minutes(body.get("times") or ())
    # Without a start the rule cannot be aligned, but what is wrong with its words can be said at once.
    rule, wrong_rule = _rule(body, start or date(2026, 1, 1), minutes[0] if minutes else 0)
    problems += [*wrong_times, *wrong_rule]
    if rule is not None:
        problems += _times_for(rule, body.get("times") or ())
    single, wrong_days = read_single_days(body, start, end)
    problems += wrong_days
    if rule is not None and single.added and rule.frequency == library.HOURLY:
        problems.append(Problem("not_with_hourly", NOT_HOURLY, "added"))
    if rule is None or problems:
        return None, problems
    months, until = frozenset(body.get("months") or ()), _until(body)
    pattern = Pattern(rule, minutes, months, end, until, single.left_out, single.added)
    return (pattern, []) if _happens(pattern) else (None, [_never(body)])


def _until(body: Mapping[str, Any]) -> datetime | None:
    """The moment that a rule of one's own ends at, where it names a time of day."""
    if body.get("frequency") != "custom":
        return None
    until = rule_text.read(str(body.get("rrule") or ""))[0].get("UNTIL")
    return until if isinstance(until, datetime) else None


def date_of(value: Any) -> date | None:
    """A stored date (`YYYY-MM-DD`), None when there is none. Raises `ValueError`."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def minute_of_day(text: str) -> int | None:
    """Minutes after midnight of `HH:MM`; None when it is no time of day."""
    match = _TIME.fullmatch(text)
    return None if match is None else int(match[1]) * 60 + int(match[2])


@lru_cache(maxsize=4096)
def _happens(pattern: Pattern) -> bool:
    return next(pattern.days(pattern.start, pattern.start + HORIZON), None) is not None


def _never(body: Mapping[str, Any]) -> Problem:
    fields = {"weekly": "weekdays", "monthly": "month_days", "custom": "rrule"}
    return Problem("rule_never_happens", NEVER, fields.get(str(body.get("frequency")), "months"))


def _months(moment: datetime) -> int:
    return moment.year * 12 + moment.month - 1


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def _dates(body: Mapping[str, Any]) -> tuple[date | None, date | None, list[Problem]]:
    found: dict[str, date | None] = {}
    problems: list[Problem] = []
    for name in ("start_date", "end_date"):
        try:
            found[name] = date_of(body.get(name))
        except ValueError:
            problems.append(Problem("not_a_date", BAD_DATE, name))
    start, end = found.get("start_date"), found.get("end_date")
    if "start_date" in found and start is None:
        problems.append(Problem("required", NO_START, "start_date"))
    if start and not 2000 <= start.year < 2200:
        problems.append(Problem("out_of_range", BAD_YEAR, "start_date"))
        start = None
    if start and end and end < start:
        problems.append(Problem("end_before_start", END_BEFORE_START, "end_date"))
    return start, end, problems


def _minutes(times: Any) -> tuple[tuple[int, ...], list[Problem]]:
    """The times as minutes after the plan day's midnight, those after the fall back beyond 1440."""
    found: list[int] = []
    problems: list[Problem] = []
    for index, text in enumerate(times):
        minute = minute_of_day(str(text))
        if minute is None:
            problems.append(Problem("not_a_time", BAD_TIME, f"times.{index}"))
        elif minute in found:
            problems.append(Problem("duplicate_time", TIMES_DOUBLE.fill(time=text), f"times.{index}"))
        else:
            found.append(minute)
    if sum(later < earlier for earlier, later in zip(found, found[1:] + found[:1], strict=True)) > 1:
        problems.append(Problem("times_unsorted", TIMES_UNSORTED, "times"))
    return tuple(minute if minute >= found[0] else minute + 1440 for minute in found), problems


def _times_for(rule: Rule, times: Any) -> list[Problem]:
    if rule.frequency == library.HOURLY:
        return [Problem("one_time_only", ONE_TIME_HOURLY, "times")] if len(times) > 1 else []
    return [] if times else [Problem("required", NO_TIMES, "times")]


def _rule(body: Mapping[str, Any], start: date, first_minute: int) -> tuple[Rule | None, tuple[Problem, ...]]:
    frequency = str(body.get("frequency"))
    if frequency == "custom":
        return _custom(str(body.get("rrule") or ""), start, first_minute)
    if frequency not in ("daily", "weekly", "monthly"):
        return None, (Problem("not_a_choice", UNKNOWN_FREQUENCY, "frequency"),)
    interval = 1 if body.get("interval") is None else int(body["interval"])
    numbers = {"weekly": "weekdays", "monthly": "month_days"}.get(frequency)
    days = tuple(body.get(numbers) or ()) if numbers else ()
    problems = [*_wrong_interval(frequency, interval), *(_wrong_days(numbers, days) if numbers else ())]
    if problems:
        return None, tuple(problems)
    return _simple(frequency.upper(), interval, days, start), ()


def _wrong_interval(frequency: str, interval: int) -> Iterator[Problem]:
    longest = rule_text.LONGEST_INTERVAL[frequency.upper()]
    if not 1 <= interval <= longest:
        words = rule_text.OUT_OF_RANGE.fill(part=Words("间隔", "The interval"), low=1, high=longest)
        yield Problem("out_of_range", words, "interval")


def _wrong_days(name: str, days: tuple[int, ...]) -> Iterator[Problem]:
    if not days:
        yield Problem("required", NO_WEEKDAYS if name == "weekdays" else NO_MONTH_DAYS, name)
    elif name == "weekdays" and not all(1 <= each <= 7 for each in days):
        words = rule_text.OUT_OF_RANGE.fill(part=Words("星期", "A weekday"), low=1, high=7)
        yield Problem("out_of_range", words, name)
    elif name == "month_days" and not all(1 <= each <= 31 or each == -1 for each in days):
        part = Words("日期（-1 为最后一天）", "A day of the month (-1 is the last)")
        yield Problem("out_of_range", rule_text.OUT_OF_RANGE.fill(part=part, low=1, high=31), name)


@lru_cache(maxsize=4096)
def _simple(name: str, interval: int, days: tuple[int, ...], start: date) -> Rule:
    parts: dict[str, tuple[tuple[str, tuple[Any, ...]], ...]] = {
        "DAILY": (),
        "WEEKLY": (("byweekday", tuple(each - 1 for each in days)),),
        "MONTHLY": (("bymonthday", days),),
    }
    return Rule(rule_text.FREQUENCIES[name], interval, parts[name], datetime.combine(start, MIDNIGHT))


@lru_cache(maxsize=4096)
def _custom(text: str, start: date, first_minute: int) -> tuple[Rule | None, tuple[Problem, ...]]:
    parts, problems = rule_text.read(text)
    if problems:
        return None, tuple(problems)
    name = parts["FREQ"]
    moment = datetime.combine(start, MIDNIGHT) + timedelta(minutes=first_minute if name == "HOURLY" else 0)
    week_start = parts["WKST"].weekday if "WKST" in parts else library.MO.weekday
    last = _last(parts.get("UNTIL"))
    rule = Rule(rule_text.FREQUENCIES[name], parts.get("INTERVAL", 1), _parts(parts, start), moment, last, week_start)
    if not rule.is_possible():
        return None, (_never({"frequency": "custom"}),)
    return (_counted(rule, parts["COUNT"]) if "COUNT" in parts else rule), ()


def _last(until: date | datetime | None) -> datetime | None:
    """Up to when the rule is asked for days: `Pattern.until` takes off what is later on the last of them."""
    if until is None:
        return None
    if not isinstance(until, datetime):
        return datetime.combine(until, time(23, 59))
    # No zone's clock is further ahead of UTC than fourteen hours.
    return until if until.tzinfo is None else until.replace(tzinfo=None) + timedelta(hours=14)


def _counted(rule: Rule, count: int) -> Rule:
    """The count kept as an end, so that the rule need not be walked from its start for every question. It counts the
    rule's days (of an hourly rule: hours), whatever the season and the holidays leave of them, for fifty years at most.
    """
    within = takewhile(lambda each: each < rule.start + 4 * HORIZON, rule.moments(rule.start))
    counted = list(islice(within, count))
    return replace(rule, last=counted[-1] if counted else rule.start - ONE_DAY)


_LIBRARY_NAMES = {
    "BYMONTH": "bymonth",
    "BYMONTHDAY": "bymonthday",
    "BYDAY": "byweekday",
    "BYHOUR": "byhour",
    "BYSETPOS": "bysetpos",
}


def _parts(parts: Mapping[str, Any], start: date) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The rule for the library, with what it leaves to its start said aloud, because we move the start it would ask."""
    given = {theirs: parts[ours] for ours, theirs in _LIBRARY_NAMES.items() if ours in parts}
    if not {"byweekday", "bymonthday"} & given.keys():
        if parts["FREQ"] == "WEEKLY":
            given["byweekday"] = (start.weekday(),)
        if parts["FREQ"] in ("MONTHLY", "YEARLY"):
            given["bymonthday"] = (start.day,)
        if parts["FREQ"] == "YEARLY":
            given.setdefault("bymonth", (start.month,))
    return tuple(given.items())
