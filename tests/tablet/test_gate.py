"""A visitor at the gate: the household is found, its number is shown once somebody asks, and that is on record."""

from collections.abc import Callable

import pytest
from flask import Flask

from store.audit.documents import AuditEntry
from tests import cast
from tests.tablet.tablets import Tablet

MEMBERS = [{"name": "邹文清", "phone": "13900000283", "relation": "owner"}]


@pytest.fixture(autouse=True)
def home(app: Flask, company: None) -> None:
    cast.make_household("3-1201", cast.LONG_AGO, members=MEMBERS, note="有一条大狗")


def look_up(hands: Tablet, words: str) -> None:
    hands.page.get_by_label("房号、姓名、拼音或电话后几位").fill(words)
    hands.page.get_by_role("button", name="查找").click()


@pytest.mark.parametrize("words", ["3-1201", "邹", "0283"])
def test_the_guard_at_the_gate_finds_whom_to_call(tablet: Callable[..., Tablet], words: str) -> None:
    hands = tablet(cast.gatekeeper())
    page = hands.page
    page.get_by_role("link", name="找住户").click()
    look_up(hands, words)
    card = page.locator("section.card", has_text="3-1201")
    card.wait_for()
    assert "13900000283" not in page.content()
    assert AuditEntry.objects(action="reveal_contact").count() == 0

    card.get_by_role("button", name="查看电话（会记录）").click()
    call = card.get_by_role("link", name="拨打 13900000283")
    assert call.get_attribute("href") == "tel:13900000283"
    assert card.get_by_text("备注：有一条大狗").is_visible()
    look = AuditEntry.objects.get(action="reveal_contact")
    assert (look.about, look.actor, look.estate) == ("household:sunshine-3-1201", "gatekeeper", cast.ESTATE)
    # Nothing of it is kept: whoever comes back finds an empty page.
    hands.go("/")
    hands.go("/gate")
    assert page.get_by_text("邹文清").count() == 0
    assert hands.complaints == []


def test_without_a_network_the_gate_says_that_it_cannot_search(tablet: Callable[..., Tablet]) -> None:
    hands = tablet(cast.gatekeeper())
    hands.offline()
    hands.page.get_by_role("link", name="找住户").click()
    look_up(hands, "邹")
    hands.page.get_by_text("没有网络，查不了住户").wait_for()
    hands.online()
    look_up(hands, "nobody")
    hands.page.get_by_role("heading", name="没有找到住户").wait_for()
    assert hands.complaints == []


def test_who_does_not_stand_at_the_gate_is_offered_no_search_and_refused_one(tablet: Callable[..., Tablet]) -> None:
    hands = tablet(cast.guard())
    hands.wait_for_today()
    assert hands.page.get_by_role("link", name="找住户").count() == 0
    hands.go("/gate")
    look_up(hands, "邹")
    hands.page.get_by_text("没有查到：").wait_for()
    assert hands.page.get_by_text("邹文清").count() == 0
