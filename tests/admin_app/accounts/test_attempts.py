"""How often one may try: guessing is slow from everywhere, and nobody locks somebody else out."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from admin_app.accounts.documents import Account
from admin_app.signing_in.attempts import UNKNOWN_LIMIT
from tests import cast
from tests.admin_app.accounts.test_second_factor import set_up
from tests.admin_app.conftest import PASSWORD, log_in, make_account, token_of

ELSEWHERE = "198.51.100.7"


def guess(client: FlaskClient, times: int, address: str = "127.0.0.1", username: str = "manager") -> list[int]:
    values = {"username": username, "password": "wrong-password", "csrf_token": token_of(client)}
    place = {"REMOTE_ADDR": address}
    return [client.post("/login", data=values, environ_overrides=place).status_code for _ in range(times)]


def test_failures_from_elsewhere_lock_nobody_out(app: Flask) -> None:
    make_account(app, cast.manager())
    assert guess(app.test_client(), 11, ELSEWHERE) == [200] * 10 + [429]
    assert log_in(app.test_client(), "manager").status_code == 302


def test_a_browser_that_was_signed_in_before_is_not_locked_out_by_its_neighbour(app: Flask) -> None:
    make_account(app, cast.manager())
    own = app.test_client()
    log_in(own, "manager")
    own.post("/logout", data={"csrf_token": token_of(own, "/account/password")})
    neighbour = app.test_client()
    assert guess(neighbour, 11)[-1] == 429
    assert guess(neighbour, 60, username="somebody")[-1] == 429
    assert log_in(own, "manager").status_code == 302


def test_a_known_browser_guesses_no_more_often_than_another(app: Flask) -> None:
    make_account(app, cast.manager())
    own = app.test_client()
    log_in(own, "manager")
    own.post("/logout", data={"csrf_token": token_of(own, "/account/password")})
    assert guess(own, 11) == [200] * 10 + [429]


def test_a_cookie_of_another_account_or_hand_is_no_known_browser(app: Flask) -> None:
    make_account(app, cast.manager())
    make_account(app, cast.desk())
    client = app.test_client()
    log_in(client, "desk")
    client.post("/logout", data={"csrf_token": token_of(client, "/account/password")})
    assert guess(app.test_client(), 11)[-1] == 429
    assert guess(client, 1) == [429]
    client.set_cookie("anju-known", "e30.made-up.signature")
    assert guess(client, 1) == [429]


def test_guesses_from_many_addresses_are_slow_together_and_hold_up_no_known_one(app: Flask) -> None:
    make_account(app, cast.manager())
    log_in(app.test_client(), "manager")  # 127.0.0.1 is known from now on
    most = int(UNKNOWN_LIMIT.split()[0])
    client = app.test_client()
    for n in range(most // 10):
        assert guess(client, 10, f"198.51.100.{n}") == [200] * 10
    assert guess(client, 1, "203.0.113.1") == [429]
    assert log_in(app.test_client(), "manager").status_code == 302


def test_codes_that_somebody_else_guesses_do_not_lock_their_owner_out(app: Flask, sign_in: Any) -> None:
    totp = set_up(sign_in(cast.manager()))
    thief = app.test_client()
    place = {"REMOTE_ADDR": ELSEWHERE}
    log_in(thief, "manager", PASSWORD)
    token = token_of(thief, "/login/code")
    guesses = [
        thief.post("/login/code", data={"code": "000000", "csrf_token": token}, environ_overrides=place).status_code
        for _ in range(11)
    ]
    assert guesses[-1] == 429
    own = app.test_client()
    log_in(own, "manager")
    later = totp.generate(time=int(totp.now()) + 30).token
    answer = own.post("/login/code", data={"code": later, "csrf_token": token_of(own, "/login/code")})
    assert answer.status_code == 302


def test_ten_addresses_are_kept_and_the_newest_stay(app: Flask) -> None:
    make_account(app, cast.manager())
    for n in range(12):
        client = app.test_client()
        values = {"username": "manager", "password": PASSWORD, "csrf_token": token_of(client)}
        client.post("/login", data=values, environ_overrides={"REMOTE_ADDR": f"10.0.0.{n}"})
    assert Account.objects.get().known_addresses == [f"10.0.0.{n}" for n in range(2, 12)]
