"""The finding chain over HTTP: raised, put right, re-inspected by another person, closed (clauses 3.3–3.5, 8.1)."""

from typing import Any

import pytest

from store import clock
from store.notices.relay import relay
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of
from tests.store import finding_chain as chain


@pytest.fixture
def cleaner(program: AsProgram) -> Program:
    chain.make_world()
    return program(cast.cleaner())


def done(client: Program, path: str, body: Any = None) -> Any:
    answer = client.post(path, body)
    assert answer.status_code in (200, 201), body_of(answer)
    relay(clock.now())
    return body_of(answer)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, body_of(answer)["code"]


def only(client: Program, path: str) -> Any:
    (found,) = body_of(client.get(path))["data"]
    return found


def failed(client: Program) -> str:
    """The address of a finding that an inspection has made."""
    order = chain.make_order()
    done(client, f"/work-orders/{order.number}/completion", {"answers": chain.FLOOR_FAILED})
    return f"/findings/{only(client, f'/findings?filter[source]={order.number}')['number']}"


def order_of(client: Program, finding: str, kind: str) -> str:
    number = finding.rpartition("/")[2]
    return f"/work-orders/{only(client, f'/work-orders?filter[source]={number}&filter[kind]={kind}')['number']}"


def test_from_the_failed_item_to_the_verdict_of_somebody_else(cleaner: Program, program: AsProgram) -> None:
    lead, here = program(cast.supervisor()), failed(cleaner)
    assert body_of(cleaner.get(here))["severity"] == "high"
    assert body_of(cleaner.get(f"{here}/clocks/rectify/explanation"))["due_at"] == body_of(cleaner.get(here))["due_at"]
    done(cleaner, f"{order_of(cleaner, here, 'rectification')}/completion", {"note": "已清洁"})
    check = order_of(cleaner, here, "reinspection")
    assert code_of(cleaner.post(f"{check}/acceptance")) == (422, "same_person")
    assert code_of(cleaner.post(f"{check}/verdict", {"passed": True})) == (422, "same_person")
    assert code_of(lead.post(f"{check}/assignment", {"to": "cleaner"})) == (422, "same_person")
    assert code_of(lead.post(f"{check}/completion")) == (422, "verdict_needed")
    assert code_of(lead.post(f"{check}/verdict", {"passed": False})) == (422, "required")
    assert code_of(lead.post(f"{check}/verdict", {"passed": "yes"})) == (422, "not_boolean")
    assert done(lead, f"{check}/verdict", {"passed": False, "note": "还有水渍"})["passed"] is False
    finding = body_of(lead.get(here))
    assert (finding["state"], [each["n"] for each in finding["rounds"]]) == ("open", [1, 2])
    assert finding["rounds"][0]["check"]["note"] == "还有水渍"
    assert [each["verb"] for each in body_of(lead.get(f"{here}/events"))["data"]] == ["raise", "rectify", "send_back"]


def test_a_finding_is_reported_raised_and_sampled(cleaner: Program, program: AsProgram) -> None:
    lead, guard = program(cast.supervisor()), program(cast.guard())
    report = {"estate": cast.ESTATE, "title": "灯不亮", "place": "东门", "severity": "low"}
    assert done(guard, "/findings", report)["source"]["kind"] == "report"
    assert code_of(guard.post("/findings", {**report, "place": ""})) == (422, "required")
    assert program(cast.auditor()).post("/findings", report).status_code == 403
    here = f"/work-orders/{chain.make_order().number}"
    raised = done(cleaner, f"{here}/findings", {"title": "有油", "item": "floor", "severity": "low"})
    assert raised["findings"][0]["key"] == "k1:floor"
    assert code_of(cleaner.post(f"{here}/findings", {"title": "有油", "item": "floor"})) == (422, "already_raised")
    assert code_of(lead.post(f"{here}/supervision", {"title": "墙角"})) == (422, "not_allowed_now")
    done(cleaner, f"{here}/completion", {"answers": chain.ALL_GOOD})
    assert cleaner.post(f"{here}/supervision", {"title": "墙角"}).status_code == 403
    done(lead, f"{here}/supervision", {"title": "墙角"})
    assert only(lead, "/findings?filter[source_kind]=supervision")["clause"] == "8.1"


def test_leads_change_severity_and_cancel(cleaner: Program, program: AsProgram) -> None:
    lead, here = program(cast.supervisor()), failed(cleaner)
    for verb, body in (("severity", {"severity": "low", "reason": "不急"}), ("cancellation", {"reason": "误报"})):
        assert cleaner.post(f"{here}/{verb}", body).status_code == 403
    assert code_of(lead.post(f"{here}/severity", {"severity": "low"})) == (422, "required")
    assert done(lead, f"{here}/severity", {"severity": "low", "reason": "不急"})["severity"] == "low"
    assert done(lead, f"{here}/cancellation", {"reason": "误报"})["state"] == "cancelled"
    assert program(cast.stranger()).get(here).status_code == 404
