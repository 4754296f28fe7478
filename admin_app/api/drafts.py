"""Drafts of content: `/content/{type}/{code}/draft`, the verbs of publication, and lists of drafts under `/drafts`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from flask_smorest import Blueprint

from admin_app.api import lists
from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.queries import By, Listing, Query
from admin_app.api.records import camel
from admin_app.api.routes import add, blueprint
from schemas.content import (
    CODE,
    DRAFT_FIELDS,
    DRAFT_USUAL,
    NOTE,
    NUMBER,
    REQUIRED_NOTE,
    SCHEDULE,
    DraftSchema,
    SavedDraftSchema,
    read_saved,
)
from schemas.picking import picker
from store.content import audience, operations, reading, rules
from store.content.documents import Content
from store.fields.checking import meant
from store.fields.spec import Field
from store.words import Words

READ, WRITE, PUBLISH = "content.read", "content.write", "content.publish"
LISTING = Listing(
    filters={
        "code": By("code"),
        "estate": By("estate"),
        "state": By("state", choices=frozenset(rules.STATES)),
        "revision": By("revision", "integer"),
        "uses": By("draft_uses"),
        "publish_at": By("publish_at", "moment"),
        "changed_at": By("changed_at", "moment"),
    },
    sorts={"changed_at": "changed_at", "code": "code"},
    sort="-changed_at",
    fields=DRAFT_FIELDS,
    usual=DRAFT_USUAL,
)


class DraftVerb(NamedTuple):
    noun: str
    words: Words
    permission: str
    run: Callable[..., Content]
    fields: Sequence[Field]


VERBS = (
    DraftVerb("submission", rules.VERBS["submit"], WRITE, operations.submit, NOTE),
    DraftVerb("return", rules.VERBS["send_back"], PUBLISH, operations.send_back, REQUIRED_NOTE),
    DraftVerb("publication", rules.VERBS["publish"], PUBLISH, operations.publish, NOTE),
    DraftVerb("schedule", rules.VERBS["schedule"], PUBLISH, operations.schedule, SCHEDULE),
    DraftVerb("schedule-cancellation", rules.VERBS["cancel_schedule"], PUBLISH, operations.cancel_schedule, ()),
    DraftVerb("withdrawal", rules.VERBS["withdraw"], PUBLISH, operations.withdraw, NOTE),
)


def answer(head: Content, location: str | None = None) -> Answer:
    return Answer(picker(DraftSchema).dump(_shown(head.to_mongo().to_dict())), head.version, location)


def _shown(raw: Mapping[str, Any]) -> dict[str, Any]:
    verbs = rules.allowed_verbs(raw["state"]) if "state" in raw else []
    return {**raw, "allowed_verbs": verbs}


def _read(call: Call, kind: str, code: str) -> Answer:
    return answer(reading.get(kind, code, call.actor))


def _save(call: Call, kind: str, code: str) -> Answer:
    body, note = call.body["body"], call.body["note"]
    return answer(operations.save_draft(kind, code, body, actor=call.actor, now=call.now, seen=call.seen, note=note))


def _remove(call: Call, kind: str, code: str) -> Answer:
    operations.remove(kind, code, actor=call.actor, now=call.now, seen=call.seen)
    return Answer(None)


def _restore(call: Call, kind: str, code: str) -> Answer:
    number = call.body["number"]
    return answer(operations.restore(kind, code, number, actor=call.actor, now=call.now, seen=call.seen))


def _rename(call: Call, kind: str, code: str) -> Answer:
    new_code = call.body["code"]
    return answer(operations.rename(kind, code, new_code, actor=call.actor, now=call.now, seen=call.seen))


def _running(verb: DraftVerb) -> Callable[..., Answer]:
    def view(call: Call, kind: str, code: str) -> Answer:
        values = meant(verb.fields, call.body)
        return answer(verb.run(kind, code, **values, actor=call.actor, now=call.now, seen=call.seen))

    return view


def add_to(made: Blueprint) -> None:
    """Hang what is done with one draft on the blueprint of content."""
    here = "/<kind>/<code>/draft"
    add(made, Operation("read_draft", "GET", here, READ, Words("草稿", "The draft"), DraftSchema), _read)
    saved = Body(SavedDraftSchema, read_saved, required=True)
    words = Words("保存草稿", "Save the draft")
    save = Operation("save_draft", "PUT", here, WRITE, words, DraftSchema, takes=saved, version="demanded")
    add(made, save, _save)
    words = Words("删除从未发布的草稿", "Delete a draft that was never published")
    add(made, Operation("remove_draft", "DELETE", here, WRITE, words, None, 204, version="honoured"), _remove)
    for verb in VERBS:
        _add_verb(made, verb, _running(verb))
    _add_verb(made, DraftVerb("restoration", rules.VERBS["restore"], WRITE, operations.restore, NUMBER), _restore)
    _add_verb(made, DraftVerb("renaming", rules.VERBS["rename"], WRITE, operations.rename, CODE), _rename)


def _add_verb(made: Blueprint, verb: DraftVerb, view: Callable[..., Answer]) -> None:
    name = f"draft_{verb.noun.replace('-', '_')}"
    takes = Body.of(camel(name), verb.fields)
    rule = f"/<kind>/<code>/{verb.noun}"
    operation = Operation(name, "POST", rule, verb.permission, verb.words, DraftSchema, takes=takes, version="honoured")
    add(made, operation, view)


def _list(call: Call, kind: str) -> Answer:
    reading.type_of(kind, call.now)
    audience.require_reading(call.actor, kind)
    visible = {"type": kind, **lists.of_estates_or_none(call.actor)}
    return lists.page(call, LISTING, Content._get_collection(), visible, DraftSchema, _prepared, NEEDS)


NEEDS = {"allowed_verbs": ("state",)}


def _prepared(rows: Sequence[dict[str, Any]], call: Call, query: Query) -> list[dict[str, Any]]:
    return [_shown(row) for row in rows]


def make() -> Blueprint:
    made = blueprint("drafts", Words("草稿", "Drafts"))
    words = Words("某类型的草稿", "Drafts of a type")
    add(made, Operation("list_drafts", "GET", "/<kind>", READ, words, DraftSchema, listing=LISTING), _list)
    return made
