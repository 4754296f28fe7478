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
    "migrate": Words("随定义迁移内容", "Entries migrated with their type"),
    "test_channel": Words("测试通知通道", "Channel tried"),
    "retry_record": Words("立即重试搁置的记录", "Record put aside tried again"),
    "account_create": Words("新建账号", "Account made"),
    "account_password": Words("重置密码", "Password reset"),
    "account_enable": Words("启用账号", "Account enabled"),
    "account_disable": Words("停用账号", "Account disabled"),
    "account_factor_reset": Words("重置两步验证", "Second factor reset"),
    "account_own_password": Words("修改自己的密码", "Own password changed"),
    "account_factor_on": Words("设置自己的两步验证", "Own second factor set up"),
    "account_factor_off": Words("停用自己的两步验证", "Own second factor turned off"),
    "account_recovery_codes": Words("生成恢复码", "Recovery codes made"),
    "account_recovery_used": Words("用恢复码登录", "Recovery code used"),
    "token_create": Words("新建令牌", "Token made"),
    "token_revoke": Words("吊销令牌", "Token revoked"),
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
    entry = entry_of(action, about, actor=actor, now=now, estate=estate, detail=detail)
    return entry.save(force_insert=True)


def entry_of(
    action: str,
    about: str,
    *,
    actor: Actor,
    now: datetime,
    estate: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """The entry as it is to be written, for whom it must stand together with something else."""
    return AuditEntry(
        at=now, actor=actor.code, actor_name=actor.name, action=action, about=about, estate=estate, detail=detail or {}
    )


def newest(actor: Actor, *, about: str | None = None, limit: int = 100) -> list[AuditEntry]:
    """The newest entries of the estates the actor may see. Raises `Forbidden`."""
    require(actor, "audit.read")
    found = AuditEntry.objects if about is None else AuditEntry.objects(about=about)
    if actor.estates is not None:
        found = found.filter(estate__in=sorted(actor.estates))
    return list(found.order_by("-at").limit(limit))
