"""Reading changes nothing: no address that is only looked at writes a record, an account, or ends a session."""

from typing import Any

from flask import Flask

from admin_app.accounts.documents import Account
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.api.conftest import Program, make_token
from tests.security.doors import PROGRAMS, Door, doors, keys_for
from tests.security.world import World
from tests.wrong_input.fingerprint import fingerprint

# That somebody looked, or took something away, is what the audit is for.
OF_LOOKING = "audit"


def of_records(database: Any) -> dict[str, str]:
    return {name: each for name, each in fingerprint(database).collections.items() if name != OF_LOOKING}


def test_no_page_changes_anything_or_ends_the_session(app: Flask, world: World, sign_in: SignIn, database: Any) -> None:
    client = sign_in(cast.administrator())
    before, account = of_records(database), Account.objects.get(username="admin").to_mongo()
    asked = 0
    for door in doors(app, "GET"):
        client.get(door.path(keys_for(door.address, world.keys)))
        assert client.get("/account/password").status_code == 200, f"signed out by {door}"
        asked += 1
    assert asked > 150
    assert of_records(database) == before
    assert Account.objects.get(username="admin").to_mongo() == account


def test_no_address_of_programs_changes_anything(app: Flask, world: World, database: Any) -> None:
    program = Program(app, make_token(cast.administrator()))
    before, asked = of_records(database), 0
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PROGRAMS) and "GET" in (rule.methods or ()):
            path = Door(rule, "GET").path({"key": world.request.number, "number": world.order.number})
            program.get(path.removeprefix("/api/v1"))
            asked += 1
    assert asked > 40
    assert of_records(database) == before
