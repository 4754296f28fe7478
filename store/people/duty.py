"""Who is on duty: a roster is a cycle of days from an anchor date (clauses 2.5, 3.5, 7.3).

`roster` is any mapping with `anchor_date`, `cycle_days` and `shifts: [{"day", "start", "end", "staff"}]`. Shifts begin
on the estate's clock; one whose end is not after its start ends on the next day. A shift's last moment is the next
one's first, so nobody is on duty twice at seven.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from store.calendars.working_time import ROUND_THE_CLOCK, WorkingTime, window_of
from store.errors import Problem
from store.words import Words

Roster = Mapping[str, Any]

ONE_DAY = timedelta(days=1)
MINUTES_A_DAY = 1440

NO_ANCHOR = Words("请填写周期的起始日", "Give the first day of a cycle")
CYCLE_WRONG = Words("周期应为 1 至 366 天", "A cycle has 1 to 366 days")
NO_SHIFTS = Words("请至少填写一个班次", "Give at least one shift")
DAY_WRONG = Words("应在 0 与 {last} 之间（周期共 {days} 天）", "This must be 0 to {last}: the cycle has {days} days")
TIME_WRONG = Words("应为时刻，如 19:00", "This must be a time such as 19:00")
NOBODY = Words("班次没有人员", "The shift has nobody")
TWICE = Words("班次与第 {n} 行相同", "The shift is the same as in row {n}")
TWO_SHIFTS = Words("{staff} 的班次与第 {n} 行重叠", "{staff} is on another shift at that time (row {n})")


class Stretch(NamedTuple):
    """A shift within the cycle: minutes from the beginning of the cycle's day 0."""

    row: int
    start: int
    end: int
    staff: tuple[str, ...]


def on_duty(roster: Roster, moment_utc: datetime, timezone: str) -> list[str]:
    """The codes of the staff on duty at `moment_utc`, in the order of the roster's shifts; empty when nobody is."""
    clock = _clock(timezone)
    today = clock.local(moment_utc).date()
    found: list[str] = []
    for day in (today - ONE_DAY, today):
        for shift in shifts_on(roster, day):
            window = window_of(shift)
            if clock.instant(day, window.start) <= moment_utc < clock.instant(day, window.end):
                found += shift["staff"]
    return list(dict.fromkeys(found))


def shifts_on(roster: Roster, day: date) -> list[Mapping[str, Any]]:
    """The shifts that begin on `day`. Days before the anchor have their place in the cycle too."""
    place = (day - _anchor(roster)).days % int(roster["cycle_days"])
    return [each for each in roster.get("shifts") or () if each["day"] == place]


def shifts_of(
    roster: Roster, staff: str, since_utc: datetime, days: int, timezone: str
) -> Iterator[tuple[datetime, datetime]]:
    """Beginning and end of each shift of this person that begins on one of so many days from the day of `since_utc`."""
    clock = _clock(timezone)
    first = clock.local(since_utc).date()
    for day in (first + n * ONE_DAY for n in range(days)):
        for shift in shifts_on(roster, day):
            if staff in shift["staff"]:
                window = window_of(shift)
                yield clock.instant(day, window.start), clock.instant(day, window.end)


def empty_on(roster: Roster, day: date) -> bool:
    """Whether no shift with staff begins on `day`. Who only finishes last night's shift does not count as there."""
    return not any(each.get("staff") for each in shifts_on(roster, day))


def covered_hours(roster: Roster, since: date, until: date) -> float:
    """Hours of the estate's clock from `since`'s midnight to `until`'s with at least one person on duty."""
    minutes = 0
    last_end = 0
    stretches = (each for n in range(-1, (until - since).days) for each in _windows(roster, since, n))
    for start, end in sorted(stretches):
        start, end = max(start, last_end), min(end, (until - since).days * MINUTES_A_DAY)
        minutes += max(0, end - start)
        last_end = max(last_end, end)
    return round(minutes / 60, 2)


def check_roster(values: Roster) -> list[Problem]:
    """What is wrong with a roster: shifts outside the cycle, without staff, twice, or two at once for one person."""
    cycle, shifts = values.get("cycle_days") or 0, list(values.get("shifts") or ())
    problems = list(_check_head(values, cycle, shifts))
    rows = list(enumerate(shifts))
    wrong = [problem for row, shift in rows for problem in _check_shift(row, shift, cycle)]
    if problems or wrong:
        return [*problems, *wrong]
    return list(_check_together([_stretch(row, shift) for row, shift in rows], cycle))


@lru_cache(maxsize=256)
def _clock(timezone: str) -> WorkingTime:
    return replace(ROUND_THE_CLOCK, zone=ZoneInfo(timezone))


def _anchor(roster: Roster) -> date:
    anchor = roster["anchor_date"]
    if isinstance(anchor, datetime):
        return anchor.date()
    return anchor if isinstance(anchor, date) else date.fromisoformat(str(anchor))


def _windows(roster: Roster, since: date, n: int) -> Iterator[tuple[int, int]]:
    """The staffed shifts of the n-th day after `since`, as minutes from its midnight."""
    for shift in shifts_on(roster, since + n * ONE_DAY):
        if shift.get("staff"):
            window = window_of(shift)
            yield n * MINUTES_A_DAY + window.start, n * MINUTES_A_DAY + window.end


def _check_head(values: Roster, cycle: int, shifts: Sequence[Any]) -> Iterator[Problem]:
    try:
        _anchor(values)
    except (KeyError, ValueError):
        yield Problem("not_a_date", NO_ANCHOR, "anchor_date")
    if not 1 <= cycle <= 366:
        yield Problem("out_of_range", CYCLE_WRONG, "cycle_days")
    if not shifts:
        yield Problem("required", NO_SHIFTS, "shifts")


def _check_shift(row: int, shift: Mapping[str, Any], cycle: int) -> Iterator[Problem]:
    day = shift.get("day")
    if cycle >= 1 and (day is None or not 0 <= day < cycle):
        yield Problem("out_of_range", DAY_WRONG.fill(last=cycle - 1, days=cycle), f"shifts.{row}.day")
    for name in ("start", "end"):
        try:
            window_of({"start": shift.get(name), "end": shift.get(name)})
        except ValueError:
            yield Problem("not_a_time", TIME_WRONG, f"shifts.{row}.{name}")
    if not shift.get("staff"):
        yield Problem("shift_without_staff", NOBODY, f"shifts.{row}.staff")


def _stretch(row: int, shift: Mapping[str, Any]) -> Stretch:
    window, first = window_of(shift), shift["day"] * MINUTES_A_DAY
    return Stretch(row, first + window.start, first + window.end, tuple(shift["staff"]))


def _check_together(stretches: Sequence[Stretch], cycle: int) -> Iterator[Problem]:
    for earlier, later in combinations(stretches, 2):
        if (earlier.start, earlier.end) == (later.start, later.end):
            yield Problem("duplicate_shift", TWICE.fill(n=earlier.row + 1), f"shifts.{later.row}")
        elif _meet(earlier, later, cycle * MINUTES_A_DAY):
            for staff in later.staff:
                if staff in earlier.staff:
                    words = TWO_SHIFTS.fill(staff=staff, n=earlier.row + 1)
                    yield Problem("double_shift", words, f"shifts.{later.row}.staff")


def _meet(a: Stretch, b: Stretch, cycle: int) -> bool:
    """Whether two shifts share a minute; the last night of a cycle runs into the first morning of the next."""
    return any(a.start + turn < b.end and b.start < a.end + turn for turn in (-cycle, 0, cycle))
