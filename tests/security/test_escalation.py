"""Nobody gives himself more than he has: no hidden field, no import, no back way makes a role, a state or an estate."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_app.accounts.documents import Account
from store import directory
from store.content.documents import Content
from store.people.documents import Staff
from store.requests.documents import ServiceRequest
from tests import cast
from tests.admin_app.conftest import SignIn, token_of
from tests.api.conftest import Program, make_token
from tests.security.doors import doors
from tests.security.test_files import send, workbook
from tests.security.world import HOME, World
from tests.wrong_input.fingerprint import fingerprint

# What no form has, and every document does.
HIDDEN = {
    "state": "closed",
    "version": "1",
    "number": "R-0000-0001",
    "events": "x",
    "events.0.verb": "close",
    "clocks": "",
    "priority": "1",
    "assignee": "guard",
    "_id": "x",
    "pk": "x",
    "id": "x",
    "active": "",
    "tokens": "x",
    "pending": "yes",
    "relayed": "99",
    "closed_at": "2020-01-01",
    "created_at": "2020-01-01",
    "title": "planted",
    "revision": "9",
    "withdrawn": "yes",
    "live_uses": "x",
    "generated_until": "2030-01-01",
    "roles": "administrator",
    "estates": "riverside",
    "staff": "admin",
    "password": "planted-planted",
    "fs_uniquifier": "x",
}


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client, "/account/password"), **form})


def test_an_intake_sets_nothing_but_what_its_form_has(world: World, sign_in: SignIn) -> None:
    desk = sign_in(cast.desk())
    case = {"estate": cast.ESTATE, "kind": "repair", "item": "leak", "channel": "phone", "words": "x"}
    assert post(desk, "/admin/intake/", **{**HIDDEN, **case}).status_code == 303
    made = ServiceRequest.objects.order_by("-created_at").first()
    assert (made.state, made.version, made.assignee, made.priority, made.closed_at) == ("open", 1, None, 3, None)
    assert made.number.startswith("R-2")
    assert "planted" not in made.title
    assert [each.verb for each in made.events] == ["create"]


def test_a_verb_takes_its_own_fields_only(world: World, sign_in: SignIn) -> None:
    desk = sign_in(cast.desk())
    path = f"/admin/requests/{world.request.number}/accept"
    assert post(desk, path, **{**HIDDEN, "estate": cast.OTHER_ESTATE}).status_code == 303
    after = world.request.reload()
    assert (after.state, after.estate, after.version, after.closed_at) == ("accepted", cast.ESTATE, 2, None)
    assert after.assignee == "desk"


def test_a_directory_form_takes_its_own_fields_only(world: World, sign_in: SignIn) -> None:
    manager = sign_in(cast.manager())
    form = {**HIDDEN, "name.zh": "新", "estate": cast.ESTATE, "code": "other", "name.$set": "x", "name[$set]": "x"}
    assert post(manager, "/admin/directory/building/-/sunshine-3", **form).status_code == 303
    raw = directory.kinds()["building"].objects.get(code="sunshine-3").to_mongo().to_dict()
    assert (raw["version"], raw["active"], raw["name"]) == (2, True, {"zh": "新"})
    assert not set(raw) & {"state", "roles", "password", "number", "title"}


def test_a_content_form_takes_its_own_fields_only(world: World, sign_in: SignIn) -> None:
    lead = sign_in(cast.supervisor())
    form = {**HIDDEN, "name.zh": "新", "version": str(Content.objects.get(code="repair").version), "then": "publish"}
    post(lead, "/admin/content/service_category/repair/", **form)
    head = Content.objects.get(code="repair")
    assert (head.revision, head.withdrawn, head.generated_until) == (1, False, None)
    assert set(head.draft) <= {"name", "clause", "order", "department"}


def test_a_supervisor_saves_and_does_not_publish(world: World, sign_in: SignIn) -> None:
    lead = sign_in(cast.supervisor())
    for verb, form in (("withdraw", {}), ("cancel_schedule", {}), ("send_back", {"note": "x"})):
        post(lead, f"/admin/content/route/sunshine-route/verbs/{verb}/", version="1", **form)
    post(
        lead,
        "/admin/content/route/-/action/",
        verb="withdraw",
        rowid=str(Content.objects.get(code="sunshine-route").pk),
    )
    post(
        lead, "/admin/content/route/-/action/", verb="publish", rowid=str(Content.objects.get(code="sunshine-route").pk)
    )
    head = Content.objects.get(code="sunshine-route")
    assert (head.revision, head.state) == (1, "published")


STAFF_FORM = {"name.zh": "赵居安", "department": "management", "email": "manager@anju.example", "language": "zh"}


@pytest.mark.parametrize("changes", [{"roles": ["manager", "administrator"]}, {"roles": ["administrator"]}])
def test_a_manager_does_not_make_himself_an_administrator(
    app: Flask, world: World, sign_in: SignIn, changes: dict[str, Any]
) -> None:
    """By the form, by an import, by the API; nor does he take the administrator's place."""
    manager = sign_in(cast.manager())
    version = str(Staff.objects.get(code="manager").version)
    post(manager, "/admin/directory/staff/-/manager", **{**STAFF_FORM, **changes, "version": version})
    post(manager, "/admin/directory/staff/-/new", **{**STAFF_FORM, **changes, "code": "second"})
    book = workbook(
        ("code", "name.zh", "roles"), ("manager", "x", "; ".join(changes["roles"])), ("second", "x", "administrator")
    )
    send(manager, book, "x.xlsx", "staff", apply="yes", only_good="yes")
    program = Program(app, make_token(cast.manager()))
    values = {**(directory.values_of("staff", "manager") or {}), **changes}
    assert program.put("/staff/manager", values, headers={"If-Match": "*"}).status_code in {403, 422}
    assert program.post("/staff", {"code": "third", **values}).status_code in {403, 422}
    admins = {each.code for each in Staff.objects(roles="administrator")}
    assert admins == {"admin"}
    before = Staff.objects.get(code="admin").version
    post(
        manager,
        "/admin/directory/staff/-/admin",
        **STAFF_FORM,
        roles=["field"],
        estates=cast.ESTATE,
        version=str(before),
    )
    post(manager, "/admin/directory/staff/-/admin/active", active="no", version=str(before))
    assert Staff.objects.get(code="admin").version == before


def test_a_manager_of_one_estate_does_not_spread(app: Flask, world: World, stranger: FlaskClient) -> None:
    version = str(Staff.objects.get(code="stranger").version)
    form = {"name.zh": "姜江晴", "roles": ["manager"], "language": "zh", "version": version}
    for estates in ([], [cast.ESTATE], [cast.ESTATE, cast.OTHER_ESTATE]):
        post(stranger, "/admin/directory/staff/-/stranger", **form, estates=estates)
        post(stranger, "/admin/directory/staff/-/new", **form, estates=estates, code="helper")
    assert Staff.objects.get(code="stranger").estates == [cast.OTHER_ESTATE]
    assert Staff.objects(code="helper").first() is None
    post(stranger, "/admin/directory/building/-/riverside-3", **{"name.zh": "x", "estate": cast.ESTATE, "version": "1"})
    assert directory.kinds()["building"].objects.get(code="riverside-3").estate == cast.OTHER_ESTATE


@pytest.mark.parametrize("who", [cast.guard(), cast.auditor()], ids=lambda who: who.code)
def test_who_only_works_or_looks_changes_nothing_in_the_office(
    app: Flask, world: World, sign_in: SignIn, database: Any, who: Any
) -> None:
    """Every form of the back office with every key that there is; what field staff do with their own orders is left out."""
    client = sign_in(who)
    token = token_of(client, "/account/password")
    before = fingerprint(database)
    keys = {"key": world.request.number, "verb": "accept", "username": "desk", "kind": "service_category", "code": HOME}
    form = {
        **HIDDEN,
        "csrf_token": token,
        "estate": cast.ESTATE,
        "to": "guard",
        "reason": "x",
        "text": "x",
        "then": "publish",
    }
    for door in doors(app, "POST", below="/admin/"):
        own = "saved-filters" in door.address or "inbox" in door.address or door.address.endswith("/work/<key>/<verb>")
        if not own:
            answer = client.post(door.path(keys), data=form)
            assert answer.status_code in {200, 302, 303, 403, 404, 422}, (str(door), answer.status_code)
    assert fingerprint(database) == before


def test_only_an_administrator_touches_accounts(app: Flask, world: World, sign_in: SignIn) -> None:
    desk = sign_in(cast.desk())
    kept = Account.objects.get(username="desk").password
    for who in (cast.manager(), cast.supervisor(), cast.auditor(), cast.guard()):
        client = sign_in(who)
        for verb in ("password", "active", "second-factor"):
            assert post(client, f"/admin/accounts/desk/{verb}", active="no").status_code == 403
        assert post(client, "/admin/accounts/", username="planted", staff="admin").status_code == 403
    assert Account.objects.get(username="desk").password == kept
    assert Account.objects(username="planted").first() is None
    assert desk.get("/admin/requests/").status_code == 200


def test_nobody_takes_another_ones_number_of_an_idempotent_write(app: Flask, world: World) -> None:
    """The same key of another token is another request: neither its answer nor its effect is given away."""
    one, two = Program(app, make_token(cast.desk())), Program(app, make_token(cast.manager()))
    body = {"estate": cast.ESTATE, "kind": "repair", "item": "leak", "channel": "api", "words": "geheim"}
    first = one.post("/requests", body, headers={"Idempotency-Key": "same"})
    second = two.post("/requests", body, headers={"Idempotency-Key": "same"})
    assert first.status_code == second.status_code == 201
    assert first.get_json()["number"] != second.get_json()["number"]
