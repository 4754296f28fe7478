"""Sessions, tokens, forms and redirects: what a stolen, forged or guessed thing is worth."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_app.accounts.documents import SignIn
from tests import cast
from tests.admin_app.conftest import PASSWORD, log_in, make_account, token_of
from tests.admin_app.conftest import SignIn as SigningIn
from tests.api.conftest import Program, make_token
from tests.security.doors import doors, one_of_each
from tests.security.world import World


def test_every_form_needs_its_token(app: Flask, sign_in: SigningIn) -> None:
    """Every POST of the routing table, the library's too: without the token, and with that of another session."""
    client = sign_in(cast.administrator())
    foreign = token_of(app.test_client())
    every = list(doors(app, "POST", "PUT", "PATCH", "DELETE"))
    for data, tried in (({}, every), ({"csrf_token": foreign}, list(one_of_each(every)))):
        for door in tried:
            answer = client.open(door.path(), method=door.method, data={"version": "1", **data})
            assert answer.status_code == 400, (str(door), data, answer.status_code)
    assert len(every) > 100


def test_a_cookie_is_for_browsers_and_this_site_only(app: Flask, sign_in: SigningIn) -> None:
    make_account(app, cast.manager())
    cookie = log_in(app.test_client(), "manager").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_a_new_password_from_the_administrator_ends_sessions_and_tokens_stay_named(
    app: Flask, sign_in: SigningIn
) -> None:
    administrator, manager = sign_in(cast.administrator()), sign_in(cast.manager())
    stolen = manager.get_cookie("anju").value
    form = {"csrf_token": token_of(administrator, "/account/password")}
    answer = administrator.post("/admin/accounts/manager/password", data=form)
    secret = answer.text.split("（只显示这一次）：")[1][:19]
    assert secret not in str(answer.headers)
    assert secret not in administrator.get("/admin/accounts/").text
    thief = app.test_client()
    thief.set_cookie("anju", stolen)
    for client in (manager, thief):
        assert client.get("/admin/today/").status_code == 302
    assert log_in(app.test_client(), "manager").status_code == 200
    assert log_in(app.test_client(), "manager", secret).status_code == 302


def test_an_account_that_is_disabled_on_the_screen_is_dead_at_every_door(app: Flask, sign_in: SigningIn) -> None:
    administrator, manager = sign_in(cast.administrator()), sign_in(cast.manager())
    program = Program(app, make_token(cast.manager()))
    assert program.get("/work-orders").status_code == 200
    stolen = manager.get_cookie("anju").value
    form = {"active": "no", "csrf_token": token_of(administrator, "/account/password")}
    assert administrator.post("/admin/accounts/manager/active", data=form).status_code == 303
    thief = app.test_client()
    thief.set_cookie("anju", stolen)
    for client in (manager, thief):
        assert client.get("/admin/today/").status_code == 302
    assert program.get("/work-orders").status_code == 401
    assert log_in(app.test_client(), "manager").status_code == 200


def test_a_role_that_is_taken_away_is_gone_at_the_next_page(app: Flask, sign_in: SigningIn) -> None:
    from store import directory
    from store.actor import SYSTEM

    desk, program = sign_in(cast.desk()), Program(app, make_token(cast.desk()))
    assert desk.get("/admin/requests/").status_code == 200
    values = directory.values_of("staff", "desk") or {}
    directory.update("staff", "desk", {**values, "roles": ["field"]}, actor=SYSTEM, now=cast.NOW)
    assert desk.get("/admin/requests/").status_code == 403
    assert program.get("/requests").status_code == 403


def test_a_planted_session_is_worth_nothing(app: Flask) -> None:
    """Fixation: who planted a cookie before somebody signed in holds an empty one afterwards."""
    make_account(app, cast.manager())
    victim, attacker = app.test_client(), app.test_client()
    token_of(attacker)
    planted = attacker.get_cookie("anju").value
    victim.set_cookie("anju", planted)
    assert log_in(victim, "manager").status_code == 302
    assert attacker.get("/admin/today/").status_code == 302
    assert victim.get_cookie("anju").value != planted


def test_a_cookie_signed_by_somebody_else_is_nobody(app: Flask, sign_in: SigningIn) -> None:
    client = sign_in(cast.manager())
    payload, _, signature = client.get_cookie("anju").value.rpartition(".")
    client.set_cookie("anju", f"{payload}.{signature[::-1]}")
    assert client.get("/admin/today/").status_code == 302


EVIL = ("https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "https:evil.example",
    "\thttps://evil.example", "/\t/evil.example", "javascript:alert(1)", "http:\\\\evil.example", "/%09/evil.example")  # fmt: skip


def leads_away(location: str | None) -> bool:
    """As browsers read it: backslashes are slashes, and white space in front is not there."""
    target = (location or "").strip().replace("\\", "/").replace("\t", "").replace("\n", "")
    parts = urlsplit(target)
    return parts.netloc not in {"", "localhost"} or parts.scheme not in {"", "http", "https"} or target.startswith("//")


PLACES = ("next", "url", "back", "return", "return_to", "redirect", "post_login", "referrer")


def test_no_address_of_a_parameter_leads_away(app: Flask, sign_in: SigningIn) -> None:
    """Every door with an evil address in every name that such things have."""
    client = sign_in(cast.administrator())
    query = dict(zip(PLACES, EVIL, strict=False))
    form = {**query, "csrf_token": token_of(client, "/account/password"), "password": PASSWORD, "version": "1"}
    for door in one_of_each(doors(app, "GET")):
        if not door.rule.arguments:
            assert not leads_away(client.get(door.address, query_string=query).location), door.address
    for door in one_of_each(doors(app, "POST")):
        if door.address not in {"/logout", "/login"}:
            headers = {"Referer": "http://localhost//evil.example/x"}
            answer = client.post(door.path(), data=form, query_string=query, headers=headers)
            assert not leads_away(answer.location), (str(door), answer.location)


def test_no_door_that_goes_back_goes_elsewhere(app: Flask, world: World, sign_in: SigningIn) -> None:
    client = sign_in(cast.administrator())
    token = token_of(client, "/account/password")
    doors_back = (
        f"/admin/requests/{world.request.number}/accept",
        f"/admin/work/{world.order.number}/cancel",
        "/admin/saved-filters/drop",
        "/preferences/estate",
        "/account/password",
        "/verify",
        "/login",
    )
    for evil in EVIL:
        query = dict.fromkeys(PLACES, evil)
        form = {**query, "csrf_token": token, "password": PASSWORD, "version": "1", "username": "admin"}
        for path in doors_back:
            headers = {"Referer": f"http://localhost{evil}"}
            answer = client.post(path, data=form, query_string=query, headers=headers)
            assert not leads_away(answer.location), (path, evil, answer.location)


def test_signing_in_and_out_leads_to_pages_of_ours_only(app: Flask, sign_in: SigningIn) -> None:
    client = sign_in(cast.administrator())
    for evil in EVIL:
        query = dict.fromkeys(PLACES, evil)
        out = client.post("/logout", data={**query, "csrf_token": token_of(client)}, query_string=query)
        assert not leads_away(out.location), evil
        form = {**query, "username": "admin", "password": PASSWORD, "csrf_token": token_of(client)}
        entered = client.post("/login", data=form, query_string=query)
        assert entered.status_code == 302
        assert not leads_away(entered.location), evil


@pytest.mark.parametrize("page", ["/account/password", "/verify"])
def test_a_borrowed_session_cannot_be_used_to_guess_the_password(app: Flask, sign_in: SigningIn, page: str) -> None:
    client = sign_in(cast.manager())
    token = token_of(client, "/account/password")
    form = {
        "csrf_token": token,
        "new_password": "saddle-orchid-lantern",
        "new_password_confirm": "saddle-orchid-lantern",
    }
    answers = [client.post(page, data={**form, "password": f"guess-number-{n}"}).status_code for n in range(11)]
    assert answers[:10] == [200] * 10
    assert answers[10] == 429


def test_the_names_that_were_tried_are_not_kept_in_clear(app: Flask, client: FlaskClient, redis: Any) -> None:
    """People type telephone numbers and passwords into the wrong box."""
    log_in(client, "13987651234", "wrong-password")
    keys = list(redis.scan_iter())
    assert keys
    assert all(b"13987651234" not in key for key in keys)


def test_a_sign_in_keeps_no_more_than_it_needs(app: Flask, sign_in: SigningIn) -> None:
    sign_in(cast.manager())
    kept = SignIn.objects.get().to_mongo().to_dict()
    assert "password" not in str(kept)
    assert len(kept["token_hash"]) == 64
