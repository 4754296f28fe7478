"""What somebody types into a search can cost the database a few seconds at most, and is read as letters."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bson import Regex
from flask import Flask
from flask.testing import FlaskClient
from pymongo.errors import ExecutionTimeout

from admin_app.app import create_app
from admin_app.shell import gate
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.security.doors import doors
from tests.security.world import World

LONGEST = 200
EXPENSIVE = "(a+)+$" * 900


@contextmanager
def profiled(database: Any) -> Iterator[list[Mapping[str, Any]]]:
    """The reading commands inside, as MongoDB itself writes them down."""
    heard: list[Mapping[str, Any]] = []
    database.create_collection("system.profile", capped=True, size=64 << 20)
    database.command("profile", 2)
    try:
        yield heard
    finally:
        database.command("profile", 0)
        heard += [each["command"] for each in database["system.profile"].find({"op": {"$in": ["query", "command"]}})]
        database.drop_collection("system.profile")


def patterns_in(value: Any) -> list[str]:
    """Every regular expression in a command."""
    if isinstance(value, Regex):
        return [str(value.pattern)]
    if isinstance(value, Mapping):
        own = [value["$regex"]] if isinstance(value.get("$regex"), str) else []
        return [*own, *(each for part in value.values() for each in patterns_in(part))]
    if isinstance(value, list | tuple):
        return [each for part in value for each in patterns_in(part)]
    pattern = getattr(value, "pattern", None)
    return [str(pattern)] if pattern is not None else []


def test_every_search_is_short_escaped_and_limited_in_time(
    app: Flask, database: Any, world: World, sign_in: SignIn
) -> None:
    client: FlaskClient = sign_in(cast.manager())
    with profiled(database) as heard:
        for door in doors(app, "GET", below="/admin/"):
            if door.rule.arguments:
                continue
            for typed in (EXPENSIVE, "1201", "水"):
                for kind in ("staff", "route") if "lookup" in door.address else ("",):
                    query = {"q": typed, "kind": kind, "household": typed, "plan": typed}
                    assert client.get(door.address, query_string=query).status_code < 500, door.address
    searches = [(each, pattern) for each in heard for pattern in patterns_in(each)]
    assert len(searches) > 20
    for command, pattern in searches:
        where = command.get("find") or command.get("aggregate")
        assert len(pattern) <= LONGEST, where
        assert "(a+)+" not in pattern, where
        # A beginning is looked for in an index, whatever it is; anything else may have to read everything.
        assert pattern.startswith("^") or "maxTimeMS" in command, (where, pattern)


def test_a_search_that_was_given_up_is_told_in_words(settings: Any, database: Any, redis: Any) -> None:
    app = create_app(settings)

    @gate.public
    def slow() -> str:
        raise ExecutionTimeout("operation exceeded time limit: a secret")

    app.add_url_rule("/slow", endpoint="slow", view_func=slow)
    answer = app.test_client().get("/slow")
    assert answer.status_code == 422
    assert "搜索范围太大" in answer.text
    assert "secret" not in answer.text


def test_mongodb_reads_no_letter_of_a_search_as_a_pattern(world: World, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    for page in ("requests/?view=all", "work/?view=all", "directory/staff/", "directory/household/", "content/route/"):
        for typed in (".*", "^", "[a-z]", "(?i)x", "|"):
            path, _, query = page.partition("?")
            answer = client.get(f"/admin/{path}", query_string={"q": typed, **({"view": "all"} if query else {})})
            assert answer.status_code == 200
            assert "<tbody>" not in answer.text, (page, typed)
