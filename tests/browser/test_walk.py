"""The walk: a plan is changed on the screen, the night passes, a checkpoint is missed, a complaint is left lying.

Everything is what people use: the served pages in Chromium, the API of the guard's device, nudges through Redis, RQ
workers, and a mail server that is asked what it received. Only the clock is the test's.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from store.requests.documents import ServiceRequest
from store.work.documents import WorkOrder
from tests import cast
from tests.api.conftest import make_token
from tests.browser import stage
from tests.browser.clockwork import Background, Clock
from tests.browser.people import Person
from tests.servers import SmtpReceiver

ZONE = ZoneInfo("Asia/Shanghai")
TIMES = ["22:00", "00:00", "02:00", "04:00", "06:00"]
WEEKDAYS = "一二三四五六日"
MISSED_CODE, MISSED_NAME = stage.CHECKPOINTS[3]
AtABrowser = Callable[..., Person]


@pytest.fixture
def estate(app: Flask, site: str, start: datetime) -> None:
    stage.set_up(app, start)


ONE_MINUTE = timedelta(minutes=1)


def local(moment: datetime, hour: int, minute: int = 0, days: int = 0) -> datetime:
    """A moment of the estate's clock, `days` after the day of `moment`."""
    there = moment.astimezone(ZONE) + timedelta(days=days)
    return there.replace(hour=hour, minute=minute, second=0, microsecond=0)


def rounds(start: datetime) -> list[datetime]:
    """When the changed plan has its rounds in the first night, worked out by hand."""
    return [local(start, 22), *(local(start, hour, days=1) for hour in (0, 2, 4, 6))]


# A plan is changed, and the night passes


def test_a_changed_plan_is_walked_and_the_missed_checkpoint_is_told(
    estate: None, at_a_browser: AtABrowser, background: Background, clock: Clock, smtp: SmtpReceiver, start: datetime
) -> None:
    manager = at_a_browser(cast.manager())
    change_the_plan(manager, start)
    guard = Device(manager.site)
    background.pass_until(local(start, 21, 30))
    for number, begins in enumerate(rounds(start)):
        walk(guard, background, begins, but=MISSED_CODE if number == 0 else None)
    background.pass_until(local(start, 8, days=1))

    made = list(WorkOrder.objects(plan__code="night").order_by("starts_at"))
    assert [order.starts_at.astimezone(ZONE) for order in made] == rounds(start)
    assert [order.state for order in made] == ["done"] * 5
    assert [order.missed_count for order in made] == [1, 0, 0, 0, 0]

    missed = [each for each in smtp.messages if "漏检" in str(each["subject"])]
    assert {to_whom(each) for each in missed} == {"security-lead"}
    assert [str(each["subject"]) for each in missed] == [f"漏检 阳光花园：{MISSED_NAME}"]
    assert "有 1 个巡更点过了时限没有到位" in text_of(missed[0])
    assert f"{rounds(start)[0] + timedelta(minutes=23):%H:%M}" in text_of(missed[0])  # its window: 22:18 ± 5 minutes
    others = [name for code, name in stage.CHECKPOINTS if code != MISSED_CODE]
    assert not any(name in str(each["subject"]) + text_of(each) for each in missed for name in others)

    page = manager.go(f"/admin/work/{made[0].number}")
    assert MISSED_NAME in page.locator(".timeline li:has-text('巡更点漏检')").inner_text()
    assert "褚安毅" in page.locator(".timeline li:has-text('巡更点漏检')").inner_text()
    assert manager.complaints == []


def change_the_plan(manager: Person, start: datetime) -> None:
    """Every two hours at night on the route of six checkpoints; the preview says so before it is published."""
    page = manager.sign_in("/admin/plans/patrol/")
    page.click("table.list a:has-text('夜间巡更')")
    page.wait_for_selector("text=每天 22:00")
    page.click(".between summary")
    page.fill("[data-between-start]", "22:00")
    page.fill("[data-between-end]", "06:00")
    page.fill("[data-between-every]", "120")
    page.click("[data-between-fill]")
    page.fill("[data-field=route] [data-picker-input]", "六点")
    page.click(".options li:has-text('六点夜巡路线')")
    page.wait_for_selector(f".plan-sentence:has-text('每天 {'、'.join(TIMES)}')")
    page.wait_for_function("document.querySelectorAll('.coming li').length === 20")
    lines = page.locator(".coming li > span:first-child").all_inner_texts()
    assert [squeezed(line) for line in lines[:5]] == [squeezed(in_words(each)) for each in rounds(start)]
    page.click(".sticky-bar button:has-text('立即发布')")
    page.click("dialog button.primary")
    page.wait_for_selector("text=已发布，立即生效")


def in_words(moment: datetime) -> str:
    return f"{moment.month}月{moment.day}日({WEEKDAYS[moment.weekday()]}) {moment:%H:%M}"


def squeezed(text: str) -> str:
    return "".join(text.split())


class Device:
    """What the guard carries: it speaks the API."""

    def __init__(self, site: str) -> None:
        self._site, self._secret = site, make_token(stage.night_guard())

    def scan(self, number: str, checkpoint: str) -> None:
        body = json.dumps({"checkpoint": checkpoint, "method": "qr"}).encode()
        headers = {"Authorization": f"Bearer {self._secret}", "Content-Type": "application/json"}
        with urlopen(Request(f"{self._site}/api/v1/work-orders/{number}/scans", body, headers)) as answer:  # noqa: S310
            assert answer.status == 200

    def orders(self) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self._secret}"}
        with urlopen(Request(f"{self._site}/api/v1/work-orders?sort=starts_at", headers=headers)) as answer:  # noqa: S310
            return list(json.load(answer)["data"])


def walk(guard: Device, background: Background, begins: datetime, but: str | None) -> None:
    for number, (code, _) in enumerate(stage.CHECKPOINTS):
        background.pass_until(begins + timedelta(minutes=number * stage.MINUTES_BETWEEN))
        if code != but:
            guard.scan(guard.orders()[-1]["number"], code)
    background.pass_until(begins + timedelta(minutes=50))


# A complaint is recorded and left lying


def test_a_complaint_left_lying_goes_up_until_somebody_says_that_he_takes_care_of_it(
    estate: None, at_a_browser: AtABrowser, background: Background, clock: Clock, smtp: SmtpReceiver, start: datetime
) -> None:
    desk, manager = at_a_browser(cast.desk()), at_a_browser(cast.manager())
    number = record_a_complaint(desk)
    record = f"/admin/requests/{number}"
    page = manager.sign_in(record)
    page.click("details.verb summary:has-text('指派')")
    page.select_option("details.verb[open] select[name=to]", "desk")
    page.click("details.verb[open] .form-foot button")
    page.wait_for_selector(".flash.success")

    request = ServiceRequest.objects.get(number=number)
    due = next(each["due_at"] for each in request.clocks if each["name"] == "response")
    assert due.astimezone(ZONE) == local(start, 10, days=1)  # eight working hours from ten in the morning

    background.pass_minutes(5)
    assert sorted((to_whom(each), str(each["subject"])[:3]) for each in letters(smtp, number)) == [
        ("desk", "新工单"),
        ("service-lead", "新诉求"),
    ]
    # Two working hours before: an hour and a half of the morning, and the last half hour of the day before.
    stages = ((local(start, 17, 30), "即将到期", {"desk"}), (due, "已到期", {"desk", "service-lead"}))
    steps = ((60, "超时 1 小时", {"service-lead"}), (240, "升级至您", {"manager"}))
    late = tuple((due + timedelta(minutes=minutes), subject, people) for minutes, subject, people in steps)
    for moment, subject, people in (*stages, *late):
        before = len(letters(smtp, number))
        background.pass_until(moment - ONE_MINUTE)
        assert len(letters(smtp, number)) == before, "not before its time"
        background.pass_until(moment + ONE_MINUTE)
        new = letters(smtp, number)[before:]
        assert {to_whom(each) for each in new} == people
        assert all(subject in str(each["subject"]) for each in new)
        assert all("阳光花园" in text_of(each) for each in new if moment > due)

    page = manager.go(record)
    lines = page.locator(".timeline li:has-text('升级')").all_inner_texts()[::-1]
    for line, who in zip(lines, ("吴安晴", "李居悦", "李居悦", "赵居安"), strict=True):
        assert who in line
        assert "邮件" in line

    page.click("button:has-text('我来跟进')")
    page.wait_for_selector(".flash.success")
    page.wait_for_selector("text=赵居安 正在跟进")
    at_rest = len(letters(smtp, number))
    acknowledged = clock.moment
    background.pass_until(acknowledged + timedelta(minutes=239))
    assert len(letters(smtp, number)) == at_rest, "an acknowledgement in force stops it"
    background.pass_until(acknowledged + timedelta(minutes=242))
    again = letters(smtp, number)[at_rest:]
    assert {to_whom(each) for each in again} == {"manager"}
    assert all("已升级到第 4 步，确认后 1 次超时未处理，再次通知" in text_of(each) for each in again)
    page = manager.go(record)
    assert "跟进超时" in page.locator(".timeline li").first.inner_text()
    assert manager.complaints == desk.complaints == []


def record_a_complaint(desk: Person) -> str:
    """Hands on the keyboard: room, kind, item, words. Returns the number that is read out."""
    page = desk.sign_in("/admin/intake/")
    page.keyboard.type("1201")
    page.wait_for_selector("#who-list li:has-text('3-1201')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".history-box:has-text('没有以往的诉求')")
    page.keyboard.press("3")
    page.keyboard.type("态度")
    page.wait_for_selector("#item-box-list li:has-text('服务态度投诉')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".promise")
    page.keyboard.type("前台人员说话不耐烦，问了三次都没有答复。")
    page.keyboard.press("Control+Enter")
    return str(page.locator(".made-number").inner_text())


def letters(smtp: SmtpReceiver, number: str) -> list[EmailMessage]:
    return [each for each in smtp.messages if number in str(each["subject"])]


def to_whom(letter: EmailMessage) -> str:
    return str(letter["to"].addresses[0].username)


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return str(body.get_content()) if body else ""
