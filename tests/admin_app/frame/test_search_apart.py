"""The search box: finders are apart from each other, and content is found by an index."""

import logging
from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask

from admin_app.backoffice.forms.references import find
from admin_app.shell.search import Finder, Hit, provide
from store.actor import Actor
from store.catching_up import PROGRESS
from store.content import operations as content
from store.content import searching
from store.content.documents import Content
from store.words import Words
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_request, make_world

MANAGER = cast.manager()
SECRET = "王清和 13800001111"


@pytest.fixture
def world(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The finders that a test adds go with it: the application is that of all tests."""
    monkeypatch.setitem(app.extensions, "anju_finders", list(app.extensions["anju_finders"]))
    make_world()


def raises(text: str, actor: Actor) -> Iterable[Hit]:
    yield Hit("found before", "", "/before")
    raise ValueError(SECRET)


def hangs(text: str, actor: Actor) -> Iterable[Hit]:
    list(Content._get_collection().find({"$where": "sleep(20000) || true"}))
    yield Hit("never", "", "/never")


@pytest.mark.parametrize("bad", [raises, hangs])
def test_one_finder_that_fails_or_hangs_harms_no_other(
    world: None, app: Flask, sign_in: SignIn, caplog: pytest.LogCaptureFixture, bad: Any
) -> None:
    order = make_request().number
    provide(app, Finder(Words("坏的一类", "The bad kind"), "content.read", bad, order=0, seconds=0.3))
    client = sign_in(MANAGER)
    with caplog.at_level(logging.ERROR, "admin_app.shell.search"):
        page = client.get("/admin/search/", query_string={"q": order})
    assert page.status_code == 200  # and not straight to the only hit: there may be others
    assert order in page.text
    assert "没能搜索" in page.text
    assert "坏的一类" in page.text
    assert "The bad kind could not be searched" in caplog.text
    assert SECRET not in caplog.text
    nothing = client.get("/admin/search/?q=nowhere-at-all").text
    assert "坏的一类" in nothing
    assert "没有找到" not in nothing


def test_finders_that_hang_one_after_the_other_are_given_up_together(
    world: None, app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin_app.shell.search.MOST_SECONDS", 0.0)
    page = sign_in(MANAGER).get("/admin/search/?q=1201").text
    assert "没能搜索" in page


def test_a_finder_may_read_more_than_one_batch_within_its_time(world: None, app: Flask, sign_in: SignIn) -> None:
    Content._get_collection().database["many"].insert_many([{"n": n} for n in range(300)])

    def many(text: str, actor: Actor) -> Iterable[Hit]:
        rows = list(Content._get_collection().database["many"].find({}))
        yield Hit(f"{len(rows)} rows", "", "/rows")
        yield Hit("another", "", "/another")

    provide(app, Finder(Words("很多", "Many"), "content.read", many, order=0))
    page = sign_in(MANAGER).get("/admin/search/?q=xyz").text
    Content._get_collection().database["many"].drop()
    assert "300 rows" in page


def publish_power() -> None:
    body: dict[str, Any] = {
        "name": {"zh": "户内断电维修", "en": "Power Failure"},
        "category": "repair",
        "kinds": ["repair"],
    }
    body |= {"urgency": "urgent", "aliases": "跳闸、没电", "response_minutes": 30}
    cast.publish("service_item", "power-1", body, cast.LONG_AGO)


PROMISED = (
    "户内断电维修",
    "断电",
    "修",
    "power fail",
    "FAILURE",
    "ＰＯＷＥＲ",
    "ower",
    "power-1",
    "er-1",
    "跳闸",
    "没电",
)
BY_SOUND = ("hndd", "huneiduandian", "HNDD")


def test_content_is_found_by_every_part_of_its_names_code_and_aliases(world: None, app: Flask, sign_in: SignIn) -> None:
    publish_power()
    client = sign_in(MANAGER)
    with app.test_request_context():
        for text in (*PROMISED, *BY_SOUND):
            assert "power-1" in [each.code for each in find("service_item", text, MANAGER)], text
    for text in (*PROMISED, *BY_SOUND):
        listed = client.get("/admin/content/service_item/", query_string={"q": text}).text
        assert "户内断电维修" in listed, text
        answer = client.get("/admin/search/", query_string={"q": text})
        assert "power-1" in (answer.location or answer.text), text


def test_what_is_renamed_is_found_by_its_new_names_alone(world: None, app: Flask) -> None:
    body = {"name": {"zh": "维修"}, "clause": "2.1"}
    content.create("service_category", "old", body, actor=MANAGER, now=cast.NOW)
    content.rename("service_category", "old", "fresh", actor=MANAGER, now=cast.NOW)
    content.save_draft("service_category", "fresh", {"name": {"zh": "保洁"}}, actor=MANAGER, now=cast.NOW)
    with app.test_request_context():
        found = {
            text: [each.code for each in find("service_category", text, MANAGER)] for text in ("fres", "保", "old")
        }
    assert found == {"fres": ["fresh"], "保": ["fresh"], "old": []}


def test_content_of_the_version_before_is_found_and_then_given_tokens(world: None, app: Flask, database: Any) -> None:
    publish_power()
    database.content.update_many({}, {"$unset": {"tokens": ""}})
    database.drop_collection(PROGRESS)
    with app.test_request_context():
        for text in set(PROMISED) - {"ＰＯＷＥＲ"}:
            assert "power-1" in [each.code for each in find("service_item", text, MANAGER)], text
        while searching.catch_up(2):
            pass
        for text in (*PROMISED, *BY_SOUND):
            assert "power-1" in [each.code for each in find("service_item", text, MANAGER)], text
    assert database.content.count_documents({"tokens": None}) == 0
    # The same as a verb gives.
    head = Content.objects(code="power-1").first()
    assert list(head.tokens) == searching.tokens_of(head.code, head.name, head.draft)


def test_a_torn_head_keeps_no_other_from_being_given_tokens(
    world: None, database: Any, caplog: pytest.LogCaptureFixture
) -> None:
    publish_power()
    database.content.update_many({}, {"$unset": {"tokens": ""}})
    database.content.update_one({"code": "repair"}, {"$set": {"name": SECRET}})
    database.drop_collection(PROGRESS)
    with caplog.at_level(logging.ERROR, "store.catching_up"):
        while searching.catch_up(100):
            pass
    assert [each["code"] for each in database.content.find({"tokens": None})] == ["repair"]
    assert "tokens of content" in caplog.text
    assert SECRET not in caplog.text


def test_a_miss_reads_nothing_of_what_there_is(world: None, database: Any) -> None:
    publish_power()
    for query in (searching.found_by("没有这个"), {"type": "service_item", **searching.found_by("没有这个")}):
        found = database.content.find(query).limit(10).explain()["executionStats"]
        assert found["totalKeysExamined"] <= 3
        assert found["totalDocsExamined"] == 0


@pytest.mark.parametrize("text", [".*", "^", "$", "(", "\\", "a" * 500, "\u200b"])
def test_no_letter_is_read_as_a_pattern(world: None, database: Any, text: str) -> None:
    assert list(database.content.find(searching.found_by(text))) == []


def test_a_very_long_name_has_tokens_within_bounds() -> None:
    tokens = searching.tokens_of("c", {"zh": "长" * 5_000, "en": "ab" * 5_000}, {})
    assert len(tokens) < 400
    assert max(map(len, tokens)) <= searching.LONGEST
