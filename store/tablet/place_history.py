"""What is open at a place and what happened there: short rows for whoever stands before its code."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from store.access import permits, require
from store.actor import Actor
from store.findings import rules as findings
from store.findings.documents import Finding
from store.people.operations import Directory
from store.requests import rules as requests
from store.requests.documents import ServiceRequest
from store.tablet.listing import is_for
from store.tablet.place_codes import BUILDING
from store.tablet.places import Spot, find_place
from store.words import Words
from store.work import rules as work
from store.work.documents import WorkOrder

Raw = Mapping[str, Any]
Row = dict[str, Any]
HISTORY = timedelta(days=90)
# A point that is passed ten times a day has nine hundred visits in that time; who needs them all sits in the office.
MOST = 60
MOST_READ = 300
_SHOWN = ("number", "title", "title_en", "state", "due_at", "created_at")
_OF_ORDERS = (
    *_SHOWN, "key", "kind", "source", "assignee", "team", "department", "finished_at", "checkpoints", "route",
)  # fmt: skip
_OF_FINDINGS = (*_SHOWN, "severity", "found_at", "found_by", "closed_at")
_OF_REQUESTS = (*_SHOWN, "kind", "closed_at")
_VISITS: dict[str, Words] = {"done": Words("已到", "Was there"), "missed": Words("漏检", "Missed")}


def about_place(text: str, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """`{"place", "open", "history", "requests_shown"}`: what it is, what is open there, what was in the last 90 days,
    the newest first. Residents' requests, and the work that they made of others, only for those who may read requests.
    Raises `NotFound`, `Forbidden`."""
    require(actor, "work.do")
    directory = Directory.load()
    spot = find_place(text, actor, directory, now)
    require(actor, "work.do", spot.estate)
    whole = permits(actor, "requests.read", spot.estate)
    orders = [each for each in _read(WorkOrder, spot, now, _OF_ORDERS) if whole or _may_see(each, actor)]
    found = _read(Finding, spot, now, _OF_FINDINGS)
    asked = _read(ServiceRequest, spot, now, _OF_REQUESTS) if whole else []
    by = _Names(directory)
    history = [*_visits(orders, spot, by), *_ended_work(orders, spot, by), *_found(found, by), *_asked(asked)]
    return {
        "place": _shown(spot),
        "open": [*_open_work(orders, by), *_open_findings(found), *_open_requests(asked)],
        "history": sorted(history, key=lambda row: row["at"], reverse=True)[:MOST],
        "requests_shown": whole,
    }


def _shown(spot: Spot) -> Row:
    within = dict(spot.within._asdict()) if spot.within else None
    return {
        "code": spot.code,
        "kind": spot.kind,
        "estate": spot.estate,
        "name": dict(spot.name._asdict()),
        "place": spot.place,
        "within": within,
    }


class _Names:
    """Colleagues by name, as everybody in the house may know them."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def of(self, code: str | None) -> dict[str, str] | None:
        return (self._directory.names(code) or {"zh": self._directory.name(code)}) if code else None


def _may_see(order: Raw, actor: Actor) -> bool:
    """What a resident asked for is for those who do it."""
    return (order.get("source") or {}).get("kind") != "request" or is_for(order, actor)


def _read(document: Any, spot: Spot, now: datetime, names: Iterable[str]) -> list[Raw]:
    """The newest records of the place: those of the last days, and older ones that are still open."""
    lately = [{"created_at": {"$gte": now - HISTORY}}, {"state": {"$in": sorted(_OPEN[document])}}]
    query = {"estate": spot.estate, "$and": [{"$or": _there(document, spot)}, {"$or": lately}]}
    rows = document._get_collection().find(query, dict.fromkeys(names, 1))
    return [each for each in rows.sort("created_at", -1).limit(MOST_READ) if each.get("number") and each.get("title")]


_OPEN: Mapping[Any, frozenset[str]] = {
    WorkOrder: work.OPEN_STATES,
    Finding: findings.OPEN_STATES,
    ServiceRequest: requests.UNCLOSED,
}


def _there(document: Any, spot: Spot) -> list[dict[str, Any]]:
    """Conditions of which one is met by what is there. In a building is whatever begins with its name."""
    if spot.kind == BUILDING:
        return [{"place": _beginning_with(each)} for each in spot.names]
    there: list[dict[str, Any]] = [{"place": {"$in": list(spot.names)}}]
    if document is WorkOrder and spot.route:
        there.append({"route.code": spot.route, "checkpoints.code": spot.point})
    return there


def _beginning_with(name: str) -> re.Pattern[str]:
    """`3号楼2单元` is in `3号楼`, and `B12` is not in `B1`."""
    ends = r"(?![0-9])" if name[-1:].isdigit() else ""
    return re.compile("^" + re.escape(name) + ends)


def _row(raw: Raw, what: str, state: Words, at: datetime | None, by: dict[str, str] | None = None) -> Row:
    shown = {"what": what, "kind": raw.get("kind"), "number": raw["number"], "key": raw.get("key")}
    title = {"zh": raw["title"], "en": raw.get("title_en") or raw["title"]}
    named = {"title": title, "state": raw["state"]}
    return {**shown, **named, "state_words": dict(state._asdict()), "at": at, "by": by}


def _words(states: Mapping[str, Words], raw: Raw) -> Words:
    return states.get(raw["state"], Words(raw["state"], raw["state"]))


def _open_work(orders: Sequence[Raw], by: _Names) -> list[Row]:
    return [
        _row(each, "work", _words(work.STATES, each), each.get("due_at"), by.of(each.get("assignee")))
        for each in orders
        if each["state"] in work.OPEN_STATES
    ]


def _open_findings(rows: Sequence[Raw]) -> list[Row]:
    is_open = [each for each in rows if each["state"] in findings.OPEN_STATES]
    return [_row(each, "finding", _words(findings.STATES, each), each.get("due_at")) for each in is_open]


def _open_requests(rows: Sequence[Raw]) -> list[Row]:
    is_open = [each for each in rows if each["state"] in requests.UNCLOSED]
    return [_row(each, "request", _words(requests.STATES, each), each.get("due_at")) for each in is_open]


def _visits(orders: Sequence[Raw], spot: Spot, by: _Names) -> list[Row]:
    """Who was at the checkpoint, and when nobody was."""
    rows = []
    for each in orders:
        point = _point_of(each, spot)
        at = point and (point.get("at") or (point["closes_at"] if point.get("state") == "missed" else None))
        if point and at:
            state = "done" if point.get("state") == "done" else "missed"
            rows.append({**_row(each, "visit", _VISITS[state], at, by.of(point.get("by"))), "state": state})
    return rows


def _point_of(order: Raw, spot: Spot) -> Raw | None:
    if not spot.route or (order.get("route") or {}).get("code") != spot.route:
        return None
    return next((each for each in order.get("checkpoints") or () if each.get("code") == spot.point), None)


def _ended_work(orders: Sequence[Raw], spot: Spot, by: _Names) -> list[Row]:
    """Orders that are over; of a round that passed by, its visit stands there instead."""
    return [
        _row(each, "work", _words(work.STATES, each), each["finished_at"], by.of(each.get("assignee")))
        for each in orders
        if each.get("finished_at") and each["state"] not in work.OPEN_STATES and _point_of(each, spot) is None
    ]


def _found(rows: Sequence[Raw], by: _Names) -> list[Row]:
    return [
        _row(each, "finding", _words(findings.STATES, each), each["found_at"], by.of(each.get("found_by")))
        for each in rows
        if each.get("found_at")
    ]


def _asked(rows: Sequence[Raw]) -> list[Row]:
    return [_row(each, "request", _words(requests.STATES, each), each["created_at"]) for each in rows]
