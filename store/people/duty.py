"""Who is on duty: a roster is a cycle of days from an anchor date (clauses 2.5, 3.5, 7.3), with exceptions.

`roster` is any mapping with `anchor_date`, `cycle_days` and `shifts: [{"day", "start", "end", "staff"}]`. Shifts begin
on the estate's clock; one whose end is not after its start ends on the next day. A shift's last moment is the next
one's first, so nobody is on duty twice at seven.

What was stays: `past` holds what an edit has replaced, and an edit counts from the moment it was made (`revised_at`) for
shifts that begin on its day (`effective_from`) or later. `exceptions` count from the moment they were entered. So a
question about a moment is answered with what was known then, today and in a year.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import combinations, pairwise
from math import ceil
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from store.calendars.working_time import ROUND_THE_CLOCK, WorkingTime, window_of
from store.errors import Problem
from store.people.exceptions import Shift, excepted
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


class Held(NamedTuple):
    """A shift, or the part of it, that these people have: minutes of the wall clock from the midnight of `day`."""

    day: date
    start: int
    end: int
    staff: tuple[str, ...]
    # The whole shift as it is written, of which this may be a part.
    shift: Shift


def on_duty(roster: Roster, moment_utc: datetime, timezone: str) -> list[str]:
    """The codes of the staff on duty at `moment_utc`, in the order of the roster's shifts; empty when nobody is."""
    clock = _clock(timezone)
    today = clock.local(moment_utc).date()
    found: list[str] = []
    for day in (today - ONE_DAY, today):
        for shift in shifts_on(roster, day, moment_utc):
            window = window_of(shift)
            if clock.instant(day, window.start) <= moment_utc < clock.instant(day, window.end):
                found += shift["staff"]
    return list(dict.fromkeys(found))


def shifts_on(roster: Roster, day: date, known_utc: datetime | None = None) -> list[Shift]:
    """The shifts that begin on `day`, as they stood at `known_utc`, or as they stand now. Days before the anchor have
    their place in the cycle too."""
    version = _in_force(roster, day, known_utc)
    if version is None:
        return []
    place = (day - anchor_of(version)).days % int(version["cycle_days"])
    shifts = [each for each in version.get("shifts") or () if each["day"] == place]
    return excepted(shifts, roster.get("exceptions") or (), day, known_utc)


def held(roster: Roster, day: date, timezone: str) -> list[Held]:
    """Who has which shift of `day`, in the order of their beginning. A shift that was changed while it ran is held in
    parts, each by those who had it then."""
    midnight = _clock(timezone).instant(day, 0)
    changes = sorted(_changes(roster, day, midnight, timezone))
    found: list[Held] = []
    for (since, known), (until, _) in pairwise([(0, midnight), *changes, (2 * MINUTES_A_DAY, midnight)]):
        for shift in shifts_on(roster, day, known):
            window = window_of(shift)
            start, end = max(window.start, since), min(window.end, until)
            if start < end:
                found.append(Held(day, start, end, tuple(shift["staff"]), shift))
    return sorted(_joined(found), key=lambda each: (each.start, each.end))


def shifts_of(
    roster: Roster, staff: str, since_utc: datetime, days: int, timezone: str
) -> Iterator[tuple[datetime, datetime]]:
    """Beginning and end of each shift of this person that begins on one of so many days from the day of `since_utc`."""
    clock = _clock(timezone)
    first = clock.local(since_utc).date()
    for day in (first + n * ONE_DAY for n in range(days)):
        for each in held(roster, day, timezone):
            if staff in each.staff:
                yield clock.instant(day, each.start), clock.instant(day, each.end)


def local(moment_utc: datetime, timezone: str) -> datetime:
    """The wall clock of the estate."""
    return _clock(timezone).local(moment_utc)


def instant(day: date, minute: int, timezone: str) -> datetime:
    """The moment at which the estate's clock shows so many minutes after the midnight of `day`."""
    return _clock(timezone).instant(day, minute)


def empty_on(roster: Roster, day: date) -> bool:
    """Whether no shift with staff begins on `day`. Who only finishes last night's shift does not count as there."""
    return not any(each.get("staff") for each in shifts_on(roster, day))


def covered_hours(roster: Roster, since: date, until: date, timezone: str) -> float:
    """Hours of the estate's clock from `since`'s midnight to `until`'s with at least one person on duty."""
    minutes = 0
    last_end = 0
    stretches = (each for n in range(-1, (until - since).days) for each in _windows(roster, since, n, timezone))
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


def anchor_of(roster: Roster) -> date:
    """A day 0 of the cycle. Raises `KeyError`, `ValueError`."""
    anchor = roster["anchor_date"]
    if isinstance(anchor, datetime):
        return anchor.date()
    return anchor if isinstance(anchor, date) else date.fromisoformat(str(anchor))


def _in_force(roster: Roster, day: date, known_utc: datetime | None) -> Roster | None:
    """The last version made by then whose first day is not after `day`; None outside its dates."""
    if not roster.get("past") and not roster.get("effective_from"):
        return roster if _within(roster, day) else None
    for version in (roster, *reversed(roster.get("past") or ())):
        made, first = version.get("revised_at"), version.get("effective_from")
        known = made is None or known_utc is None or made <= known_utc
        if known and (first is None or first <= day.isoformat()):
            return version if _within(version, day) else None
    return None


def _within(version: Roster, day: date) -> bool:
    last = version.get("effective_until")
    return last is None or day.isoformat() <= last


def _changes(roster: Roster, day: date, midnight: datetime, timezone: str) -> Iterator[tuple[int, datetime]]:
    """What was changed while shifts of `day` might run: minutes from its midnight, a begun one counted, and the moment."""
    versions = [each.get("revised_at") for each in (roster, *(roster.get("past") or ()))]
    rows = roster.get("exceptions") or ()
    moments = {*versions, *(row["at"] for row in rows), *(row.get("withdrawn_at") for row in rows)}
    for moment in moments:
        if moment and midnight < moment < midnight + 3 * ONE_DAY:
            local = _clock(timezone).local(moment).replace(tzinfo=None)
            minute = ceil((local - datetime.combine(day, time.min)).total_seconds() / 60)
            if minute < 2 * MINUTES_A_DAY:
                yield minute, moment


def _joined(parts: Sequence[Held]) -> list[Held]:
    """Parts that touch and are of the same shift and people are one."""
    found: list[Held] = []
    for part in parts:
        for n, each in enumerate(found):
            if each.end == part.start and (each.staff, each.shift) == (part.staff, part.shift):
                found[n] = each._replace(end=part.end)
                break
        else:
            found.append(part)
    return found


def _windows(roster: Roster, since: date, n: int, timezone: str) -> Iterator[tuple[int, int]]:
    """The staffed shifts of the n-th day after `since`, as minutes from its midnight."""
    for each in held(roster, since + n * ONE_DAY, timezone):
        if each.staff:
            yield n * MINUTES_A_DAY + each.start, n * MINUTES_A_DAY + each.end


def _check_head(values: Roster, cycle: int, shifts: Sequence[Any]) -> Iterator[Problem]:
    try:
        anchor_of(values)
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
