"""The household search at the gate: masked, one look at a time, each of them logged."""

from typing import Any

import pytest
from flask import Flask

from schemas.field_places import GateHouseholdSchema
from store.audit.documents import AuditEntry
from store.premises.operations import MOST_AT_GATE
from tests import cast
from tests.api.conftest import Program, body_of, make_tablet_token

HOME = "sunshine-3-1201"
MEMBERS = [
    {"name": "邹文清", "phone": "13900000283", "relation": "owner"},
    {"name": "王清和", "phone": "13900000001", "relation": "family"},
]


@pytest.fixture
def gate(app: Flask, database: Any) -> Program:
    cast.make_company(cast.LONG_AGO)
    cast.make_household(now=cast.LONG_AGO, members=MEMBERS, note="有一条大狗")
    cast.make_household("3-1202", now=cast.LONG_AGO)
    return Program(app, make_tablet_token(cast.gatekeeper()))


def looks() -> Any:
    return AuditEntry.objects(action="reveal_contact")


def rooms(program: Program, text: str) -> list[str]:
    answer = program.get("/field/households", query_string={"q": text})
    assert answer.status_code == 200, answer.text
    return [each["room"] for each in body_of(answer)["items"]]


@pytest.mark.parametrize("text", ["3-1201", "3栋1201", "邹", "zou", "0283", "zou 3", "0283 邹"])
def test_a_household_is_found_as_in_the_office(gate: Program, text: str) -> None:
    assert rooms(gate, text) == ["3-1201"]


def test_numbers_are_masked_until_one_is_asked_for_and_the_look_is_logged(gate: Program) -> None:
    answer = gate.get("/field/households", query_string={"q": "邹"})
    assert set(body_of(answer)["items"][0]) == set(GateHouseholdSchema().fields)
    assert "13900000283" not in answer.text
    assert "大狗" not in answer.text
    assert looks().count() == 0
    shown = gate.post(f"/field/households/{HOME}/contact-reveals")
    assert [each["phone"] for each in body_of(shown)["members"]] == ["13900000283", "13900000001"]
    assert body_of(shown)["note"] == "有一条大狗"
    look = looks().get()
    assert (look.action, look.about, look.actor) == ("reveal_contact", f"household:{HOME}", "gatekeeper")
    assert (look.estate, look.detail) == (cast.ESTATE, {"at": "gate"})


def test_who_does_not_stand_at_the_gate_finds_nobody(app: Flask, gate: Program) -> None:
    guard = Program(app, make_tablet_token(cast.guard()))
    found = guard.get("/field/households", query_string={"q": "邹"})
    shown = guard.post(f"/field/households/{HOME}/contact-reveals")
    assert [(each.status_code, body_of(each)["code"]) for each in (found, shown)] == [(403, "forbidden")] * 2
    assert looks().count() == 0


def test_an_auditor_sees_no_full_number(app: Flask, gate: Program) -> None:
    auditor = Program(app, make_tablet_token(cast.auditor()))
    assert rooms(auditor, "邹") == ["3-1201"]
    assert auditor.post(f"/field/households/{HOME}/contact-reveals").status_code == 403
    assert looks().count() == 0


def test_another_estates_households_are_absent(app: Flask, gate: Program) -> None:
    stranger = Program(app, make_tablet_token(cast.stranger()))
    assert rooms(stranger, "邹") == []
    assert stranger.post(f"/field/households/{HOME}/contact-reveals").status_code == 404
    assert looks().count() == 0


def test_the_gate_is_not_a_way_to_list_who_lives_here(gate: Program) -> None:
    for number in range(1, 15):
        cast.make_household(f"5-{number:02}01", now=cast.LONG_AGO)
    assert len(rooms(gate, "王")) == MOST_AT_GATE
    assert rooms(gate, "") == rooms(gate, "1") == []


def test_the_office_stays_closed_to_the_gate(gate: Program) -> None:
    answer = gate.get("/households")
    assert (answer.status_code, body_of(answer)["code"]) == (403, "field_doors_only")


def test_the_tablet_is_told_what_to_offer(app: Flask, gate: Program) -> None:
    said = {
        who: body_of(Program(app, make_tablet_token(who())).get("/field/bundle")) for who in (cast.guard, cast.desk)
    }
    assert said[cast.guard]["person"]["may"] == []
    assert said[cast.desk]["person"]["may"] == ["households.find", "households.call"]
