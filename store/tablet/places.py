"""The place that a code names: a checkpoint of a route, a building, a home. Only of estates that the reader may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.actor import Actor
from store.content.current import Current
from store.errors import NotFound
from store.people.operations import Directory
from store.premises.documents import Building, Unit
from store.premises.rooms import as_room
from store.tablet.place_codes import BUILDING, CHECKPOINT, UNIT, building_code, checkpoint_code, read_code, unit_code
from store.words import Words, translated

Raw = Mapping[str, Any]
PLACE = Words("位置", "Place")
ROUTE = "route"


@dataclass(frozen=True)
class Spot:
    """`place` is what a report calls it, `names` is what records may call it."""

    code: str
    kind: str
    estate: str
    name: Words
    place: str
    within: Words | None
    names: tuple[str, ...]
    route: str | None = None
    point: str | None = None


def find_place(text: str, actor: Actor, directory: Directory, now: datetime) -> Spot:
    """The place of a printed code, or of what somebody typed: a room, a building, a checkpoint's code. Raises
    `NotFound`, for a foreign estate's too."""
    asked = read_code(text)
    estates = directory.estates_of(actor)
    found = _BY_KIND[asked.kind](asked.parts, estates, now) if asked else None
    if found is None:
        raise NotFound(PLACE, text)
    return found


def _unit(parts: Sequence[str], estates: Sequence[str], now: datetime) -> Spot | None:
    estate, room = parts
    return _unit_in([estate] if estate in estates else [], room)


def _unit_in(estates: Sequence[str], room: str) -> Spot | None:
    found = Unit._get_collection().find_one(_here(estates, room=as_room(room)), {"events": 0})
    if found is None:
        return None
    building = Building._get_collection().find_one({"code": found.get("building")}, {"name": 1})
    room = found["room"]
    names = tuple(dict.fromkeys(filter(None, (room, found.get("as_written")))))
    within = translated(building["name"]) if building else None
    return Spot(unit_code(found["estate"], room), UNIT, found["estate"], Words(room, room), room, within, names)


def _building(parts: Sequence[str], estates: Sequence[str], now: datetime) -> Spot | None:
    [code] = parts
    return _building_by(_here(estates, code=code))


def _building_by(query: Mapping[str, Any]) -> Spot | None:
    found = Building._get_collection().find_one(query, {"events": 0})
    if found is None:
        return None
    name = translated(found["name"])
    code, estate = found["code"], found["estate"]
    return Spot(building_code(code), BUILDING, estate, name, name.zh, None, tuple(dict.fromkeys(name)))


def _checkpoint(parts: Sequence[str], estates: Sequence[str], now: datetime) -> Spot | None:
    route, code = parts
    return _checkpoint_of(estates, now, lambda head, point: head == route and point == code)


def _checkpoint_of(estates: Sequence[str], now: datetime, is_it: Callable[[str, str], bool]) -> Spot | None:
    current = Current((ROUTE,), estates)
    for head in current.of(ROUTE):
        revision = current.find(ROUTE, head.code, now) if head.estate in estates else None
        body = revision.body if revision else {}
        for point in body.get("checkpoints") or ():
            if is_it(head.code, str(point.get("code"))):
                return _point(head.code, head.estate, translated(body.get("name")), point)
    return None


def _point(route: str, estate: str, route_name: Words, point: Raw) -> Spot:
    name, where = translated(point.get("name")), point.get("place") or ""
    whole = Words(*(" · ".join(filter(None, (each, where))) for each in name))
    names = tuple(dict.fromkeys(filter(None, (where, *name, *whole))))
    code = str(point["code"])
    shown = checkpoint_code(route, code)
    return Spot(shown, CHECKPOINT, estate, whole, whole.zh, route_name, names, route=route, point=code)


def _typed(parts: Sequence[str], estates: Sequence[str], now: datetime) -> Spot | None:
    """What is written below the code, or what people call it: a room, a building, a checkpoint."""
    [text] = parts
    called = {"$or": [{"code": text.lower()}, {"name.zh": text}, {"name.en": text}]}
    wanted = text.lower()
    return (
        _unit_in(estates, text)
        or _building_by({**_here(estates), **called})
        or _checkpoint_of(estates, now, lambda route, point: point.lower() == wanted)
    )


def _here(estates: Sequence[str], **values: str) -> dict[str, Any]:
    return {"estate": {"$in": list(estates)}, "active": {"$ne": False}, **values}


_BY_KIND: Mapping[str | None, Callable[[Sequence[str], Sequence[str], datetime], Spot | None]] = {
    CHECKPOINT: _checkpoint,
    BUILDING: _building,
    UNIT: _unit,
    None: _typed,
}
