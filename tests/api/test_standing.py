"""Who a token stands for is kept for some seconds, and what ends it in another process ends it here."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from admin_app.tokens import authentication
from admin_app.tokens.documents import Token
from store import standing
from tests import cast
from tests.api.conftest import Program, body_of, make_token

LIST = "/content/service_item"
# What an operator's process does, apart from the one that answers.
ACTS = {
    "revoked": ("tokens.revoke(Token.objects.first().id, actor=SYSTEM, now=now())", 401, "token_revoked"),
    "disabled": ("accounts.set_active('manager', False, actor=SYSTEM, now=now())", 401, "token_invalid"),
    "another role": (
        "directory.update('staff', 'manager', {**values, 'roles': ['field'], 'estates': ['sunshine']}, actor=SYSTEM, now=now())",
        403,
        "forbidden",
    ),
    "gone": ("directory.set_active('staff', 'manager', False, actor=SYSTEM, now=now())", 401, "token_invalid"),
}
PROCESS = """
import os
from admin_app.accounts import operations as accounts
from admin_app.tokens import operations as tokens
from admin_app.tokens.documents import Token
from store import directory
from store.actor import SYSTEM
from store.clock import now
from store import domains
from store.connection import connect
from store.settings import Settings
connect(Settings.from_environment(os.environ))
domains.load("documents")
values = directory.values_of("staff", "manager")
"""


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic time of this process, moved by hand."""
    found = [1_000.0]
    monkeypatch.setattr(authentication, "_KEPT", standing.Kept(lambda: found[-1]))
    monkeypatch.setattr(standing, "_MARK", standing._Mark())
    return found


@pytest.fixture
def elsewhere(settings: Any) -> Callable[[str], None]:
    """Carry out something in a process of its own."""

    def run(act: str) -> None:
        own = {"MONGODB_URI": settings.mongodb_uri, "REDIS_URL": settings.redis_url, "SECRET_KEY": settings.secret_key}
        subprocess.run([sys.executable, "-c", PROCESS + act], env={**os.environ, **own}, check=True, timeout=120)

    return run


@pytest.mark.parametrize(("act", "status", "code"), ACTS.values(), ids=ACTS)
def test_what_another_process_ends_is_refused_within_a_quarter_of_a_second(
    app: Flask, moments: list[float], elsewhere: Callable[[str], None], act: str, status: int, code: str
) -> None:
    cast.make_estate()
    program = Program(app, make_token(cast.manager()))
    assert program.get(LIST).status_code == 200
    elsewhere(act)
    moments.append(moments[-1] + 0.25)
    answer = program.get(LIST)
    assert (answer.status_code, body_of(answer)["code"]) == (status, code)


def test_what_is_changed_past_every_verb_ends_after_five_seconds(app: Flask, moments: list[float]) -> None:
    program = Program(app, make_token(cast.manager()))
    assert program.get(LIST).status_code == 200
    Token._get_collection().update_many({}, {"$unset": {"scopes": ""}})
    moments.append(moments[-1] + 5)
    assert program.get(LIST).status_code == 403


@pytest.fixture
def asked_of(database: Any) -> Iterator[Callable[[], list[str]]]:
    """MongoDB keeps a profile of everything; gives which collections were asked since."""
    database.command("profile", 2)

    def collections() -> list[str]:
        database.command("profile", 0)
        found = database["system.profile"].find({"op": {"$in": ["query", "command"]}, "command.profile": None})
        return [each["ns"].partition(".")[2] for each in found]

    yield collections
    database.command("profile", 0)
    database["system.profile"].drop()


def test_who_asks_is_not_looked_up_for_every_question(
    app: Flask, moments: list[float], asked_of: Callable[[], list[str]]
) -> None:
    program = Program(app, make_token(cast.manager()))
    for _ in range(4):
        assert program.get(LIST).status_code == 200
    asked = asked_of()
    assert asked.count("api_tokens") == 1, asked
    assert asked.count("content") == 4, asked
    assert "revisions" not in asked, asked  # nothing is published: the heads say so


def test_an_older_reading_is_not_kept_under_a_newer_mark(app: Flask, moments: list[float]) -> None:
    """A revocation that falls between the look at the mark and the reading of the token."""
    kept: standing.Kept[str] = standing.Kept(lambda: moments[-1])

    def read() -> str:
        standing.changed()
        return "before"

    assert kept.get("token", read) == "before"
    assert kept.get("token", lambda: "after") == "after"
