"""`/api/v1/field/households`: whom to call while a visitor waits at the gate. Numbers are masked until one is asked for,
and that look is logged."""

from dataclasses import asdict

from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Call, Operation
from admin_app.api.routes import add, blueprint
from schemas.directory import ContactsSchema
from schemas.field_places import GateHouseholdsSchema
from schemas.picking import picker
from store.premises.operations import call_from_gate, find_at_gate
from store.words import Words

QUERY = {"q": Words("房号、姓名、拼音或电话的一部分", "Room, name, pinyin or a part of a telephone number")}


def _find(call: Call) -> Answer:
    found = find_at_gate(call.query.get("q", ""), call.actor)
    return Answer(picker(GateHouseholdsSchema).dump({"items": [asdict(each) for each in found]}))


def _call(call: Call, household: str) -> Answer:
    return Answer(picker(ContactsSchema).dump(call_from_gate(household, call.actor, call.now)))


def make() -> Blueprint:
    made = blueprint("field_gate", Words("平板：门岗查住户", "Tablets: households at the gate"))
    words = Words("查找住户，电话打码", "Find a household; numbers are masked")
    find, shape = "find_field_households", GateHouseholdsSchema
    add(made, Operation(find, "GET", "/households", "households.find", words, shape, query=QUERY), _find)
    words = Words("查看一户的电话（留痕）", "The numbers of one household; the look is logged")
    rule, name = "/households/<household>/contact-reveals", "field_contact_reveals"
    add(made, Operation(name, "POST", rule, "households.call", words, ContactsSchema, writes=False), _call)
    return made
