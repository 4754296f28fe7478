"""A page shows the newest part of a history and leads on to the older ones; it reads no more than it shows."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from bson import encode
from flask.testing import FlaskClient

from store import clock
from store.content import operations as content
from store.content.documents import Content
from store.directory import get
from store.history import MOST, STEP
from tests import cast
from tests.admin_app.office import counted, make_order, make_request, make_world
from tests.store.long_history import grown

SignIn = Callable[..., FlaskClient]
PAGE = "/admin/content/policy/house/revisions/"


def policy(round_: int) -> dict[str, Any]:
    clauses = [{"number": "1.1", "title": {"zh": "巡查"}, "text": {"zh": f"每日巡查并记录。第 {round_} 稿"}}]
    chapters = [{"number": 1, "title": {"zh": "总则"}, "clauses": clauses}]
    return {"title": {"zh": "服务制度"}, "effective_date": "2026-01-01", "chapters": chapters}


def save(number: int) -> Content:
    return content.save_draft("policy", "house", policy(number), actor=cast.manager(), now=clock.now())


@contextmanager
def bytes_read(database: Any) -> Iterator[list[int]]:
    """How long the answers of the server inside were, filled in at the end."""
    read: list[int] = []
    database.command({"profile": 2})
    try:
        yield read
    finally:
        database.command({"profile": 0})
        read.append(sum(each.get("responseLength", 0) for each in database["system.profile"].find()))
        database.drop_collection("system.profile")


def test_a_policy_saved_two_thousand_times_is_not_full_and_costs_what_it_cost(database: Any, sign_in: SignIn) -> None:
    content.create("policy", "house", policy(0), actor=cast.manager(), now=clock.now())
    manager = sign_in(cast.manager())
    save(1)
    with counted(database) as usual:
        save(2)
    manager.get(PAGE)
    for number in range(3, MOST):
        save(number)
    with bytes_read(database) as at_first:
        first = manager.get(PAGE).text
    for number in range(MOST, 2_000):
        save(number)
    with counted(database) as last:
        for number in range(2_000, 2_000 + STEP):
            save(number)
    with bytes_read(database) as at_last:
        page = manager.get(PAGE).text
    with counted(database) as of_page:
        manager.get(PAGE)
    moved = [name for name in last if name == "insert history"]
    assert len(last) - 2 * len(moved) == STEP * len(usual)
    assert len(moved) <= 1
    assert "find content" in of_page
    assert "find history" not in of_page
    assert at_last[0] <= 1.5 * at_first[0]
    stored = Content._get_collection().find_one({"code": "house"})
    assert len(encode(stored or {})) < 100_000
    assert page.count("保存") <= first.count("保存") + STEP


def test_older_parts_are_reached_one_after_another(database: Any, sign_in: SignIn) -> None:
    content.create("policy", "house", policy(0), actor=cast.manager(), now=clock.now())
    for number in range(1, 301):
        save(number)
    manager, address, found = sign_in(cast.manager()), PAGE, []
    for _ in range(9):
        page = manager.get(address).text
        found += re.findall(r"→ 每日巡查并记录。第 (\d+) 稿", page)
        older = re.search(r'href="\?(history=\d+)"', page)
        if older is None:
            break
        address = f"{PAGE}?{older[1]}"
    assert sorted({int(each) for each in found}) == list(range(1, 301))
    assert ">最新的记录</a>" in page
    assert ">更早的记录</a>" not in page


@pytest.mark.parametrize("asked", ["x", "-1", "0", "1", "99999999999999", "²", "5&history=7"])
def test_a_part_that_is_none_is_no_error(database: Any, sign_in: SignIn, asked: str) -> None:
    content.create("policy", "house", policy(0), actor=cast.manager(), now=clock.now())
    grown(Content.objects.get(code="house"))
    assert sign_in(cast.manager()).get(f"{PAGE}?history={asked}").status_code == 200


def addresses(app: Any) -> Iterator[str]:
    make_world()
    order, made = grown(make_order()), grown(make_request())
    yield f"/admin/work/{order.number}"
    yield f"/admin/requests/{made.number}"
    grown(get("department", "repair", cast.manager()))
    yield "/admin/directory/department/-/repair"


def test_every_record_leads_on_to_what_was_before(app: Any, sign_in: SignIn) -> None:
    manager = sign_in(cast.manager())
    for address in addresses(app):
        answer = manager.get(address, follow_redirects=True)
        older = re.search(r'href="\?((?:[^"]*&amp;)?history=\d+)"', answer.text)
        assert answer.status_code == 200, address
        assert older is not None, address
        assert "更早的记录" in answer.text
        before = manager.get(f"{answer.request.path}?{older[1].replace('&amp;', '&')}")
        assert before.status_code == 200
        assert "最新的记录" in before.text
