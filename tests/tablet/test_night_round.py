"""A night round of twelve checkpoints in the basement: scanned, photographed and killed without a network, arrived once.

Guard, supervisor and workers live on the test's clock. While the tablet has no network the server calls every checkpoint
missed; in the morning it learns what really happened.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from flask import Flask

from store.findings.documents import Finding
from store.photos.documents import Photo
from store.tablet.documents import EntryOutcome
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import make_account
from tests.browser import stage
from tests.browser.clockwork import Background, Clock
from tests.browser.conftest import ZONE, at_a_browser, background, clock, start
from tests.browser.people import Person
from tests.servers import SmtpReceiver
from tests.tablet.camera import Lens, photo
from tests.tablet.tablets import PATIENCE_MS, Tablet

__all__ = ["at_a_browser", "background", "clock", "start"]

NAMES = (
    *("消防控制室", "车库入口", "配电间", "生活水泵房", "充电车位区", "东门岗"),
    *("一号楼屋面", "二号楼屋面", "消防水泵房", "电梯机房", "垃圾房", "西门岗"),
)
POINTS = [(f"point-{number}", name) for number, name in enumerate(NAMES, 1)]
PASSED_BY = 4
STEP = timedelta(minutes=4)  # shorter than the time after which an idle tablet locks
ENTRIES = 14  # the beginning, eleven scans, two findings
TITLE = "夜间巡更"
ROUTE = {
    **stage.ROUTE,
    "name": {"zh": "十二点夜巡路线"},
    "checkpoints": [
        {**stage.checkpoint(number, code, name), "offset_minutes": 4 * number, "tolerance_minutes": 3}
        for number, (code, name) in enumerate(POINTS)
    ],
}
PLAN = {**stage.PLAN, "name": {"zh": TITLE}, "times": ["02:00"], "route": "night-12", "duration_minutes": 60}
FINDINGS = {
    "name": {"zh": "一般整改"},
    "fallback": True,
    **{f"{name}_minutes": 600 for name in ("high", "normal", "low", "check")},
}


@pytest.fixture
def estate(app: Flask, site: str, start: datetime) -> None:
    stage.set_up(app, start)
    cast.publish("route", "night-12", ROUTE, now=start - timedelta(hours=1))
    cast.publish("plan", "night", PLAN, now=start - timedelta(hours=1))
    cast.publish("finding_policy", "general", FINDINGS, now=start - timedelta(hours=1))
    make_account(app, cast.supervisor())


@pytest.fixture
def begins(start: datetime) -> datetime:
    """Two o'clock in the night after the test's beginning."""
    return datetime.combine(start.astimezone(ZONE).date() + timedelta(days=1), time(2), ZONE)


class Guard:
    """The guard with his tablet in the night; he hears nothing of the server."""

    def __init__(self, hands: Tablet, lens: Lens, codes: list[bytes], begins: datetime) -> None:
        self.hands, self.lens, self.codes, self.begins = hands, lens, codes, begins

    @property
    def page(self) -> Any:
        return self.hands.page

    def walk_to(self, number: int) -> None:
        self.hands.sleep_until(self.begins + (number - 1) * STEP)

    def scan(self, number: int) -> None:
        self.lens.look_at(self.codes[number - 1])
        self.page.get_by_role("button", name="扫码打卡").click()
        self.page.get_by_text(f"{NAMES[number - 1]} 已打卡").wait_for()

    def report(self, what: str, pictures: int, *, live: bool = False) -> None:
        self.page.get_by_role("link", name="发现异常").click()
        for number in range(1, pictures + 1):
            self._photo(f"{what} {number}", live=live and number == pictures)
            self.page.get_by_role("button", name=f"看大图：照片 照片 {number}").wait_for()
        self.page.get_by_label("是什么情况").fill(what)
        self.page.get_by_role("button", name="上报", exact=True).click()
        self.page.get_by_text("整改项 · 已存本机").wait_for()
        self.page.get_by_role("button", name="扫码打卡").wait_for()

    def _photo(self, words: str, *, live: bool) -> None:
        if not live:
            self.page.locator("input[type=file][capture]").set_input_files(photo(words))
            return
        self.lens.look_at(None)
        self.page.get_by_role("button", name="用相机拍").click()
        self.page.get_by_role("button", name="拍下").click()

    def lose_power(self) -> None:
        """The battery is out, and the round is where it was."""
        self.hands.kill()
        self.hands.restart()
        self.hands.offline()
        self.hands.open("/patrol")
        self.hands.unlock(stage.night_guard())
        self.page.get_by_role("button", name="扫码打卡").wait_for()


def printed_codes(manager: Person) -> list[bytes]:
    """The back office's sheet of codes, cut apart."""
    page = manager.sign_in("/admin/content/-/routes/night-12/codes/")
    cards = page.locator(".qr-card svg")
    assert cards.count() == len(POINTS)
    return [cards.nth(number).screenshot() for number in range(len(POINTS))]


@pytest.mark.timeout(300)  # a whole night, on a busy machine
def test_a_whole_night_without_a_network_arrives_once_in_order_by_its_guard(
    estate: None,
    tablet: Callable[..., Tablet],
    at_a_browser: Callable[..., Person],
    background: Background,
    clock: Clock,
    smtp: SmtpReceiver,
    begins: datetime,
    tmp_path: Path,
) -> None:
    lens = Lens(tmp_path / "lens.y4m")
    codes = printed_codes(at_a_browser(cast.manager()))
    background.pass_until(begins - timedelta(hours=5))
    hands = tablet(stage.night_guard(), camera=lens.film, moment=clock.moment)
    guard = Guard(hands, lens, codes, begins)
    hands.page.get_by_role("link", name=TITLE).first.wait_for()  # to come: the server has not made it yet
    assert WorkOrder.objects(plan__code="night").count() == 0
    hands.offline()

    guard.walk_to(1)
    hands.unlock(stage.night_guard())
    hands.page.get_by_role("button", name=f"开始：{TITLE}").click()
    guard.scan(1)
    guard.lose_power()  # right after the tap was shown as saved
    assert "已到 1 / 12 点" in hands.page.locator("main").inner_text()
    for number in (2, 3):
        guard.walk_to(number)
        guard.scan(number)
    guard.report("配电间门锁损坏", 3, live=True)
    guard.lose_power()  # with pictures that are only here
    for number in (5, 6, 7, 8, 9):
        guard.walk_to(number)
        guard.scan(number)
    guard.report("消防水泵房积水", 3)
    for number in (10, 11, 12):
        guard.walk_to(number)
        guard.scan(number)
    assert hands.page.locator(".stop", has_text=NAMES[PASSED_BY - 1]).get_by_text("已过时间").is_visible()
    assert hands.unsent() == ENTRIES

    background.pass_until(begins + timedelta(hours=3))
    order = WorkOrder.objects.get(plan__code="night")
    assert (order.state, order.missed_count, order.photos) == ("missed", 12, [])
    hands.sleep_until(clock.moment)
    hands.unlock(stage.night_guard())
    lose_the_first_answer(hands)
    hands.kill()
    hands.restart()
    hands.open()
    hands.unlock(stage.night_guard())
    hands.wait_until_sent()

    check_entries(begins)
    check_round()
    check_pictures()
    assert hands.complaints == []
    look_in_the_office(at_a_browser(cast.supervisor()), background, smtp)


def lose_the_first_answer(hands: Tablet) -> None:
    """The server has carried out the first batch, and the tablet will never hear of it."""
    carried_out: list[int] = []
    hands.context.route("**/api/v1/field/operations", lambda route: carried_out.append(route.fetch().status))
    hands.online()
    deadline = monotonic() + PATIENCE_MS / 1000
    while not carried_out:
        assert monotonic() < deadline, "nothing was sent"
        hands.page.wait_for_timeout(50)
    assert carried_out == [200]
    assert 0 < EntryOutcome.objects.count() < ENTRIES


def moment_of(begins: datetime, number: int) -> datetime:
    return begins + (number - 1) * STEP


def check_entries(begins: datetime) -> None:
    """Once, in the order of the taps, by the guard, with both times."""
    walked = [("scan", number) for number in range(1, 13) if number != PASSED_BY]
    expected = [("start", 1), *walked[:3], ("raise_finding", 3), *walked[3:8], ("raise_finding", 9), *walked[8:]]
    entries = list(EntryOutcome.objects.order_by("seq"))
    assert [(each.verb, each.seq) for each in entries] == [(verb, n) for n, (verb, _) in enumerate(expected, 1)]
    assert {(each.person, each.result in {"applied", "merged"}) for each in entries} == {("guard-2", True)}
    for entry, (_, number) in zip(entries, expected, strict=True):
        there = moment_of(begins, number)
        assert there <= entry.device_at < there + STEP
        assert abs(entry.at - entry.device_at) < timedelta(minutes=1)


def check_round() -> None:
    order = WorkOrder.objects.get(plan__code="night")
    assert (order.state, order.missed_count) == ("done", 1)
    for number, point in enumerate(order.checkpoints, 1):
        if number == PASSED_BY:
            assert (point["state"], point.get("at")) == ("missed", None)
            continue
        assert (point["state"], point["reported_late"], point["method"], point["by"]) == ("done", True, "qr", "guard-2")
        assert point["opens_at"] <= point["at"] < point["closes_at"]
    acts = [each for each in order.events if each.actor == "guard-2"]
    assert len(acts) == ENTRIES


def check_pictures() -> None:
    pictures = {each.sha256: each for each in Photo.objects}
    assert len(pictures) == 6
    assert sum(bool(each.position) for each in pictures.values()) == 5  # the one by the app's own camera has none
    assert all(b"Exif" not in bytes(each.image) for each in pictures.values())


def look_in_the_office(lead: Person, background: Background, smtp: SmtpReceiver) -> None:
    """The supervisor reads by name who was not there, and which words came late."""
    background.pass_minutes(5)
    findings = list(Finding.objects.order_by("found_at"))
    assert [each.title for each in findings] == ["配电间门锁损坏", "消防水泵房积水"]
    order = WorkOrder.objects.get(plan__code="night")
    page = lead.sign_in(f"/admin/work/{order.number}")
    missed = page.locator("ol.route li", has_text="漏检")
    assert missed.count() == 1
    assert NAMES[PASSED_BY - 1] in missed.inner_text()
    assert page.locator("ol.route li", has_text="按时到位，补传").count() == 11
    assert page.locator("ol.route li", has_text="设备时间").count() == 11
    for finding in findings:
        lead.go(f"/admin/findings/{finding.number}")
        assert lead.pictures() == 3
    subjects = [str(each["subject"]) for each in smtp.messages]
    assert any("漏检" in each and NAMES[PASSED_BY - 1] in each for each in subjects)
    assert lead.complaints == []
