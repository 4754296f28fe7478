"""Voice notes: recorded beside the photos, heard before they are kept, sent when there is a network, refused in words."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from store import clock
from store.findings.documents import Finding
from store.photos.documents import Photo
from tests import cast
from tests.admin_app.conftest import PASSWORD, make_account
from tests.api.world import make_order
from tests.tablet.tablets import Tablet

FAKE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
RECORD, STOP, KEEP = "录语音", "停止录音", "保留"
HIDE = """() => {
  Object.defineProperty(document, "visibilityState", {get: () => "hidden", configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
PLAYABLE = "place => document.querySelector(`${place} audio`)?.readyState > 0"


def at_report(tablet: Callable[..., Tablet], **options: Any) -> tuple[Tablet, Any]:
    hands = tablet(cast.guard(), flags=FAKE, **options)
    hands.wait_for_today()
    hands.go("/report")
    hands.page.get_by_role("button", name=RECORD).wait_for()
    return hands, hands.page


def record(page: Any, tablet: Tablet) -> Any:
    """Begun, and running for a moment; returns its sheet."""
    page.get_by_role("button", name=RECORD).click()
    sheet = page.get_by_role("dialog", name="语音")
    sheet.get_by_role("timer").wait_for()
    sheet.get_by_text("还剩 58 秒").wait_for()
    return sheet


def keep(sheet: Any) -> None:
    sheet.get_by_role("button", name=KEEP).click()
    sheet.wait_for(state="detached")


def report(page: Any) -> None:
    page.get_by_label("是什么情况").fill("门禁异响")
    page.get_by_label("在哪里").fill("东门")
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("heading", name="今日").first.wait_for()


def test_what_was_said_without_a_network_is_heard_in_the_office(
    tablet: Callable[..., Tablet], app: Flask, chromium: Any
) -> None:
    hands, page = at_report(tablet)
    hands.offline()
    sheet = record(page, hands)
    sheet.get_by_role("button", name=STOP).click()
    sheet.locator("audio").wait_for()
    page.wait_for_function(PLAYABLE, arg="dialog")
    keep(sheet)
    page.wait_for_function(PLAYABLE, arg="fieldset")
    assert page.get_by_role("button", name=RECORD).count() == 0
    report(page)
    assert Photo.objects.count() == 0
    hands.online()
    hands.wait_until_sent()
    found, kept = Finding.objects.get(), Photo.objects.get()
    assert (found.voice, kept.media_type, found.rounds[0]["before"]) == (kept.sha256, "audio/webm", [])
    assert 1 <= kept.seconds <= 60
    assert kept.estates == [found.estate]
    assert hands.complaints == []
    make_account(app, cast.supervisor())
    heard_in_the_office(chromium, hands.site, found.number)


def heard_in_the_office(chromium: Any, site: str, number: str) -> None:
    """The page's own player plays it to its end, with the site's policies."""
    page = chromium.new_page(locale="zh-CN")
    page.goto(f"{site}/login?next=/admin/findings/{number}")
    page.fill("#username", cast.supervisor().code)
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.locator("figure.voice audio").wait_for()
    page.evaluate("() => document.querySelector('.voice audio').play()")
    page.wait_for_function("() => document.querySelector('.voice audio').ended")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="下载语音").click()
    assert fetched.value.suggested_filename.endswith(".webm")
    page.context.close()


def test_what_was_said_of_a_finding_on_an_order_goes_with_it(tablet: Callable[..., Tablet]) -> None:
    order = make_order(kind="security", checkpoints=[], assignee="guard", department="security", title="大堂巡查")
    hands = tablet(cast.guard(), flags=FAKE)
    hands.page.get_by_text(order.title).first.wait_for()
    hands.go(f"/report/{order.estate}/{order.key}")
    sheet = record(hands.page, hands)
    sheet.get_by_role("button", name=STOP).click()
    keep(sheet)
    hands.page.get_by_label("是什么情况").fill("灯坏了")
    hands.page.get_by_label("在哪里").fill("大堂")
    hands.page.get_by_role("button", name="上报", exact=True).click()
    hands.wait_until_sent()
    assert Photo.objects.get().media_type == "audio/webm"
    (line,) = order.reload().findings
    assert "photos" not in line
    assert hands.complaints == []


def test_a_recording_is_thrown_away_and_taken_again_before_it_is_kept(tablet: Callable[..., Tablet]) -> None:
    hands, page = at_report(tablet)
    sheet = record(page, hands)
    sheet.get_by_role("button", name=STOP).click()
    sheet.get_by_role("button", name="丢弃").click()
    sheet.wait_for(state="detached")
    sheet = record(page, hands)
    sheet.get_by_role("button", name=STOP).click()
    keep(sheet)
    page.get_by_role("button", name="删除语音").click()
    page.get_by_role("button", name=RECORD).wait_for()
    report(page)
    hands.wait_until_sent()
    assert Finding.objects.get().voice is None


def test_a_recording_ends_by_itself_after_a_minute(tablet: Callable[..., Tablet]) -> None:
    hands, page = at_report(tablet, moment=clock.now())
    sheet = record(page, hands)
    page.clock.fast_forward(60_000)
    sheet.get_by_role("button", name=KEEP).wait_for()
    sheet.get_by_text("录了 60 秒").wait_for()


def test_a_recording_ends_when_nobody_sees_the_page_any_more(tablet: Callable[..., Tablet]) -> None:
    hands, page = at_report(tablet)
    sheet = record(page, hands)
    page.evaluate(HIDE)
    sheet.get_by_role("button", name=KEEP).wait_for()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') }",
            "没有麦克风权限",
        ),
        (
            "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError') }",
            "打不开麦克风",
        ),
        ("delete window.MediaRecorder", "不能录音"),
    ],
)
def test_what_keeps_a_tablet_from_recording_is_said_in_words(
    tablet: Callable[..., Tablet], script: str, words: str
) -> None:
    hands, page = at_report(tablet)
    page.evaluate(f"() => {{ {script} }}")
    page.get_by_role("button", name=RECORD).click()
    sheet = page.get_by_role("dialog", name="语音")
    sheet.get_by_text(words).wait_for()
    assert sheet.get_by_role("button", name=STOP).count() == 0
    assert hands.complaints == []
