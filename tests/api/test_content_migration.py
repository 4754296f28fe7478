"""Entries follow the definition of their type over HTTP: what would change, what refuses it, and the act itself."""

from typing import Any

import pytest

from store import clock
from store.content import migration, reading
from store.content import operations as content
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of

NAME = {"name": "name", "label": {"zh": "名称"}, "kind": "text", "required": True, "translated": True}
FLOORS = {"name": "floors", "label": {"zh": "层数"}, "kind": "text"}
PHONE = {"name": "phone", "label": {"zh": "电话"}, "kind": "text", "required": True}
HERE = "/content/content_type/lift/migration"


def definition(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"name": {"zh": "电梯"}, "fields": [NAME, *fields]}


@pytest.fixture
def manager(program: AsProgram) -> Program:
    cast.make_company(cast.LONG_AGO)
    cast.publish("content_type", "lift", definition(FLOORS), cast.LONG_AGO, actor=cast.manager())
    for code, floors in (("a", "12"), ("b", "33")):
        cast.publish("lift", code, {"name": {"zh": code}, "floors": floors}, cast.LONG_AGO, actor=cast.manager())
    redefine({**FLOORS, "kind": "integer"}, PHONE)
    return program(cast.manager())


def redefine(*fields: dict[str, Any]) -> None:
    content.save_draft("content_type", "lift", definition(*fields), actor=cast.manager(), now=clock.now())


def test_a_dry_run_tells_every_change_and_writes_nothing(manager: Program, database: Any) -> None:
    before = list(database.content.find()), list(database.revisions.find())
    told = body_of(manager.post(HERE))
    assert (told["dry_run"], told["entries"], told["refused"], told["needs"]) == (True, 2, 2, ["phone"])
    told = body_of(manager.post(HERE, {"fills": {"phone": "110"}}))
    assert (told["refused"], told["needs"], told["next"], told["running"]) == (0, [], None, None)
    assert told["changes"][0]["code"] == "a"
    assert told["changes"][0]["changes"] == [
        {"field": "floors", "old": "12", "new": 12},
        {"field": "phone", "old": None, "new": "110"},
    ]
    assert [each["code"] for each in body_of(manager.post(HERE, {"after": "a"}))["changes"]] == ["b"]
    assert (list(database.content.find()), list(database.revisions.find())) == before


def test_it_is_carried_out_by_one_request(manager: Program) -> None:
    version = manager.get("/content/content_type/lift/draft").headers["ETag"]
    order = {"fills": {"phone": "110"}, "dry_run": False, "note": "层数改为数字"}
    assert manager.post(HERE, order, headers={"If-Match": '"1"'}).status_code == 412
    done = manager.post(HERE, order, headers={"If-Match": version, "Idempotency-Key": "once"})
    assert (done.status_code, body_of(done)["revision"]) == (200, 2)
    again = manager.post(HERE, order, headers={"If-Match": version, "Idempotency-Key": "once"})
    assert body_of(again) == body_of(done)
    at = reading.get("content_type", "lift", cast.manager()).published_at.isoformat().replace("+00:00", "Z")
    bodies = {each["code"]: each["body"] for each in body_of(manager.get(f"/content/lift?at={at}"))["data"]}
    assert {code: (each["floors"], each["phone"]) for code, each in bodies.items()} == {
        "a": (12, "110"),
        "b": (33, "110"),
    }


def test_what_cannot_be_read_refuses_it_with_the_list(manager: Program) -> None:
    content.save_draft("lift", "b", {"name": {"zh": "b"}, "floors": "顶楼"}, actor=cast.manager(), now=clock.now())
    refused = manager.post(HERE, {"dry_run": False})
    assert (refused.status_code, body_of(refused)["errors"][0]["code"]) == (422, "entries_do_not_fit")
    wrong = manager.post(HERE, {"fills": {"phone": 1}})
    assert (wrong.status_code, body_of(wrong)["errors"][0]["field"]) == (422, "fills.phone")
    assert body_of(manager.post(HERE, {"fills": []}))["errors"][0]["code"] == "wrong_shape"
    assert body_of(manager.get("/content/lift/a"))["body"]["floors"] == "12"


def test_of_many_the_progress_is_told(manager: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "AT_ONCE", 1)
    asked = body_of(manager.post(HERE, {"fills": {"phone": "110"}, "dry_run": False}))
    assert (asked["revision"], asked["running"]["total"], asked["running"]["done"]) == (1, 2, 0)
    assert body_of(manager.get(HERE))["running"]["total"] == 2
    assert body_of(manager.post("/content/content_type/lift/publication"))["code"] == "migrating"
    migration.carry_on(clock.now())
    assert (body_of(manager.get(HERE))["revision"], body_of(manager.get(HERE))["running"]) == (2, None)


def test_only_who_may_publish_migrates(manager: Program, program: AsProgram) -> None:
    assert program(cast.supervisor()).post(HERE).status_code == 403
    assert program(cast.supervisor()).get(HERE).status_code == 200
