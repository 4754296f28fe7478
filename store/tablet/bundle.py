"""What a tablet needs to work a day without a network, and what has changed of it since.

The server keeps, for each person on each tablet, marks of what was sent last. The next answer is the difference between
them and the list as it is now, so that orders which left it by time, by a new plan or by a change of people are *gone*
as surely as those that somebody changed. No clock and no order of writes is believed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import uuid4

import orjson

from store.access import permits, require
from store.actor import Actor
from store.content.current import Current, pinned_bodies
from store.content.documents import Revision
from store.devices.documents import SentList
from store.devices.operations import list_key
from store.people.operations import Directory
from store.plans import floor_plans
from store.tablet import emergencies, listing, showing
from store.tablet.attendance import attendance_of
from store.tablet.handover import unread
from store.tablet.showing import Raw, Shown

Name = tuple[str, str]
# Raised when an order or another part is shown in another shape: what tablets hold is then sent anew.
SHAPE = 5
HAZARD = "hazard"
# Permissions of which the tablet asks whether to offer what they allow.
OFFERED = ("households.find", "households.call")
# What is sent as a whole, and null where nothing of it has changed.
PARTS = ("person", "colleagues", "places", "hazards", "plans", "calls", "handovers", "attendance", "floor_plans")


@dataclass
class State:
    """All that the tablet should hold now: the mark of each order, what is shown of the rest."""

    marks: dict[Name, str]
    ids: dict[Name, Any]
    to_come: dict[Name, Shown]
    parts: dict[str, Any]
    # kind → the revisions that these orders run under
    pins: dict[str, set[tuple[str, int]]]


def bundle(
    device: str, actor: Actor, *, now: datetime, after: str | None = None, push_key: str | None = None
) -> dict[str, Any]:
    """The whole for a tablet without a cursor, or with one that is not known any more; else what differs. Raises
    `Forbidden`."""
    require(actor, "work.do")
    state = _state(actor, now)
    kept = SentList._get_collection().find_one({"_id": list_key(device, actor.code)})
    base = _base(kept, after)
    if base is not None and base["parts"].get("person") != _mark(state.parts["person"]):
        base = None  # other estates, another department: it is another list
    changed = _changed(state, base)
    orders = [*_read(state, changed, actor, now), *(state.to_come[name] for name in changed if name in state.to_come)]
    answer = _answer(state, base, orders, now)
    answer["push_key"] = push_key
    answer["cursor"] = _keep(device, actor, state, base, answer, now)
    return answer


def _state(actor: Actor, now: datetime) -> State:
    directory = Directory.load()
    estates = directory.estates_of(actor)
    current = Current((*listing.PLANNED, HAZARD, emergencies.PLAN, floor_plans.KIND), estates)
    stored = listing.stored(actor, estates, now)
    requests = showing.requests_of(stored, actor)
    planned = showing.show_orders(listing.to_come(actor, estates, current, directory, now), actor, now)
    to_come = {_name(each): each for each in planned}
    marks = {_name(each): _mark_of(each, requests) for each in stored}
    return State(
        marks={**{name: _mark(_steady(each)) for name, each in to_come.items()}, **marks},
        ids={_name(each): each["_id"] for each in stored},
        to_come=to_come,
        parts=_parts(actor, estates, current, directory, now),
        pins={
            "checklist": _pins([*stored, *planned], "checklist"),
            "price_list": _pins([each for each in stored if showing.may_price(each, actor)], "price_list"),
        },
    )


def _name(raw: Raw) -> Name:
    return raw["estate"], raw["key"]


def _pins(raws: Sequence[Raw], name: str) -> set[tuple[str, int]]:
    return {(str(each[name]["code"]), int(each[name]["revision"])) for each in raws if each.get(name)}


def _mark_of(raw: Raw, requests: Mapping[str, Raw]) -> str:
    """A stored order changes with its version, and with the request whose facts are shown beside it."""
    request = requests.get(str((raw.get("source") or {}).get("id")))
    return str(raw["version"]) if request is None else f"{raw['version']}.{request['version']}"


def _steady(shown: Shown) -> Shown:
    """Without what only the passing of time changes: a tablet has a clock of its own."""
    clocks = [{**each, "state": None} for each in shown["clocks"]]
    return {**shown, "clocks": clocks}


def _mark(value: Any) -> str:
    return blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()


def _base(kept: Mapping[str, Any] | None, after: str | None) -> Mapping[str, Any] | None:
    """What the tablet says that it holds, if we still know what that was."""
    known = [kept.get("now"), kept.get("before")] if kept else []
    return next((each for each in known if each and after and _is_known(each, after)), None)


def _is_known(sent: Mapping[str, Any], after: str) -> bool:
    return bool(sent["cursor"] == after and sent.get("shape") == SHAPE)


def _changed(state: State, base: Mapping[str, Any] | None) -> list[Name]:
    had = {} if base is None else {(estate, key): mark for estate, key, mark in base["orders"]}
    return [name for name, mark in state.marks.items() if had.get(name) != mark]


def _read(state: State, names: Sequence[Name], actor: Actor, now: datetime) -> list[Shown]:
    raws = listing.whole([state.ids[name] for name in names if name in state.ids])
    return showing.show_orders(raws, actor, now)


def _parts(
    actor: Actor, estates: Sequence[str], current: Current, directory: Directory, now: datetime
) -> dict[str, Any]:
    hazards = [current.find(HAZARD, each.code, now) for each in current.of(HAZARD)]
    return {
        "person": {
            "code": actor.code,
            "name": directory.names(actor.code) or actor.name,
            "department": actor.department,
            "roles": sorted(actor.roles),
            "estates": [directory.estate(each) for each in estates],
            "may": [each for each in OFFERED if permits(actor, each)],
        },
        "colleagues": [each for each in directory.workers(estates) if each["code"] != actor.code],
        "places": listing.places(estates),
        "hazards": [_hazard(each) for each in hazards if each],
        "plans": emergencies.plans(estates, current, now),
        "calls": emergencies.calls(actor, directory, now),
        "handovers": unread(actor, estates, directory, now),
        "attendance": attendance_of(actor, estates, directory, now),
        "floor_plans": _floor_plans(current, now),
    }


def _floor_plans(current: Current, now: datetime) -> list[dict[str, Any]]:
    """The pictures come by their hashes, one by one and once."""
    found = [current.find(floor_plans.KIND, each.code, now) for each in current.of(floor_plans.KIND)]
    return [each._asdict() for each in floor_plans.in_force([each for each in found if each])]


def _hazard(revision: Revision) -> dict[str, Any]:
    shown = {"code": revision.code, "name": dict(revision.body["name"])}
    return {**shown, "severity": revision.body.get("severity") or "normal"}


def _answer(state: State, base: Mapping[str, Any] | None, orders: list[Shown], now: datetime) -> dict[str, Any]:
    known = set(base["pinned"]) if base else set()
    had = {(estate, key) for estate, key, _ in base["orders"]} if base else set()
    parts = base["parts"] if base else {}
    answer: dict[str, Any] = {
        "full": base is None,
        "server_time": now,
        "keep_days": listing.KEEP_DAYS,
        "orders": orders,
        "gone": [list(name) for name in sorted(had - set(state.marks))],
        "checklists": _pinned("checklist", state, known, "items"),
        "price_lists": _pinned("price_list", state, known, "lines"),
    }
    return answer | {name: None if parts.get(name) == _mark(value) else value for name, value in state.parts.items()}


def _pinned(kind: str, state: State, known: set[str], rows: str) -> list[dict[str, Any]]:
    bodies = pinned_bodies(kind, {each for each in state.pins[kind] if _text(kind, each) not in known})
    return [
        {"code": code, "revision": number, "name": body.get("name"), rows: list(body.get(rows) or ())}
        for (code, number), body in sorted(bodies.items())
    ]


def _text(kind: str, pin: tuple[str, int]) -> str:
    return f"{kind}:{pin[0]}:{pin[1]}"


def _keep(device: str, actor: Actor, state: State, base: Mapping[str, Any] | None, answer: Raw, now: datetime) -> str:
    """Remember what was sent; nothing is written when there was nothing to send."""
    if base is not None and _is_empty(answer):
        return str(base["cursor"])
    sent = {
        "cursor": uuid4().hex,
        "shape": SHAPE,
        "orders": [[*name, mark] for name, mark in state.marks.items()],
        "parts": {name: _mark(value) for name, value in state.parts.items()},
        "pinned": sorted(_text(kind, each) for kind, pins in state.pins.items() for each in pins),
    }
    document = {"_id": list_key(device, actor.code), "now": sent, "at": now}
    # What the tablet has just shown to hold is kept too: if this answer is lost, it asks with that again.
    if base is not None:
        document["before"] = dict(base)
    SentList._get_collection().replace_one({"_id": document["_id"]}, document, upsert=True)
    return str(sent["cursor"])


def _is_empty(answer: Raw) -> bool:
    lists = ("orders", "gone", "checklists", "price_lists")
    return not any(answer[name] for name in lists) and all(answer[name] is None for name in PARTS)
