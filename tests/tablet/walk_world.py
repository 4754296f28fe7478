"""One order of every kind for each way of walking it, all of them on one member of staff."""

from datetime import timedelta
from typing import Any

from store import clock
from store.actor import SYSTEM
from store.emergencies import operations as drills
from store.findings import operations as findings
from store.findings.documents import Finding
from store.incidents import operations as incidents
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.api.world import make_drill, make_photo
from tests.emergency_plans import CALL, publish_plan, relayed
from tests.store import finding_chain, repair_world

WHO = "repairer"
HALF_AN_HOUR = timedelta(minutes=30)
FINISH = {
    "name": {"zh": "维修完工检查表"},
    "category": "repair",
    "raises_findings": False,
    "items": [
        {"code": "before", "name": {"zh": "维修前照片"}, "kind": "photo", "required": True, "photo_required": True},
        {"code": "works", "name": {"zh": "试运行正常"}, "kind": "pass_fail", "required": True},
        {"code": "clean", "name": {"zh": "现场清理干净"}, "kind": "pass_fail", "required": True},
        {"code": "after", "name": {"zh": "维修后照片"}, "kind": "photo", "required": True, "photo_required": True},
    ],
}
GARDEN = {
    "name": {"zh": "绿化检查"},
    "category": "cleaning",
    "items": [
        {"code": "lawn", "name": {"zh": "草坪修剪"}, "kind": "pass_fail", "required": True, "severity": "high"},
        {"code": "height", "name": {"zh": "草高（厘米）"}, "kind": "number", "required": True},
        {"code": "trees", "name": {"zh": "树木"}, "kind": "score", "max_score": 10, "required": True},
        {"code": "view", "name": {"zh": "全景照片"}, "kind": "photo", "required": True, "photo_required": True},
    ],
}


def make_world() -> None:
    """The company, its prices, checklists and policies; before anybody takes a tablet into his hands."""
    repair_world.make_world()
    finding_chain.make_world()
    publish_plan()
    cast.publish("checklist", "repair-completion", FINISH, cast.LONG_AGO)
    cast.publish("checklist", "garden", GARDEN, cast.LONG_AGO)
    repair_world.publish_item("checked", name={"zh": "角阀维修"}, checklist="repair-completion")
    repair_world.publish_item("lamp", name={"zh": "楼道灯"}, price_list=None)


def repair(room: str, item: str = "tap") -> WorkOrder:
    """A resident's repair, handed to the one who walks."""
    household = cast.make_household(room, now=cast.LONG_AGO)
    contact = {"contact_name": "王清和", "contact_phone": "13900000001"}
    request = repair_world.intake(clock.now(), household=household.code, item=item, **contact)
    return assigned(repair_world.order_of(request))


def under_warranty(room: str) -> WorkOrder:
    cast.make_household(room, now=cast.LONG_AGO)
    repair_world.repaired(household=f"{cast.ESTATE}-{room}")
    return repair(room)


def call_back(room: str) -> WorkOrder:
    cast.make_household(room, now=cast.LONG_AGO)
    request = repair_world.repaired(household=f"{cast.ESTATE}-{room}")
    found = WorkOrder.objects.get(kind="callback", source__id=str(request.pk))
    return assigned(found)


def of_checklist(key: str, code: str, **changes: Any) -> WorkOrder:
    values = {"kind": "greening", "title": key, "checklist": {"code": code, "revision": 1}, "clause": "3.3", **changes}
    return plain(key, **values)


def plain(key: str, **changes: Any) -> WorkOrder:
    """An order of any other kind, now."""
    now = clock.now()
    values = {
        "estate": cast.ESTATE,
        "key": key,
        "kind": "other",
        "title": key,
        "place": "3 号楼",
        "state": "open",
        "priority": 3,
        "assignee": WHO,
        "department": "repair",
        "starts_at": now,
        "due_at": now + HALF_AN_HOUR,
        "source": {},
    }
    work.make([{**values, **changes}], actor=SYSTEM, now=now, timezone="Asia/Shanghai")
    return finding_chain.order_of(key)


def round_(key: str) -> WorkOrder:
    now = clock.now()
    points = [
        {
            "code": code,
            "name": {"zh": name},
            "place": name,
            "opens_at": now - HALF_AN_HOUR,
            "closes_at": now + HALF_AN_HOUR,
            "state": "pending",
        }
        for code, name in (("gate", "东门"), ("garage", "车库"))
    ]
    return plain(key, kind="patrol", checkpoints=points, route={"code": "night", "revision": 1})


def incident_step(n: int) -> WorkOrder:
    """The first step of a plan that was started in earnest."""
    values = {"estate": cast.ESTATE, "plan": "fire", "place": f"{n} 号楼", "another": True}
    made = incidents.start(values, actor=cast.guard(), now=clock.now())
    relayed(clock.now())
    return assigned(finding_chain.order_of(f"incident:{made.pk}:{CALL}"))


def drill_step(n: int) -> WorkOrder:
    made = make_drill(state="confirmed", planned_for=clock.now(), ordinal=n)
    drills.begin(made.pk, actor=cast.supervisor(), now=clock.now())
    relayed(clock.now())
    return assigned(finding_chain.order_of(f"drill:{made.pk}:{CALL}"))


def finding(title: str, photo: str | None = None) -> Finding:
    values = {"estate": cast.ESTATE, "title": title, "place": "3 号楼", "photos": [photo] if photo else []}
    made = findings.report(values, actor=cast.guard(), now=clock.now())
    relayed(clock.now())
    return made


def rectification(title: str) -> WorkOrder:
    return assigned(finding_chain.rectification(finding(title, make_photo())))


def reinspection(title: str) -> WorkOrder:
    found = finding(title)
    work.complete(finding_chain.rectification(found).pk, note="已清理", actor=cast.cleaner(), now=clock.now())
    relayed(clock.now())
    return assigned(finding_chain.reinspection(found))


def assigned(order: WorkOrder) -> WorkOrder:
    return work.assign(order.pk, to=WHO, actor=cast.manager(), now=clock.now())
