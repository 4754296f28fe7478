"""The verbs of a roster's single days: an exception is entered, or withdrawn, and whose shift moves is told."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, cast

from store import directory
from store.access import require
from store.actor import Actor
from store.errors import Invalid, NotFound, Problem, RuleBroken
from store.fields.checking import clean
from store.people import duty, exceptions, moving
from store.people.documents import Roster, Staff
from store.people.moving import Clash, Move
from store.people.rules import sees
from store.versioned import Change, check_seen, commit
from store.words import Words, translated

Plan = Mapping[str, Any]

EXCEPTION_LABEL = Words("排班调整", "Exception of a roster")
OUT_OF_USE = Words("该排班已停用", "This roster is out of use")
NOT_HERE = Words("「{code}」不在该小区工作", "“{code}” does not work in this estate")
NOTHING_MOVES = Words(
    "这项调整不改变任何人今后的班次：{staff} 在这些天没有可调整的班次",
    "This changes no shift to come: {staff} has none on these days that it could move",
)
AWAY = Words("{staff} 在 {day} 请假", "{staff} is on leave on {day}")
TWICE = Words(
    "{staff} 在 {turn} 与“{roster}”的 {other} 重叠", "{staff}: {turn} overlaps {other} of the roster “{roster}”"
)
WITHDRAWN = Words("此项调整已撤回", "This exception has been withdrawn already")
OVER = Words("此项调整涉及的班次都已结束", "The shifts of this exception are over")


def add_exception(
    code: str, values: Mapping[str, Any], *, actor: Actor, now: datetime, seen: int | None = None
) -> Roster:
    """Change single days of a roster: `values` are those of `exceptions.EXCEPTION`. It counts from `now` on.

    Raises `Invalid` for somebody of another estate, on leave, or on another shift at that time; `NotFound`, `Conflict`.
    """
    roster = _writable(code, actor, seen)
    cleaned, problems = clean(exceptions.EXCEPTION, values)
    if not problems:
        problems = [*exceptions.check(cleaned), *_strangers(cleaned, roster.estate)]
    if problems:
        raise Invalid(problems)
    row = {"number": len(roster.exceptions or ()) + 1, **cleaned, "at": now, "by": actor.code, "by_name": actor.name}
    after = {**roster.plan, "exceptions": [*(roster.exceptions or ()), row]}
    moves = _moves(roster, after, row, now)
    if not moves:
        raise Invalid.one("nothing_moves", NOTHING_MOVES.fill(staff=_name(row["staff"])), "staff")
    _refuse_doubles(roster, after, moves, row)
    change = Change("add_exception", row, push={"exceptions": row}, notify=moving.intents(moves))
    return commit(roster, change, actor=actor, now=now)


def withdraw_exception(
    code: str, number: int, *, reason: str | None = None, actor: Actor, now: datetime, seen: int | None = None
) -> Roster:
    """Back to the cycle, for all shifts that are not over. Raises `RuleBroken` when none is left, `NotFound`, `Invalid`
    when somebody would be on two shifts."""
    roster = _writable(code, actor, seen)
    rows = list(roster.exceptions or ())
    if not 1 <= number <= len(rows):
        raise NotFound(EXCEPTION_LABEL, number)
    row = rows[number - 1]
    if row.get("withdrawn_at") is not None:
        raise RuleBroken("withdrawn", WITHDRAWN)
    ended = {"withdrawn_at": now, "withdrawn_by": actor.code} | ({"withdrawn_why": reason} if reason else {})
    after = {**roster.plan, "exceptions": [*rows[: number - 1], {**row, **ended}, *rows[number:]]}
    moves = _moves(roster, after, row, now)
    if not moves:
        raise RuleBroken("over", OVER)
    _refuse_doubles(roster, after, moves, row)
    fields = {f"exceptions.{number - 1}.{name}": value for name, value in ended.items()}
    detail = {"number": number, "reason": reason, "kind": row["kind"], "staff": row["staff"], "since": row["since"]}
    change = Change("withdraw_exception", detail, fields, notify=moving.intents(moves))
    return commit(roster, change, actor=actor, now=now)


def _writable(code: str, actor: Actor, seen: int | None) -> Roster:
    roster = cast("Roster", directory.get("roster", code, actor))
    require(actor, Roster.WRITE, roster.estate)
    check_seen(roster, seen)
    if roster.active is False:
        raise RuleBroken("out_of_use", OUT_OF_USE)
    return roster


def _strangers(row: Mapping[str, Any], estate: str) -> Iterator[Problem]:
    for name in ("staff", "instead"):
        person = directory.values_of("staff", row[name]) if row.get(name) else None
        if row.get(name) and (person is None or not sees(person, estate)):
            yield Problem("other_estate", NOT_HERE.fill(code=row[name]), name)


def _moves(roster: Roster, after: Plan, row: Mapping[str, Any], now: datetime) -> dict[str, Move]:
    first = date.fromisoformat(exceptions.first_day(row))
    last = date.fromisoformat(exceptions.last_day(row))
    return moving.moved(roster.plan, after, first, last, duty.local(now, roster.timezone))


def _refuse_doubles(roster: Roster, after: Plan, moves: Mapping[str, Move], row: Mapping[str, Any]) -> None:
    others = Roster.beside_it(roster.code, roster.estate)
    plans = {**{each.code: each.plan for each in others}, roster.code: after}
    away = [
        Problem("on_leave", _away(*each), _field_of(each[0], row)) for each in moving.kept_away(moves, plans.values())
    ]
    twice = [
        Problem("double_shift", _twice(each), _field_of(each.staff, row))
        for each in moving.clashes(moves, roster.code, plans)
    ]
    if away or twice:
        raise Invalid([*away, *twice])


def _field_of(staff: str, row: Mapping[str, Any]) -> str:
    return "instead" if staff == row.get("instead") else "staff"


def _away(staff: str, turn: moving.Turn) -> Words:
    return AWAY.fill(staff=_name(staff), day=turn.day.isoformat())


def _twice(clash: Clash) -> Words:
    return TWICE.fill(
        staff=_name(clash.staff), turn=clash.turn.words, other=clash.other.words, roster=_roster_name(clash.roster)
    )


def _name(staff: str) -> Words | str:
    person = Staff.objects(code=staff).only("name").first()
    return translated(person.name) if person else staff


def _roster_name(code: str) -> Words | str:
    roster = Roster.objects(code=code).only("name").first()
    return translated(roster.name) if roster and roster.name else code
