"""`/api/v1/content`: what is published, at any moment; its revisions, its draft and the verbs of publication."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import url_for
from flask_smorest import Blueprint

from admin_app.api import drafts, lists
from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.queries import By, Listing, Query, moment_in_query
from admin_app.api.routes import add, blueprint
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
from store.content import operations, reading
from store.content.documents import Revision
from store.content.types import ContentType
from store.errors import NotFound
from store.fields import Field
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
TYPES = Listing(
    {}, {"type": "type"}, "type", ("type", "label", "help", "custom", "fields_"), ("type", "label", "custom")
)


def _types(call: Call) -> Answer:
    query = lists.asked(call, TYPES)
    return lists.page_of([_type(each) for each in reading.all_types(call.now)], "type", query, ContentTypeSchema)


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
    """What was in force at a moment, by code."""
    reading.type_of(kind, call.now)
    query = lists.asked(call, PUBLISHED)
    found = list(Revision._get_collection().aggregate(_in_force(call, kind, query), maxTimeMS=lists.SLOW_MS))
    rows = found[: query.limit]
    cursor = lists.cursor_of(rows[-1]["code"]) if len(found) > query.limit else None
    total = _count(call, kind, query) if query.counted else None
    return lists.envelope(lists.dumper(RevisionSchema, query.fields).dump(rows, many=True), cursor, total)


def _in_force(call: Call, kind: str, query: Query) -> list[dict[str, Any]]:
    descending = query.order.descending
    known: dict[str, Any] = {"type": kind, "effective_at": {"$lte": _moment(call, query.extra)}}
    if query.after is not None:
        known["code"] = {"$lt" if descending else "$gt": str(query.after.value)}
    return [
        {"$match": known},
        {"$sort": {"code": 1, "effective_at": -1, "number": -1}},
        {"$group": {"_id": "$code", "newest": {"$first": "$$ROOT"}}},
        {"$replaceRoot": {"newRoot": "$newest"}},
        # Only now: an earlier revision must not come back because the newest is withdrawn or of another estate.
        {"$match": {"$and": [{"withdrawn": {"$ne": True}}, lists.of_estates_or_none(call.actor), *query.where]}},
        {"$sort": {"code": -1 if descending else 1}},
        {"$limit": query.limit + 1},
    ]


def _count(call: Call, kind: str, query: Query) -> int:
    everything = query._replace(after=None, limit=lists.COUNT_CAP - 1)
    stages = [*_in_force(call, kind, everything), {"$count": "n"}]
    counted = list(Revision._get_collection().aggregate(stages, maxTimeMS=lists.SLOW_MS))
    return int(counted[0]["n"]) if counted else 0


def _one(call: Call, kind: str, code: str) -> Answer:
    reading.type_of(kind, call.now)
    found = reading.live(kind, code, _moment(call, call.query))
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
    found = Revision.objects(content=head.pk, number=min(number, 2**31)).first()
    if found is None:
        raise NotFound(Words("版本", "Revision"), number)
    return _revision(found, call)


def _revision(found: Revision, call: Call) -> Answer:
    if not call.actor.sees(found.estate):
        raise NotFound(Words("内容", "Content"), found.code)
    require(call.actor, READ, found.estate)
    return Answer(lists.dumper(RevisionSchema).dump(found.to_mongo().to_dict()), found.number)


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
    return made
