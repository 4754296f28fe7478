"""Signing in and out: who gets in, how often one may try, what a session is worth."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect

from admin_app.accounts import operations
from admin_app.accounts.authority import OPERATOR
from admin_app.accounts.documents import Account, SignIn
from admin_app.shell.limits import limiter_of
from tests import cast
from tests.admin_app.conftest import PASSWORD, log_in, make_account, token_of


def session_of(client: FlaskClient) -> dict[str, Any]:
    with client.session_transaction() as session:
        return dict(session)


def test_the_right_password_opens_the_back_office(app: Flask, client: FlaskClient) -> None:
    make_account(app, cast.manager())
    answer = log_in(client, "manager")
    assert (answer.status_code, answer.location) == (302, "/admin/")


def test_a_username_is_found_in_any_case(app: Flask, client: FlaskClient) -> None:
    make_account(app, cast.manager())
    assert log_in(client, " Manager ").status_code == 302


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(app: Flask, client: FlaskClient) -> None:
    make_account(app, cast.manager())
    answers = [log_in(client, "manager", "wrong-password"), log_in(client, "nobody", "wrong-password")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("用户名或密码不正确" in answer.text for answer in answers)
    assert all("does not exist" not in answer.text for answer in answers)


def test_an_operator_in_place_of_a_name_gets_nobody_in(app: Flask, client: FlaskClient) -> None:
    make_account(app, cast.manager())
    token = token_of(client)
    values = {"username": {"$ne": None}, "password": {"$ne": None}}
    answer = client.post("/login", json=values, headers={"X-CSRFToken": token})
    assert answer.status_code == 415
    assert SignIn.objects.count() == 0


def test_the_eleventh_failure_of_an_account_is_refused(app: Flask, client: FlaskClient) -> None:
    make_account(app, cast.manager())
    token = token_of(client)
    values = {"username": "manager", "password": "wrong-password", "csrf_token": token}
    assert {client.post("/login", data=values).status_code for _ in range(10)} == {200}
    refused = client.post("/login", data={**values, "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_the_failures_of_one_account_do_not_lock_another(app: Flask, client: FlaskClient) -> None:
    make_account(app, cast.manager())
    token = token_of(client)
    for _ in range(11):
        client.post("/login", data={"username": "desk", "password": "wrong-password", "csrf_token": token})
    assert log_in(client, "manager").status_code == 302


def test_many_names_from_one_address_are_limited_too(app: Flask, client: FlaskClient) -> None:
    token = token_of(client)
    attempts = [{"username": f"user{n}", "password": "wrong-password", "csrf_token": token} for n in range(61)]
    statuses = [client.post("/login", data=each).status_code for each in attempts]
    assert statuses[:60] == [200] * 60
    assert statuses[60] == 429


def test_passwords_are_kept_as_argon2id(app: Flask) -> None:
    make_account(app, cast.manager())
    assert Account.objects.get(username="manager").password.startswith("$argon2id$")


def test_the_session_is_new_after_signing_in(app: Flask, client: FlaskClient) -> None:
    make_account(app, cast.manager())
    client.get("/login")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]
    assert log_in(client, "manager").status_code == 302
    client.get("/account/password")
    after = session_of(client)
    assert "planted" not in after
    assert after["csrf_token"] != before
    assert after["sign_in"]


def test_a_copied_cookie_is_worthless_after_signing_out(app: Flask, sign_in: Any) -> None:
    client = sign_in(cast.manager())
    stolen = client.get_cookie("anju").value
    assert client.post("/logout", data={"csrf_token": token_of(client, "/account/password")}).status_code == 302

    thief = app.test_client()
    thief.set_cookie("anju", stolen)
    assert thief.get("/account/password").location.startswith("/login")
    thief.set_cookie("anju", stolen)
    assert "当前密码" not in thief.get("/account/second-factor", follow_redirects=True).text


def test_signing_out_needs_the_token(sign_in: Any) -> None:
    client = sign_in(cast.manager())
    assert client.post("/logout").status_code == 400
    assert client.get("/account/password").status_code == 200


def test_a_session_ends_when_it_has_not_been_used(sign_in: Any) -> None:
    client = sign_in(cast.manager())
    SignIn.objects.update(set__expires_at=cast.LONG_AGO)
    assert client.get("/account/password").status_code == 302


def test_a_kept_session_lasts_longer(app: Flask, client: FlaskClient) -> None:
    make_account(app, cast.manager())
    log_in(client, "manager", keep="y")
    kept = SignIn.objects.get()
    assert kept.idle_minutes == 14 * 24 * 60
    cookie = client.get_cookie("anju")
    assert cookie is not None
    assert cookie.expires is not None


def test_disabling_an_account_ends_its_sessions(app: Flask, sign_in: Any) -> None:
    client = sign_in(cast.manager())
    operations.set_active("manager", False, actor=OPERATOR, now=cast.NOW)
    assert client.get("/account/password").status_code == 302
    assert log_in(client, "manager").status_code == 200


def test_who_left_the_company_is_signed_out(sign_in: Any) -> None:
    from store import directory
    from store.actor import SYSTEM

    client = sign_in(cast.desk())
    directory.set_active("staff", "desk", False, actor=SYSTEM, now=cast.NOW)
    assert client.get("/account/password").status_code == 302


def test_changing_the_password_ends_all_other_sessions(app: Flask, sign_in: Any) -> None:
    client, other = sign_in(cast.manager()), app.test_client()
    log_in(other, "manager")
    new = "saddle-orchid-lantern"
    values = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    answer = client.post("/account/password", data={**values, "csrf_token": token_of(client, "/account/password")})
    assert answer.status_code == 302
    assert client.get("/account/password").status_code == 200
    assert other.get("/account/password").status_code == 302


def test_no_token_for_programs_is_handed_out_at_sign_in(app: Flask, client: FlaskClient) -> None:
    make_account(app, cast.manager())
    answer = client.post(
        "/login?include_auth_token=true",
        json={"username": "manager", "password": PASSWORD},
        headers={"X-CSRFToken": token_of(client)},
    )
    token = (answer.get_json() or {}).get("response", {}).get("user", {}).get("authentication_token")
    stranger = app.test_client()
    assert stranger.get("/account/password", headers={"Authentication-Token": token or "x"}).status_code != 200


def test_next_leads_back_to_a_page_of_ours_only(app: Flask, client: FlaskClient) -> None:
    make_account(app, cast.manager())
    evil = [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "\thttps://evil.example",
    ]
    for target in evil:
        answer = log_in(client, "manager", next=target)
        assert answer.status_code == 302
        assert answer.location in {"/admin/", "/%5Cevil.example"}, target  # the last is a path of ours to a browser
        client.post("/logout", data={"csrf_token": token_of(client, "/account/password")})
    assert log_in(client, "manager", next="/account/password").location == "/account/password"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_mongodb_that_is_away_is_asked_once_and_no_fault_of_the_limits(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Each question waits for half a minute, and a limiter that counts in memory forgets who was stopped."""
    token, asked = token_of(client), []

    def leave(*values: Any, **more: Any) -> Any:
        asked.append(values)
        raise AutoReconnect("connection closed")

    monkeypatch.setattr(Collection, "find", leave)
    form = {"username": "nobody", "password": "wrong", "csrf_token": token}
    answer = client.open("/login", method=method, data=form if method == "POST" else None)
    assert (answer.status_code, len(asked)) == ((503, 1) if method == "POST" else (200, 0))
    assert not limiter_of(app)._storage_dead
