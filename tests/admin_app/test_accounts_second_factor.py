"""The second factor: set up by staff, asked at sign-in, demanded by a setting."""

from dataclasses import replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP

from admin_app.accounts import operations
from admin_app.accounts.documents import Account
from admin_app.app import create_app
from tests import cast
from tests.admin_app.conftest import log_in, make_account, token_of


def set_up(client: FlaskClient) -> TOTP:
    """Go through the set-up page as a person would; the key is read off the page."""
    token = token_of(client, "/account/second-factor")
    page = client.post("/account/second-factor", data={"setup": "authenticator", "csrf_token": token}).text
    key = page.split('<p class="secret">')[1].split("</p>")[0].strip()
    totp = TOTP(key=key.replace("-", "").replace(" ", ""))
    action = page.split('method="post" action="')[1].split('"')[0]
    answer = client.post(action, data={"code": totp.generate().token, "csrf_token": token})
    assert answer.status_code == 302, answer.text
    return totp


def test_staff_can_set_it_up_and_are_asked_for_it(app: Flask, sign_in: Any) -> None:
    totp = set_up(sign_in(cast.manager()))
    assert Account.objects.get(username="manager").tf_primary_method == "authenticator"

    client = app.test_client()
    answer = log_in(client, "manager")
    assert answer.location.startswith("/login/code")
    assert client.get("/account/password").status_code == 302
    # The code of the set-up was used; an authenticator shows the next one half a minute later.
    later = totp.generate(time=int(totp.now()) + 30).token
    answer = client.post("/login/code", data={"code": later, "csrf_token": token_of(client, "/login/code")})
    assert answer.status_code == 302
    assert client.get("/account/password").status_code == 200


def test_a_wrong_code_gets_nobody_in(app: Flask, sign_in: Any) -> None:
    set_up(sign_in(cast.manager()))
    client = app.test_client()
    log_in(client, "manager")
    token = token_of(client, "/login/code")
    assert client.post("/login/code", data={"code": "000000", "csrf_token": token}).status_code == 200
    assert client.get("/account/password").status_code == 302


def test_codes_are_limited(app: Flask, sign_in: Any) -> None:
    set_up(sign_in(cast.manager()))
    client = app.test_client()
    log_in(client, "manager")
    token = token_of(client, "/login/code")
    statuses = [client.post("/login/code", data={"code": "000000", "csrf_token": token}).status_code for _ in range(11)]
    assert statuses[-1] == 429


def test_a_setting_demands_it(settings: Any, database: Any, redis: Any) -> None:
    app = create_app(replace(settings, second_factor=True))
    make_account(app, cast.manager())
    client = app.test_client()
    assert log_in(client, "manager").location == "/account/second-factor"
    assert client.get("/account/password").status_code == 302
    set_up(client)
    assert client.get("/account/password").status_code == 200


def test_who_lost_the_phone_is_helped_from_the_command_line(app: Flask, sign_in: Any) -> None:
    set_up(sign_in(cast.manager()))
    operations.reset_second_factor("manager")
    assert log_in(app.test_client(), "manager").location == "/admin/"
