"""From the sign-in page to a token of one's own on this tablet, and what that token opens."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_app.tokens import operations as tokens
from admin_app.tokens.documents import Token
from store import clock
from store.actor import SYSTEM
from store.devices import operations as devices
from store.devices.documents import Device
from store.people.documents import Staff
from tests import cast
from tests.admin_app.conftest import PASSWORD, SignIn, log_in, make_account, token_of
from tests.api.conftest import make_token

CODE = "3f1f2a52-6f0b-4d6e-9b8e-2d9a1c5b7e10"
NAME = "巡更平板 1"
JSON = {"Accept": "application/json"}


def enrol(client: FlaskClient, **given: Any) -> Any:
    csrf = client.get("/tablet/session", headers=JSON).get_json()["csrf"]
    return client.post("/tablet/enrolment", json={"device": CODE, "name": NAME, **given}, headers={"X-CSRFToken": csrf})


def call(app: Flask, secret: str, path: str = "/api/v1/field/bundle") -> Any:
    machine = app.test_client(use_cookies=False)
    return machine.get(path, headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"})


def test_signing_in_leads_back_to_the_page_that_enrols(app: Flask) -> None:
    make_account(app, cast.guard())
    client = app.test_client()
    values = {"username": "guard", "password": PASSWORD, "csrf_token": token_of(client)}
    answer = client.post("/login?next=/tablet/enrol", data={**values, "next": "/tablet/enrol"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/tablet/enrol")


def test_an_enrolment_answers_a_token_and_closes_the_session(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(cast.guard())
    answer = enrol(client)
    assert answer.status_code == 200, answer.text
    made = answer.get_json()
    assert made["person"] == {"code": "guard", "name": "卫安朗"}
    assert made["device"] == {"code": CODE, "name": NAME}
    assert Device.objects.get(code=CODE).people[0]["code"] == "guard"
    assert call(app, made["token"]).status_code == 200
    assert client.get("/tablet/session", headers=JSON).status_code == 401
    assert client.get("/admin/").headers["Location"].startswith("/login")


def test_the_recovery_secret_is_the_same_for_a_person_on_a_tablet_and_for_nobody_else(
    app: Flask, sign_in: SignIn
) -> None:
    make_account(app, cast.guard())
    found = []
    for device in (CODE, CODE, "3f1f2a52-6f0b-4d6e-9b8e-2d9a1c5b7e11"):
        client = app.test_client()
        log_in(client, "guard")
        found.append(enrol(client, device=device).get_json()["recovery"])
    found.append(enrol(sign_in(cast.cleaner())).get_json()["recovery"])
    assert found[0] == found[1]
    assert len({found[0], found[2], found[3]}) == 3
    assert all(len(each) == 64 for each in found)


def test_the_session_door_knows_nobody_who_is_not_signed_in(client: FlaskClient) -> None:
    assert client.get("/tablet/session", headers=JSON).status_code == 401
    assert client.post("/tablet/enrolment", json={"device": CODE, "name": NAME}).status_code == 400


def test_without_the_token_of_the_page_nothing_is_enrolled(sign_in: SignIn) -> None:
    answer = sign_in(cast.guard()).post("/tablet/enrolment", json={"device": CODE, "name": NAME})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "csrf_failed")
    assert not Device.objects.count()


@pytest.mark.parametrize("given", [{"device": "tablet-1"}, {"device": {"$ne": ""}}, {"name": ""}, {"name": 7}])
def test_a_wrong_enrolment_names_its_field(sign_in: SignIn, given: dict[str, Any]) -> None:
    answer = enrol(sign_in(cast.guard()), **given)
    assert answer.status_code == 422
    assert answer.get_json()["field"] == next(iter(given))
    assert not Token.objects.count()


def test_enrolling_again_ends_the_earlier_token_there_and_no_other(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(cast.guard())
    first = enrol(client).get_json()["token"]
    other = "0b1f2a52-6f0b-4d6e-9b8e-2d9a1c5b7e11"
    log_in_again(client)
    elsewhere = enrol(client, device=other).get_json()["token"]
    mate = enrol(sign_in(cast.second_guard())).get_json()["token"]
    log_in_again(client)
    second = enrol(client).get_json()["token"]
    ended = call(app, first)
    assert (ended.status_code, ended.get_json()["code"]) == (401, "token_revoked")  # no reason to wipe anything
    for secret in (elsewhere, mate, second):
        assert call(app, secret).status_code == 200


def log_in_again(client: FlaskClient) -> None:
    values = {"username": "guard", "password": PASSWORD, "csrf_token": token_of(client)}
    assert client.post("/login", data=values).status_code == 302


def test_a_revoked_tablet_is_dead_at_the_next_call_for_all_its_people(app: Flask, sign_in: SignIn) -> None:
    secrets = [enrol(sign_in(who)).get_json()["token"] for who in (cast.guard(), cast.second_guard())]
    assert [call(app, each).status_code for each in secrets] == [200, 200]
    devices.revoke(CODE, name=NAME, actor=cast.supervisor(), now=clock.now())
    for each in secrets:
        answer = call(app, each)
        assert answer.status_code == 401
        told = answer.get_json()
        assert (told["code"], told["revoked"]) == ("device_revoked", "device")


def test_a_revoked_token_is_dead_at_the_next_call_and_its_person_is_wiped(app: Flask, sign_in: SignIn) -> None:
    token = enrol(sign_in(cast.guard())).get_json()["token"]
    tokens.revoke(Token.objects.get(device=CODE).id, actor=SYSTEM, now=clock.now())
    told = call(app, token).get_json()
    assert (told["code"], told["revoked"]) == ("device_revoked", "person")


def test_who_has_left_is_wiped_from_the_tablet(app: Flask, sign_in: SignIn) -> None:
    token = enrol(sign_in(cast.guard())).get_json()["token"]
    Staff.objects(code="guard").update_one(set__active=False)
    told = call(app, token).get_json()
    assert (told["code"], told["revoked"]) == ("device_revoked", "person")


def test_a_tablets_token_opens_the_fields_doors_only(app: Flask, sign_in: SignIn) -> None:
    token = enrol(sign_in(cast.guard())).get_json()["token"]
    answer = call(app, token, "/api/v1/work-orders")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "field_doors_only")


def test_another_token_does_not_open_the_fields_doors(app: Flask) -> None:
    answer = call(app, make_token(cast.guard()))
    assert (answer.status_code, answer.get_json()["code"]) == (403, "not_a_device")
