"""The photo that a checkpoint asks for: right after its scan, with and without a network."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from store import clock
from store.photos.documents import Photo
from store.work.documents import WorkOrder
from tests import cast
from tests.api.world import make_order
from tests.tablet.camera import photo
from tests.tablet.tablets import Tablet

NAMES = {"pump-room": "生活水泵房", "east-gate": "东门岗"}


def make_round() -> WorkOrder:
    now = clock.now()
    window = {"opens_at": now - timedelta(minutes=5), "closes_at": now + timedelta(hours=1), "state": "pending"}
    points = [
        {"code": "pump-room", "name": {"zh": NAMES["pump-room"]}, "photo_required": True, **window},
        {"code": "east-gate", "name": {"zh": NAMES["east-gate"]}, **window},
    ]
    return make_order(assignee="guard", department="security", checkpoints=points)


def begin(tablet: Callable[..., Tablet], order: WorkOrder, **options: Any) -> tuple[Tablet, Any]:
    hands = tablet(cast.guard(), **options)
    hands.page.get_by_role("button", name=f"开始：{order.title}").click()
    hands.page.get_by_role("button", name="输入编号").wait_for()
    return hands, hands.page


def type_in(page: Any, code: str) -> None:
    page.get_by_role("button", name="输入编号").click()
    page.get_by_label("巡更点编号").fill(code)
    page.keyboard.press("Enter")


def take(page: Any, words: str) -> None:
    sheet = page.get_by_role("dialog", name="拍照：生活水泵房")
    sheet.locator("input[type=file][capture]").set_input_files(photo(words))
    sheet.get_by_role("button", name="看大图：现场照片 照片 1").wait_for()
    sheet.get_by_role("button", name="好了").click()
    sheet.wait_for(state="detached")


def test_the_photo_of_a_checkpoint_is_asked_for_at_its_scan_without_a_network(
    tablet: Callable[..., Tablet],
) -> None:
    order = make_round()
    hands, page = begin(tablet, order)
    hands.offline()
    type_in(page, "east-gate")
    page.locator(".stop", has_text="东门岗").get_by_text("已到").wait_for()
    type_in(page, "pump-room")  # the last one: the round is over before its picture is taken
    page.get_by_text("还要拍一张照片").wait_for()
    take(page, "pump")
    stop = page.locator(".stop", has_text="生活水泵房")
    stop.get_by_role("button", name="看大图").wait_for()
    assert "缺现场照片" not in stop.inner_text()
    hands.online()
    hands.wait_until_sent()
    found = WorkOrder.objects.get(pk=order.pk)
    assert [each["checkpoint"] for each in found.photos] == ["pump-room"]
    assert (found.state, found.proven) == ("done", True)
    assert all("no_photo" not in each.get("unusual", ()) for each in found.checkpoints)
    assert Photo.objects(sha256=found.photos[0]["hash"], received_at__exists=True).count() == 1
    assert hands.complaints == []


def test_a_photo_left_for_later_is_said_to_be_missing_until_it_is_taken(tablet: Callable[..., Tablet]) -> None:
    order = make_round()
    hands, page = begin(tablet, order, width=360)
    page.locator(".next-point").get_by_text("须拍照").wait_for()
    type_in(page, "pump-room")
    page.get_by_role("button", name="稍后再拍").click()
    hands.wait_until_sent()
    stop = page.locator(".stop", has_text="生活水泵房")
    stop.get_by_text("缺现场照片").wait_for()
    assert WorkOrder.objects.get(pk=order.pk).checkpoints[0]["unusual"] == ["no_photo"]
    stop.get_by_role("button", name="补拍照片：生活水泵房").click()
    take(page, "pump")
    hands.wait_until_sent()
    assert "缺现场照片" not in stop.inner_text()
    assert not WorkOrder.objects.get(pk=order.pk).checkpoints[0].get("unusual")
    assert hands.complaints == []
