"""Floor plans: their picture, and where on them checkpoints are (clause 2.5)."""

import pytest

from store.content import operations as content
from store.content import reading
from store.errors import Forbidden, Invalid, NotFound
from store.photos import operations as photos
from store.plans import floor_plans, places
from store.plans.documents import ROUTE
from tests import cast
from tests.pictures import drawn

POINTS = [{"code": code, "name": {"zh": code}, "offset_minutes": n * 5} for n, code in enumerate("ab")]


@pytest.fixture
def route(database):
    cast.make_company(cast.LONG_AGO)
    body = {"name": {"zh": "车库"}, "estate": cast.ESTATE, "checkpoints": POINTS}
    content.create("route", "garage", body, actor=cast.manager(), now=cast.NOW)
    plan = {"name": {"zh": "地下一层"}, "estate": cast.ESTATE}
    content.create("floor_plan", "b1", plan, actor=cast.manager(), now=cast.NOW)
    return "garage"


def problems(points):
    return [(each.code, each.field) for each in places.check_places(points)]


def test_a_place_needs_its_plan_and_both_of_its_sides():
    assert problems([{"code": "a"}, {"code": "b", "floor_plan": "b1", "plan_x": 0, "plan_y": 0.5}]) == []
    assert problems([{"code": "a", "floor_plan": "b1", "plan_x": 0.5}]) == [
        ("place_half_given", "checkpoints.0.plan_y")
    ]
    assert problems([{"code": "a", "plan_x": 0.5, "plan_y": 0.5}]) == [("place_half_given", "checkpoints.0.floor_plan")]


def test_a_plan_of_another_estate_is_refused_for_a_route():
    body = {"estate": cast.ESTATE, "checkpoints": [{**POINTS[0], "floor_plan": "b1", "plan_x": 0, "plan_y": 0}]}
    found = ROUTE.check(body, lambda kind, code: {"estate": "elsewhere"})
    assert [(each.code, each.field) for each in found] == [("foreign_floor_plan", "checkpoints.0.floor_plan")]
    assert ROUTE.check(body, lambda kind, code: {"estate": cast.ESTATE}) == []


def test_a_plan_is_published_with_its_picture_only(route):
    with pytest.raises(Invalid):
        content.publish("floor_plan", "b1", actor=cast.manager(), now=cast.NOW)
    with pytest.raises(Invalid) as refused:
        floor_plans.bring_picture("b1", b"no picture", actor=cast.manager(), now=cast.NOW)
    assert refused.value.code == "not_a_photo"
    floor_plans.bring_picture("b1", drawn(), actor=cast.manager(), now=cast.NOW)
    assert content.publish("floor_plan", "b1", actor=cast.manager(), now=cast.NOW).revision == 1
    [plan] = floor_plans.of_estate(cast.ESTATE)
    assert (plan.code, plan.width, plan.height) == ("b1", 160, 100)
    assert photos.see(plan.picture, actor=cast.guard()).width == 160


def test_a_checkpoint_is_put_on_the_plan_and_taken_off_it_in_the_draft(route):
    floor_plans.place(route, "a", ("b1", 0.25, 1.0), actor=cast.manager(), now=cast.NOW)
    one, other = reading.get("route", route, cast.manager()).draft["checkpoints"]
    assert (one["floor_plan"], one["plan_x"], one["plan_y"]) == ("b1", 0.25, 1.0)
    assert "floor_plan" not in other
    floor_plans.place(route, "a", None, actor=cast.manager(), now=cast.NOW)
    assert "plan_x" not in reading.get("route", route, cast.manager()).draft["checkpoints"][0]
    with pytest.raises(Invalid) as refused:
        floor_plans.place(route, "z", None, actor=cast.manager(), now=cast.NOW)
    assert refused.value.code == "unknown_checkpoint"


def test_who_writes_no_content_brings_no_picture(route):
    for who, error in ((cast.guard(), Forbidden), (cast.stranger(), NotFound)):
        with pytest.raises(error):
            floor_plans.bring_picture("b1", drawn(), actor=who, now=cast.NOW)
