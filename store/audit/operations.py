"""Writing and reading the audit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.access import require
from store.actor import Actor
from store.audit.documents import AuditEntry
from store.words import Words

ACTIONS: dict[str, Words] = {
    "reveal_contact": Words("查看联系方式", "Contact revealed"),
    "export": Words("导出", "Exported"),
    "import": Words("导入", "Imported"),
    "retry_record": Words("立即重试搁置的记录", "Record put aside tried again"),
}


def record(
    action: str,
    about: str,
    *,
    actor: Actor,
    now: datetime,
    estate: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Note that `actor` did `action` to `about` (`"kind:code"`). `detail` must not carry personal data."""
    entry = AuditEntry(
        at=now, actor=actor.code, actor_name=actor.name, action=action, about=about, estate=estate, detail=detail or {}
    )
    return entry.save(force_insert=True)


def newest(actor: Actor, *, about: str | None = None, limit: int = 100) -> list[AuditEntry]:
    """The newest entries of the estates the actor may see. Raises `Forbidden`."""
    require(actor, "audit.read")
    found = AuditEntry.objects if about is None else AuditEntry.objects(about=about)
    if actor.estates is not None:
        found = found.filter(estate__in=sorted(actor.estates))
    return list(found.order_by("-at").limit(limit))
