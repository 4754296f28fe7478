"""Pictures on a tablet: out of the gallery, taken back, refused in words; and a code on the wall that says where one is."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import segno

from store.work.documents import WorkOrder
from tests import cast
from tests.api.world import make_order
from tests.tablet.camera import Lens, photo
from tests.tablet.tablets import Tablet

TITLE = "大堂巡查"
# The first bytes of what an iPhone's camera writes: a box of type `ftyp` with its brand.
HEIC = {"name": "IMG_0001.HEIC", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic" + bytes(64)}


def test_pictures_of_the_gallery_are_taken_and_one_is_taken_back_without_a_network(
    tablet: Callable[..., Tablet],
) -> None:
    order = make_order(kind="security", checkpoints=[], assignee="guard", department="security", title=TITLE)
    hands = tablet(cast.guard())
    page = hands.page
    page.get_by_role("button", name=f"开始：{TITLE}").click()
    page.get_by_role("heading", name="现场照片与备注").wait_for()
    hands.offline()
    page.get_by_label("照片：从相册选").set_input_files([photo("one"), photo("two")])
    taken = page.get_by_role("group", name="照片").get_by_role("button", name="看大图")
    taken.nth(1).wait_for()
    taken.first.click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    page.get_by_role("dialog").wait_for(state="detached")
    taken.nth(1).wait_for(state="detached")
    hands.online()
    hands.wait_until_sent()
    found = WorkOrder.objects.get(pk=order.pk)
    assert len(found.photos) == 1
    assert [each.verb for each in found.events].count("remove_photo") == 1
    assert hands.complaints == []


def test_a_picture_that_the_tablet_cannot_open_is_refused_in_words(tablet: Callable[..., Tablet]) -> None:
    hands = tablet(cast.guard())
    hands.wait_for_today()
    hands.go("/report")
    hands.page.get_by_label("照片：从相册选").set_input_files(HEIC)
    hands.page.get_by_text("这是 HEIC 格式的照片").wait_for()
    assert hands.page.get_by_role("button", name="看大图").count() == 0


def test_the_code_on_a_wall_says_where_one_is_and_what_is_open_there(
    tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    order = make_order(team=["guard"], department="security", route={"code": "garage", "revision": 1})
    code = order.checkpoints[0]["code"]
    printed = BytesIO()
    segno.make(f"anju:checkpoint:garage:{code}").save(printed, kind="png", scale=8)
    lens = Lens(tmp_path / "wall.y4m")
    lens.look_at(printed.getvalue())
    hands = tablet(cast.guard(), camera=lens.film)
    hands.page.get_by_text(order.title).first.wait_for()
    hands.offline()
    hands.go("/report")
    hands.page.get_by_role("button", name="扫墙上的码填地点").click()
    hands.page.get_by_role("heading", name="这里未完成的工单 1").wait_for()
    assert hands.page.get_by_label("在哪里").input_value() == code
