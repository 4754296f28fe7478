"""Floor plans in the office: their picture is brought, checkpoints are put on it, and nobody else may."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from store import clock
from store.content import operations as content
from store.content import reading
from store.plans import floor_plans
from tests import cast
from tests.admin_app.conftest import SignIn, token_of
from tests.admin_app.content_samples import ROUTE, post, publish_samples
from tests.pictures import drawn

PICTURE, PLACES = "/admin/content/-/floor_plans/b1/", "/admin/content/-/routes/places/garage/"
PLAN = {"name": {"zh": "地下一层", "en": "Basement"}, "estate": cast.ESTATE}


@pytest.fixture
def manager(database: Any, sign_in: SignIn) -> FlaskClient:
    publish_samples()
    content.create("floor_plan", "b1", PLAN, actor=cast.manager(), now=clock.now())
    return sign_in(cast.manager())


def draft(kind: str = "route", code: str = "garage") -> Any:
    return reading.get(kind, code, cast.manager()).draft


def version(kind: str, code: str) -> str:
    return str(reading.get(kind, code, cast.manager()).version)


def bring(client: FlaskClient, data: bytes) -> Any:
    given = {"csrf_token": token_of(client, "/account/password"), "version": version("floor_plan", "b1")}
    return client.post(PICTURE, data={**given, "picture": (BytesIO(data), "plan.png")}, follow_redirects=True)


def put(client: FlaskClient, **given: str) -> str:
    values = {"checkpoint": ROUTE["checkpoints"][0]["code"], "plan": "b1", "version": version("route", "garage")}
    answer = post(client, PLACES, {**values, **given})
    text: str = client.get(answer.location).text
    return text


def test_the_picture_of_a_plan_is_brought_and_shown(manager: FlaskClient) -> None:
    assert "上传图片" in manager.get("/admin/content/floor_plan/b1/").text
    assert "这个文件不是照片" in bring(manager, b"nothing").text
    text = bring(manager, drawn()).text
    assert "图片已存入草稿" in text
    assert f"/admin/photos/{draft('floor_plan', 'b1')['picture']}" in text


def test_a_checkpoint_is_put_on_the_plan_and_the_next_one_is_chosen(manager: FlaskClient) -> None:
    assert "这个小区还没有平面图" in manager.get(PLACES).text
    floor_plans.bring_picture("b1", drawn(), actor=cast.manager(), now=clock.now())
    first, second = [each["code"] for each in ROUTE["checkpoints"][:2]]
    text = put(manager, x="0.25", y="0.5")
    assert "位置已存入草稿" in text
    assert f'data-spot="{first}"' in text
    assert f'value="{second}" required checked' in text
    assert [draft()["checkpoints"][0][name] for name in ("floor_plan", "plan_x", "plan_y")] == ["b1", 0.25, 0.5]
    put(manager, away="yes")
    assert "floor_plan" not in draft()["checkpoints"][0]


@pytest.mark.parametrize(("x", "y"), [("1.5", "0"), ("", "0"), ("nan", "0"), ("0", "inf"), ("left", "0")])
def test_a_place_outside_the_plan_is_refused_in_words(manager: FlaskClient, x: str, y: str) -> None:
    floor_plans.bring_picture("b1", drawn(), actor=cast.manager(), now=clock.now())
    assert "应为 0 到 1 之间的数" in put(manager, x=x, y=y)
    assert "floor_plan" not in draft()["checkpoints"][0]


def test_who_only_reads_content_sees_the_plan_and_no_form(manager: FlaskClient, sign_in: SignIn) -> None:
    floor_plans.bring_picture("b1", drawn(), actor=cast.manager(), now=clock.now())
    put(manager, x="0.25", y="0.5")
    client = sign_in(cast.desk())
    for address in (PICTURE, PLACES):
        text = client.get(address).text
        assert draft("floor_plan", "b1")["picture"] in text
        assert f'action="{address}"' not in text


def test_a_form_of_an_older_version_overwrites_nothing(manager: FlaskClient) -> None:
    floor_plans.bring_picture("b1", drawn(), actor=cast.manager(), now=clock.now())
    put(manager, x="0.1", y="0.1")
    put(manager, x="0.9", y="0.9", version="1")
    assert draft()["checkpoints"][0]["plan_x"] == 0.1
