"""`/api/v1/field/places/{place}`: what is behind a code on a wall – while there is a network; without one, the tablet
tells what it has."""

from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Call, Operation
from admin_app.api.routes import add, blueprint
from schemas.field_places import PlaceHistorySchema
from schemas.picking import picker
from store.tablet.place_history import about_place
from store.words import Words


def _place(call: Call, place: str) -> Answer:
    return Answer(picker(PlaceHistorySchema).dump(about_place(place, actor=call.actor, now=call.now)))


def make() -> Blueprint:
    made = blueprint("field_places", Words("平板：扫码看位置", "Tablets: places"))
    words = Words("位置：未完成的工作和近 90 天的记录", "A place: what is open there, and its last 90 days")
    add(made, Operation("read_field_place", "GET", "/places/<place>", "work.do", words, PlaceHistorySchema), _place)
    return made
