"""A small company with a checklist, a patrol and finding policies, for the tests of the chain."""

from datetime import datetime
from typing import Any

from store import domains
from store.actor import SYSTEM, Actor
from store.content.documents import Revision
from store.deadlines import operations as deadlines
from store.findings.documents import Finding
from store.notices.relay import relay
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast

PHOTO = "a" * 64
PHOTO_AFTER = "b" * 64
ITEMS = [
    {"code": "floor", "name": {"zh": "地面干净"}, "kind": "pass_fail", "required": True, "severity": "high"},
    {"code": "walls", "name": {"zh": "墙面干净"}, "kind": "score", "max_score": 10, "required": True},
    {"code": "whose", "name": {"zh": "杂物是谁的"}, "kind": "text", "only_if": "floor"},
]
POLICY = {
    "name": {"zh": "保洁整改"},
    "clause": "3.3",
    "high_minutes": 60,
    "normal_minutes": 240,
    "low_minutes": 1440,
    "check_minutes": 120,
    "repeat_days": 30,
    "repeat_raises": True,
    "escalation": "finding-chain",
}
CHAIN = {
    "name": {"zh": "整改升级"},
    "steps": [{"offset_minutes": 0, "action": "notify", "targets": [{"kind": "assignee"}, {"kind": "supervisor"}]}],
}
FLOOR_FAILED: list[dict[str, Any]] = [
    {"item": "floor", "value": "fail"},
    {"item": "walls", "value": 9},
    {"item": "whose", "value": "3 楼"},
]
BOTH_FAILED: list[dict[str, Any]] = [{"item": "floor", "value": "fail"}, {"item": "walls", "value": 2}]
ALL_GOOD: list[dict[str, Any]] = [{"item": "floor", "value": "pass"}, {"item": "walls", "value": 9}]


def make_world(**checklist: Any) -> None:
    domains.load("operations")
    cast.make_company(cast.LONG_AGO)
    category = {"name": {"zh": "保洁"}, "department": "cleaning"}
    cast.publish("service_category", "cleaning", category, cast.LONG_AGO)
    cast.publish("escalation_policy", "finding-chain", CHAIN, cast.LONG_AGO)
    cast.publish("finding_policy", "cleaning", POLICY, cast.LONG_AGO)
    other = {**POLICY, "name": {"zh": "其余"}, "clause": "8.1", "fallback": True, "repeat_days": 0}
    cast.publish("finding_policy", "others", other, cast.LONG_AGO)
    body = {"name": {"zh": "楼道"}, "category": "cleaning", "items": ITEMS, **checklist}
    cast.publish("checklist", "corridor", body, cast.LONG_AGO)


def make_order(key: str = "k1", **changes: Any) -> WorkOrder:
    pinned = {"code": "corridor", "revision": Revision.objects(type="checklist").order_by("-number").first().number}
    clock = deadlines.start("complete", 60, at=cast.NOW, under=deadlines.Terms(None, None))
    values = {
        "estate": cast.ESTATE,
        "key": key,
        "kind": "cleaning",
        "title": "楼道检查",
        "place": "3 号楼",
        "clause": "3.3",
        "state": "open",
        "priority": 3,
        "department": "cleaning",
        "checklist": pinned,
        "clocks": [clock],
        "source": {},
        "team": ["cleaner"],
    }
    work.make([{**values, **changes}], actor=SYSTEM, now=cast.NOW, timezone="Asia/Shanghai")
    return order_of(key)


def order_of(key: str) -> WorkOrder:
    found: WorkOrder = WorkOrder.objects.get(key=key)
    return found


def raised(now: datetime = cast.NOW, answers: Any = FLOOR_FAILED, key: str = "k1", **changes: Any) -> Finding:
    """An inspection at which the floor failed, and the finding that it made."""
    work.complete(make_order(key, **changes).pk, answers=answers, actor=cast.cleaner(), now=now)
    relay(now)
    return newest()


def newest() -> Finding:
    found: Finding = Finding.objects.order_by("-number").first()
    return found


def rectification(finding: Finding, number: int = 1) -> WorkOrder:
    return order_of(f"finding:{finding.pk}:{number}")


def reinspection(finding: Finding, number: int = 1) -> WorkOrder:
    return order_of(f"finding:{finding.pk}:{number}:check")


def put_right(finding: Finding, now: datetime, number: int = 1, by: Actor | None = None) -> WorkOrder:
    order = rectification(finding, number)
    done = work.complete(order.pk, actor=by or cast.cleaner(), now=now, note="已重新清洁")
    relay(now)
    return done


def judged(finding: Finding, now: datetime, passed: bool, number: int = 1, by: Actor | None = None) -> Finding:
    order = reinspection(finding, number)
    note = "" if passed else "墙角还有污迹"
    work.verdict(order.pk, passed=passed, note=note, actor=by or cast.supervisor(), now=now)
    relay(now)
    return again(finding)


def again(finding: Finding) -> Finding:
    found: Finding = Finding.objects.get(pk=finding.pk)
    return found
