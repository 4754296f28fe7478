"""The migration of entries in the office: values to fill in, every change, what refuses it, one press."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from store import clock
from store.content import migration, reading
from store.content import operations as content
from tests import cast
from tests.admin_app.content_samples import post

SignIn = Callable[..., FlaskClient]
HERE = "/admin/content/-/migrations/lift/"
NAME = {"name": "name", "label": {"zh": "名称"}, "kind": "text", "required": True, "translated": True}
FLOORS = {"name": "floors", "label": {"zh": "层数"}, "kind": "text"}
PHONE = {"name": "phone", "label": {"zh": "报修电话"}, "kind": "text", "required": True}


def definition(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"name": {"zh": "电梯"}, "fields": [NAME, *fields]}


def make_lifts(last: str = "33") -> None:
    cast.make_company()
    manager = cast.manager()
    cast.publish("content_type", "lift", definition(FLOORS), cast.LONG_AGO, actor=manager)
    for code, floors in (("a", "12"), ("b", last)):
        cast.publish("lift", code, {"name": {"zh": f"电梯 {code}"}, "floors": floors}, cast.LONG_AGO, actor=manager)
    changed = definition({**FLOORS, "kind": "integer"}, PHONE)
    content.save_draft("content_type", "lift", changed, actor=manager, now=clock.now())


@pytest.fixture
def manager(database: Any, sign_in: SignIn) -> FlaskClient:
    make_lifts()
    return sign_in(cast.manager())


def form(**changes: str) -> dict[str, str]:
    head = reading.get("content_type", "lift", cast.manager())
    return {"version": str(head.version), "needs": "phone", "total": "2", **changes}


def test_the_page_of_the_type_leads_there(manager: FlaskClient) -> None:
    assert HERE in manager.get("/admin/content/content_type/lift/").text


def test_it_asks_for_what_is_needed_and_then_shows_every_change(manager: FlaskClient) -> None:
    page = manager.get(HERE).text
    assert 'name="fills.phone"' in page
    assert "确认迁移" not in page
    assert "不能迁移" not in page
    page = post(manager, HERE, form(**{"fills.phone": "110", "then": "preview"})).text
    for text in ("电梯 a", "层数", "报修电话", "12", "110", "确认迁移", "将要改变（2 条）"):
        assert text in page
    assert reading.get("lift", "a", cast.manager()).revision == 1


def test_one_press_migrates_all(manager: FlaskClient) -> None:
    done = post(manager, HERE, form(**{"fills.phone": "110", "then": "migrate", "note": "换字段"}))
    assert done.status_code == 303
    assert "已迁移 2 条内容" in manager.get(done.location).text
    at = reading.get("content_type", "lift", cast.manager()).published_at
    live = reading.live("lift", "a", at)
    assert live is not None
    assert (live.body["floors"], live.body["phone"]) == (12, "110")
    assert "随类型定义迁移" in manager.get("/admin/content/lift/a/revisions/").text
    assert "没有需要迁移的内容" in manager.get(HERE).text


def test_what_cannot_be_read_is_listed_and_nothing_can_be_pressed(database: Any, sign_in: SignIn) -> None:
    make_lifts("顶楼")
    manager = sign_in(cast.manager())
    page = post(manager, HERE, form(**{"fills.phone": "110", "then": "preview"})).text
    assert "不能迁移（1 处）" in page
    assert "顶楼" in page
    assert "确认迁移" not in page
    refused = post(manager, HERE, form(**{"fills.phone": "110", "then": "migrate"}))
    assert refused.status_code == 422
    assert reading.get("lift", "a", cast.manager()).revision == 1


def test_who_saw_an_older_definition_migrates_nothing(manager: FlaskClient) -> None:
    late = post(manager, HERE, form(**{"fills.phone": "110", "then": "migrate", "version": "1"}))
    assert late.status_code == 409
    assert reading.get("lift", "a", cast.manager()).revision == 1


def test_of_many_the_page_tells_how_far_it_is(manager: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "AT_ONCE", 1)
    asked = post(manager, HERE, form(**{"fills.phone": "110", "then": "migrate"}))
    assert asked.location.endswith(HERE)
    assert "正在迁移 2 条内容" in manager.get(HERE).text
    migration.carry_on(clock.now())
    assert "没有需要迁移的内容" in manager.get(HERE).text


def test_only_who_may_publish_sees_it(database: Any, sign_in: SignIn) -> None:
    make_lifts()
    supervisor = sign_in(cast.supervisor())
    assert supervisor.get(HERE).status_code == 403
    assert HERE not in supervisor.get("/admin/content/content_type/lift/").text
