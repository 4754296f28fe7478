"""Tokens: the only key of the API. Scoped, revocable, kept as hashes."""

from datetime import timedelta

import pytest
from flask import Flask

from admin_app.accounts.documents import Account
from admin_app.tokens import operations as tokens
from admin_app.tokens.documents import Token
from store import clock, directory
from store.actor import SYSTEM
from store.errors import Invalid
from tests import cast
from tests.admin_app.conftest import signed_in
from tests.api.conftest import AsProgram, Program, body_of, make_token


def refused(app: Flask, secret: str) -> tuple[int, str]:
    answer = Program(app, secret).get("/work-orders")
    return answer.status_code, body_of(answer)["code"]


def test_without_a_token_nothing_is_open(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/work-orders")
    assert (answer.status_code, body_of(answer)["code"]) == (401, "token_missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_opens_no_door_of_the_api(app: Flask) -> None:
    client = signed_in(app, cast.manager())
    assert client.get("/admin/", follow_redirects=True).status_code == 200
    assert client.get("/api/v1/work-orders").status_code == 401
    assert client.post("/api/v1/notices/readings").status_code == 401


def test_a_token_opens_no_door_of_the_back_office(app: Flask) -> None:
    client = Program(app, make_token(cast.administrator())).client
    answer = client.get("/admin/", headers={"Authorization": f"Bearer {make_token(cast.administrator())}"})
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]


@pytest.mark.parametrize("secret", ["anju_wrong", "", "x" * 5_000, "a b", "anju_" + "é" * 9])
def test_a_wrong_token_is_refused(app: Flask, secret: str) -> None:
    assert refused(app, secret) in [(401, "token_invalid"), (401, "token_missing")]


def test_the_secret_is_nowhere_in_the_database(app: Flask) -> None:
    secret = make_token(cast.manager())
    stored = Token.objects.first().to_mongo().to_dict()
    assert secret not in str(stored)
    assert stored["hint"] == secret[:11]


def test_it_remembers_when_it_was_used(app: Flask) -> None:
    secret = make_token(cast.manager())
    assert Token.objects.first().last_used_at is None
    Program(app, secret).get("/work-orders")
    assert clock.now() - Token.objects.first().last_used_at < timedelta(minutes=1)


def test_a_revoked_token_is_dead(app: Flask) -> None:
    secret = make_token(cast.manager())
    tokens.revoke(Token.objects.first().id, actor=SYSTEM, now=clock.now())
    assert refused(app, secret) == (401, "token_revoked")


def test_an_expired_token_is_dead(app: Flask) -> None:
    secret = make_token(cast.manager())
    Token.objects.update(set__expires_at=clock.now())
    assert refused(app, secret) == (401, "token_expired")


def test_a_disabled_account_takes_its_tokens_along(app: Flask) -> None:
    secret = make_token(cast.manager())
    Account.objects.update(set__active=False)
    assert refused(app, secret) == (401, "token_invalid")


def test_who_has_left_takes_his_tokens_along(app: Flask) -> None:
    secret = make_token(cast.second_guard())
    directory.set_active("staff", "guard-2", False, actor=SYSTEM, now=clock.now())
    assert refused(app, secret) == (401, "token_invalid")


@pytest.mark.parametrize(
    ("scope", "read", "write"),
    [("all", 200, 200), ("read", 200, 403), ("inbox.read", 200, 200), ("work.read", 403, 403)],
)
def test_a_scope_narrows_what_the_account_may(program: AsProgram, scope: str, read: int, write: int) -> None:
    holder = program(cast.guard(), scope)
    assert holder.get("/notices").status_code == read
    # Marking one's own notices needs no more than the inbox, but `read` alone is for reading.
    assert holder.post("/notices/readings").status_code == write


def test_reading_scope_writes_nothing(program: AsProgram) -> None:
    answer = program(cast.manager(), "read").post("/estates", {"code": "new", "name": {"zh": "新"}})
    assert (answer.status_code, body_of(answer)["code"]) == (403, "scope_missing")


def test_a_scope_gives_nothing_that_the_role_does_not_have(program: AsProgram) -> None:
    answer = program(cast.guard(), "directory.write").post("/estates", {"code": "new", "name": {"zh": "新"}})
    assert (answer.status_code, body_of(answer)["code"]) == (403, "forbidden")


def test_unknown_scopes_and_lives_are_refused(app: Flask) -> None:
    make_token(cast.manager())
    for scopes, days in ((["root"], None), ([], None), (["all"], 0), (["all"], 10_000)):
        with pytest.raises(Invalid):
            tokens.mint("manager", scopes, name="x", days=days, actor=SYSTEM, now=clock.now())


def test_the_command_prints_a_token_that_works_and_can_be_revoked(app: Flask) -> None:
    make_token(cast.manager())
    run = app.test_cli_runner().invoke
    made = run(args=["user", "token", "manager", "--scope", "read", "--name", "report"])
    assert made.exit_code == 0, made.output
    secret = made.stdout.split()[0]
    assert Program(app, secret).get("/work-orders").status_code == 200
    token = Token.objects.get(name="report")
    assert str(token.id) in run(args=["user", "tokens", "manager"]).output
    assert run(args=["user", "revoke-token", str(token.id)]).exit_code == 0
    assert refused(app, secret) == (401, "token_revoked")
    assert run(args=["user", "token", "nobody", "--scope", "read"]).exit_code == 1
