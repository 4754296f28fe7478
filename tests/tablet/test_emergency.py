"""An emergency on tablets: seen, heard and answered; and the word that one shift leaves the next, with and without a network."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from store import clock
from store.incidents.documents import Incident
from store.tablet.documents import ShiftHandover
from store.tablet.handover import hand_over_shift
from tests import cast
from tests.emergency_plans import publish_plan, relayed
from tests.tablet.tablets import Tablet

# How often the page has begun a tone.
COUNT = """() => {
  window.tones = 0;
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };
}"""


@pytest.fixture(autouse=True)
def plan(company: None) -> None:
    publish_plan()


def test_a_call_for_help_without_a_network_sounds_where_it_arrives_and_shows_who_comes(
    app: Flask, tablet: Callable[..., Tablet]
) -> None:
    caller, lead = tablet(cast.second_guard()), tablet(cast.supervisor())
    for hands in (caller, lead):
        hands.wait_for_today()
        hands.page.evaluate(COUNT)
    caller.offline()
    caller.page.get_by_role("link", name="求助与应急").click()
    caller.page.get_by_label("在哪里").fill("东门岗亭")
    caller.page.get_by_label("情况（可不填）").fill("有人闹事")
    caller.page.get_by_role("button", name="我需要帮助").click()
    caller.page.get_by_text("求助已存本机，还没有发出").wait_for()
    caller.online()
    caller.wait_until_sent()
    caller.page.get_by_text("已发出，已通知").wait_for()
    relayed(clock.now())

    # A touch lets the page sound; then the alarm comes by itself.
    lead.page.locator("h1").click()
    alarm = lead.page.get_by_role("alert").filter(has_text="前去支援蒋安泽")
    alarm.wait_for()
    assert all(words in alarm.inner_text() for words in ("东门岗亭", "有人闹事"))
    lead.page.wait_for_function("() => window.tones > 0")
    alarm.get_by_role("button", name="去处理").click()
    alarm.wait_for(state="detached")
    lead.page.get_by_role("button", name="开始", exact=True).click()
    lead.wait_until_sent()
    relayed(clock.now())

    caller.page.get_by_text("褚安毅 已收到").wait_for()
    assert caller.page.evaluate("() => window.tones") == 0
    assert Incident.objects.get().steps[0]["by"] == "security-lead"
    assert caller.complaints == lead.complaints == []


def test_a_plan_is_started_without_a_network(tablet: Callable[..., Tablet]) -> None:
    hands = tablet(cast.guard())
    hands.wait_for_today()
    hands.offline()
    hands.page.get_by_role("link", name="求助与应急").click()
    hands.page.get_by_role("button", name="火灾预案").click()
    hands.page.get_by_role("dialog").get_by_role("button", name="启动", exact=True).click()
    hands.page.get_by_role("dialog").wait_for(state="detached")
    assert Incident.objects.count() == 0
    hands.online()
    hands.wait_until_sent()
    assert Incident.objects.get().started_by == "guard"


def test_what_was_left_for_the_next_shift_is_on_his_first_page_until_he_has_read_it(
    tablet: Callable[..., Tablet],
) -> None:
    signed: dict[str, Any] = {"signature": "a" * 64, "counter_signature": "b" * 64}
    left = {"to": "guard-2", "note": "水泵房钥匙在三号柜"}
    hand_over_shift(cast.ESTATE, **left, **signed, actor=cast.guard(), now=clock.now())
    hands = tablet(cast.second_guard())
    note = hands.page.locator("section", has_text="水泵房钥匙在三号柜").filter(has_text="卫安朗 交给您的话")
    note.wait_for()
    hands.offline()
    note.get_by_role("button", name="已看过").click()
    note.wait_for(state="detached")
    hands.online()
    hands.wait_until_sent()
    assert ShiftHandover.objects.get().read_at is not None


def test_coming_to_work_is_said_without_a_network(tablet: Callable[..., Tablet]) -> None:
    hands = tablet(cast.guard())
    hands.wait_for_today()
    hands.offline()
    hands.page.get_by_role("link", name="我", exact=True).click()
    hands.page.get_by_role("button", name="上班打卡").click()
    hands.page.get_by_role("button", name="下班打卡").wait_for()
    hands.online()
    hands.wait_until_sent()
