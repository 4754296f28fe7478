"""The floor plan of a round: where one was and where to go next, without a network too."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from store import clock
from store.photos import operations as photos
from store.work.documents import WorkOrder
from tests import cast
from tests.api.world import make_order
from tests.pictures import drawn
from tests.tablet.tablets import Tablet

POINTS = (
    ("pump-room", "生活水泵房", 0.2, 0.3),
    ("charging", "充电车位区", 0.8, 0.6),
    ("east-gate", "东门岗", 0.5, 0.9),
)


@pytest.fixture
def plan(company: None) -> str:
    """The name of the picture of the only plan."""
    name = photos.bring(drawn(1600, 1000), cast.ESTATE, actor=cast.manager(), now=clock.now())
    body = {"name": {"zh": "地下一层", "en": "Basement 1"}, "estate": cast.ESTATE, "floor": "B1", "picture": name}
    cast.publish("floor_plan", "basement", body, cast.LONG_AGO)
    return name


def make_round(floor_plan: str | None) -> WorkOrder:
    now = clock.now()
    window = {"opens_at": now - timedelta(minutes=5), "closes_at": now + timedelta(hours=1), "state": "pending"}
    points = [
        {"code": code, "name": {"zh": name}, **window, "floor_plan": floor_plan, "plan_x": x, "plan_y": y}
        for code, name, x, y in POINTS
    ]
    return make_order(assignee="guard", department="security", checkpoints=points)


def test_the_plan_shows_the_next_point_and_what_was_done_without_a_network(
    plan: str, tablet: Callable[..., Tablet]
) -> None:
    order = make_round("basement")
    hands = tablet(cast.guard(), width=768)
    page = hands.page
    page.get_by_role("button", name=f"开始：{order.title}").click()
    page.get_by_role("img", name="地下一层：下一点 生活水泵房").wait_for()
    hands.wait_until(lambda: plan in hands.read("photos", "hash"), "the picture is kept here")
    hands.wait_until_sent()
    hands.kill()
    hands.restart()
    hands.offline()
    hands.open("/patrol")
    hands.unlock(cast.guard())
    page = hands.page
    page.get_by_role("img", name="地下一层：下一点 生活水泵房").wait_for()
    page.get_by_role("button", name="输入编号").click()
    page.get_by_label("巡更点编号").fill("pump-room")
    page.keyboard.press("Enter")
    shown = page.get_by_role("img", name="地下一层：下一点 充电车位区")
    shown.wait_for()
    assert shown.locator(".spot.next .spot-name").text_content() == "充电车位区"
    assert shown.locator(".spot.done").count() == 1
    assert shown.locator("image").bounding_box()["width"] > 300
    assert hands.complaints == []


def test_a_round_without_a_plan_is_as_it_was(company: None, tablet: Callable[..., Tablet]) -> None:
    order = make_round(None)
    hands = tablet(cast.guard())
    hands.page.get_by_role("button", name=f"开始：{order.title}").click()
    hands.page.get_by_role("button", name="输入编号").wait_for()
    assert hands.page.locator(".floor-plan").count() == 0
    assert hands.complaints == []
