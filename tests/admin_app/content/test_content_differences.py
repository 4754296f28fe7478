"""A difference of a policy is read by its chapters and clauses, on the page of its revisions and in its history."""

from collections.abc import Callable
from typing import Any

import pytest
from bson import encode
from flask.testing import FlaskClient

from store import clock
from store.content import operations as content
from store.content.documents import Content
from tests import cast

PAGE = "/admin/content/policy/house/revisions/"
Chapter = dict[str, Any]


def chapter(number: int, title: str) -> Chapter:
    clauses = [
        {"number": f"{number}.{n}", "title": {"zh": f"条款 {number}.{n}"}, "text": {"zh": "每日巡查并记录。" * 20}}
        for n in range(1, 11)
    ]
    return {"number": number, "title": {"zh": title}, "clauses": clauses}


CHAPTERS = [chapter(number, f"旧章 {number}") for number in range(2, 22)]


def body(chapters: list[Chapter]) -> dict[str, Any]:
    return {"title": {"zh": "服务制度"}, "effective_date": "2026-01-01", "chapters": chapters}


@pytest.fixture
def manager(database: Any, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    content.create("policy", "house", body(CHAPTERS), actor=cast.manager(), now=clock.now())
    content.publish("policy", "house", actor=cast.manager(), now=clock.now())
    return sign_in(cast.manager())


def save(chapters: list[Chapter]) -> Content:
    return content.save_draft("policy", "house", body(chapters), actor=cast.manager(), now=clock.now())


def test_a_chapter_put_in_above_twenty_is_one_line_and_a_small_event(manager: FlaskClient) -> None:
    head = save([chapter(1, "新章"), *CHAPTERS])
    page = manager.get(PAGE).text
    assert page.count('<th scope="row">') == 1
    assert "章 · 1（新增）" in page
    assert "旧章" not in page
    assert len(encode(head.events[-1].to_mongo())) < len(encode(chapter(1, "新章"))) + 500


def test_a_clause_is_told_by_its_number_and_what_stood_there(manager: FlaskClient) -> None:
    changed = [chapter(1, "新章"), *CHAPTERS]
    first = {**changed[4]["clauses"][6], "title": {"zh": "改过的标题"}}
    changed[4] = {**changed[4], "clauses": [*changed[4]["clauses"][:6], first, *changed[4]["clauses"][7:]]}
    save(changed)
    page = manager.get(PAGE).text
    assert page.count('<th scope="row">') == 2
    assert "章 · 5 · 条款 · 5.7 · 标题 · 中文" in page
    assert "章 · 5 · 条款 · 5.7 · 标题 · 中文：条款 5.7 → 改过的标题" in page


def test_a_chapter_that_moved_is_told_by_its_places(manager: FlaskClient) -> None:
    save([CHAPTERS[-1], *CHAPTERS[:-1]])
    page = manager.get(PAGE).text
    assert page.count('<th scope="row">') == 1
    assert "章 · 21（移动）：第 20 位 → 第 1 位" in page


def test_of_a_large_change_the_history_shows_the_first_lines_and_how_many_are_left(manager: FlaskClient) -> None:
    save([{**each, "title": {"zh": f"改名 {each['number']}"}} for each in CHAPTERS])
    assert "另有 15 处" in manager.get(PAGE).text


def test_what_an_older_version_has_stored_is_shown(manager: FlaskClient) -> None:
    stored = [
        {"field": "chapters.0.title.zh", "old": "从前", "new": "后来"},
        {"field": "chapters.20", "old": None, "new": chapter(22, "末章")},
    ]
    event = {"n": 3, "at": clock.now(), "actor": "manager", "verb": "save", "detail": {"changes": stored}}
    Content._get_collection().update_one({"code": "house"}, {"$push": {"events": event}, "$inc": {"version": 1}})
    page = manager.get(PAGE).text
    assert "章 · 第 1 行 · 标题 · 中文：从前 → 后来" in page
    assert "末章" in page
