"""Whose account somebody may touch: of nobody who has an estate or a role that he has not, at no door."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_app.accounts import operations as accounts
from admin_app.accounts.authority import OPERATOR
from admin_app.accounts.documents import Account
from admin_app.tokens import operations as tokens
from admin_app.tokens.documents import Token
from store import directory
from store.actor import Actor
from store.audit.documents import AuditEntry
from store.devices import operations as devices
from store.devices.documents import Device
from store.errors import AnjuError, Forbidden, NotFound
from store.people.documents import Staff
from tests import cast
from tests.admin_app.conftest import PASSWORD, SignIn, log_in, make_account, token_of
from tests.api.conftest import Program

OWN = cast.guard(estates=frozenset({cast.OTHER_ESTATE}))
FOREIGN = cast.desk()
WIDER = cast.second_guard(estates=frozenset({cast.ESTATE, cast.OTHER_ESTATE}))
COMPANY = cast.manager()
BEYOND = (FOREIGN, WIDER, COMPANY)


def local(code: str = "local", role: str = "administrator") -> Actor:
    """The administrator of the other estate only."""
    return Actor(code, "秦江管", frozenset({role}), frozenset({cast.OTHER_ESTATE}), "management")


@pytest.fixture
def office(app: Flask) -> None:
    for who in (OWN, *BEYOND):
        make_account(app, who)


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client, "/account/password"), **form})


def untouched(who: Actor) -> tuple[Any, ...]:
    found = Account.objects.get(username=who.code)
    return found.password, found.active, found.fs_uniquifier, found.tf_totp_secret


SCREEN_VERBS: tuple[tuple[str, dict[str, str]], ...] = (
    ("password", {}),
    ("active", {"active": "no"}),
    ("active", {"active": "yes"}),
    ("second-factor", {}),
)


@pytest.mark.parametrize("who", BEYOND, ids=lambda who: who.code)
@pytest.mark.parametrize(("verb", "form"), SCREEN_VERBS)
def test_no_screen_touches_an_account_beyond_ones_estates(
    office: None, sign_in: SignIn, who: Actor, verb: str, form: dict[str, str]
) -> None:
    client, before = sign_in(local()), untouched(who)
    answer = post(client, f"/admin/accounts/{who.code}/{verb}", **form)
    assert answer.status_code in {303, 404}
    assert untouched(who) == before
    assert "只显示这一次" not in answer.text
    assert AuditEntry.objects(about=f"account:{who.code}", actor="local").count() == 0


@pytest.mark.parametrize(("verb", "form"), SCREEN_VERBS[:2])
def test_the_screen_touches_those_of_ones_own_estates(
    office: None, sign_in: SignIn, verb: str, form: dict[str, str]
) -> None:
    client, before = sign_in(local()), untouched(OWN)
    assert post(client, f"/admin/accounts/guard/{verb}", **form).status_code in {200, 303}
    assert untouched(OWN) != before


def test_the_list_shows_ones_own_estates_only(office: None, sign_in: SignIn) -> None:
    page = sign_in(local()).get("/admin/accounts/").text
    assert "<td>guard</td>" in page
    for who in BEYOND:
        assert f"<td>{who.code}</td>" not in page
        assert f'value="{who.code}"' not in page


@pytest.mark.parametrize("who", BEYOND, ids=lambda who: who.code)
def test_no_new_account_is_made_for_somebody_beyond(office: None, sign_in: SignIn, who: Actor) -> None:
    client = sign_in(local())
    assert post(client, "/admin/accounts/", username="planted", staff=who.code).status_code == 422
    assert Account.objects(username="planted").first() is None
    assert post(client, "/admin/accounts/", username="planted", staff="guard").status_code == 200


VERBS: tuple[Callable[[str, Actor], object], ...] = (
    lambda name, actor: accounts.set_password(name, "saddle-orchid-lantern", actor=actor, now=cast.NOW),
    lambda name, actor: accounts.set_active(name, False, actor=actor, now=cast.NOW),
    lambda name, actor: accounts.set_active(name, True, actor=actor, now=cast.NOW),
    lambda name, actor: accounts.reset_second_factor(name, actor=actor, now=cast.NOW),
    lambda name, actor: accounts.create("planted", PASSWORD, name, cast.NOW, actor=actor),
    lambda name, actor: tokens.mint(name, ["all"], name="x", actor=actor, now=cast.NOW),
    lambda name, actor: tokens.mint(name, ["all"], name="x", actor=actor, now=cast.NOW, device=cast.TABLET),
    lambda name, actor: tokens.tokens_of(name, actor=actor),
    lambda name, actor: tokens.revoke(str(_token_of(name).id), actor=actor, now=cast.NOW),
)


def _token_of(name: str) -> Token:
    return tokens.mint(name, ["read"], name="kept", actor=OPERATOR, now=cast.NOW).token


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_asks_for_permission_and_estates(office: None, app: Flask, verb: Callable[..., object]) -> None:
    with app.app_context():
        for who in BEYOND:
            with pytest.raises(NotFound):
                verb(who.code, local())
        for role in ("manager", "supervisor", "desk", "field", "auditor"):
            with pytest.raises(Forbidden):
                verb("guard", local(role, role))
        verb("guard", local())


def test_a_role_that_one_has_not_is_neither_given_nor_taken(app: Flask) -> None:
    """The manager of one estate has not what an administrator has, though both are of that estate alone."""
    cast.make_staff(local())
    cast.make_staff(OWN)
    manager = local("local-manager", "manager")
    for code, roles in (("guard", ["administrator"]), ("guard", ["field", "administrator"]), ("local", ["field"])):
        values = {**(directory.values_of("staff", code) or {}), "roles": roles}
        with pytest.raises(AnjuError):
            directory.update("staff", code, values, actor=manager, now=cast.NOW)
    with pytest.raises(AnjuError):
        directory.set_active("staff", "local", False, actor=manager, now=cast.NOW)
    assert Staff.objects.get(code="local").roles == ["administrator"]
    assert Staff.objects.get(code="guard").roles == ["field"]


def test_an_administrator_of_one_estate_does_not_spread(office: None, app: Flask, sign_in: SignIn) -> None:
    """By the form and by the API: to the other estate, to all, or by making one of his people wider than himself."""
    client = sign_in(local())
    with app.app_context():
        program = Program(app, tokens.mint("local", ["all"], name="x", actor=OPERATOR, now=cast.NOW).secret)
    for code in ("local", "guard"):
        values = directory.values_of("staff", code) or {}
        for estates in ([], [cast.ESTATE], [cast.ESTATE, cast.OTHER_ESTATE]):
            form = {"name.zh": "x", "roles": ["administrator"], "estates": estates, "language": "zh"}
            post(client, f"/admin/directory/staff/-/{code}", **form)
            answer = program.put(f"/staff/{code}", {**values, "estates": estates}, headers={"If-Match": "*"})
            assert answer.status_code in {403, 404, 422}
    assert Staff.objects.get(code="local").estates == Staff.objects.get(code="guard").estates == [cast.OTHER_ESTATE]


def test_a_tablet_of_two_estates_is_ended_by_who_has_both(app: Flask) -> None:
    for who in (OWN, FOREIGN):
        cast.make_staff(who)
        devices.enrol(cast.TABLET, "门岗平板", actor=who, now=cast.NOW)
    lead = local("lead", "supervisor")
    for refused in (
        lambda: devices.revoke(cast.TABLET, name="门岗平板", actor=lead, now=cast.NOW),
        lambda: devices.rename(cast.TABLET, "我的", actor=lead, now=cast.NOW),
    ):
        with pytest.raises(Forbidden):
            refused()
    assert Device.objects.get(code=cast.TABLET).state == "active"
    devices.revoke(cast.TABLET, name="门岗平板", actor=COMPANY, now=cast.NOW)


def test_ones_own_account_is_not_reset_from_an_open_session(sign_in: SignIn) -> None:
    client = sign_in(cast.administrator())
    before = untouched(cast.administrator())
    for verb, form in (SCREEN_VERBS[0], SCREEN_VERBS[1], SCREEN_VERBS[3]):
        assert "只显示这一次" not in post(client, f"/admin/accounts/admin/{verb}", **form).text
    assert untouched(cast.administrator()) == before


def test_every_change_of_an_account_is_audited(office: None, app: Flask, sign_in: SignIn) -> None:
    client = sign_in(local())
    secret = post(client, "/admin/accounts/guard/password").text.split("（只显示这一次）：")[1][:19]
    post(client, "/admin/accounts/", username="second", staff="guard")
    post(client, "/admin/accounts/guard/active", active="no")
    post(client, "/admin/accounts/guard/active", active="yes")
    post(client, "/admin/accounts/guard/second-factor")
    runner = app.test_cli_runner()
    runner.invoke(args=["user", "password", "guard", "--password", "saddle-orchid-lantern"])
    token = runner.invoke(args=["user", "token", "guard", "--scope", "read"]).output.split()[0]
    runner.invoke(args=["user", "revoke-token", str(Token.objects.get().id)])
    own = app.test_client()
    log_in(own, "guard", "saddle-orchid-lantern")
    new = {"new_password": "violet-harbour-lantern", "new_password_confirm": "violet-harbour-lantern"}
    post(own, "/account/password", password="saddle-orchid-lantern", **new)
    entries = AuditEntry.objects(about__in=["account:guard", "account:second"], actor__ne="operator").order_by("at")
    told = [(each.action, each.actor, each.estate, each.detail["address"]) for each in entries]
    home = cast.OTHER_ESTATE
    assert sorted(told) == sorted(
        [
            *(
                (f"account_{each}", "local", home, "127.0.0.1")
                for each in ("password", "create", "disable", "enable", "factor_reset")
            ),
            ("account_own_password", "guard", home, "127.0.0.1"),
        ]
    )
    by_operator = AuditEntry.objects(about="account:guard", actor="operator", action__ne="account_create")
    assert {(each.action, each.detail["address"]) for each in by_operator} == {
        (action, "command line") for action in ("account_password", "token_create", "token_revoke")
    }
    kept = "".join(str(each.to_mongo().to_dict()) for each in AuditEntry.objects)
    assert all(each not in kept for each in (secret, token, "saddle-orchid", "violet-harbour"))


def test_the_audit_of_a_wider_account_is_not_shown_to_a_narrower_reader(
    office: None, app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        for who in (OWN, COMPANY, WIDER):
            accounts.reset_second_factor(who.code, actor=OPERATOR, now=cast.NOW)
    page = sign_in(local()).get("/admin/audit/").text
    assert "账号 guard" in page
    assert "账号 manager" not in page
    assert "账号 guard-2" not in page
    everything = sign_in(cast.administrator()).get("/admin/audit/").text
    assert "账号 manager" in everything
