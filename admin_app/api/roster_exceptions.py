"""`/api/v1/rosters/{code}/exceptions`: leave, stand-ins, swaps and extra shifts on single days."""

from typing import cast

from flask import url_for
from flask_smorest import Blueprint

from admin_app.api import lists
from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.queries import Listing
from admin_app.api.records import fields_of
from admin_app.api.routes import add
from schemas.picking import picker
from schemas.rosters import ExceptionSchema
from store import directory
from store.people import exceptions, rostering
from store.people.documents import Roster
from store.words import Words

_ALL = fields_of(ExceptionSchema)
LISTING = Listing({}, {"number": "number"}, "number", _ALL, _ALL)
RULE = "/<code>/exceptions"
READ = "directory.read"


def hang(made: Blueprint) -> None:
    """Hang them on the routes of rosters."""
    words = Words("排班调整列表", "List: exceptions of a roster")
    add(made, Operation("list_roster_exceptions", "GET", RULE, READ, words, ExceptionSchema, listing=LISTING), _list)
    words = Words(
        "调整排班（请假、顶班、换班、加班）", "Change single days of a roster: leave, stand-in, swap, extra shift"
    )
    takes = Body.of("NewRosterException", exceptions.EXCEPTION)
    new = Operation(
        "create_roster_exception", "POST", RULE, Roster.WRITE, words, ExceptionSchema, 201, takes, version="honoured"
    )
    add(made, new, _create)
    words = Words("撤回排班调整（恢复周期）", "Withdraw an exception of a roster: back to the cycle")
    takes = Body.of("RosterExceptionWithdrawal", exceptions.WITHDRAWAL)
    rule = f"{RULE}/<int:number>/withdrawal"
    withdraw = Operation(
        "roster_exception_withdrawal", "POST", rule, Roster.WRITE, words, ExceptionSchema, takes=takes,
        version="honoured",
    )  # fmt: skip
    add(made, withdraw, _withdraw)


def _list(call: Call, code: str) -> Answer:
    query = lists.asked(call, LISTING)
    roster = cast("Roster", directory.get("roster", code, call.actor))
    return lists.page_of(list(roster.exceptions or ()), "number", query, ExceptionSchema)


def _create(call: Call, code: str) -> Answer:
    roster = rostering.add_exception(code, call.body, actor=call.actor, now=call.now, seen=call.seen)
    return _answer(roster, len(roster.exceptions), url_for("api_rosters.list_roster_exceptions", code=code))


def _withdraw(call: Call, code: str, number: int) -> Answer:
    reason = call.body.get("reason")
    roster = rostering.withdraw_exception(code, number, reason=reason, actor=call.actor, now=call.now, seen=call.seen)
    return _answer(roster, number)


def _answer(roster: Roster, number: int, location: str | None = None) -> Answer:
    """The exception; the version is the roster's."""
    row = roster.exceptions[number - 1]
    return Answer(picker(ExceptionSchema).dump(row), roster.version, location)
