"""A code on a wall before a tablet: what is open there, what was there, and a report that knows where it is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from store import clock
from store.findings.documents import Finding
from store.work import rounds
from tests import cast
from tests.admin_app.conftest import make_account
from tests.api.world import make_finding, make_order
from tests.browser.conftest import at_a_browser
from tests.browser.people import Person
from tests.tablet.camera import Lens
from tests.tablet.tablets import Tablet

__all__ = ["at_a_browser"]

SHEET = "/admin/directory/building/-/sunshine-3/codes"
OFFLINE = "没有网络：这里只有本机上的工作"


@pytest.fixture
def building(app: Flask, company: None) -> None:
    cast.make_household("3-1201", cast.LONG_AGO)
    make_account(app, cast.manager())


def printed(manager: Person) -> list[bytes]:
    """The office's sheet, cut apart: the building's code and that of its home."""
    cards = manager.sign_in(SHEET).locator(".qr-card svg")
    return [cards.nth(number).screenshot() for number in range(cards.count())]


def test_a_scanned_building_tells_its_history_and_takes_a_report(
    building: None, tablet: Callable[..., Tablet], at_a_browser: Callable[..., Person], tmp_path: Path
) -> None:
    door, _ = printed(at_a_browser(cast.manager()))
    mine = make_order(kind="cleaning", checkpoints=[], assignee="guard", title="楼道保洁检查", place="3号楼大堂")
    finding = make_finding(title="声控灯不亮", place="3号楼2单元四层")
    lens = Lens(tmp_path / "door.y4m")
    lens.look_at(door)
    hands = tablet(cast.guard(), camera=lens.film)
    page = hands.page
    page.get_by_role("link", name=mine.title).first.wait_for()
    page.get_by_role("button", name="扫码看位置").click()
    page.get_by_role("heading", name="3号楼", exact=True).wait_for()
    page.get_by_role("heading", name="这里其他未完成的 1").wait_for()
    page.get_by_role("heading", name="本机上这里的工作 1").wait_for()
    assert finding.number in page.locator("section", has_text="近 90 天").inner_text()
    assert page.get_by_text("业主诉求只有前台和主管可见").is_visible()

    hands.offline()
    page.get_by_role("link", name="在这里上报").click()
    assert page.get_by_label("在哪里").input_value() == "3号楼"
    page.get_by_label("是什么情况").fill("门禁读卡器松动")
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("heading", name="3号楼", exact=True).wait_for()
    hands.online()
    hands.wait_until_sent()
    found = Finding.objects.get(title="门禁读卡器松动")
    assert (found.place, found.estate, found.found_by) == ("3号楼", cast.ESTATE, "guard")
    assert hands.complaints == []


def test_without_a_network_a_place_shows_what_the_tablet_has_and_says_what_it_has_not(
    building: None, tablet: Callable[..., Tablet], at_a_browser: Callable[..., Person], tmp_path: Path
) -> None:
    door, home = printed(at_a_browser(cast.manager()))
    mine = make_order(kind="cleaning", checkpoints=[], assignee="guard", title="楼道保洁检查", place="3号楼大堂")
    make_finding(title="声控灯不亮", place="3号楼2单元四层")
    lens = Lens(tmp_path / "door.y4m")
    lens.look_at(door)
    hands = tablet(cast.guard(), camera=lens.film)
    page = hands.page
    page.get_by_role("link", name=mine.title).first.wait_for()
    hands.offline()
    page.get_by_role("button", name="扫码看位置").click()
    page.get_by_role("heading", name="3号楼", exact=True).wait_for()
    page.get_by_text(OFFLINE).wait_for()
    assert page.get_by_role("link", name=mine.title).is_visible()
    assert page.get_by_text("声控灯不亮").count() == 0

    lens.look_at(home)
    hands.go("/")
    page.get_by_role("button", name="扫码看位置").click()
    page.get_by_role("heading", name="3-1201", exact=True).wait_for()
    page.get_by_text(OFFLINE).wait_for()
    hands.online()
    page.get_by_role("heading", name="近 90 天没有记录").wait_for()
    assert hands.complaints == []


def test_who_cannot_scan_types_and_a_checkpoint_tells_who_was_there(
    company: None, tablet: Callable[..., Tablet]
) -> None:
    point = {"code": "gate", "name": {"zh": "东门"}, "place": "东门岗亭", "offset_minutes": 0}
    body = {"name": {"zh": "外围路线"}, "estate": cast.ESTATE, "checkpoints": [point]}
    cast.publish("route", "perimeter", body, cast.LONG_AGO)
    order = make_order(assignee="guard-2", route={"code": "perimeter", "revision": 1})
    rounds.scan(order.pk, checkpoint="gate", method="qr", actor=cast.second_guard(), now=clock.now())
    hands = tablet(cast.guard())
    page = hands.page
    page.get_by_role("button", name="扫码看位置").click()
    page.get_by_role("button", name="输入编号").click()
    page.get_by_label("房号、楼栋或点位编号").fill("GATE")
    page.get_by_role("button", name="查看", exact=True).click()
    page.get_by_role("heading", name="东门 · 东门岗亭").wait_for()
    row = page.locator(".facts-row", has_text="已到")
    assert cast.second_guard().name in row.inner_text()

    hands.go("/place/anju%3Abuilding%3Anowhere")
    page.get_by_text("这台平板不认识这个码").wait_for()
    page.get_by_text("没有查到：找不到位置").wait_for()
    # The browser itself says so of every refusal.
    assert [each for each in hands.complaints if "404" not in each] == []
