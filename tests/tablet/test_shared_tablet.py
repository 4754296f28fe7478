"""A tablet that a shift shares: locked by itself, shut to who guesses, unreadable while locked, and handed over signed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from store.photos.documents import Photo
from store.tablet.documents import EntryOutcome, ShiftHandover
from tests import cast
from tests.admin_app.conftest import make_account
from tests.api.world import make_order
from tests.tablet.tablets import Tablet

CANARY = "canary-7391-boiler-room"
IDLE = timedelta(minutes=6)


def on_disk(hands: Tablet, words: str) -> list[str]:
    """Files of the app's storage in which the words stand, in either of the encodings that Chromium writes."""
    needles = [words.encode(coding) for coding in ("utf-8", "utf-16-le")]
    files = [each for each in hands.folder.rglob("*IndexedDB*/**/*") if each.is_file()]
    assert files
    return [each.name for each in files if any(needle in each.read_bytes() for needle in needles)]


def test_what_a_locked_tablet_holds_cannot_be_read_from_its_storage(tablet: Callable[..., Tablet]) -> None:
    make_order(kind="cleaning", checkpoints=[], assignee="guard", priority=3, title=CANARY)
    hands = tablet(cast.guard())
    hands.page.get_by_role("button", name=f"开始：{CANARY}").wait_for()
    hands.offline()
    hands.page.get_by_role("button", name=f"开始：{CANARY}").click()
    hands.page.get_by_role("heading", name="现场照片与备注").wait_for()
    assert hands.unsent() == 1
    hands.stop()  # so that everything is in its files
    assert on_disk(hands, CANARY) == []
    assert on_disk(hands, "卫安朗") != []  # the lock screen's name, which shows that the search finds what is there
    hands.start()


def test_a_tablet_that_lies_about_locks_itself_and_five_wrong_pins_shut_it(tablet: Callable[..., Tablet]) -> None:
    now = datetime.now(UTC)
    hands = tablet(cast.guard(), moment=now)
    hands.offline()
    hands.sleep_until(now + IDLE)
    asked = hands.page.get_by_role("heading", name="卫安朗，请输入 PIN")
    asked.wait_for()
    assert hands.page.get_by_role("heading", name="今日").count() == 0
    for _ in range(4):
        hands.type_pin("000000")
        hands.page.get_by_text("PIN 不对，请再试一次").wait_for()
        hands.page.get_by_label("已输入 0 位，共 6 位").wait_for()
    hands.type_pin("000000")
    hands.page.get_by_text("输错 5 次，已锁定").wait_for()
    hands.kill()  # no new start gives five more
    hands.restart()
    hands.open()
    hands.page.get_by_text("输错 5 次，已锁定").wait_for()
    assert hands.page.get_by_role("button", name="数字 1").count() == 0


def test_a_shift_is_handed_over_without_a_network_and_arrives_signed_by_both(
    app: Flask, tablet: Callable[..., Tablet]
) -> None:
    order = make_order(kind="cleaning", checkpoints=[], assignee="guard", priority=3, title="东门检查")
    hands = tablet(cast.guard())
    make_account(app, cast.second_guard())
    hands.page.get_by_role("link", name="东门检查").first.wait_for()
    hands.offline()
    hands.go("/handover")
    page = hands.page
    page.get_by_role("heading", name="未完成的工单 1").wait_for()
    page.get_by_role("button", name="蒋安泽").click()
    page.get_by_label("交接说明").fill("东门钥匙在岗亭")
    for index, slant in enumerate((30, -30)):
        sign(page.locator("canvas.pad").nth(index), slant)
    page.get_by_role("button", name="完成交接").click()
    page.get_by_role("heading", name="我", exact=True).wait_for()
    assert ShiftHandover.objects.count() == 0

    hands.online()
    hands.wait_until_sent()
    assert [(each.verb, each.result) for each in EntryOutcome.objects] == [("hand_over_shift", "applied")]
    handover = ShiftHandover.objects.get()
    assert (handover.handed_by, handover.taken_by, handover.note) == ("guard", "guard-2", "东门钥匙在岗亭")
    assert handover.open == [[cast.ESTATE, order.key]]
    signatures = {handover.signature, handover.counter_signature}
    assert {each.sha256 for each in Photo.objects(image__exists=True)} == signatures
    assert len(signatures) == 2


def sign(pad: Any, slant: int) -> None:
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    mouse = pad.page.mouse
    mouse.move(box["x"] + 40, box["y"] + 60)
    mouse.down()
    mouse.move(box["x"] + 240, box["y"] + 60 + slant, steps=6)
    mouse.up()
