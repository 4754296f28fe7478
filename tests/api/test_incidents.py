"""An incident over HTTP: one call starts the plan, the same call again changes nothing, and it is ended by rule."""

from typing import Any

import pytest

from store import clock
from store.incidents.documents import Incident
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of
from tests.api.test_requests import done
from tests.api.world import make_drill
from tests.emergency_plans import publish_plan, relayed, step_orders

FIRE = {"estate": cast.ESTATE, "plan": "fire", "place": "3号楼12层", "words": "冒烟"}


@pytest.fixture
def guard(program: AsProgram) -> Program:
    publish_plan()
    return program(cast.guard())


def test_one_call_starts_the_plan(guard: Program) -> None:
    answer = guard.post("/incidents", FIRE)
    assert answer.status_code == 201
    made = body_of(answer)
    assert answer.headers["Location"].endswith(f"/incidents/{made['number']}")
    assert (made["state"], made["started_by"], made["allowed_verbs"]) == ("open", "guard", ["force_close", "cancel"])
    assert [(step["code"], step["state"], step["limit_minutes"]) for step in made["steps"]] == [
        ("call", "open", 4), ("evacuate", "open", 10), ("power-off", "open", 8),
    ]  # fmt: skip
    relayed(clock.now())
    orders = body_of(guard.get(f"/work-orders?filter[source]={made['number']}&fields=kind,instructions,priority"))
    assert [each["kind"] for each in orders["data"]] == ["incident_step"] * 3
    assert {"zh": "报清楼号楼层", "en": "Give the building and floor"} in [
        each["instructions"] for each in orders["data"]
    ]


def test_the_same_call_again_makes_nothing_more(guard: Program) -> None:
    first = guard.post("/incidents", FIRE, headers={"Idempotency-Key": "tap"})
    again = guard.post("/incidents", FIRE, headers={"Idempotency-Key": "tap"})
    assert body_of(again) == body_of(first)
    by_key = [body_of(guard.post("/incidents", {**FIRE, "key": "own", "another": True}))["number"] for _ in range(2)]
    assert len({body_of(first)["number"], *by_key}) == 2
    relayed(clock.now())
    assert (Incident.objects.count(), WorkOrder.objects.count()) == (2, 6)


def test_a_plan_that_is_running_is_named(guard: Program) -> None:
    number = body_of(guard.post("/incidents", FIRE))["number"]
    refused = guard.post("/incidents", FIRE)
    assert (refused.status_code, body_of(refused)["code"]) == (409, "already_running")
    assert number in refused.text


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"plan": "none"}, "reference_missing"), ({"plan": None}, "required"), ({"colour": "red"}, "unknown_field")],
)
def test_what_is_wrong_is_named(guard: Program, changes: dict[str, Any], code: str) -> None:
    refused = guard.post("/incidents", {**FIRE, **changes})
    assert (refused.status_code, body_of(refused)["code"]) == (422, code)
    assert Incident.objects.count() == 0


def test_it_is_closed_by_a_lead_when_all_is_done_and_before_only_by_a_manager(
    guard: Program, program: AsProgram
) -> None:
    here = f"/incidents/{body_of(guard.post('/incidents', FIRE))['number']}"
    relayed(clock.now())
    lead, manager = program(cast.supervisor()), program(cast.manager())
    assert guard.post(f"{here}/closure", {"summary": "扑灭"}).status_code == 403
    assert body_of(lead.post(f"{here}/closure", {"summary": "扑灭"}))["code"] == "steps_open"
    assert lead.post(f"{here}/forced-closure", {"summary": "扑灭", "reason": "移交"}).status_code == 403
    assert body_of(manager.post(f"{here}/forced-closure", {"summary": "扑灭"}))["code"] == "required"
    for order in step_orders("incident").values():
        work.complete(order.pk, actor=cast.supervisor(), now=clock.now())
    relayed(clock.now())
    assert body_of(lead.get(here))["allowed_verbs"] == ["close", "cancel"]
    assert done(lead, f"{here}/closure", {"summary": "扑灭"})["state"] == "closed"
    assert lead.post(f"{here}/cancellation", {"reason": "x"}).status_code == 422


def test_a_false_alarm_is_called_off(guard: Program, program: AsProgram) -> None:
    here = f"/incidents/{body_of(guard.post('/incidents', FIRE))['number']}"
    assert done(program(cast.supervisor()), f"{here}/cancellation", {"reason": "烤肉"})["state"] == "cancelled"


def test_a_confirmed_drill_is_started(guard: Program, program: AsProgram) -> None:
    here, lead = f"/drills/{make_drill(state='confirmed').number}", program(cast.supervisor())
    begun = done(lead, f"{here}/start")
    assert (begun["state"], len(begun["steps"])) == ("running", 3)
    assert begun["roles"][0] == {"code": "control", "name": {"zh": "control"}, **_filled(begun)}
    assert lead.post(f"{here}/start").status_code == 422
    assert guard.post(f"{here}/start").status_code == 403


def _filled(begun: dict[str, Any]) -> dict[str, Any]:
    return {name: begun["roles"][0][name] for name in ("people", "stand_in")}
