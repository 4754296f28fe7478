"""Whose shifts a change of a roster moves, and whether somebody would be in two places at once. Pure functions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from math import gcd
from typing import Any, NamedTuple

from store.calendars.wording import day_words, joined
from store.calendars.working_time import window_of
from store.people import duty
from store.people.duty import MINUTES_A_DAY, ONE_DAY, Roster
from store.people.exceptions import on_leave
from store.words import Words

# How far ahead people are told what an edit of the cycle means for them, and how much of it in one letter.
TOLD_DAYS, MOST_TOLD = 35, 12
TEMPLATE = "shift-moved"

GAINED, LOST = Words("新增：{shifts}", "Added: {shifts}"), Words("取消：{shifts}", "Cancelled: {shifts}")
MORE = Words("等 {n} 个班次", "… {n} shifts in all")
BETWEEN, BREAK = Words("、", ", "), Words("；", "; ")


class Turn(NamedTuple):
    """A shift of one person: the day on which it begins and its clock times."""

    day: date
    start: str
    end: str

    @property
    def span(self) -> tuple[int, int]:
        """Minutes on the estate's clock, from an arbitrary beginning."""
        window = window_of({"start": self.start, "end": self.end})
        first = self.day.toordinal() * MINUTES_A_DAY
        return first + window.start, first + window.end

    @property
    def words(self) -> Words:
        span = f"{self.start}–{self.end}"
        return joined((day_words(self.day), Words(span, span)), Words(" ", " "))


class Move(NamedTuple):
    """What changes for one person."""

    gained: tuple[Turn, ...]
    lost: tuple[Turn, ...]


class Clash(NamedTuple):
    """Two shifts of one person that share a minute."""

    staff: str
    turn: Turn
    roster: str
    other: Turn


def turns(roster: Roster, first: date, last: date) -> dict[str, set[Turn]]:
    """Everybody's shifts that begin on the days from `first` to `last`, as they stand now."""
    found: dict[str, set[Turn]] = {}
    for n in range((last - first).days + 1):
        day = first + n * ONE_DAY
        for shift in duty.shifts_on(roster, day):
            for staff in shift["staff"]:
                found.setdefault(staff, set()).add(Turn(day, shift["start"], shift["end"]))
    return found


def moved(before: Roster, after: Roster, first: date, last: date, now: datetime) -> dict[str, Move]:
    """By person, the shifts of these days that he gains or loses and that are not over; `now` is the estate's clock."""
    minute = _minute(now)
    old, new = turns(before, first, last), turns(after, first, last)
    found = {}
    for staff in sorted({*old, *new}):
        gained = _ahead(new.get(staff, set()) - old.get(staff, set()), minute)
        lost = _ahead(old.get(staff, set()) - new.get(staff, set()), minute)
        if gained or lost:
            found[staff] = Move(gained, lost)
    return found


def clashes(moves: Mapping[str, Move], own: str, rosters: Mapping[str, Roster]) -> Iterator[Clash]:
    """For everybody who gains a shift on the roster `own`, another one at the same time by one of these rosters, which
    are as they will be."""
    for staff, move in moves.items():
        for turn in move.gained:
            yield from _clashes_of(staff, turn, own, rosters)


def kept_away(moves: Mapping[str, Move], rosters: Iterable[Roster]) -> Iterator[tuple[str, Turn]]:
    """Who would gain a shift on a day of his leave."""
    rows = [row for roster in rosters for row in roster.get("exceptions") or ()]
    for staff, move in moves.items():
        for turn in move.gained:
            if on_leave(rows, staff, turn.day.isoformat()):
                yield staff, turn


def doubles(one: Roster, other: Roster) -> set[str]:
    """Who is on two shifts at once by two cycles, on whatever day they meet."""
    step = gcd(int(one["cycle_days"]), int(other["cycle_days"]))
    return {
        staff
        for a in one.get("shifts") or ()
        for b in other.get("shifts") or ()
        for staff in set(a["staff"]).intersection(b["staff"])
        if _meet(one, a, other, b, step)
    }


def intents(moves: Mapping[str, Move]) -> list[dict[str, Any]]:
    """Each is told of his own shifts and of nobody else's."""
    return [{"to": [staff], "template": TEMPLATE, "params": {"answer": told(move)}} for staff, move in moves.items()]


def told(move: Move) -> dict[str, str]:
    """A move in words, as a notice keeps it."""
    parts = [words.fill(shifts=_listed(turns)) for words, turns in ((LOST, move.lost), (GAINED, move.gained)) if turns]
    words = joined(parts, BREAK)
    return {"zh": words.zh, "en": words.en}


def _listed(turns: Sequence[Turn]) -> Words:
    words = joined([each.words for each in turns[:MOST_TOLD]], BETWEEN)
    return words if len(turns) <= MOST_TOLD else joined((words, MORE.fill(n=len(turns))), Words("", " "))


def _minute(now: datetime) -> int:
    passed = now.replace(tzinfo=None) - datetime.combine(now.date(), time.min)
    return now.date().toordinal() * MINUTES_A_DAY + int(passed / timedelta(minutes=1))


def _ahead(found: Iterable[Turn], minute: int) -> tuple[Turn, ...]:
    return tuple(sorted(each for each in found if each.span[1] > minute))


def _clashes_of(staff: str, turn: Turn, own: str, rosters: Mapping[str, Roster]) -> Iterator[Clash]:
    start, end = turn.span
    for code, roster in rosters.items():
        near = turns(roster, turn.day - ONE_DAY, turn.day + ONE_DAY).get(staff, set())
        for other in sorted(near):
            if (code, other) != (own, turn) and other.span[0] < end and start < other.span[1]:
                yield Clash(staff, turn, code, other)


def _meet(one: Roster, a: Mapping[str, Any], other: Roster, b: Mapping[str, Any], step: int) -> bool:
    """Whether shift `a` of one cycle ever meets shift `b` of another. The days between their beginnings are all that are
    the same as today's but for multiples of `step`."""
    apart = duty.anchor_of(one).toordinal() + a["day"] - duty.anchor_of(other).toordinal() - b["day"]
    first, second = window_of(a), window_of(b)
    for days in (-1, 0, 1):
        shifted = days * MINUTES_A_DAY
        if (apart - days) % step == 0 and first.start + shifted < second.end and second.start < first.end + shifted:
            return True
    return False
