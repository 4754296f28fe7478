"""`flask user …`: what an operator types, and what the seed loader asks for."""

from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from admin_app.accounts.documents import Account, SignIn
from admin_app.accounts.operations import ensure_accounts
from tests import cast
from tests.admin_app.conftest import PASSWORD, log_in, make_account


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["user", *words])


def test_an_account_is_made_for_a_member_of_staff(app: Flask) -> None:
    cast.make_staff(cast.desk())
    result = run(app, "add", "Desk", "--staff", "desk", "--password", PASSWORD)
    assert result.exit_code == 0, result.output
    assert "吴安晴" in result.output
    assert PASSWORD not in result.output
    assert log_in(app.test_client(), "desk").status_code == 302


@pytest.mark.parametrize(
    ("username", "staff", "password", "says"),
    [
        ("desk", "nobody", PASSWORD, "not found"),
        ("desk", "desk", "short", "10–128"),
        ("deskdeskdesk", "desk", "DeskDeskDesk", "must not be the username"),
        ("a b", "desk", PASSWORD, "2–64"),
        ("taken", "desk", PASSWORD, "taken"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    app: Flask, username: str, staff: str, password: str, says: str
) -> None:
    cast.make_staff(cast.desk())
    run(app, "add", "taken", "--staff", "desk", "--password", PASSWORD)
    result = run(app, "add", username, "--staff", staff, "--password", password)
    assert result.exit_code == 1
    assert says in result.output
    assert "Traceback" not in result.output
    assert Account.objects.count() == 1


def test_a_new_password_ends_all_sessions(app: Flask, sign_in: Any) -> None:
    client = sign_in(cast.manager())
    assert run(app, "password", "manager", "--password", "saddle-orchid-lantern").exit_code == 0
    assert SignIn.objects.count() == 0
    assert client.get("/account/password").status_code == 302
    assert log_in(client, "manager").status_code == 200
    assert log_in(client, "manager", "saddle-orchid-lantern").status_code == 302


def test_accounts_are_listed_disabled_and_enabled(app: Flask) -> None:
    make_account(app, cast.manager())
    assert run(app, "disable", "manager").exit_code == 0
    assert "disabled" in run(app, "list").output
    assert log_in(app.test_client(), "manager").status_code == 200
    run(app, "enable", "manager")
    assert log_in(app.test_client(), "manager").status_code == 302


def test_seeded_logins_are_made_once_and_told_once(app: Flask) -> None:
    cast.make_staff(cast.manager())
    cast.make_staff(cast.desk())
    logins = [("manager", "manager"), ("desk", "desk")]
    made = ensure_accounts(app, logins)
    assert [login.username for login in made] == ["manager", "desk"]
    assert len({login.password for login in made}) == 2
    assert log_in(app.test_client(), "manager", made[0].password).status_code == 302
    assert ensure_accounts(app, logins) == []


def test_the_demo_password_is_used_where_it_is_given(app: Flask) -> None:
    cast.make_staff(cast.manager())
    ensure_accounts(app, [("manager", "manager")], PASSWORD)
    assert log_in(app.test_client(), "manager").status_code == 302
