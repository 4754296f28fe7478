"""A photo that a checkpoint asks for: never in a scan's way, marked while it is missing, and counted (clause 2.5)."""

from datetime import timedelta

import pytest

from store.actor import SYSTEM
from store.errors import Invalid, RuleBroken
from store.plans import rules as plans
from store.work import evidence, operations, point_photos, rounds
from store.work.compliance import outcomes
from store.work.documents import WorkOrder
from tests import cast

MINUTE = timedelta(minutes=1)
PICTURE, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def order(database):
    cast.make_company(cast.LONG_AGO)
    window = {"opens_at": cast.NOW, "closes_at": cast.NOW + 30 * MINUTE, "state": "pending"}
    points = [{"code": "a", "name": "a", "photo_required": True, **window}, {"code": "b", "name": "b", **window}]
    values = {"estate": cast.ESTATE, "key": "round", "kind": "patrol", "title": "夜巡", "state": "open"}
    operations.make([{**values, "checkpoints": points}], actor=SYSTEM, now=cast.NOW, timezone="Asia/Shanghai")
    return WorkOrder.objects.get(key="round")


def scan(order, checkpoint, minutes):
    now = cast.NOW + minutes * MINUTE
    return rounds.scan(order.pk, checkpoint=checkpoint, method="qr", actor=cast.guard(), now=now)


def photograph(order, minutes, checkpoint="a", photos=(PICTURE,), who=None):
    now = cast.NOW + minutes * MINUTE
    return point_photos.photograph(order.pk, checkpoint=checkpoint, photos=photos, actor=who or cast.guard(), now=now)


def marks(order):
    return [each.get("unusual") or [] for each in order.checkpoints]


def what_became(order):
    return [outcome for _, outcome in outcomes(order.checkpoints, order.photos)]


def test_a_route_says_at_which_checkpoints_a_photo_is_required():
    body = {"checkpoints": [{"code": "a", "name": {"zh": "a"}, "photo_required": True}, {"code": "b", "name": "b"}]}
    made = plans.checkpoint_windows(plans.compile_windows(body), cast.NOW)
    assert [each.get("photo_required") for each in made] == [True, None]


def test_a_scan_without_its_photo_is_kept_and_marked_and_not_on_time(order):
    after = scan(order, "a", 5)
    assert after.checkpoints[0]["state"] == "done"
    assert marks(after) == [["no_photo"], []]
    assert "marks" not in after.events[-1].detail  # its photo comes right after it
    after = scan(order, "b", 9)
    assert (after.state, after.proven, what_became(after)) == ("done", False, ["marked", "on_time"])


def test_the_photo_that_comes_after_the_round_was_over_proves_it(order):
    scan(order, "a", 5)
    scan(order, "b", 9)
    after = photograph(order, 10)
    assert (marks(after), after.proven, what_became(after)) == ([[], []], True, ["on_time", "on_time"])
    assert [(each["hash"], each["checkpoint"], each["by"]) for each in after.photos] == [(PICTURE, "a", "guard")]
    assert after.events[-1].detail == {"checkpoint": "a", "count": 1}


def test_a_photo_of_much_later_is_kept_and_the_mark_stays(order):
    scan(order, "a", 5)
    after = photograph(order, 16)
    assert (len(after.photos), marks(after)[0]) == (1, ["no_photo"])


def test_the_same_photo_again_is_kept_once(order):
    scan(order, "a", 5)
    photograph(order, 6)
    assert len(photograph(order, 7).photos) == 1


def test_a_photo_that_is_taken_away_is_missing_again(order):
    scan(order, "a", 5)
    photograph(order, 6)
    after = evidence.remove_photo(order.pk, photo=PICTURE, actor=cast.guard(), now=cast.NOW + 7 * MINUTE)
    assert marks(after)[0] == ["no_photo"]


def test_a_photo_of_nothing_and_nothing_of_a_checkpoint_are_refused(order):
    with pytest.raises(Invalid) as refused:
        photograph(order, 6, checkpoint="z")
    assert refused.value.code == "unknown_checkpoint"
    with pytest.raises(Invalid) as refused:
        photograph(order, 6, photos=())
    assert refused.value.problems[0].field == "photos"


def test_nobody_photographs_a_round_that_was_cancelled(order):
    operations.cancel(order.pk, reason="停电", actor=cast.manager(), now=cast.NOW)
    with pytest.raises(RuleBroken):
        photograph(order, 6)
