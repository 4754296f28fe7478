"""看板: open work by state; a card is moved by its buttons or by dragging it, which is the same verb."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import request, url_for
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.records.cells import title_of
from admin_app.backoffice.records.names import places_of_reader, staff_names
from admin_app.backoffice.records.views import OfficeView
from admin_app.backoffice.today.figures import scope_of
from admin_app.backoffice.work.pages import deadline_of, order_chips
from admin_app.shell import gate
from admin_app.shell.chips import Chip
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from store import clock
from store.actor import Actor
from store.words import Words
from store.work import operations as work
from store.work.documents import WORK_ORDER, WorkOrder
from store.work.rules import KINDS, STATES

MOST_CARDS = 60
DONE_SINCE = timedelta(hours=12)
COLUMNS = ("open", "accepted", "in_progress", "paused", "done")
# (from, to) → the verb that leads there; a verb with a form opens the order's page or asks for the reason.
MOVES: Mapping[tuple[str, str], str] = {
    ("open", "accepted"): "accept",
    ("open", "in_progress"): "start",
    ("accepted", "in_progress"): "start",
    ("paused", "in_progress"): "resume",
    ("open", "paused"): "pause",
    ("accepted", "paused"): "pause",
    ("in_progress", "paused"): "pause",
    ("open", "done"): "complete",
    ("accepted", "done"): "complete",
    ("in_progress", "done"): "complete",
}
QUICK = ("accept", "start", "resume")
HEAVY = ("events", "answers", "reminders", "checkpoints")


class Card(NamedTuple):
    number: str
    version: int
    title: str
    kind: str
    place: str
    who: str
    chips: list[Chip]
    due_at: datetime | None
    running: bool
    zone: str
    moves: dict[str, str]
    quick: list[tuple[str, Words]]
    priority: int


class BoardColumn(NamedTuple):
    state: str
    words: Words
    cards: list[Card]
    more: bool


class Board(OfficeView):
    permission = "work.read"
    title = Words("工单看板", "Work board")
    endpoint_name = "office_board"
    path = "board"
    menu_place = MenuPlace("work", 20, Words("看板", "Board"))

    @expose("/")
    def index(self) -> str:
        actor, now = current_actor(), clock.now()
        kind = request.args.get("kind", "")
        scope = dict(scope_of(actor.estates, chosen_estate()))
        if kind in KINDS:
            scope["kind"] = kind
        rows = {state: _rows(scope, state, now) for state in COLUMNS}
        names = staff_names(row.assignee for found in rows.values() for row in found)
        hands = actor if gate.permission("work.do").admits(actor) else None
        return self.render(
            "today/board.html",
            columns=[_column(state, found, names, now, hands) for state, found in rows.items()],
            kinds=KINDS,
            kind=kind,
            this_page=url_for(".index", kind=kind or None),
        )


def _rows(scope: Mapping[str, Any], state: str, now: datetime) -> list[Any]:
    query: dict[str, Any] = {**scope, "state": state}
    order = ["due_at", "pk"]
    if state == "done":
        query["finished_at"], query["due_at"] = {"$gte": now - DONE_SINCE}, {"$gte": now - timedelta(days=30)}
        order = ["-due_at"]
    found = WorkOrder.objects(__raw__=query).exclude(*HEAVY).order_by(*order).limit(MOST_CARDS + 1)
    return list(found)


def _column(state: str, rows: list[Any], names: Mapping[str, str], now: datetime, hands: Actor | None) -> BoardColumn:
    words = Words("刚完成", "Done lately") if state == "done" else STATES[state]
    cards = [_card(row, names, now, hands) for row in rows[:MOST_CARDS]]
    return BoardColumn(state, words, cards, len(rows) > MOST_CARDS)


def _card(row: Any, names: Mapping[str, str], now: datetime, hands: Actor | None) -> Card:
    """`hands` is whoever may move it; None for who only looks on."""
    allowed = work.allowed(row, hands) if hands else ()
    moves = {to: verb for (state, to), verb in MOVES.items() if state == row.state and verb in allowed}
    place = places_of_reader().get(row.estate)
    return Card(
        number=row.number,
        version=row.version,
        title=title_of(row),
        kind=say(KINDS.get(row.kind, Words(row.kind, row.kind))),
        place=row.place or "",
        who=names.get(row.assignee or "", "") or _team(row),
        chips=order_chips(row, now)[1:],
        due_at=row.due_at,
        running=deadline_of(row) is not None,
        zone=place.timezone if place else "Asia/Shanghai",
        moves=moves,
        quick=[(verb, WORK_ORDER[verb].words) for verb in QUICK if verb in allowed],
        priority=row.priority,
    )


def _team(row: Any) -> str:
    """Work of whoever is on duty is nobody's yet, and not forgotten either."""
    return say(Words("值班组 {n} 人", "team of {n}").fill(n=len(row.team))) if row.team else ""
