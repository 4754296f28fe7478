"""Records over HTTP: every verb of requests, work orders and drills, by the store's own rules."""

from datetime import timedelta
from typing import Any

import pytest

from store import clock
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of, intake
from tests.api.world import make_drill, make_order, make_world


@pytest.fixture
def desk(program: AsProgram) -> Program:
    make_world()
    return program(cast.desk())


def done(program: Program, path: str, body: Any = None, status: int = 200) -> Any:
    answer = program.post(path, body)
    assert answer.status_code == status, (path, answer.text)
    return body_of(answer)


def test_a_request_goes_its_whole_way(desk: Program) -> None:
    made = done(desk, "/requests", intake(kind="complaint"), 201)
    here = f"/requests/{made['number']}"
    assert done(desk, f"{here}/acceptance")["state"] == "accepted"
    assert done(desk, f"{here}/assignment", {"to": "repairer"})["assignee"] == "repairer"
    assert done(desk, f"{here}/acknowledgement")["clocks"][1]["acknowledged_by"] == "desk"
    waiting = done(desk, f"{here}/waiting", {"reason": "等业主开门"})
    assert (waiting["state"], waiting["clocks"][1]["state"]) == ("waiting", "paused")
    assert done(desk, f"{here}/resumption")["state"] == "accepted"
    assert done(desk, f"{here}/notes", {"text": "已回电"})["replies"][0]["internal"] is True
    assert done(desk, f"{here}/answer", {"text": "已修好"})["state"] == "answered"
    assert done(desk, f"{here}/closure", {"outcome": "满意"})["allowed_verbs"] == ["reopen"]
    assert done(desk, f"{here}/reopening", {"reason": "又漏了"})["reopened"] == 1
    assert done(desk, f"{here}/cancellation", {"reason": "业主撤回"})["state"] == "cancelled"
    history = body_of(desk.get(f"{here}/events?limit=3"))
    assert [each["verb"] for each in history["data"]] == ["create", "accept", "assign"]
    assert history["data"][0]["actor"] == "desk"
    rest = body_of(desk.get(f"{here}/events?after={history['page']['next']}"))["data"]
    assert [each["n"] for each in rest] == list(range(4, 12))


def test_a_verb_that_the_state_does_not_allow_is_refused_with_its_words(desk: Program) -> None:
    number = done(desk, "/requests", intake(), 201)["number"]
    answer = desk.post(f"/requests/{number}/closure", {"outcome": "x"})
    assert (answer.status_code, body_of(answer)["code"], body_of(answer)["field"]) == (422, "not_allowed_now", "state")


@pytest.mark.parametrize("noun", ["answer", "notes", "waiting", "closure", "cancellation", "reopening", "assignment"])
def test_a_verb_without_its_words_is_refused(desk: Program, noun: str) -> None:
    number = done(desk, "/requests", intake(), 201)["number"]
    for body in ({}, {"text": " ", "reason": " ", "outcome": " ", "to": ""}):
        answer = desk.post(f"/requests/{number}/{noun}", body)
        assert answer.status_code == 422
        assert body_of(answer)["code"] in ("required", "unknown_field")
    assert body_of(desk.get(f"/requests/{number}"))["version"] == 1


def test_its_deadline_is_explained(desk: Program) -> None:
    number = done(desk, "/requests", intake(), 201)["number"]
    answer = body_of(desk.get(f"/requests/{number}/clocks/resolve/explanation"))
    assert [answer["steps"][0]["kind"], answer["steps"][-1]["kind"]] == ["start", "due"]
    assert answer["due_at"] == body_of(desk.get(f"/requests/{number}"))["clocks"][1]["due_at"]
    assert desk.get(f"/requests/{number}/clocks/other/explanation").status_code == 404


def test_a_patrol_is_walked(program: AsProgram, desk: Program) -> None:
    order = make_order()
    guard, here = program(cast.guard()), f"/work-orders/{order.number}"
    assert "scan" in body_of(guard.get(here))["allowed_verbs"]
    assert done(guard, f"{here}/acceptance", {"device_at": "2026-11-24T10:00:00+08:00"})["assignee"] == "guard"
    first = done(guard, f"{here}/scans", {"checkpoint": "gate", "method": "qr", "device_at": clock.now().isoformat()})
    assert [each["state"] for each in first["checkpoints"]] == ["done", "pending"]
    assert done(guard, f"{here}/scans", {"checkpoint": "garage", "method": "nfc"})["state"] == "done"
    for body, code in (({"checkpoint": "gate", "method": "magic"}, "not_a_choice"), ({"method": "qr"}, "required")):
        assert body_of(guard.post(f"{here}/scans", body))["code"] == code


def test_an_order_is_done(program: AsProgram, desk: Program) -> None:
    order = make_order(kind="cleaning", checkpoints=[])
    here, cleaner = f"/work-orders/{order.number}", program(cast.cleaner())
    assert done(desk, f"{here}/assignment", {"to": "cleaner", "note": "先做"})["assignee"] == "cleaner"
    assert done(cleaner, f"{here}/acknowledgement")["version"] == 3
    assert done(cleaner, f"{here}/start")["state"] == "in_progress"
    assert done(cleaner, f"{here}/pause", {"reason": "等配件"})["reason"] == "等配件"
    assert done(cleaner, f"{here}/resumption")["state"] == "in_progress"
    for answers in ("x", [1], [{"item": "a", "value": {"b": 1}}], [{"item": "a", "colour": 1}], [{"value": 1}]):
        assert cleaner.post(f"{here}/completion", {"answers": answers}).status_code == 422, answers
    finished = done(cleaner, f"{here}/completion", {"note": "已清洁"})
    assert (finished["state"], finished["proven"], finished["note"]) == ("done", True, "已清洁")
    other = make_order(kind="cleaning", checkpoints=[])
    assert cleaner.post(f"/work-orders/{other.number}/cancellation", {"reason": "x"}).status_code == 403
    lead = program(cast.supervisor())
    assert done(lead, f"/work-orders/{other.number}/cancellation", {"reason": "下雨"})["state"] == "cancelled"


def test_a_drill_is_confirmed_moved_and_held(program: AsProgram, desk: Program) -> None:
    lead = program(cast.manager())
    here = f"/drills/{make_drill().number}"
    assert done(lead, f"{here}/confirmation")["state"] == "confirmed"
    past = (clock.now() - timedelta(days=1)).isoformat()
    refused = lead.post(f"{here}/move", {"to": past, "reason": "x", "force": True})
    assert (refused.status_code, body_of(refused)["code"]) == (422, "in_the_past")
    assert body_of(lead.post(f"{here}/move", {"to": "2026-12-01", "reason": "x"}))["code"] == "not_a_moment"
    later = clock.now() + timedelta(days=3)
    assert (
        done(lead, f"{here}/move", {"to": later.isoformat(), "reason": "台风", "force": True})["state"] == "confirmed"
    )
    assert body_of(lead.post(f"{here}/result", {"score": 101, "summary": "x"}))["code"] == "out_of_range"
    assert done(lead, f"{here}/result", {"score": 92, "summary": "三分钟疏散完毕"})["score"] == 92
    assert lead.post(f"{here}/cancellation", {"reason": "x"}).status_code == 422
    assert desk.post(f"/drills/{make_drill().number}/confirmation").status_code == 403
