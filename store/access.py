"""Who may do what: one table, asked by every verb and every screen. What is not in the table is refused."""

from collections.abc import Iterable

from store.actor import Actor
from store.errors import Forbidden, NotFound
from store.words import Words

ROLES: dict[str, Words] = {
    "administrator": Words("系统管理员", "Administrator"),
    "manager": Words("项目经理", "Manager"),
    "supervisor": Words("主管", "Supervisor"),
    "desk": Words("前台客服", "Service desk"),
    "field": Words("一线员工", "Field staff"),
    "gate": Words("门岗", "Gate"),
    "auditor": Words("审计（只读）", "Read-only auditor"),
}

_ALL = frozenset(ROLES)
_OFFICE = frozenset({"administrator", "manager", "supervisor", "desk", "auditor"})
_LEADS = frozenset({"administrator", "manager", "supervisor"})
_MANAGERS = frozenset({"administrator", "manager"})
_DESK = _LEADS | {"desk"}
_WORKERS = _DESK | {"field", "gate"}

PERMISSIONS: dict[str, frozenset[str]] = {
    "today.read": _OFFICE,
    "content.read": _OFFICE,
    "content.write": _LEADS,
    "content.publish": _MANAGERS,
    "directory.read": _OFFICE,
    "directory.write": _MANAGERS,
    "households.read": _OFFICE,
    "households.write": _DESK,
    "households.reveal": _DESK,
    # At the gate somebody is to be called while his visitor waits: one household at a time, and no list of them.
    "households.find": _OFFICE | {"gate"},
    "households.call": _DESK | {"gate"},
    "people.write": _MANAGERS,
    "requests.read": _OFFICE,
    "requests.write": _DESK,
    "requests.close": _DESK,
    "requests.charge": _MANAGERS,
    "work.read": _ALL,
    "work.do": _WORKERS,
    "work.dispatch": _DESK,
    "work.cancel": _LEADS,
    "plans.run": _LEADS,
    "findings.read": _ALL,
    "findings.report": _WORKERS,
    "findings.write": _LEADS,
    "drills.read": _OFFICE,
    "drills.write": _LEADS,
    "lost_property.read": _OFFICE,
    "lost_property.write": _DESK,
    "trainings.read": _OFFICE,
    "trainings.write": _LEADS,
    # Whoever sees it first starts it, and everybody who has a step sees how the others stand.
    "incidents.read": _ALL,
    "incidents.start": _WORKERS,
    "incidents.close": _LEADS,
    "incidents.force": _MANAGERS,
    "notices.read": _OFFICE,
    "notices.resend": _LEADS,
    "inbox.read": _ALL,
    "transfer.export": _LEADS | {"auditor"},
    "transfer.import": _MANAGERS,
    "jobs.read": frozenset({"administrator", "manager", "auditor"}),
    "jobs.write": frozenset({"administrator"}),
    "audit.read": frozenset({"administrator", "manager", "auditor"}),
    "accounts.write": frozenset({"administrator"}),
    "devices.read": _LEADS | {"auditor"},
    "devices.write": _LEADS,
    "saved_filters.write": _OFFICE,
}


def permits(actor: Actor, permission: str, estate: str | None = None) -> bool:
    """Whether one of the actor's roles has the permission and the estate is one of his."""
    if "system" in actor.roles:
        return True
    return bool(actor.roles & PERMISSIONS[permission]) and actor.sees(estate)


def holds(actor: Actor, roles: Iterable[str]) -> bool:
    """Whether the actor has every permission of these roles himself: what he has not, he neither gives nor takes away."""
    if "system" in actor.roles:
        return True
    return _permissions_of(roles) <= _permissions_of(actor.roles)


def _permissions_of(roles: Iterable[str]) -> frozenset[str]:
    wanted = frozenset(roles)
    return frozenset(name for name, having in PERMISSIONS.items() if having & wanted)


def require(actor: Actor, permission: str, estate: str | None = None) -> None:
    """Refuse what is not permitted. A foreign estate is absent, so that nobody learns what exists there.

    Raises `NotFound` for a foreign estate, `Forbidden` for a missing role.
    """
    if not actor.sees(estate):
        raise NotFound(Words("小区", "Estate"), estate)
    if not permits(actor, permission, estate):
        raise Forbidden(permission)
