"""What the server does not take is told on the tablet by name, and stays there until its author has decided."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from store import clock, lifecycle
from store.charges import rules as prices
from store.errors import Invalid
from store.tablet.documents import EntryOutcome
from store.words import Words
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.api.world import make_order
from tests.store import repair_world
from tests.tablet.camera import photo
from tests.tablet.tablets import Tablet
from tests.tablet.walkers import ONLINE, Walker

KEPT, GONE, NO_PHOTO = "大堂保洁检查", "电梯厅保洁检查", "垃圾房检查"
WRITTEN = "电梯厅北墙有涂写"


def cleaning(title: str) -> Any:
    return make_order(kind="cleaning", checkpoints=[], assignee="guard", priority=3, title=title)


def begin(hands: Tablet, title: str) -> None:
    hands.go("/")
    hands.page.get_by_role("button", name=f"开始：{title}").click()
    hands.page.get_by_role("heading", name="现场照片与备注").wait_for()


def undecided(hands: Tablet, words: str) -> Any:
    return hands.page.locator("article.late", has_text=words)


def test_refusals_are_told_by_name_and_what_was_entered_stays_until_it_is_dropped(
    tablet: Callable[..., Tablet],
) -> None:
    kept, gone = cleaning(KEPT), cleaning(GONE)
    hands = tablet(cast.guard())
    page = hands.page
    page.get_by_role("link", name=GONE).first.wait_for()
    hands.offline()
    begin(hands, KEPT)
    begin(hands, GONE)
    page.locator("input[type=file][capture]").set_input_files(photo("wall"))
    page.get_by_role("button", name="看大图：照片 照片 1").first.wait_for()
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("备注").fill(WRITTEN)
    page.get_by_role("button", name="完成", exact=True).click()
    page.get_by_role("heading", name="这张工单已完成").wait_for()
    work.cancel(kept.pk, reason="今天不做", actor=cast.manager(), now=clock.now())
    WorkOrder.objects(pk=gone.pk).delete()  # as after a server was restored from an older backup

    hands.online()
    hands.wait_until_sent()
    codes = [(each.verb, each.result, each.code) for each in EntryOutcome.objects.order_by("seq")]
    assert codes == [
        ("start", "conflict", "changed_meanwhile"),
        ("start", "refused", "unknown_order"),
        ("add_photos", "refused", "unknown_order"),
        ("complete", "refused", "unknown_order"),
    ]
    page.get_by_role("link", name="去看看").click()
    undecided(hands, GONE).nth(2).wait_for()
    assert undecided(hands, GONE).count() == 3
    written = undecided(hands, WRITTEN)
    assert "未被接受" in written.inner_text()
    assert "原因：" in written.inner_text()
    assert undecided(hands, KEPT).get_by_text("有冲突").is_visible()

    hands.kill()
    hands.restart()
    hands.open("/pending")
    hands.unlock(cast.guard())
    undecided(hands, WRITTEN).get_by_role("button", name="不要了").click()
    hands.page.get_by_role("dialog").get_by_role("button", name="取消").click()
    assert undecided(hands, WRITTEN).count() == 1
    undecided(hands, WRITTEN).get_by_role("button", name="不要了").click()
    hands.page.get_by_role("dialog").get_by_role("button", name="丢掉").click()
    undecided(hands, WRITTEN).wait_for(state="detached")
    assert undecided(hands, GONE).count() == 2  # nothing else went with it


def test_a_file_that_is_no_photo_is_refused_at_once_and_the_form_stays(tablet: Callable[..., Tablet]) -> None:
    cleaning(NO_PHOTO)
    hands = tablet(cast.guard())
    hands.page.get_by_role("link", name=NO_PHOTO).first.wait_for()
    begin(hands, NO_PHOTO)
    note = {"name": "note.jpg", "mimeType": "image/jpeg", "buffer": b"this is a letter"}
    hands.page.locator("input[type=file][capture]").set_input_files(note)
    hands.page.get_by_text("这个文件不是照片，请重新拍摄").wait_for()
    hands.page.locator("input[type=file][capture]").set_input_files(photo("bin"))
    hands.page.get_by_role("button", name="看大图：照片 照片 1").first.wait_for()


def test_a_refused_entry_is_corrected_or_tried_again_where_it_arose(
    app: Flask, tablet: Callable[..., Tablet], monkeypatch: pytest.MonkeyPatch
) -> None:
    repair_world.make_world()
    request = repair_world.intake(clock.now(), contact_name="王清和", contact_phone="13900000001")
    order = work.assign(repair_world.order_of(request).pk, to="repairer", actor=cast.manager(), now=clock.now())
    hands = tablet(cast.repairer())
    walker = Walker(hands, ONLINE)
    walker.begin(order)
    with monkeypatch.context() as patched:
        patched.setattr(lifecycle, "next_state", refusing)
        walker.press("接单")
    refusal = hands.page.locator("section.late", has_text="没有被接受：接单")
    refusal.get_by_text("原因：今天不行").wait_for()
    walker.press("再试一次")
    refusal.wait_for(state="detached")
    walker.press("到达现场")
    walker.write("故障判断", "阀芯老化")
    walker.press("下一步")
    walker.card("报价")
    walker.add("打胶")
    with monkeypatch.context() as patched:
        patched.setattr(prices, "priced", refusing)
        walker.press("下一步")
    refusal = hands.page.locator("section.late", has_text="没有被接受：报价")
    refusal.get_by_text("原因：今天不行").wait_for()
    walker.press("改正")
    refusal.wait_for(state="detached")
    hands.page.get_by_label("打胶 数量（米）").fill("1.5")
    walker.press("下一步")
    walker.card("业主同意报价")
    assert walker.total() == "¥30.00"
    with monkeypatch.context() as patched:
        patched.setattr(prices, "check_signature", refusing)
        walker.sign()
        walker.press("同意，签名")
    refusal = hands.page.locator("section.late", has_text="原因：今天不行")
    refusal.wait_for()
    walker.press("不要了")
    refusal.wait_for(state="detached")
    walker.sign()
    walker.press("同意，签名")
    walker.card("材料与收费")
    assert hands.read("entries", "state") == []
    assert WorkOrder.objects.get(pk=order.pk).quote["total_fen"] == 3000


def refusing(*_: object, **__: object) -> None:
    raise Invalid.one("not_today", Words("今天不行", "Not today"), "state")
