"""A repair at the resident's door without a network: from arrival to the signature, and the charge that follows from it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from store import clock
from store.notices.relay import relay
from store.photos.documents import Photo
from store.requests.documents import ServiceRequest
from store.tablet.documents import EntryOutcome
from store.work import operations as work
from tests import cast
from tests.admin_app.conftest import make_account
from tests.browser.conftest import at_a_browser
from tests.browser.people import Person
from tests.store import repair_world
from tests.tablet.camera import photo
from tests.tablet.tablets import Tablet

__all__ = ["at_a_browser"]

ITEM = "水龙头维修"
VERBS = [
    *("accept", "start", "add_photos", "diagnose", "quote", "consent", "materials"),
    *("add_photos", "add_photos", "complete"),
]


@pytest.fixture
def request_(app: Flask, site: str) -> ServiceRequest:
    repair_world.make_world()
    make_account(app, cast.desk())
    found: ServiceRequest = repair_world.intake(clock.now(), contact_name="王清和", contact_phone="13900000001")
    work.assign(repair_world.order_of(found).pk, to="repairer", actor=cast.repair_supervisor(), now=clock.now())
    return found


class Repairer:
    def __init__(self, hands: Tablet) -> None:
        self.hands = hands

    @property
    def page(self) -> Any:
        return self.hands.page

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).click()

    def card(self, title: str) -> None:
        self.page.get_by_role("heading", name=title, exact=True).wait_for()

    def take(self, role: str, *pictures: str) -> None:
        for number, words in enumerate(pictures, 1):
            self.page.locator(f"input[type=file][aria-label={role}]").set_input_files(photo(words))
            self.page.get_by_role("button", name=f"看大图：{role} 照片 {number}").wait_for()

    def add(self, line: str, times: int = 1) -> None:
        self.press("加一项")
        self.press(f"加一项：{line}")
        for _ in range(times - 1):
            self.press(f"{line} 多一个")

    def sign(self, slant: int) -> None:
        pad = self.page.locator("canvas.pad")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        self.page.mouse.move(box["x"] + 40, box["y"] + 60)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 240, box["y"] + 60 + slant, steps=6)
        self.page.mouse.up()

    def total(self) -> str:
        return str(self.page.locator("p.sum").last.inner_text())


def test_a_repair_without_a_network_is_charged_and_accepted_as_it_was_signed(
    request_: ServiceRequest, tablet: Callable[..., Tablet], at_a_browser: Callable[..., Person]
) -> None:
    hands = tablet(cast.repairer())
    repairer = Repairer(hands)
    taking = hands.page.get_by_role("button", name="接单：")
    taking.wait_for()
    hands.offline()
    taking.click()
    visit(repairer)
    assert hands.unsent() == len(VERBS)
    assert ServiceRequest.objects.get(pk=request_.pk).charge == {}

    hands.online()
    hands.wait_until_sent()
    relay(clock.now())
    outcomes = [(each.verb, each.result, each.person) for each in EntryOutcome.objects.order_by("seq")]
    assert outcomes == [(verb, "applied", "repairer") for verb in VERBS]
    order = repair_world.order_of(request_)
    closed = repair_world.current(request_)
    assert (order.state, order.quote["total_fen"], order.signed_by) == ("done", 9000, "王清和")
    assert (closed.state, closed.acceptance["how"], closed.charge["total_fen"]) == ("closed", "signature", 7000)
    assert Photo.objects(image__exists=True).count() == 5  # two signatures among them
    look_in_the_office(at_a_browser(cast.desk()), request_, order)
    assert hands.complaints == []


def visit(repairer: Repairer) -> None:
    repairer.card("到达现场")
    repairer.press("到达现场")
    repairer.card("故障判断")
    repairer.take("维修前", "leak under the basin")
    repairer.page.get_by_label("故障判断", exact=True).fill("角阀阀芯老化，接口渗水")
    repairer.press("下一步")
    repairer.card("报价")
    repairer.add("换角阀", 2)
    repairer.add("打胶")
    assert "¥90.00" in repairer.total()
    repairer.press("下一步")
    repairer.card("业主同意报价")
    assert "¥90.00" in repairer.total()
    repairer.sign(30)
    repairer.press("同意，签名")
    repairer.card("材料与收费")
    repairer.press("打胶 少一个")  # was not needed
    assert "¥70.00" in repairer.total()
    repairer.press("下一步")
    repairer.card("验收与完成")
    repairer.take("维修后", "new valves", "dry after an hour")
    assert "¥70.00" in repairer.total()
    assert repairer.page.get_by_label("签名人").input_value() == "王清和"
    repairer.sign(-40)
    repairer.press("完成")
    repairer.page.get_by_role("heading", name="这张工单已完成").wait_for()


def look_in_the_office(desk: Person, request: Any, order: Any) -> None:
    page = desk.sign_in(f"/admin/requests/{request.number}")
    text = page.locator("main").inner_text()
    assert "¥70.00" in text
    assert "签" in text
    page = desk.go(f"/admin/work/{order.number}")
    assert desk.pictures() == 5
    assert "¥90.00" in page.locator("main").inner_text()
    assert desk.complaints == []
