"""A work order as a tablet shows it: one shape for the bundle and for the answers to entries (`docs/tablet.md`).

Residents' words, names and numbers go only to the one who has the order.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from bson import ObjectId

from store.actor import Actor
from store.calendars.rules import ROUND_THE_CLOCK, Pause, Promised, explain
from store.deadlines.operations import calendar_of
from store.deadlines.rules import pauses_of, promised_of
from store.deadlines.rules import state as clock_state
from store.premises.documents import Household
from store.requests.documents import ServiceRequest
from store.tablet.emergencies import incident_of, said
from store.words import Words
from store.work import operations as work
from store.work.documents import WorkOrder

Raw = Mapping[str, Any]
Shown = dict[str, Any]

PLAIN = (
    "estate", "key", "version", "number", "kind", "state", "title", "title_en", "clause", "place", "priority", "assignee",
    "department", "starts_at", "due_at", "started_at", "finished_at", "route", "checklist", "diagnosis", "quote",
    "note", "reason", "source", "instructions",
)  # fmt: skip
LISTS = ("team", "checkpoints", "answers", "photos", "materials", "findings", "supplements")
FIELDS = ("id", "coming", *PLAIN, *LISTS, "clocks", "allowed_verbs", "request", "incident")
# What somebody wrote or photographed in a resident's home.
_AT_HOME = ("diagnosis", "quote", "note", "reason", "answers", "photos", "materials", "findings", "supplements")
# Of a deadline of many weeks the first lines and the last are told: a bundle carries hundreds of orders.
MOST_LINES = 12
_REQUEST = ("number", "words", "contact_name", "contact_phone", "household", "version")


def show_orders(raws: Sequence[Raw], actor: Actor, now: datetime) -> list[Shown]:
    """The orders as they are stored – without `_id`, they are still to come – for this reader. Commands: none; two
    where some of them come from requests, one where some are steps of incidents."""
    requests = requests_of(raws, actor)
    incidents = said(each for each in raws if has(each, actor))
    verbs = _Verbs(actor)
    return [_shown(raw, requests.get(_request_of(raw) or ""), incidents, verbs, now) for raw in raws]


class _Verbs:
    """What an order allows its reader; worked out once for all orders that are alike, for there are hundreds."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._known: dict[str, list[str]] = {}

    def of(self, raw: Raw) -> list[str]:
        alike = {name: raw[name] for name in work.ALLOWED_BY if raw.get(name)}
        key = repr(alike)
        if key not in self._known:
            self._known[key] = work.allowed(WorkOrder(**alike), self.actor)
        return list(self._known[key])


def has(raw: Raw, actor: Actor) -> bool:
    """Whether the order is this person's: assigned to him, or to his team and nobody has it yet."""
    assignee = raw.get("assignee")
    return bool(assignee == actor.code or (not assignee and actor.code in (raw.get("team") or ())))


def may_take(raw: Raw, actor: Actor) -> bool:
    """Whether it is open to be taken: nobody has it, and it is his department's."""
    nobody = not raw.get("assignee") and raw.get("state") == "open"
    return nobody and actor.department is not None and raw.get("department") == actor.department


def may_price(raw: Raw, actor: Actor) -> bool:
    """Whether he may have to quote for it: also what is taken without a network needs its prices."""
    return has(raw, actor) or may_take(raw, actor)


def _request_of(raw: Raw) -> str | None:
    source = raw.get("source") or {}
    return str(source["id"]) if source.get("kind") == "request" and source.get("id") else None


def _shown(raw: Raw, request: Raw | None, incidents: Mapping[str, Raw], verbs: _Verbs, now: datetime) -> Shown:
    foreign = _request_of(raw) is not None and not has(raw, verbs.actor)
    shown: Shown = {name: raw.get(name) for name in PLAIN}
    shown |= {name: list(raw.get(name) or ()) for name in LISTS}
    if foreign:
        shown |= {name: [] if name in LISTS else None for name in _AT_HOME}
    shown["id"] = str(raw["_id"]) if "_id" in raw else None
    shown["coming"] = "_id" not in raw
    shown["clocks"] = [_clock(each, now) for each in raw.get("clocks") or ()]
    shown["allowed_verbs"] = verbs.of(raw)
    shown["request"] = _facts(raw, request, whole=not foreign) if request else None
    shown["incident"] = _said(incidents.get(incident_of(raw) or ""))
    return shown


def _said(incident: Raw | None) -> Shown | None:
    """What is known of the emergency, for those who have a step of it."""
    return {name: incident.get(name) for name in ("number", "words", "started_by")} if incident else None


def _clock(clock: Raw, now: datetime) -> Shown:
    shown = {"name": clock["name"], "due_at": clock.get("due_at"), "state": clock_state(dict(clock), now)}
    return {**shown, "why": _why(clock)}


def _why(clock: Raw) -> list[dict[str, str]]:
    """How a calendar led to this moment, line by line; nothing to tell of a clock that counts every hour, or is over."""
    if not clock.get("calendar") or clock.get("stopped_at") is not None:
        return []
    lines = _explained(clock["calendar"], clock["started_at"], promised_of(clock), tuple(pauses_of(dict(clock))))
    return [{"zh": each.zh, "en": each.en} for each in lines]


@lru_cache(maxsize=8192)
def _explained(calendar: str, start: datetime, within: Promised, pauses: tuple[Pause, ...]) -> list[Words]:
    """Two milliseconds for an order that many people hold; the calendar is pinned, so the answer never changes."""
    steps = explain(start, within, calendar_of(calendar) or ROUND_THE_CLOCK, pauses)
    lines = steps if len(steps) <= MOST_LINES else [*steps[: MOST_LINES - 1], steps[-1]]
    return [each.words for each in lines]


def _facts(raw: Raw, request: Raw, *, whole: bool) -> Shown:
    """Of a repair that anybody of the department may take, the room and what decides its price only: who takes it
    without a network quotes it without one too."""
    facts: Shown = {"number": request.get("number"), "room": request.get("room")}
    facts |= {name: request.get(name) if whole else None for name in ("words", "contact_name", "contact_phone")}
    facts |= {"price_list": raw.get("price_list"), "warranty": raw.get("warranty") or None}
    facts["paid_before"] = list(raw.get("paid_before") or ())
    return facts


def requests_of(raws: Iterable[Raw], actor: Actor) -> dict[str, Raw]:
    """The requests behind these orders that the reader may know of, with their rooms, by their ids."""
    wanted = {_request_of(raw) for raw in raws if may_price(raw, actor)} - {None}
    if not wanted:
        return {}
    ids = [ObjectId(each) for each in wanted if ObjectId.is_valid(each)]
    found = list(ServiceRequest._get_collection().find({"_id": {"$in": ids}}, dict.fromkeys(_REQUEST, 1)))
    rooms = _rooms({each["household"] for each in found if each.get("household")})
    return {str(each["_id"]): {**each, "room": rooms.get(each.get("household"))} for each in found}


def _rooms(households: Iterable[str]) -> dict[Any, str]:
    codes = list(households)
    if not codes:
        return {}
    rows = Household._get_collection().find({"code": {"$in": codes}}, {"code": 1, "room": 1})
    return {row["code"]: row.get("room") or "" for row in rows}
