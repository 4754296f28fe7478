"""(c) Pages of the back office over a million work orders, against the same pages over a thousand: the list, and the
coverage of the policy by evidence."""

import gc
from collections.abc import Callable, Iterator, Mapping
from random import Random
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient

from admin_app.accounts import documents as accounts
from admin_app.accounts import operations
from admin_app.accounts.authority import OPERATOR
from admin_app.app import create_app
from admin_app.shell.keyset import Cursor, encode
from bench import commands
from bench.ground import Ground
from bench.population import NOW, Patterns, copy_base, fill, later_records
from bench.sweeping import LARGE, OPEN
from bench.table import Measured
from bench.timing import Trial, in_turns, ratio
from store.connection import ensure_indexes
from store.work.documents import WorkOrder

SMALL = "anju_thousand"
FEW = 1_000
MOST_COMMANDS = 5
LIST = "/admin/work/"
COVERAGE, MOST_FOR_COVERAGE = "/admin/coverage/", 20
USERNAME, PASSWORD = "manager", "kettle-harbour-violet"
# Pages in one trial, and trials.
PAGES, ROUNDS = 3, 3
Query = Callable[[], dict[str, str]]


def measure(ground: Ground, patterns: list[Patterns]) -> list[Measured]:
    """The large database is the one that `sweeping` has filled."""
    _populate_small(ground, patterns)
    app = create_app(ground.settings(LARGE))
    clients = {database: _signed_in(ground, app, database) for database in (LARGE, SMALL)}
    # As in `wsgi.py`: otherwise a collection of the whole process falls into one trial and not into the other.
    gc.collect()
    gc.freeze()
    lists = [line for what, query in QUERIES.items() for line in _compare(ground, clients, what, query)]
    _finish_some(ground)
    return [*lists, *_coverage(ground, clients)]


def _finish_some(ground: Ground) -> None:
    """Open orders prove nothing: one in ten has been done when it was made, so that evidence is looked for in many."""
    done: list[dict[str, object]] = [{"$set": {"state": "done", "finished_at": "$created_at", "proven": True}}]
    for database in (LARGE, SMALL):
        ground.patient(database)["work_orders"].update_many({"number": {"$regex": "7$"}}, done)


def _coverage(ground: Ground, clients: Mapping[str, FlaskClient]) -> Iterator[Measured]:
    def trial(database: str) -> Trial:
        client = clients[database]
        return Trial(lambda: _warm(ground, database, client, COVERAGE), lambda: _get(client, COVERAGE, PAGES))

    times = in_turns({database: trial(database) for database in clients}, ROUNDS)
    sent = _commands_of(ground, clients[LARGE], COVERAGE)
    name = f"coverage by {OPEN['work_orders']:,} ÷ by {FEW:,}"
    yield Measured(name, f"{PAGES} pages: {times[LARGE]}, {times[SMALL]}", ratio(times[LARGE], times[SMALL]), 2.0)
    count = len(sent) / MOST_FOR_COVERAGE
    yield Measured(f"  its MongoDB commands ÷ {MOST_FOR_COVERAGE}", ", ".join(sent), count, 1.0)


def _populate_small(ground: Ground, patterns: list[Patterns]) -> None:
    orders = next(each for each in patterns if each.document is WorkOrder)
    copy_base(ground, SMALL)
    fill(ground, SMALL, WorkOrder, later_records(orders, FEW, NOW, Random(4), first=0))
    ensure_indexes()


def _signed_in(ground: Ground, app: Flask, database: str) -> FlaskClient:
    ground.use(database)
    accounts.ensure_indexes()
    with app.app_context():
        operations.create(USERNAME, PASSWORD, "manager", NOW, actor=OPERATOR)
    client = app.test_client()
    page = client.get("/login").text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    answer = client.post("/login", data={"username": USERNAME, "password": PASSWORD, "csrf_token": token})
    if answer.status_code != 302:
        raise RuntimeError(f"signing in was answered by {answer.status_code}")
    return client


def _middle() -> dict[str, str]:
    """The cursor of the list's middle: half a million rows lie before it."""
    collection = WorkOrder._get_collection()
    skipped = collection.estimated_document_count() // 2
    found = collection.find({}, {"created_at": 1}).sort([("created_at", -1), ("_id", -1)]).skip(skipped).limit(1)[0]
    return {"view": "all", "after": encode(Cursor(found["created_at"], found["_id"]))}


def _compare(ground: Ground, clients: Mapping[str, FlaskClient], what: str, query: Query) -> Iterator[Measured]:
    addresses: dict[str, str] = {}
    for database in clients:
        ground.use(database)
        addresses[database] = f"{LIST}?{urlencode(query())}"

    def trial(database: str) -> Trial:
        client, address = clients[database], addresses[database]
        return Trial(lambda: _warm(ground, database, client, address), lambda: _get(client, address, PAGES))

    times = in_turns({database: trial(database) for database in clients}, ROUNDS)
    sent = _commands_of(ground, clients[LARGE], addresses[LARGE])
    figures = f"{PAGES} pages: {times[LARGE]}, {times[SMALL]}"
    name = f"list of {OPEN['work_orders']:,} ÷ of {FEW:,}: {what}"
    yield Measured(name, figures, ratio(times[LARGE], times[SMALL]), 2.0)
    yield Measured(f"  its MongoDB commands ÷ {MOST_COMMANDS}", ", ".join(sent), len(sent) / MOST_COMMANDS, 1.0)


def _commands_of(ground: Ground, client: FlaskClient, address: str) -> list[str]:
    ground.use(LARGE)
    _get(client, address)
    with commands.seen() as sent:
        _get(client, address)
    return sent.names


def _warm(ground: Ground, database: str, client: FlaskClient, address: str) -> None:
    ground.use(database)
    _get(client, address)


def _get(client: FlaskClient, address: str, times: int = 1) -> None:
    for _ in range(times):
        answer = client.get(address)
        if answer.status_code != 200 or "W-" not in answer.text:
            raise RuntimeError(f"{address} was answered by {answer.status_code}, or without a row")


QUERIES: dict[str, Query] = {
    "first page": dict,
    "filtered (kind, nobody's)": lambda: {"kind": "cleaning", "assignee": "nobody"},
    "overdue": lambda: {"view": "overdue"},
    "page in the middle": _middle,
}
