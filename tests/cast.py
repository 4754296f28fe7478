"""The named cast of all tests: who acts, and the few things nearly every test needs in the database.

Everybody works in 阳光花园 (`sunshine`) unless his name says otherwise; `NOW` is a Tuesday, ten in the morning.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from store import directory
from store.actor import SYSTEM, Actor
from store.content import operations as content
from store.content.documents import Content

ESTATE = "sunshine"
OTHER_ESTATE = "riverside"
TABLET = "3f1f2a52-6f0b-4d6e-9b8e-2d9a1c5b7e10"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)


def _actor(code: str, name: str, role: str, department: str | None, **changes: Any) -> Actor:
    values: dict[str, Any] = {"estates": frozenset({ESTATE}), "department": department, **changes}
    return Actor(code=code, name=name, roles=frozenset({role}), **values)


def manager(**changes: Any) -> Actor:
    """The manager of both estates."""
    return _actor("manager", "赵居安", "manager", "management", **{"estates": None, **changes})


def administrator(**changes: Any) -> Actor:
    return _actor("admin", "钱居宁", "administrator", "management", **{"estates": None, **changes})


def auditor(**changes: Any) -> Actor:
    return _actor("auditor", "孙居和", "auditor", "management", **{"estates": None, **changes})


def supervisor(**changes: Any) -> Actor:
    return _actor("security-lead", "褚安毅", "supervisor", "security", **changes)


def repair_supervisor(**changes: Any) -> Actor:
    return _actor("repair-lead", "许安匠", "supervisor", "repair", **changes)


def desk(**changes: Any) -> Actor:
    return _actor("desk", "吴安晴", "desk", "service", **changes)


def guard(**changes: Any) -> Actor:
    return _actor("guard", "卫安朗", "field", "security", **changes)


def second_guard(**changes: Any) -> Actor:
    return _actor("guard-2", "蒋安泽", "field", "security", **changes)


def gatekeeper(**changes: Any) -> Actor:
    """A guard who may look up whom to call for a visitor."""
    return _actor("gatekeeper", "沈安门", "gate", "security", **changes)


def cleaner(**changes: Any) -> Actor:
    return _actor("cleaner", "曹安净", "field", "cleaning", **changes)


def gardener(**changes: Any) -> Actor:
    return _actor("gardener", "魏安青", "field", "greening", **changes)


def repairer(**changes: Any) -> Actor:
    return _actor("repairer", "何安工", "field", "repair", **changes)


def stranger(**changes: Any) -> Actor:
    """A manager of the other estate only: to him, everything of `sunshine` is absent."""
    return _actor("stranger", "姜江晴", "manager", "management", **{"estates": frozenset({OTHER_ESTATE}), **changes})


DEPARTMENTS = {
    "management": "项目管理处",
    "service": "客户服务部",
    "repair": "工程维修部",
    "cleaning": "环境保洁部",
    "greening": "绿化养护部",
    "security": "秩序安全部",
}


def everybody() -> list[Actor]:
    office = [manager(), administrator(), auditor(), supervisor(), repair_supervisor(), desk(), stranger()]
    return [*office, guard(), second_guard(), cleaner(), gardener(), repairer()]


def make_entry(kind: str, code: str, values: Mapping[str, Any], now: datetime = NOW) -> directory.DirectoryEntry:
    """A directory entry, or the one that is there already: makers may be called in any order."""
    found = directory.kinds()[kind].objects(code=code).first()
    return found or directory.create(kind, code, values, actor=SYSTEM, now=now)


def make_estate(code: str = ESTATE, now: datetime = NOW, **values: Any) -> directory.DirectoryEntry:
    names = {ESTATE: "阳光花园", OTHER_ESTATE: "滨江雅苑"}
    return make_entry("estate", code, {"name": names.get(code, code), "timezone": "Asia/Shanghai", **values}, now)


def make_department(code: str = "security", now: datetime = NOW, **values: Any) -> directory.DirectoryEntry:
    return make_entry("department", code, {"name": DEPARTMENTS.get(code, code), **values}, now)


def make_staff(who: Actor | str = "guard", now: datetime = NOW, **values: Any) -> directory.DirectoryEntry:
    """A member of staff, with his estate and department. An actor of the cast brings his own roles and estates."""
    actor = who if isinstance(who, Actor) else _known(who)
    defaults = {
        "name": actor.name,
        "department": actor.department,
        "estates": sorted(actor.estates or ()),
        "roles": sorted(actor.roles),
        "email": f"{actor.code}@anju.example",
    }
    values = {name: value for name, value in {**defaults, **values}.items() if value is not None}
    for estate in values["estates"]:
        make_estate(estate, now)
    if "department" in values:
        make_department(values["department"], now)
    return make_entry("staff", actor.code, values, now)


def _known(code: str) -> Actor:
    found = next((actor for actor in everybody() if actor.code == code), None)
    return found or _actor(code, code, "field", "security")


def make_company(now: datetime = NOW) -> None:
    """Both estates, all departments and the whole cast as staff; the leads head their departments."""
    for estate in (ESTATE, OTHER_ESTATE):
        make_estate(estate, now)
    for actor in everybody():
        make_staff(actor, now)
    for department, head in (("security", "security-lead"), ("repair", "repair-lead")):
        values = {"name": DEPARTMENTS[department], "head": head}
        directory.update("department", department, values, actor=SYSTEM, now=now)


def make_roster(code: str = "sunshine-guards", now: datetime = NOW, **values: Any) -> directory.DirectoryEntry:
    """Two guards who change at seven in the morning and at seven in the evening (`guard` has the day)."""
    for each in (guard(), second_guard()):
        make_staff(each, now)
    shifts = [
        {"day": 0, "start": "07:00", "end": "19:00", "staff": ["guard"]},
        {"day": 0, "start": "19:00", "end": "07:00", "staff": ["guard-2"]},
    ]
    defaults = {"name": "保安轮值", "estate": ESTATE, "anchor_date": "2026-01-01", "cycle_days": 1, "shifts": shifts}
    return make_entry("roster", code, {**defaults, **values}, now)


def make_household(room: str = "3-1201", now: datetime = NOW, **values: Any) -> directory.DirectoryEntry:
    """A household with its unit and building, e.g. `sunshine-3-1201`."""
    estate = values.get("estate", ESTATE)
    building = f"{estate}-{room.split('-')[0]}"
    make_estate(estate, now)
    make_entry("building", building, {"name": f"{room.split('-')[0]}号楼", "estate": estate}, now)
    make_entry("unit", f"{estate}-{room}", {"room": room, "estate": estate, "building": building}, now)
    members = [{"name": "王清和", "phone": "13900000001", "relation": "owner"}]
    defaults = {"estate": estate, "unit": f"{estate}-{room}", "members": members}
    return make_entry("household", f"{estate}-{room}", {**defaults, **values}, now)


def publish(kind: str, code: str, body: Mapping[str, Any], now: datetime = NOW, actor: Actor = SYSTEM) -> Content:
    """Content in force from `now` on; a second call publishes the next revision."""
    if Content.objects(type=kind, code=code).first() is None:
        content.create(kind, code, body, actor=actor, now=now)
    else:
        content.save_draft(kind, code, body, actor=actor, now=now)
    return content.publish(kind, code, actor=actor, now=now)
