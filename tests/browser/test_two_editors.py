"""Two managers edit one plan, each in a browser of his own: the second is shown the first one's change and chooses."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from store.actor import Actor
from store.content.documents import Content
from tests import cast
from tests.admin_app.conftest import make_account
from tests.browser import stage
from tests.browser.people import Person

PLAN = "/admin/content/plan/night/"
AtABrowser = Callable[..., Person]


def second_manager() -> Actor:
    return Actor("deputy", "孔居远", frozenset({"manager"}), None, "management")


def drafted() -> dict[str, Any]:
    return dict(Content.objects.get(type="plan", code="night").draft)


@pytest.fixture
def editors(app: Flask, site: str, start: datetime, at_a_browser: AtABrowser) -> tuple[Person, Person]:
    """Both have the plan open before either of them saves; the first one has saved 23:00."""
    stage.set_up(app, start)
    make_account(app, second_manager())
    first, second = at_a_browser(cast.manager()), at_a_browser(second_manager())
    for each in (first, second):
        each.sign_in(PLAN).wait_for_selector(".coming li")
    retime(first, "23:00")
    save(first)
    first.page.wait_for_selector(".flash.success")
    assert drafted()["times"] == ["23:00"]
    return first, second


def retime(person: Person, time: str) -> None:
    person.page.locator("input[name=times]").first.fill(time)


def save(person: Person) -> None:
    person.page.click(".sticky-bar button:has-text('保存草稿')")


def press(person: Person, words: str) -> None:
    with person.page.expect_navigation(url=f"**{PLAN}"):
        person.page.click(f".form-foot >> text={words}")


def test_the_second_sees_who_changed_what_and_nothing_is_overwritten(editors: tuple[Person, Person]) -> None:
    _, second = editors
    retime(second, "21:00")
    save(second)
    second.page.wait_for_selector("text=有人先保存了")
    shown = second.page.locator("main").inner_text()
    for words in ("赵居安", "22:00", "23:00", "21:00"):
        assert words in shown
    assert drafted()["times"] == ["23:00"]


def test_both_changes_are_kept_together_when_they_do_not_meet(editors: tuple[Person, Person]) -> None:
    _, second = editors
    second.page.fill("[name=place]", "地下一层")
    save(second)
    press(second, "合并两人的修改并保存")
    assert (drafted()["times"], drafted()["place"]) == (["23:00"], "地下一层")


def test_the_second_may_keep_his_own_knowingly(editors: tuple[Person, Person]) -> None:
    _, second = editors
    retime(second, "21:00")
    save(second)
    press(second, "只保存我的")
    assert drafted()["times"] == ["21:00"]
    events = Content.objects.get(type="plan", code="night").events
    assert [(event.verb, event.actor) for event in events[-2:]] == [("save", "manager"), ("save", "deputy")]


def test_the_second_may_take_the_first_ones(editors: tuple[Person, Person]) -> None:
    _, second = editors
    retime(second, "21:00")
    save(second)
    press(second, "采用对方的")
    assert second.page.locator("input[name=times]").first.input_value() == "23:00"
    assert drafted()["times"] == ["23:00"]


def test_publishing_over_an_unseen_change_is_no_way_round(editors: tuple[Person, Person]) -> None:
    _, second = editors
    retime(second, "21:00")
    second.page.click(".sticky-bar button:has-text('立即发布')")
    second.page.click("dialog button.primary")
    second.page.wait_for_selector("text=有人先保存了")
    head = Content.objects.get(type="plan", code="night")
    assert (head.draft["times"], head.revision) == (["23:00"], 1)
