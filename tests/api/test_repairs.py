"""A repair over HTTP, from the first call to silence and the charge (clause 3.2)."""

from datetime import timedelta
from typing import Any

import pytest

from store import clock
from store.deadlines.operations import sweep
from store.notices.relay import relay
from store.requests.documents import ServiceRequest
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of, intake
from tests.store import repair_world as world


@pytest.fixture
def desk(program: AsProgram) -> Program:
    world.make_world()
    return program(cast.desk())


@pytest.fixture
def repairer(program: AsProgram) -> Program:
    return program(cast.repairer())


def done(client: Program, path: str, body: Any = None) -> Any:
    answer = client.post(path, body)
    assert answer.status_code in (200, 201), body_of(answer)
    relay(clock.now())
    return body_of(answer)


def recorded(desk: Program) -> tuple[str, str]:
    """Addresses of a new request and of its order."""
    made = done(desk, "/requests", intake(kind="repair", item="tap", household=world.HOME))
    (order,) = body_of(desk.get(f"/work-orders?filter[source]={made['number']}"))["data"]
    return f"/requests/{made['number']}", f"/work-orders/{order['number']}"


def test_from_the_first_call_to_tacit_acceptance_and_the_charge(desk: Program, repairer: Program) -> None:
    request, order = recorded(desk)
    done(desk, f"{request}/acceptance")
    done(repairer, f"{order}/acceptance")
    assert "quote" not in done(repairer, f"{order}/diagnosis", {"text": "阀芯老化"})["allowed_verbs"]
    assert "quote" in done(repairer, f"{order}/start")["allowed_verbs"]
    asked = done(repairer, f"{order}/quote", {"lines": [{"line": "valve", "quantity": 2}]})
    assert (asked["state"], asked["quote"]["total_fen"], asked["diagnosis"]) == ("paused", 7000, "阀芯老化")
    waiting = body_of(desk.get(request))
    assert (waiting["state"], waiting["quote"]["state"], waiting["due_at"]) == ("waiting", "asked", None)
    assert done(desk, f"{order}/consent", {"given": True, "note": "电话同意"})["quote"]["how"] == "told"
    used = [{"line": "valve", "quantity": 1}, {"line": "seal", "quantity": 0.5}]
    assert body_of(repairer.post(f"{order}/materials", {"lines": used}))["code"] == "beyond_quote"
    entered = done(repairer, f"{order}/materials", {"lines": used, "waived": True})["materials"]
    assert [row["amount_fen"] for row in entered] == [3500, 1000]
    assert done(repairer, f"{order}/completion", {"note": "已试水"})["state"] == "done"
    answered = body_of(desk.get(request))
    assert (answered["state"], answered["charge"]["total_fen"]) == ("answered", 3500)
    assert [line["free"] for line in answered["charge"]["lines"]] == [None, "not_agreed"]
    assert {"approve", "dispute"} <= set(answered["allowed_verbs"])
    sweep(ServiceRequest.objects.get().accept_by)
    relay(clock.now())
    closed = body_of(desk.get(request))
    assert (closed["state"], closed["acceptance"]["how"]) == ("closed", "tacit")
    callback = body_of(desk.get(f"/work-orders?filter[source]={closed['number']}&filter[kind]=callback"))["data"][0]
    refused = desk.post(f"/work-orders/{callback['number']}/completion", {"note": "x"})
    assert (refused.status_code, body_of(refused)["code"]) == (422, "required")
    done(desk, f"/work-orders/{callback['number']}/completion", {"satisfied": True})
    assert body_of(desk.get(request))["callback"]["satisfied"] is True


def test_a_signed_repair_is_closed_at_once_and_its_return_is_free(desk: Program, repairer: Program) -> None:
    request, order = recorded(desk)
    done(repairer, f"{order}/start")
    done(repairer, f"{order}/materials", {"lines": [{"line": "valve", "quantity": 1}]})
    done(repairer, f"{order}/completion", {"signature": world.SIGNATURE, "signed_by": "王清和"})
    assert body_of(desk.get(request))["acceptance"]["how"] == "signature"
    again, _ = recorded(desk)
    assert body_of(desk.get(again))["warranty"]["request"] == request.rpartition("/")[2]


def test_a_disputed_repair_is_done_again(desk: Program, repairer: Program) -> None:
    request, order = recorded(desk)
    done(repairer, f"{order}/start")
    done(repairer, f"{order}/completion")
    assert body_of(desk.post(f"{request}/dispute", {"reason": ""}))["code"] == "required"
    assert done(desk, f"{request}/dispute", {"reason": "还在滴水"})["disputed"] == 1
    orders = body_of(desk.get(f"/work-orders?filter[source]={request.rpartition('/')[2]}"))["data"]
    assert sorted(each["state"] for each in orders) == ["done", "open"]
    done(repairer, f"/work-orders/{orders[0]['number']}/start")
    done(repairer, f"/work-orders/{orders[0]['number']}/completion")
    assert done(desk, f"{request}/approval", {"note": "这次好了"})["state"] == "closed"


WRONG_QUOTES: tuple[tuple[Any, str], ...] = (
    ({}, "required"),
    ({"lines": []}, "required"),
    ({"lines": [{"line": "pump", "quantity": 1}]}, "unknown_line"),
    ({"lines": [{"line": "valve", "quantity": 0}]}, "out_of_range"),
    ({"lines": [{"line": "valve", "quantity": "1"}]}, "not_number"),
    ({"lines": [{"line": {"a": 1}, "quantity": 1}]}, "not_a_code"),
    ({"lines": {"line": "valve"}}, "wrong_shape"),
    ({"lines": [{"line": "valve", "quantity": 1}], "total_fen": 1}, "unknown_field"),
)


def test_a_charge_is_corrected_by_a_manager(desk: Program, repairer: Program, program: AsProgram) -> None:
    request, order = recorded(desk)
    done(repairer, f"{order}/start")
    done(repairer, f"{order}/materials", {"lines": [{"line": "valve", "quantity": 2}]})
    done(repairer, f"{order}/completion")
    body = {"lines": [{"line": "valve", "quantity": 1}], "reason": "多算一个"}
    assert desk.post(f"{request}/charge-correction", body).status_code == 403
    manager = program(cast.manager())
    (listed,) = body_of(manager.get("/requests?fields=allowed_verbs"))["data"]
    assert listed["allowed_verbs"] == body_of(manager.get(request))["allowed_verbs"]
    assert "correct_charge" in listed["allowed_verbs"]
    charge = done(manager, f"{request}/charge-correction", body)["charge"]
    assert (charge["total_fen"], charge["lines"][0]["free"]) == (3500, "corrected")
    assert body_of(manager.post(f"{request}/charge-correction", body))["code"] == "unchanged"


def test_a_wrong_quote_is_refused_by_name(desk: Program, repairer: Program) -> None:
    _, order = recorded(desk)
    done(repairer, f"{order}/start")
    for body, code in WRONG_QUOTES:
        refused = repairer.post(f"{order}/quote", body)
        assert (refused.status_code, body_of(refused)["code"]) == (422, code), body
    world.publish_item("lamp", price_list=None)
    made = done(desk, "/requests", intake(kind="repair", item="lamp"))
    (other,) = body_of(desk.get(f"/work-orders?filter[source]={made['number']}"))["data"]
    done(repairer, f"/work-orders/{other['number']}/start")
    refused = repairer.post(f"/work-orders/{other['number']}/quote", {"lines": [{"line": "valve", "quantity": 1}]})
    assert (refused.status_code, body_of(refused)["code"]) == (422, "no_price_list")


def test_lists_find_quotes_that_wait_and_repairs_to_be_accepted(desk: Program, repairer: Program) -> None:
    request, order = recorded(desk)
    done(repairer, f"{order}/start")
    done(repairer, f"{order}/quote", {"lines": [{"line": "valve", "quantity": 1}]})
    assert len(body_of(desk.get("/work-orders?filter[quote]=asked"))["data"]) == 1
    done(repairer, f"{order}/consent", {"given": False})
    done(repairer, f"{order}/completion")
    late = (clock.now() + timedelta(days=8)).isoformat().replace("+00:00", "Z")
    assert len(body_of(desk.get(f"/requests?filter[accept_by][lt]={late}"))["data"]) == 1
    assert body_of(desk.get(request))["charge"]["total_fen"] == 0
