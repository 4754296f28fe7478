"""The directory: estates, buildings, units, households, departments, staff and rosters, all by the same routes."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import url_for
from flask_smorest import Blueprint

from admin_app.api import lists, roster_exceptions, stays
from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.personal import masked, refuse_masked
from admin_app.api.queries import By, Listing, Query
from admin_app.api.refusals import BadQuery
from admin_app.api.routes import add, blueprint
from schemas.directory import ContactsSchema, entry_shape, new_shape, read_new, read_saved, saved_shape
from schemas.picking import picker
from store import directory
from store.access import require
from store.actor import Actor
from store.directory import DirectoryEntry
from store.errors import Problem
from store.fields.kinds import kind_of
from store.fields.spec import Field
from store.premises.operations import find_households, reveal_contact
from store.words import Words

# kind → the word in addresses
PLURALS = {
    "estate": "estates",
    "building": "buildings",
    "unit": "units",
    "household": "households",
    "department": "departments",
    "staff": "staff",
    "roster": "rosters",
    "channel": "channels",
}
_ONLY_ALONE = Words("q 不能与其他条件同用", "q stands alone")


def read_permission(kind: str) -> str:
    return "households.read" if kind == "household" else "directory.read"


def _listing(kind: type[DirectoryEntry]) -> Listing:
    filters = {"code": By("code"), "active": By("active", "boolean"), "changed_at": By("changed_at", "moment")}
    filters |= {each.name: _by(each) for each in kind.FIELDS if _can_filter(each)}
    fields = tuple(entry_shape(kind.KIND)._declared_fields)
    extra = frozenset({"q"}) if kind.KIND == "household" else frozenset()
    sorts = {"code": "code", "changed_at": "changed_at"}
    return Listing(filters, sorts, "code", fields, fields, extra)


def _can_filter(field: Field) -> bool:
    return bool(kind_of(field).filtered_as) and not field.personal and not field.translated


def _by(field: Field) -> By:
    return By(field.name, kind_of(field).filtered_as, frozenset(value for value, _ in field.choices))


def visible(kind: str, actor: Actor) -> dict[str, Any]:
    """As `store.directory.get` decides for one entry: what belongs to no estate is everybody's."""
    if kind == "estate":
        return lists.of_estates(actor, "code")
    if kind == "staff" and actor.estates is not None:
        return {"$or": [lists.of_estates(actor, "estates"), {"estates": {"$in": [None, []]}}]}
    return lists.of_estates_or_none(actor) if kind not in ("staff", "department") else {}


def answer(entry: DirectoryEntry, actor: Actor, location: str | None = None) -> Answer:
    shown = masked(entry.to_mongo().to_dict(), type(entry), actor, one=True)
    return Answer(picker(entry_shape(type(entry).KIND)).dump(shown), entry.version, location)


def _list(kind: type[DirectoryEntry], listing: Listing, call: Call) -> Answer:
    query = lists.asked(call, listing)
    if "q" in query.extra:
        return _searched(call, query)

    def prepare(rows: Sequence[dict[str, Any]], call: Call, query: Query) -> list[dict[str, Any]]:
        return [masked(row, kind, call.actor, one=False) for row in rows]

    seen = visible(kind.KIND, call.actor)
    return lists.page(call, listing, kind._get_collection(), seen, entry_shape(kind.KIND), prepare)


def _searched(call: Call, query: Query) -> Answer:
    """Households by room, telephone or name, best first; one page."""
    if query.where or query.after or query.counted:
        raise BadQuery.of([Problem("only_alone", _ONLY_ALONE, "q")])
    found = find_households(query.extra["q"], call.actor, call.now, query.limit)
    rows = [{**each.__dict__, "active": True} for each in found]
    shape = entry_shape("household")
    return lists.envelope(picker(shape, query.fields).dump(rows, many=True), None)


def _read(kind: str, call: Call, code: str) -> Answer:
    entry = directory.get(kind, code, call.actor)
    return answer(entry, call.actor)


def _create(kind: str, call: Call) -> Answer:
    values = call.body["values"]
    refuse_masked(values)
    entry = directory.create(kind, call.body["code"], values, actor=call.actor, now=call.now)
    location = url_for(f"api_{PLURALS[kind]}.read_{kind}", code=entry.code)
    return answer(entry, call.actor, location)


def _save(kind: str, call: Call, code: str) -> Answer:
    values = call.body["values"]
    refuse_masked(values)
    entry = directory.update(kind, code, values, actor=call.actor, now=call.now, seen=call.seen)
    return answer(entry, call.actor)


def _set_active(kind: str, active: bool, call: Call, code: str) -> Answer:
    entry = directory.set_active(kind, code, active, actor=call.actor, now=call.now, seen=call.seen)
    return answer(entry, call.actor)


def _reveal(call: Call, code: str) -> Answer:
    members = reveal_contact(code, call.actor, call.now)
    entry = directory.get("household", code, call.actor)
    require(call.actor, "households.reveal", entry.estate)
    return Answer(picker(ContactsSchema).dump({"members": members, "note": entry.note}))


def make(kind_name: str) -> Blueprint:
    kind = directory.kinds()[kind_name]
    made = blueprint(PLURALS[kind_name], kind.LABEL)
    shape, label = entry_shape(kind.KIND), kind.LABEL
    read, write = read_permission(kind_name), kind.WRITE
    listing = _listing(kind)

    def hang(
        name: str, method: str, rule: str, permission: str, words: Words, view: Callable[..., Any], **rest: Any
    ) -> None:
        add(made, Operation(name, method, rule, permission, words.fill(what=label), shape, **rest), view)

    hang(f"list_{PLURALS[kind_name]}", "GET", "", read, _LIST, partial(_list, kind, listing), listing=listing)
    hang(f"read_{kind_name}", "GET", "/<code>", read, _ONE, partial(_read, kind_name))
    new = Body(new_shape(kind.KIND), read_new, required=True)
    hang(f"create_{kind_name}", "POST", "", write, _NEW, partial(_create, kind_name), status=201, takes=new)
    saved = Body(saved_shape(kind.KIND), read_saved, required=True)
    save = partial(_save, kind_name)
    hang(f"save_{kind_name}", "PUT", "/<code>", write, _SAVE, save, takes=saved, version="demanded")
    for noun, active, words in (("deactivation", False, _OFF), ("activation", True, _ON)):
        view = partial(_set_active, kind_name, active)
        hang(f"{kind_name}_{noun}", "POST", f"/<code>/{noun}", write, words, view, version="honoured")
    if kind_name == "household":
        _add_reveal(made)
        stays.hang(made, shape, lambda home, call: answer(home, call.actor))
    if kind_name == "roster":
        roster_exceptions.hang(made)
    return made


_LIST = Words("{what}列表", "List: {what}")
_ONE = Words("{what}详情", "One of: {what}")
_NEW = Words("新建{what}", "New: {what}")
_SAVE = Words("保存{what}（整体替换）", "Save: {what} (replaces all that a person writes)")
_OFF = Words("停用{what}", "Put out of use: {what}")
_ON = Words("启用{what}", "Put back into use: {what}")


def _add_reveal(made: Blueprint) -> None:
    words = Words("查看联系方式（留痕）", "Look at the contacts; the look is logged")
    rule = "/<code>/contact-reveals"
    operation = Operation(
        "household_contact_reveals", "POST", rule, "households.reveal", words, ContactsSchema, writes=False
    )
    add(made, operation, _reveal)
