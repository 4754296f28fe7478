"""`/content/content_type/{code}/migration`: entries follow the definition of their type, after a look at every change."""

from collections.abc import Sequence
from typing import Any

from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.routes import add
from schemas.migration import MigrationOrderSchema, MigrationSchema, read_order
from store.access import require
from store.content import migration, reading
from store.content.documents import Content
from store.content.migration_plan import Entry, Plan
from store.words import Words

HERE = "/content_type/<code>/migration"
MOST_SHOWN = 200


def _migrate(call: Call, code: str) -> Answer:
    fills, after = call.body["fills"], call.body["after"]
    if call.body["dry_run"]:
        plan = migration.preview(code, fills, actor=call.actor, now=call.now)
        head = reading.get(migration.KIND, code, call.actor)
        return Answer(
            MigrationSchema().dump({**_of_plan(plan, after), **_of_head(head), "dry_run": True}), head.version
        )
    note = call.body["note"]
    head = migration.migrate(code, fills, actor=call.actor, now=call.now, seen=call.seen, note=note)
    return Answer(MigrationSchema().dump({**_of_head(head), "dry_run": False}), head.version)


def _of_plan(plan: Plan, after: str) -> dict[str, Any]:
    left = [each for each in plan.entries if each.head.code > after]
    shown = left[:MOST_SHOWN]
    return {
        "entries": len(plan.entries),
        "refused": len(plan.refused),
        "needs": [each.name for each in plan.needs],
        "changes": _shown(shown),
        "next": shown[-1].head.code if len(left) > MOST_SHOWN else None,
    }


def _shown(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        {
            "code": each.head.code,
            "name": each.name._asdict(),
            "estate": each.head.estate,
            "changes": [change._asdict() for change in each.changes],
            "problems": [{"field": p.field, "code": p.code, "words": p.words._asdict()} for p in each.problems],
        }
        for each in entries
    ]


def _of_head(head: Content) -> dict[str, Any]:
    return {"revision": head.revision, "running": dict(head.migrating) if head.migrating else None}


def _read(call: Call, code: str) -> Answer:
    head = reading.get(migration.KIND, code, call.actor)
    require(call.actor, "content.read", head.estate)
    return Answer(MigrationSchema().dump({**_of_head(head), "dry_run": True}), head.version)


def add_to(made: Blueprint) -> None:
    """Hang the migration on the blueprint of content."""
    takes = Body(MigrationOrderSchema, read_order, required=False)
    words = Words("预览或执行内容迁移", "Preview or carry out a migration of entries")
    order = Operation(
        "migrate_content", "POST", HERE, "content.publish", words, MigrationSchema, takes=takes, version="honoured"
    )
    add(made, order, _migrate)
    progress = Words("内容迁移的进度", "How far a migration is")
    add(made, Operation("read_migration", "GET", HERE, "content.read", progress, MigrationSchema), _read)
