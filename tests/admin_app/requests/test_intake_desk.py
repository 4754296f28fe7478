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


def to_intake(app: Flask, serve: Any, page: Any) -> None:
    """Somebody at the desk in front of the empty form."""
    make_account(app, cast.desk())
    base = serve(app)
    page.goto(f"{base}/login")
    page.fill("[name=username]", "desk")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.goto(base + URL)
    page.wait_for_load_state("networkidle")


def choose_home(page: Any) -> None:
    page.keyboard.type("wqh")  # pinyin of 王清和
    page.wait_for_selector("#who-list [role=option]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".history-box > *")


def test_a_case_is_taken_in_by_the_keyboard_alone(world: None, app: Flask, serve: Any, page: Any) -> None:
    to_intake(app, serve, page)
    began = time.monotonic()
    choose_home(page)
    page.keyboard.press("2")
    page.keyboard.type("slt")
    page.wait_for_selector("#item-box-list [role=option]")
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
    assert "请填写「服务项目」" in answer.text


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


def test_a_home_that_was_typed_but_not_chosen_is_not_left_out_silently(world: None, sign_in: SignIn) -> None:
    values = {"estate": cast.ESTATE, "kind": "repair", "item": "tap", "words": "滴水", "channel": "phone"}
    answer = post(sign_in(cast.desk()), URL, who="3-12", **values)
    assert answer.status_code == 422
    assert "还没有选定住户：从列表里选一户，或清空此框" in answer.text
    assert 'value="3-12"' in answer.text
    assert ServiceRequest.objects.count() == 0


def test_a_refused_form_still_shows_the_home_and_puts_the_cursor_where_the_mistake_is(
    world: None, app: Flask, serve: Any, page: Any
) -> None:
    make_request(household="sunshine-3-1201")
    at_intake(app, serve, page)
    page.keyboard.press("2")
    page.keyboard.type("slt")
    page.wait_for_selector("#item-box-list [role=option]")
    page.keyboard.press("Enter")
    page.keyboard.type("   ")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#words:focus")
    assert page.locator(".mistake").count() == 1
    assert page.input_value("#who") == "3-1201 王清和"
    page.wait_for_selector(".history-row")


def test_a_home_that_is_not_meant_any_more_takes_its_place_and_person_along(
    world: None, app: Flask, serve: Any, page: Any
) -> None:
    at_intake(app, serve, page)
    page.fill("[name=contact_name]", "租客小林")
    page.fill("#who", "")
    assert [page.input_value(f"[name={name}]") for name in ("household", "place", "contact_name")] == [
        "",
        "",
        "租客小林",
    ]


def at_intake(app: Flask, serve: Any, page: Any) -> None:
    """Somebody at the desk who has just chosen the home of 王清和."""
    to_intake(app, serve, page)
    choose_home(page)
    page.wait_for_function("document.querySelector('[name=household]').value")
