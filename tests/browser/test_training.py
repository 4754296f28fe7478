"""A manager plans a session, tells people, records who came, and finds the clause proven – each by pressing what the page offers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from store.described.documents import DOCUMENTS
from tests import cast
from tests.browser import stage
from tests.browser.clockwork import Background
from tests.browser.people import Person

COURSE = {"name": {"zh": "消防常识", "en": "Fire safety"}, "clause": "5.1", "topic": "safety"}
Session = DOCUMENTS["training_session"]


@pytest.fixture
def manager(app: Flask, start: datetime, at_a_browser: Callable[..., Person]) -> Any:
    stage.set_up(app, start)
    cast.publish("course", "fire", COURSE, start, cast.manager())
    person = at_a_browser(cast.manager())
    person.sign_in("/admin/trainings/")
    return person


def press(person: Person, words: str) -> None:
    person.page.locator(f".verbs >> text={words}").first.click()


def test_a_session_from_its_plan_to_its_result(manager: Person, background: Background, start: datetime) -> None:
    page = manager.page
    assert "先在“课程”里发布课程" in page.locator(".empty").inner_text()
    page.click(".empty a:has-text('安排培训')")
    page.select_option(".tools [name=estate]", label="阳光花园")
    page.wait_for_url("**estate=sunshine")
    page.select_option(".make-record [name=course]", label="消防常识")
    page.fill(".make-record [name=place]", "会议室")
    page.click(".make-record .toggles >> text=一线员工")
    page.click(".make-record >> button:has-text('安排培训')")
    page.wait_for_selector(".flash.success:has-text('已安排培训')")
    assert page.locator("h1").inner_text() == "消防常识 · 会议室"

    press(manager, "通知参加")
    page.wait_for_selector(".chip:has-text('已通知')")
    background.pass_until(start)
    page.reload()
    assert "通知了 5 人" in page.locator(".timeline").inner_text()

    press(manager, "登记签到")
    row = page.locator("details[open] [data-row]:has(option[value=guard]:checked)")
    row.locator("select").nth(1).select_option(label="到课")
    row.locator("input").first.fill("92")
    row.locator("select").nth(2).select_option(label="合格")
    page.click("details[open] >> .form-foot >> button")
    page.wait_for_selector(".stacks td:has-text('卫安朗')")

    press(manager, "登记完成")
    page.fill("details[open] textarea", "讲解并演练了灭火器的使用。")
    page.click("details[open] >> .form-foot >> button")
    page.wait_for_selector(".chip:has-text('已完成')")
    held = Session.objects.get()
    assert (held.state, [row["person"] for row in held.attendance]) == ("held", ["guard"])

    manager.go("/admin/today/")
    page.fill("[name=q]", held.number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/admin/trainings/{held.number}**")
    assert manager.complaints == []


def test_a_session_that_nobody_can_be_told_of_says_so_where_it_was_pressed(manager: Person) -> None:
    page = manager.go("/admin/trainings/make/")
    page.select_option(".make-record [name=course]", label="消防常识")
    page.click(".make-record >> button:has-text('安排培训')")
    page.wait_for_selector(".flash.success")
    press(manager, "通知参加")
    page.wait_for_selector(".flash.error:has-text('没有可以通知的人员')")
