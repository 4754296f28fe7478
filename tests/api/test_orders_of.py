"""What records say of their work orders: those that are open too, from the moment they are there."""

from typing import Any

from bson import ObjectId

from store import clock
from store.actor import SYSTEM
from store.emergencies.steps import step_key
from store.findings.rules import check_key, order_key
from store.notices.relay import relay
from store.versioned import Change, create
from store.work.documents import WorkOrder
from tests import cast
from tests.api import world
from tests.api.conftest import AsProgram, body_of, intake
from tests.store import repair_world


def make_open_order(key: str, number: str) -> None:
    order = WorkOrder(key=key, number=number, estate=cast.ESTATE, kind="other", title="工单", state="open")
    create(order, Change("create", {}), actor=SYSTEM, now=clock.now())


def test_a_request_names_its_order_while_that_is_open(program: AsProgram) -> None:
    repair_world.make_world()
    desk, repairer = program(cast.desk()), program(cast.repairer())
    number = body_of(desk.post("/requests", intake(kind="repair", item="tap", household=repair_world.HOME)))["number"]
    relay(clock.now())
    first = desk.get(f"/requests/{number}")
    (order,) = body_of(first)["work_orders"]
    assert (order["state"], order["kind"]) == ("open", "repair")
    body_of(repairer.post(f"/work-orders/{order['number']}/acceptance"))
    # The request itself has not changed, and whoever read it before is told all the same.
    again = desk.get(f"/requests/{number}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, body_of(again)["work_orders"][0]["state"]) == (200, "accepted")
    (row,) = body_of(desk.get(f"/requests?filter[number]={number}&fields=number,work_orders"))["data"]
    assert row["work_orders"] == body_of(again)["work_orders"]
    desk.post(f"/work-orders/{order['number']}/cancellation", {"reason": "重复"})
    relay(clock.now())
    ended = body_of(program(cast.manager()).get(f"/requests/{number}"))["work_orders"]
    assert [each["number"] for each in ended] == [order["number"]]


def test_steps_of_drills_and_incidents_and_rounds_of_findings_name_orders_that_are_open(program: AsProgram) -> None:
    world.make_world()
    manager = program(cast.manager())
    for kind, path in (("drill", "drills"), ("incident", "incidents")):
        (row,) = body_of(manager.get(f"/{path}"))["data"][:1]
        record = _stored(path, row["number"])
        steps = [{"code": "call", "name": {"zh": "报警"}, "role": "lead", "limit_minutes": 5, "state": "open"}]
        _collection(path).update_one({"_id": record["_id"]}, {"$set": {"steps": steps}})
        assert body_of(manager.get(f"/{path}/{row['number']}"))["steps"][0]["order"] is None
        make_open_order(step_key(kind, record["_id"], "call"), f"W-{kind}")
        assert body_of(manager.get(f"/{path}/{row['number']}"))["steps"][0]["order"] == f"W-{kind}"
        listed = body_of(manager.get(f"/{path}?filter[number]={row['number']}&fields=number,steps"))["data"]
        assert listed[0]["steps"][0]["order"] == f"W-{kind}"
    number = body_of(manager.get("/findings"))["data"][0]["number"]
    finding = _stored("findings", number)
    _collection("findings").update_one({"_id": finding["_id"]}, {"$set": {"rounds": [{"n": 1}]}})
    WorkOrder.objects(key=order_key(finding["_id"], 1)).delete()
    make_open_order(order_key(finding["_id"], 1), "W-right")
    make_open_order(check_key(finding["_id"], 1), "W-look")
    (round_,) = body_of(manager.get(f"/findings/{number}"))["rounds"]
    assert (round_["number"], round_["check"]["number"]) == ("W-right", "W-look")


def _collection(path: str) -> Any:
    return WorkOrder._get_collection().database[path]


def _stored(path: str, number: str) -> dict[str, Any]:
    found = _collection(path).find_one({"number": number})
    assert isinstance(found["_id"], ObjectId)
    return dict(found)
