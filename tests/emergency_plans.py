"""An emergency plan of three steps, with its escalation, for all tests that start one.

At `cast.NOW` `guard` is on duty and nobody of the repair department is: its role falls to the supervisors.
"""

from typing import Any

from store import domains
from store.notices.relay import relay
from store.work.documents import WorkOrder
from tests import cast

CALL, EVACUATE, POWER = "call", "evacuate", "power-off"
CHAIN = [
    {"offset_minutes": 0, "action": "notify", "targets": [{"kind": "assignee"}]},
    {"offset_minutes": 2, "action": "notify", "targets": [{"kind": "role", "ref": "manager"}]},
]


def publish_plan(code: str = "fire", **changes: Any) -> None:
    """The plan, in force since long ago, and who is there to carry it out."""
    cast.make_company(cast.LONG_AGO)
    cast.make_roster(now=cast.LONG_AGO)
    cast.publish("escalation_policy", "incident-chain", {"name": {"zh": "步骤升级"}, "steps": CHAIN}, cast.LONG_AGO)
    cast.publish("emergency_plan", code, plan_body(**changes), cast.LONG_AGO)


def plan_body(**changes: Any) -> dict[str, Any]:
    return {
        "name": {"zh": "火灾预案", "en": "Fire"},
        "kind": "fire",
        "clause": "7.1",
        "escalation": "incident-chain",
        "estates": [cast.ESTATE],
        "roles": [
            role("control", {"kind": "on_duty", "ref": "security"}),
            role("leads", {"kind": "role", "ref": "supervisor"}),
            role("engineer", {"kind": "on_duty", "ref": "repair"}),
        ],
        "steps": [
            {**step(CALL, "control", 4), "instructions": {"zh": "报清楼号楼层", "en": "Give the building and floor"}},
            step(EVACUATE, "leads", 10),
            step(POWER, "engineer", 8),
        ],
        **changes,
    }


def role(code: str, target: dict[str, str]) -> dict[str, Any]:
    return {"code": code, "name": {"zh": code}, "target": target}


def step(code: str, role_code: str, limit: int) -> dict[str, Any]:
    return {"code": code, "name": {"zh": code}, "role": role_code, "limit_minutes": limit}


def relayed(now: Any) -> None:
    """Carry out every intent that is left."""
    domains.load("operations")
    while relay(now):
        pass


def step_orders(kind: str) -> dict[str, WorkOrder]:
    """The orders of the steps by the steps' codes."""
    return {order.source["code"]: order for order in WorkOrder.objects(kind=f"{kind}_step")}
