"""The one write of a migration: a definition and all its entries take force together, or nothing has happened.

It is the only transaction of the house. Everything else is one document and its relay (ADR 1); here many documents change
that readers see side by side (ADR 28).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from mongoengine.connection import get_db
from pymongo import UpdateOne
from pymongo.client_session import ClientSession
from pymongo.errors import BulkWriteError, DuplicateKeyError

from store.actor import Actor
from store.audit.documents import AuditEntry
from store.audit.operations import entry_of
from store.content import operations, rules
from store.content.documents import Content, Revision
from store.content.known import forget
from store.content.migration_plan import Entry, Plan
from store.content.reading import defined, type_of
from store.content.types import Body, ContentType
from store.differences import difference
from store.versioned import Change, condition, update_of

Raw = dict[str, Any]


class Overtaken(Exception):
    """Somebody has written one of the documents since they were read."""


def swap(head: Content, plan: Plan, note: str, at: datetime, actor: Actor, now: datetime) -> None:
    """Publish the plan's definition and entries as of `at`. Raises `Overtaken`."""
    number, after = head.revision + 1, defined(plan.code, plan.definition)
    updates = [_of_definition(head, plan, note, at, actor, now)]
    revisions = [_revision(head, type_of(head.type, now), plan.definition, at, now, actor, note)]
    by_definition = {"definition": f"{plan.code} v{number}"}
    for each in plan.entries:
        updates.append(_of_entry(each, after, by_definition, at, actor, now))
        if each.live is not None:
            revisions.append(_revision(each.head, after, each.live, at, now, actor, by_definition["definition"]))
    marks = [UpdateOne({"_id": _previous(each)}, {"$min": {"superseded_at": at}}) for each in revisions]
    noted = {"entries": len(plan.entries), "fields": plan.fields}
    audited = entry_of("migrate", f"{head.type}:{head.code}", actor=actor, now=now, detail=noted)
    writes = _Writes(updates, revisions, marks, audited.to_mongo().to_dict())
    with get_db().client.start_session() as session:
        session.with_transaction(lambda inner: _write(inner, writes))
    forget()
    Content.written()


class _Writes(NamedTuple):
    heads: list[UpdateOne]
    revisions: list[Raw]
    marks: list[UpdateOne]
    audited: Raw


def _write(session: ClientSession, writes: _Writes) -> None:
    heads, revisions = Content._get_collection(), Revision._get_collection()
    try:
        if heads.bulk_write(writes.heads, session=session).matched_count != len(writes.heads):
            raise Overtaken
        revisions.insert_many(writes.revisions, session=session)
        revisions.bulk_write(writes.marks, session=session)
        AuditEntry._get_collection().insert_one(dict(writes.audited), session=session)
    except (DuplicateKeyError, BulkWriteError) as error:
        if _is_transient(error):
            raise
        raise Overtaken from error


def _is_transient(error: DuplicateKeyError | BulkWriteError) -> bool:
    """The driver begins anew by itself."""
    return error.has_error_label("TransientTransactionError")


def _previous(revision: Mapping[str, Any]) -> str:
    return f"{revision['content']}:{revision['number'] - 1}"


def _revision(
    head: Content, content_type: ContentType, body: Body, at: datetime, now: datetime, by: Actor, note: str
) -> Raw:
    number = head.revision + 1
    return {
        "_id": f"{head.pk}:{number}",
        "content": head.pk,
        "type": head.type,
        "code": head.code,
        "estate": body.get("estate"),
        "number": number,
        "body": dict(body),
        "uses": rules.uses_keys(content_type, body),
        "withdrawn": False,
        "effective_at": at,
        "published_at": now,
        "by": by.code,
        "by_name": by.name,
        "note": note,
    }


def _published(head: Content, content_type: ContentType, body: Body, at: datetime) -> Raw:
    keys = rules.uses_keys(content_type, body)
    return {"withdrawn": False, "revision": head.revision + 1, "published_at": at, "live_uses": keys}


def _of_definition(head: Content, plan: Plan, note: str, at: datetime, actor: Actor, now: datetime) -> UpdateOne:
    state = "published" if head.draft == plan.definition else "changed"
    fields = {"state": state, **_published(head, type_of(head.type, now), plan.definition, at)}
    detail = {"number": head.revision + 1, "note": note, "migrated": len(plan.entries)}
    change = Change("publish", detail, fields, unset=(*operations.OF_SCHEDULE, "migrating"))
    return _update(head, change, actor, now)


def _of_entry(
    entry: Entry, after: ContentType, by: Mapping[str, Any], at: datetime, actor: Actor, now: datetime
) -> UpdateOne:
    head = entry.head
    fields = operations.draft_fields(after, head.code, entry.draft)
    if entry.live is not None:
        fields |= _published(head, after, entry.live, at)
        if head.state in ("published", "changed"):
            fields["state"] = "published" if entry.draft == entry.live else "changed"
    if entry.scheduled is not None:
        fields["scheduled.body"] = dict(entry.scheduled)
    number = {"number": head.revision + 1} if entry.live is not None else {}
    detail = {**number, **by, "changes": difference(head.draft, entry.draft)}
    return _update(head, Change("migrate", detail, fields), actor, now)


def _update(head: Content, change: Change, actor: Actor, now: datetime) -> UpdateOne:
    return UpdateOne(condition(head, actor), update_of(change, version=head.version, actor=actor, now=now))
