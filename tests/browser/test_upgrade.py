"""A backup of the version before is put back, and everything goes on from there.

`before/` holds an estate as the version before has left it: a day and a half of rounds, a complaint that was escalated,
drills, a finding, an incident. Its documents and indexes lie there as MongoDB's extended JSON, and every address that somebody could enter.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import json_util
from flask import Flask
from flask.testing import FlaskClient

from admin_app.accounts import operations as accounts
from admin_app.accounts.authority import OPERATOR
from admin_app.accounts.documents import ensure_indexes as ensure_indexes_of_accounts
from admin_app.tokens import operations as tokens
from store.actor import SYSTEM, Actor
from store.connection import ensure_indexes
from store.content.documents import Content, Revision
from store.deadlines.lateness import hidden
from store.emergencies.documents import Drill
from store.findings.documents import Finding
from store.requests.documents import ServiceRequest
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import PASSWORD, log_in
from tests.api.conftest import Program
from tests.browser.clockwork import Background
from tests.browser.test_every_screen import addresses
from tests.store.backup_samples import back_up, own_database, put_back

BEFORE = Path(__file__).parent / "before"
# The morning after the night that lies there.
MORNING = datetime(2026, 12, 9, 12, 30, tzinfo=UTC)
Restored = Callable[[], None]


@pytest.fixture
def start() -> datetime:
    return MORNING


@pytest.fixture
def before(database: Any) -> Iterator[Any]:
    """A database as the version before has left it."""
    for own in own_database(database, "before"):
        for line in _lines("documents.jsonl"):
            own[line["in"]].insert_one(line["document"])
        for line in _lines("indexes.jsonl"):
            options = {key: value for key, value in line.items() if key not in {"index_of", "key", "background"}}
            own[line["index_of"]].create_index([tuple(each) for each in line["key"]], **options)
        yield own


def _lines(name: str) -> Iterator[dict[str, Any]]:
    for line in (BEFORE / name).read_text(encoding="utf-8").splitlines():
        yield json_util.loads(line, json_options=json_util.JSONOptions(tz_aware=True, tzinfo=UTC))


@pytest.fixture
def restored(app: Flask, database: Any, before: Any, tmp_path: Path) -> Iterator[Any]:
    """The backup of that database, put back into the one of the product, and what an operator does after it."""
    back_up(before, tmp_path / "before")
    put_back(database, tmp_path / "before", replace=True)
    ensure_indexes()
    ensure_indexes_of_accounts()
    with app.app_context():
        for who in (cast.manager(), cast.desk()):
            accounts.create(who.code, PASSWORD, who.code, MORNING, actor=OPERATOR)
    yield database
    database.client.drop_database(database.name)
    ensure_indexes()
    ensure_indexes_of_accounts()


def signed_in(app: Flask, who: Actor) -> FlaskClient:
    client = app.test_client()
    assert log_in(client, who.code).status_code == 302
    return client


def program(app: Flask, who: Actor) -> Program:
    secret = tokens.mint(who.code, ["all"], name="test", actor=SYSTEM, now=MORNING).secret
    return Program(app, secret)


def walk(app: Flask, client: FlaskClient) -> None:
    """Every page answers, whatever has been caught up with by then."""
    answers = {address: client.get(address).status_code for address in addresses(app)}
    assert {address: code for address, code in answers.items() if code not in {200, 302, 403}} == {}
    assert Counter(answers.values())[200] > 60


def ask(app: Flask, reader: Program) -> None:
    """Every list of the API answers, and so does each entry that it names."""
    rules = [each.rule for each in app.url_map.iter_rules() if re.fullmatch(r"/api/v1/[a-z-]+", each.rule)]
    lists = [rule.removeprefix("/api/v1") for rule in rules if "GET" in _methods(app, rule)]
    assert len(lists) > 12
    for path in lists:
        answer = reader.get(path)
        assert answer.status_code == 200, (path, answer.text)
        for entry in answer.get_json().get("data", ())[:3]:
            key = entry.get("number") or entry.get("code") or entry.get("id")
            if key and f"/api/v1{path}/<key>" in _known(app):
                assert reader.get(f"{path}/{key}").status_code == 200, (path, key)


def _known(app: Flask) -> set[str]:
    return {each.rule for each in app.url_map.iter_rules()}


def _methods(app: Flask, rule: str) -> set[str]:
    return {method for each in app.url_map.iter_rules() if each.rule == rule for method in each.methods or ()}


def test_every_address_of_before_is_still_there(app: Flask) -> None:
    now = {(method, each.rule) for each in app.url_map.iter_rules() for method in each.methods or ()}
    lines = (BEFORE / "addresses.txt").read_text(encoding="utf-8").splitlines()
    asked = {(method, rule) for *methods, rule in (line.split() for line in lines) for method in methods}
    assert len(asked) > 550
    assert sorted(asked - now) == []


def test_every_page_and_list_answers_before_and_after_the_data_is_caught_up_with(
    app: Flask, restored: Any, background: Background
) -> None:
    assert restored.revisions.count_documents({"superseded_at": {"$exists": True}}) == 0
    manager, reader = signed_in(app, cast.manager()), program(app, cast.manager())
    walk(app, manager)
    ask(app, reader)
    background.pass_until(MORNING.replace(hour=13))
    assert Content._get_collection().count_documents({"tokens": None}) == 0
    superseded = Revision._get_collection().count_documents({"superseded_at": {"$type": "date"}})
    assert superseded == Revision.objects.count() - len(Revision.objects.distinct("content"))
    walk(app, manager)
    ask(app, reader)


def test_what_was_under_way_goes_on(app: Flask, restored: Any, background: Background) -> None:
    request, finding = ServiceRequest.objects.get(), Finding.objects.get()
    order, drill = WorkOrder.objects.get(kind="complaint"), Drill.objects.get(number="D-2612-0001")
    desk, manager = program(app, cast.desk()), program(app, cast.manager())
    asked = (
        (manager, f"/work-orders/{order.number}/assignment", {"to": "service-lead"}),
        (desk, f"/requests/{request.number}/answer", {"text": "已向业主道歉"}),
        (manager, f"/requests/{request.number}/closure", {"outcome": "业主认可"}),
        (manager, f"/findings/{finding.number}/severity", {"severity": "low", "reason": "已清理大半"}),
        (manager, f"/drills/{drill.number}/cancellation", {"reason": "改期"}),
    )
    for who, path, body in asked:
        answer = who.post(path, body)
        assert answer.status_code == 200, (path, answer.text)
    background.pass_until(MORNING + timedelta(hours=5))
    assert ServiceRequest.objects.get().state == "closed"
    assert WorkOrder.objects.get(pk=order.pk).assignee == "service-lead"
    rounds = {each.slot["local"] for each in WorkOrder.objects(kind="patrol")}
    assert {"2026-12-09T20:00", "2026-12-09T22:00", "2026-12-10T00:00"} <= rounds
    assert restored.work_orders.count_documents(hidden()) == 0
    verbs = [each["verb"] for each in desk.get(f"/requests/{request.number}/events").get_json()["data"]]
    assert (verbs[0], verbs[-1]) == ("create", "close")
