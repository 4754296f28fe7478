"""What the tests of the office's screens share: a small world made by verbs, and forms posted as a browser would."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from store import clock
from store.actor import SYSTEM
from store.requests import operations as requests
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import token_of

ITEM = {
    "name": {"zh": "水龙头漏水", "en": "Dripping tap"},
    "category": "repair",
    "kinds": ["repair"],
    "urgency": "normal",
    "clause": "3.2",
    "response_minutes": 30,
    "resolve_minutes": 1440,
    "department": "repair",
    "makes_work_order": False,
}


def make_world() -> None:
    """The company, a household, and one service item in force."""
    cast.make_company(cast.LONG_AGO)
    cast.make_household(now=cast.LONG_AGO)
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}}, cast.LONG_AGO)
    cast.publish("service_item", "tap", ITEM, cast.LONG_AGO)


def make_request(minutes_ago: int = 0, **changes: Any) -> Any:
    now = clock.now() - timedelta(minutes=minutes_ago)
    values = {"estate": cast.ESTATE, "kind": "repair", "item": "tap", "channel": "phone", "words": "厨房漏水"}
    return requests.create({**values, **changes}, actor=SYSTEM, now=now)


def make_order(key: str = "one", ago: timedelta = timedelta(0), **changes: Any) -> Any:
    now = clock.now() - ago
    values = {
        "estate": cast.ESTATE,
        "key": key,
        "kind": "repair",
        "state": "open",
        "title": "换水龙头",
        "source": {"kind": "person"},
        "department": "repair",
        "priority": 3,
        "clocks": [],
        "due_at": now + timedelta(hours=1),
        **changes,
    }
    work.make([values], actor=SYSTEM, now=now, timezone="Asia/Shanghai")
    return WorkOrder.objects.get(key=key)


def answer_of(client: FlaskClient, url: str) -> Any:
    """The JSON of a look-up."""
    return client.get(url).get_json()


def post(client: FlaskClient, url: str, **values: Any) -> Any:
    return client.post(url, data={"csrf_token": token_of(client, "/account/password"), **values})


@contextmanager
def counted(database: Any) -> Iterator[list[str]]:
    """The commands inside as the server saw them (`find requests`), filled in at the end."""
    names: list[str] = []
    database.command({"profile": 2})
    try:
        yield names
    finally:
        database.command({"profile": 0})
        seen = database["system.profile"].find({"op": {"$in": ["query", "command", "update", "insert"]}}).sort("ts", 1)
        names += [_name(each.get("command") or {}) for each in seen if "system.profile" not in each["ns"]]
        database.drop_collection("system.profile")


def _name(command: dict[str, Any]) -> str:
    verb = next(iter(command), "")
    return f"{verb} {command.get(verb)}"


def commands_in(names: list[str]) -> list[str]:
    """All that a page asked for, who is asking included."""
    return [name for name in names if name.split()[0] != "profile"]
