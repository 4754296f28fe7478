"""How often the database is asked by those who look every two seconds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from store import domains
from store.notices import operations
from store.notices.documents import Notice
from store.notices.relay import relay
from tests import cast
from tests.cast import NOW
from tests.store.notice_sources import intent, make_notice, make_source, make_template


@pytest.fixture(autouse=True)
def _company(database: Any) -> None:
    make_template()
    cast.make_staff("guard")
    domains.load("operations")


def sent(database: Any, work: Callable[[], object]) -> list[str]:
    """The commands that the work takes, as MongoDB itself writes them down."""
    database.command("profile", 2)
    try:
        work()
    finally:
        database.command("profile", 0)
    heard = list(database["system.profile"].find({"command.profile": None}).sort("ts", 1))
    database["system.profile"].drop()
    # A question to many collections is written down once for each of them.
    return [each["op"] if each["op"] != "command" else next(iter(each["command"])) for each in heard]


def test_a_relay_that_finds_nothing_asks_once_and_reads_what_it_finds_with_the_same_question(database: Any) -> None:
    assert sent(database, lambda: relay(NOW)) == ["aggregate"]
    make_source(intent())
    assert sent(database, lambda: relay(NOW)).count("aggregate") == 1


def test_a_claim_asks_once_whether_there_is_anything_and_leases_what_has_a_place_at_once(database: Any) -> None:
    assert sent(database, lambda: operations.claim(NOW, 200, 60, "a")) == ["query"]
    make_notice(now=NOW - timedelta(minutes=1))
    asked = sent(database, lambda: operations.claim(NOW, 200, 60, "b"))
    assert asked == ["query", "update", "query"]
    assert Notice.objects(lease_token="b").count() == 1
