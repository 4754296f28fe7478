"""`/api/v1/notices`: the reader's own inbox, written in his language."""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from admin_app.api import lists
from admin_app.api.operation import Answer, Call, Operation
from admin_app.api.queries import NOT_BOOLEAN, By, Listing, Query
from admin_app.api.refusals import BadQuery
from admin_app.api.routes import add, blueprint
from admin_app.shell.language import current_language
from schemas.notices import FIELDS, NoticeSchema, ReadSchema
from schemas.picking import picker
from store.errors import NotFound, Problem
from store.notices import operations
from store.notices.documents import Notice
from store.notices.readers import ReaderCache
from store.notices.rules import APP
from store.notices.texts import text_of
from store.words import Words

LISTING = Listing(
    filters={
        "estate": By("estate"),
        "urgent": By("urgent", "boolean"),
        "created_at": By("created_at", "moment"),
        "due_at": By("due_at", "moment"),
    },
    sorts={"created_at": "created_at"},
    sort="-created_at",
    fields=FIELDS,
    usual=FIELDS,
    extra=frozenset({"unread"}),
)
_WRITTEN_FROM = ("about", "estate", "recipient", "template", "params", "due_at", "channel")
NEEDS = {"subject": _WRITTEN_FROM, "body": _WRITTEN_FROM}
_PERMISSION = "inbox.read"


def _own(call: Call) -> dict[str, Any]:
    return {"recipient": call.actor.code, "channel": APP}


def _list(call: Call) -> Answer:
    query = lists.asked(call, LISTING)
    unread = query.extra.get("unread", "false")
    if unread not in ("true", "false"):
        raise BadQuery.of([Problem("not_boolean", NOT_BOOLEAN, "unread")])
    visible = {**_own(call), "read_at": None} if unread == "true" else _own(call)
    return lists.page(call, LISTING, Notice._get_collection(), visible, NoticeSchema, _written, NEEDS)


def _written(rows: Sequence[dict[str, Any]], call: Call, query: Query) -> list[dict[str, Any]]:
    if not {"subject", "body"} & set(query.fields):
        return list(rows)
    cache = ReaderCache(call.now)
    cache.load_records(row["about"] for row in rows)
    return [_with_text(row, cache) for row in rows]


def _with_text(row: dict[str, Any], cache: ReaderCache) -> dict[str, Any]:
    base_url = current_app.extensions["anju_settings"].base_url
    text = text_of(Notice._from_son(row), cache, current_language(), base_url)
    return {**row, "subject": text.subject, "body": text.body}


def _read(call: Call, key: str) -> Answer:
    found = Notice._get_collection().find_one({"_id": key, **_own(call)})
    if found is None:
        raise NotFound(Notice.LABEL, key)
    return Answer(picker(NoticeSchema).dump(_with_text(found, ReaderCache(call.now))))


def _mark(call: Call, key: str) -> Answer:
    operations.mark_read(key, actor=call.actor, now=call.now)
    return _read(call, key)


def _mark_all(call: Call) -> Answer:
    return Answer({"read": operations.mark_all_read(actor=call.actor, now=call.now)})


def make() -> Blueprint:
    made = blueprint("notices", Words("我的通知", "My notices"))
    words = Words("我的通知（unread=true 仅未读）", "My notices; unread=true for those not read")
    add(made, Operation("list_notices", "GET", "", _PERMISSION, words, NoticeSchema, listing=LISTING), _list)
    add(
        made,
        Operation("read_notice", "GET", "/<key>", _PERMISSION, Words("一条通知", "One notice"), NoticeSchema),
        _read,
    )
    words = Words("标为已读", "Mark as read")
    add(made, Operation("notice_reading", "POST", "/<key>/reading", _PERMISSION, words, NoticeSchema), _mark)
    words = Words("全部标为已读", "Mark all as read")
    add(made, Operation("notice_readings", "POST", "/readings", _PERMISSION, words, ReadSchema), _mark_all)
    return made
