"""The second factor: set up by staff, asked at sign-in, demanded by a setting."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP

from admin_app.accounts import operations
from admin_app.accounts.authority import OPERATOR
from admin_app.accounts.documents import Account
from admin_app.app import create_app
from store.access import ROLES
from store.audit.documents import AuditEntry
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
    app = create_app(replace(settings, second_factor=frozenset(ROLES)))
    make_account(app, cast.manager())
    client = app.test_client()
    assert log_in(client, "manager").location == "/account/second-factor"
    assert client.get("/account/password").status_code == 302
    set_up(client)
    assert client.get("/account/password").status_code == 200


def test_who_lost_the_phone_is_helped_from_the_command_line(app: Flask, sign_in: Any) -> None:
    set_up(sign_in(cast.manager()))
    operations.reset_second_factor("manager", actor=OPERATOR, now=cast.NOW)
    assert log_in(app.test_client(), "manager").location == "/admin/"


def code_of(totp: TOTP, steps: int = 1) -> str:
    return str(totp.generate(time=int(totp.now()) + 30 * steps).token)


def enter(client: FlaskClient, code: str) -> Any:
    return client.post("/login/code", data={"code": code, "csrf_token": token_of(client, "/login/code")})


def test_a_code_works_once(app: Flask, sign_in: Any) -> None:
    totp = set_up(sign_in(cast.manager()))
    code, first, second = code_of(totp), app.test_client(), app.test_client()
    for client in (first, second):
        log_in(client, "manager")
    assert enter(first, code).status_code == 302
    assert enter(second, code).status_code == 200
    assert second.get("/account/password").status_code == 302
    # An older one that nobody has used is not taken after a newer one either.
    assert enter(second, code_of(totp, 0)).status_code == 200


def test_of_two_who_enter_a_code_at_once_one_gets_in(app: Flask, sign_in: Any) -> None:
    totp = set_up(sign_in(cast.manager()))
    code, clients = code_of(totp), [app.test_client() for _ in range(4)]
    tokens = []
    for client in clients:
        log_in(client, "manager")
        tokens.append(token_of(client, "/login/code"))
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].post("/login/code", data={"code": code, "csrf_token": pair[1]}),
                zip(clients, tokens, strict=True),
            )
        )
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 302]


def test_of_two_who_enter_a_recovery_code_at_once_one_gets_in(app: Flask, sign_in: Any) -> None:
    set_up(sign_in(cast.manager()))
    Account.objects.update(set__mf_recovery_codes=["aaaa-bbbb-cccc", "dddd-eeee-ffff"])
    clients, tokens = [app.test_client() for _ in range(4)], []
    for client in clients:
        log_in(client, "manager")
        tokens.append(token_of(client, "/login/recovery"))
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].post("/login/recovery", data={"code": "aaaa-bbbb-cccc", "csrf_token": pair[1]}),
                zip(clients, tokens, strict=True),
            )
        )
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 302]
    assert Account.objects.get(username="manager").mf_recovery_codes == ["dddd-eeee-ffff"]
    assert AuditEntry.objects(action="account_recovery_used").count() == 1


def test_a_setting_demands_it_of_some_roles_only(settings: Any, database: Any, redis: Any) -> None:
    app = create_app(replace(settings, second_factor=frozenset({"manager"})))
    make_account(app, cast.manager())
    make_account(app, cast.desk())
    client = app.test_client()
    assert log_in(client, "manager").location == "/account/second-factor"
    set_up(client)
    answer = client.post(
        "/account/second-factor", data={"setup": "disable", "csrf_token": token_of(client, "/account/password")}
    )
    assert Account.objects.get(username="manager").tf_primary_method == "authenticator", answer.status_code
    assert log_in(app.test_client(), "desk").location == "/admin/"


def test_who_asks_for_help_is_told_whom_to_ask(app: Flask, sign_in: Any) -> None:
    set_up(sign_in(cast.manager()))
    for wanted in ("help", "email", "recovery_code", "nonsense", ""):
        client = app.test_client()
        log_in(client, "manager")
        form = {"help_setup": wanted, "csrf_token": token_of(client, "/login/code")}
        answer = client.post("/login/rescue", data=form)
        assert answer.status_code == 200, wanted
        assert "请管理员在“账号”里重置" in answer.text


def test_looking_at_the_page_for_codes_ends_no_session(sign_in: Any) -> None:
    client = sign_in(cast.manager())
    assert client.get("/login/code").location == "/admin/"
    token = token_of(client, "/account/password")
    assert client.post("/login/code", data={"code": "123456", "csrf_token": token}).location == "/admin/"
    assert client.get("/account/password").status_code == 200


def test_setting_it_up_and_turning_it_off_is_audited(sign_in: Any) -> None:
    client = sign_in(cast.manager())
    set_up(client)
    token = token_of(client, "/account/password")
    client.post("/account/recovery-codes", data={"generate_new_codes": "1", "csrf_token": token})
    client.post("/account/second-factor", data={"setup": "disable", "csrf_token": token})
    told = [each.action for each in AuditEntry.objects(actor="manager").order_by("id")]
    assert told == ["account_factor_on", "account_recovery_codes", "account_factor_off"]
    assert Account.objects.get(username="manager").tf_totp_secret is None
