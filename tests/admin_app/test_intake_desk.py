"""接待: by the keyboard in a real browser, and what the look-ups give away."""

import time
from typing import Any

import pytest
from flask import Flask

from store.requests.documents import ServiceRequest
from tests import cast
from tests.admin_app.conftest import PASSWORD, SignIn, make_account
from tests.admin_app.office import answer_of, make_request, make_world, post

URL = "/admin/intake/"


@pytest.fixture
def world(app: Any) -> None:
    make_world()


def test_a_case_is_taken_in_by_the_keyboard_alone(world: None, app: Flask, serve: Any, page: Any) -> None:
    make_account(app, cast.desk())
    base = serve(app)
    page.goto(f"{base}/login")
    page.fill("[name=username]", "desk")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.goto(base + URL)
    page.wait_for_load_state("networkidle")
    began = time.monotonic()
    page.keyboard.type("wqh")  # pinyin of 王清和
    page.wait_for_selector("#who-list [role=option]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".history-box > *")
    page.keyboard.press("2")
    page.keyboard.type("slt")
    page.wait_for_selector("#item-list [role=option]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".promise b")
    page.keyboard.type("厨房水龙头一直滴水")
    page.keyboard.press("Control+Enter")
    number = page.inner_text(".made-number")
    assert time.monotonic() - began < 20
    request = ServiceRequest.objects.get()
    assert request.number == number
    assert (request.household, request.place, request.kind) == ("sunshine-3-1201", "3-1201", "repair")
    page.keyboard.press("Enter")
    page.wait_for_selector("#who:focus")


def test_nothing_typed_is_lost_when_something_is_missing(world: None, sign_in: SignIn) -> None:
    answer = post(sign_in(cast.desk()), URL, estate=cast.ESTATE, kind="repair", words="滴水", channel="phone")
    assert answer.status_code == 422
    assert "滴水" in answer.text
    assert "请填写「服务事项」" in answer.text


def test_homes_are_found_masked_and_only_in_own_estates(world: None, sign_in: SignIn) -> None:
    found = answer_of(sign_in(cast.desk()), URL + "households?q=0001")
    assert [each["room"] for each in found] == ["3-1201"]
    assert found[0]["members"][0]["phone"] == "139****0001"
    assert answer_of(sign_in(cast.stranger()), URL + "households?q=0001") == []


def test_the_history_of_a_foreign_home_is_absent(world: None, sign_in: SignIn) -> None:
    made = make_request(household="sunshine-3-1201")
    url = URL + "history?household=sunshine-3-1201"
    assert answer_of(sign_in(cast.desk()), url)["open"][0]["number"] == made.number
    stranger = sign_in(cast.stranger())
    assert stranger.get(url, headers={"Accept": "application/json"}).status_code == 404


def test_the_promise_is_shown_with_its_reason(world: None, sign_in: SignIn) -> None:
    promised = answer_of(sign_in(cast.desk()), URL + f"promise?item=tap&estate={cast.ESTATE}")
    assert [each["within"] for each in promised] == ["30 分钟", "24 小时"]
    assert "期限 30 分钟" in promised[0]["steps"][0]


def test_field_staff_do_not_take_in_cases(world: None, sign_in: SignIn) -> None:
    assert sign_in(cast.guard()).get(URL).status_code == 403
