"""A month of one roster as a grid: people × days, with what each has and what differs from the cycle."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from admin_app.shell.language import say
from store.calendars.wording import day_words
from store.people import duty, exceptions
from store.people.documents import Roster
from store.people.duty import MINUTES_A_DAY, Held
from store.words import Words

AWAY = Words("假", "off")
NEXT_DAY = Words("次日", "next day ")
FREE = Words("无班", "no shift")
BETWEEN = Words("、", ", ")
CHANGE = Words("{kind}：{who}，{when}", "{kind}: {who}, {when}")


class Chip(NamedTuple):
    """`short` stands in the grid, `text` is the whole of it."""

    short: str
    text: str
    night: bool


class Cell(NamedTuple):
    """One person's day; `changed` says that it differs from the cycle."""

    day: date
    chips: list[Chip]
    changed: bool
    label: str


class Row(NamedTuple):
    staff: str
    name: str
    cells: list[Cell]


class Change(NamedTuple):
    """An exception that stands, in words."""

    number: int
    text: str
    reason: str


def days_of(month: date) -> list[date]:
    """Every day of the month of `month`."""
    first = month.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return [first + timedelta(days=n) for n in range((following - first).days)]


def people_of(roster: Roster, days: Sequence[Sequence[Held]]) -> list[str]:
    """Who is in the cycle, in its order, and who has a shift, or would have had one, on these days."""
    cycle = [code for shift in roster.shifts for code in shift["staff"]]
    there = sorted({code for parts in days for each in parts for code in each.staff})
    return list(dict.fromkeys([*cycle, *there]))


def rows_of(
    roster: Roster, people: Iterable[str], days: Mapping[date, Sequence[Held]], names: Mapping[str, str]
) -> list[Row]:
    standing = [row for row in roster.exceptions or () if exceptions.stands(row)]
    return [
        Row(code, names.get(code, code), [_cell(code, names.get(code, code), day, days[day], standing) for day in days])
        for code in people
    ]


def changes_of(roster: Roster, staff: str, day: date, names: Mapping[str, str]) -> list[Change]:
    """What stands for this person on this day beside the cycle."""
    return [
        Change(row["number"], _words(row, names), row.get("reason") or "")
        for row in roster.exceptions or ()
        if exceptions.stands(row) and exceptions.concerns(row, staff, day.isoformat())
    ]


def _cell(staff: str, name: str, day: date, parts: Sequence[Held], standing: Sequence[Mapping[str, Any]]) -> Cell:
    chips = [_chip(each) for each in parts if staff in each.staff]
    changed = any(exceptions.concerns(row, staff, day.isoformat()) for row in standing)
    if exceptions.on_leave(standing, staff, day.isoformat()) and not chips:
        chips = [Chip(say(AWAY), say(exceptions.KINDS[exceptions.LEAVE]), False)]
    has = say(BETWEEN).join(each.text for each in chips) or say(FREE)
    return Cell(day, chips, changed, f"{name} · {say(day_words(day))} · {has}")


def _chip(part: Held) -> Chip:
    night = part.end > MINUTES_A_DAY
    text = f"{_time(part.start)}–{say(NEXT_DAY) if night else ''}{_time(part.end)}"
    return Chip(_time(part.start).removesuffix(":00"), text, night)


def _time(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _words(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    kind, staff = say(exceptions.KINDS[row["kind"]]), names.get(row["staff"], row["staff"])
    other = f" ↔ {names.get(row['instead'], row['instead'])}" if row.get("instead") else ""
    first = say(day_words(date.fromisoformat(row["since"])))
    last = row.get("until") or row.get("other_day")
    until = f" – {say(day_words(date.fromisoformat(last)))}" if last and last != row["since"] else ""
    span = f" {row['start']}–{row['end']}" if row.get("start") else ""
    return say(CHANGE.fill(kind=kind, who=staff + other, when=first + until + span))


def held_of(roster: Roster, days: Iterable[date], timezone: str) -> dict[date, list[Held]]:
    return {day: duty.held(roster.plan, day, timezone) for day in days}
