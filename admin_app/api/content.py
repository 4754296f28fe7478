"""`/api/v1/content`: what is published, at any moment; its revisions, its draft and the verbs of publication."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import url_for
from flask_smorest import Blueprint

from admin_app.api import drafts, lists, migrations, versions
from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.queries import By, Listing, moment_in_query
from admin_app.api.routes import add, blueprint
from admin_app.api.written import Written
from schemas.content import (
    REVISION_FIELDS,
    REVISION_LISTED,
    REVISION_USUAL,
    ContentTypeSchema,
    DraftSchema,
    NewDraftSchema,
    RevisionSchema,
    read_new,
)
from store.access import require
from store.content import audience, in_force, operations, reading
from store.content.documents import Revision
from store.content.types import ContentType
from store.errors import NotFound
from store.fields.spec import Field
from store.words import Words

READ = "content.read"
AT = {"at": Words("哪一刻（默认现在）", "At which moment; now by default")}
PUBLISHED = Listing(
    filters={"code": By("code"), "estate": By("estate"), "uses": By("uses")},
    sorts={"code": "code"},
    sort="code",
    fields=REVISION_FIELDS,
    usual=REVISION_USUAL,
    extra=frozenset(AT),
)
REVISIONS = Listing(
    filters={"effective_at": By("effective_at", "moment")},
    sorts={"revision": "number"},
    sort="-revision",
    fields=REVISION_FIELDS,
    usual=REVISION_LISTED,
)
# A revision never changes, so it is written as JSON once.
REVISIONS_SHOWN = Written(RevisionSchema, in_force.bodies)
TYPES = Listing(
    {}, {"type": "type"}, "type", ("type", "label", "help", "custom", "fields_"), ("type", "label", "custom")
)


def _types(call: Call) -> Answer:
    query = lists.asked(call, TYPES)
    hidden = audience.hidden_from(call.actor)
    seen = [_type(each) for each in reading.all_types(call.now) if each.key not in hidden]
    return lists.page_of(seen, "type", query, ContentTypeSchema)


def _type(each: ContentType) -> dict[str, Any]:
    words = {"label": each.label._asdict(), "help": each.help._asdict()}
    return {"type": each.key, "custom": each.custom, **words, "fields_": [_field(field) for field in each.fields]}


def _field(field: Field) -> dict[str, Any]:
    """A field specification, empty parts left out."""
    plain: dict[str, Any] = {name: value for name, value in asdict(field).items() if value not in (None, (), False)}
    plain |= {"label": field.label._asdict()}
    if field.choices:
        plain["choices"] = [{"value": value, "label": words._asdict()} for value, words in field.choices]
    if field.fields:
        plain["fields"] = [_field(each) for each in field.fields]
    return plain


def _moment(call: Call, given: Mapping[str, str]) -> datetime:
    return moment_in_query(given["at"], "at") if "at" in given else call.now


def _published(call: Call, kind: str) -> Answer:
    """What is in force at a moment, by code."""
    reading.type_of(kind, call.now)
    audience.require_reading(call.actor, kind)
    query = lists.asked(call, PUBLISHED)
    wanted = in_force.Wanted(
        kind, call.actor.estates, query.where, query.order.descending, query.after, query.limit + 1
    )
    found = in_force.at(wanted, _moment(call, query.extra)) if "at" in query.extra else in_force.now(wanted, call.now)
    shown = found[: query.limit]
    cursor = lists.cursor_of(shown[-1].code) if len(found) > query.limit else None
    total = in_force.count(wanted, _moment(call, query.extra), lists.COUNT_CAP) if query.counted else None
    keys = [each.key for each in shown]
    seal = "\n".join([",".join(query.fields), str(cursor), str(total), *keys])
    # Revisions never change: which they are says all.
    return Answer(
        lambda: lists.enveloped(REVISIONS_SHOWN.of(keys, query.fields), cursor, total),
        tag=versions.tag_of(seal.encode()),
    )


def _one(call: Call, kind: str, code: str) -> Answer:
    reading.type_of(kind, call.now)
    audience.require_reading(call.actor, kind)
    found = reading.live_raw(kind, code, _moment(call, call.query), IDENTITY)
    if found is None:
        raise NotFound(Words("内容", "Content"), code)
    return _revision(found, call)


def _revisions(call: Call, kind: str, code: str) -> Answer:
    head = reading.get(kind, code, call.actor)
    visible = {"content": head.pk}
    collection = Revision._get_collection()
    return lists.page(call, REVISIONS, collection, visible, RevisionSchema, lambda rows, call, query: rows)


def _numbered(call: Call, kind: str, code: str, number: int) -> Answer:
    head = reading.get(kind, code, call.actor)
    query = {"content": head.pk, "number": min(number, 2**31)}
    found = Revision._get_collection().find_one(query, IDENTITY)
    if found is None:
        raise NotFound(Words("版本", "Revision"), number)
    return _revision(found, call)


# What is asked of a revision before it is shown.
IDENTITY = ("estate", "number", "code", "withdrawn")


def _revision(found: Mapping[str, Any], call: Call) -> Answer:
    estate, number = found.get("estate"), found["number"]
    if not call.actor.sees(estate):
        raise NotFound(Words("内容", "Content"), found["code"])
    require(call.actor, READ, estate)
    return Answer(lambda: REVISIONS_SHOWN.of([found["_id"]], REVISION_FIELDS)[0], number)


def _create(call: Call, kind: str) -> Answer:
    head = operations.create(kind, call.body["code"], call.body["body"], actor=call.actor, now=call.now)
    return drafts.answer(head, url_for("api_content.read_draft", kind=kind, code=head.code))


def make() -> Blueprint:
    made = blueprint("content", Words("内容", "Content"))
    to_read: list[tuple[str, str, Words, Any, Listing | None, Mapping[str, Words], Callable[..., Answer]]] = [
        ("list_content_types", "", Words("内容类型", "Types of content"), ContentTypeSchema, TYPES, {}, _types),
        (
            "list_content", "/<kind>", Words("某一刻已发布的内容", "What is published at a moment"),
            RevisionSchema, PUBLISHED, {}, _published,
        ),
        (
            "read_content", "/<kind>/<code>", Words("某一刻有效的版本", "The revision in force at a moment"),
            RevisionSchema, None, AT, _one,
        ),
        (
            "list_revisions", "/<kind>/<code>/revisions", Words("全部版本", "All revisions"),
            RevisionSchema, REVISIONS, {}, _revisions,
        ),
        (
            "read_revision", "/<kind>/<code>/revisions/<int:number>", Words("一个版本", "One revision"),
            RevisionSchema, None, {}, _numbered,
        ),
    ]  # fmt: skip
    for name, rule, words, shape, listing, query, view in to_read:
        add(made, Operation(name, "GET", rule, READ, words, shape, listing=listing, query=query), view)
    takes = Body(NewDraftSchema, read_new, required=True)
    words = Words("新建草稿", "A new draft")
    add(made, Operation("create_draft", "POST", "/<kind>", "content.write", words, DraftSchema, 201, takes), _create)
    drafts.add_to(made)
    migrations.add_to(made)
    return made
