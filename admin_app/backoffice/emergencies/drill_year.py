"""演练年历: plans × months, with the quota on the left and what is left of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from admin_app.backoffice.records.cells import title_of
from admin_app.shell.formats import day_and_time
from admin_app.shell.language import say
from store.content.reading import live_all
from store.emergencies import rules
from store.emergencies.documents import DRILL_KINDS, Drill
from store.words import Words, translated

OPEN = tuple(sorted(rules.OPEN_STATES))
MARKS = {"planned": "◌", "confirmed": "◍", "running": "◐", "held": "●", "overdue": "✕", "cancelled": "–"}
SHOWN_WORDS: dict[str, Words] = {**rules.STATES, "overdue": Words("超期未举行", "Overdue")}


class Mark(NamedTuple):
    """One drill on the year: `state` is the drill's, or `overdue`; `why` is what stands behind its date."""

    number: str
    version: int
    state: str
    mark: str
    kind: str
    day: date
    text: str
    why: str
    movable: bool


class Quota(NamedTuple):
    """How many of a kind a year demands, how many are held, and how many still have to be."""

    kind: Words
    wanted: int
    held: int

    @property
    def left(self) -> int:
        return max(self.wanted - self.held, 0)


class Row(NamedTuple):
    code: str
    name: str
    quotas: list[Quota]
    months: list[list[Mark]]


class Year(NamedTuple):
    rows: list[Row]
    counts: Mapping[str, int]
    wanted: int
    held: int


def year_of(estate: str, year: int, now: datetime, zone: ZoneInfo) -> Year:
    """Two queries: the plans in force, and the drills of the year."""
    plans = {each.code: each.body for each in live_all("emergency_plan", now) if estate in each.body["estates"]}
    drills = list(Drill.objects(estate=estate, year=year).exclude("events").order_by("planned_for"))
    codes = list(dict.fromkeys([*plans, *(each.plan["code"] for each in drills)]))
    rows = [_row(code, plans.get(code), [d for d in drills if d.plan["code"] == code], now, zone) for code in codes]
    rows = [row for row in rows if row.quotas or any(row.months)]
    marks = [mark for row in rows for month in row.months for mark in month]
    counts = {state: sum(mark.state == state for mark in marks) for state in MARKS}
    quotas = [quota for row in rows for quota in row.quotas]
    return Year(rows, counts, sum(q.wanted for q in quotas), sum(min(q.held, q.wanted) for q in quotas))


def _row(code: str, body: Mapping[str, Any] | None, drills: Sequence[Any], now: datetime, zone: ZoneInfo) -> Row:
    name = say(translated(body["name"])) if body else _old_name(code, drills)
    months: list[list[Mark]] = [[] for _ in range(12)]
    for drill in drills:
        mark = _mark(drill, now, zone)
        months[mark.day.month - 1].append(mark)
    return Row(code, name, list(_quotas(body or {}, drills)), months)


def _old_name(code: str, drills: Sequence[Any]) -> str:
    """Of a plan that is withdrawn, what its drills are called."""
    return title_of(drills[0]).partition(" · ")[0] if drills else code


def _quotas(body: Mapping[str, Any], drills: Sequence[Any]) -> Iterable[Quota]:
    for kind, words in DRILL_KINDS.items():
        wanted = int(body.get(f"{kind}_per_year") or 0)
        if wanted:
            yield Quota(words, wanted, sum(each.kind == kind and each.state == "held" for each in drills))


def _mark(drill: Any, now: datetime, zone: ZoneInfo) -> Mark:
    late = rules.is_overdue(drill.state, drill.planned_for, now)
    state = "overdue" if late else drill.state
    when = say(day_and_time(drill.planned_for, now, zone))
    kind = say(DRILL_KINDS[drill.kind])
    return Mark(
        number=drill.number,
        version=drill.version,
        state=state,
        mark=MARKS[state],
        kind=drill.kind,
        day=drill.planned_for.astimezone(zone).date(),
        text=f"{kind} · {when} · {say(SHOWN_WORDS[state])}",
        why=say(translated(drill.reason)),
        movable=drill.state in rules.MOVABLE,
    )
