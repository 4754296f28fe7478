"""Work orders: what staff do with them, and what is refused (clauses 2.2–2.5, 3.2–3.5)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from store.actor import TabletEntry
from store.content.documents import Revision
from store.deadlines import operations as deadlines
from store.errors import Conflict, Forbidden, Invalid, NotFound, RuleBroken
from store.work import evidence, rounds
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast

MINUTE = timedelta(minutes=1)
LATER = cast.NOW + 10 * MINUTE
ITEMS = [
    {"code": "floor", "name": {"zh": "地面"}, "kind": "pass_fail", "required": True},
    {"code": "walls", "name": {"zh": "墙面"}, "kind": "score", "max_score": 10, "required": True},
    {"code": "why", "name": {"zh": "原因"}, "kind": "text", "required": True, "only_if": "floor"},
]


@pytest.fixture
def order(database):
    cast.make_company()
    cast.publish("service_category", "cleaning", {"name": {"zh": "保洁"}}, cast.LONG_AGO)
    body = {"name": {"zh": "楼道"}, "category": "cleaning", "items": ITEMS, "pass_score": 80}
    cast.publish("checklist", "corridor", body, cast.LONG_AGO)
    return make()


def make(**changes):
    pinned = {"code": "corridor", "revision": Revision.objects.get(type="checklist").number}
    clock = deadlines.start("complete", 60, at=cast.NOW, under=deadlines.Terms(None, None))
    values = {
        "estate": cast.ESTATE,
        "key": "k1",
        "kind": "cleaning",
        "title": "楼道检查",
        "state": "open",
        "priority": 3,
    }
    values |= {"checklist": pinned, "clocks": [clock], "source": {}, "team": ["cleaner"], **changes}
    work.make([values], actor=cast.manager(), now=cast.NOW, timezone="Asia/Shanghai")
    return WorkOrder.objects.get(key=values["key"])


def answers(floor="pass", walls=9, **more):
    given = {"floor": floor, "walls": walls, **more}
    return [{"item": code, "value": value} for code, value in given.items()]


def test_making_the_same_key_again_makes_nothing(order):
    make()
    assert WorkOrder.objects.count() == 1


def test_orders_that_are_not_sure_to_stay_are_not_said_to_be_made(order, monkeypatch):
    def not_yet_safe(*_, **__):
        raise BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64, "errmsg": "timed out"}]})

    with monkeypatch.context() as patch:
        patch.setattr(Collection, "insert_many", not_yet_safe)
        with pytest.raises(BulkWriteError):
            make(key="k2")


def test_accept_start_complete(order):
    work.accept(order.pk, actor=cast.cleaner(), now=LATER)
    work.start(order.pk, actor=cast.cleaner(), now=LATER)
    done = work.complete(order.pk, actor=cast.cleaner(), now=LATER, answers=answers())
    assert (done.state, done.proven, done.assignee, done.next_check_at) == ("done", True, "cleaner", None)
    assert done.events[-1].detail == {"failed": [], "percent": 91}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ([], "answers.floor"),
        (answers(floor="maybe"), "answers.floor"),
        (answers(walls=11), "answers.walls"),
        (answers(walls="9"), "answers.walls"),
        (answers(floor="fail"), "answers.why"),
        (answers(roof="pass"), "answers"),
    ],
)
def test_a_checklist_with_a_wrong_answer_is_refused_by_name(order, given, field):
    with pytest.raises(Invalid) as refused:
        work.complete(order.pk, actor=cast.cleaner(), now=LATER, answers=given)
    assert field in {problem.field for problem in refused.value.problems}
    assert WorkOrder.objects.get().state == "open"


def test_failed_items_are_named(order):
    done = work.complete(order.pk, actor=cast.cleaner(), now=LATER, answers=answers("fail", 4, why="积水"))
    assert done.events[-1].detail["failed"] == ["floor", "walls"]


def test_a_pause_needs_a_reason_and_moves_the_deadline(order):
    with pytest.raises(Invalid):
        work.pause(order.pk, reason="", actor=cast.cleaner(), now=LATER)
    paused = work.pause(order.pk, reason="等材料", actor=cast.cleaner(), now=LATER)
    assert paused.next_check_at is None
    resumed = work.resume(order.pk, actor=cast.cleaner(), now=LATER + 30 * MINUTE)
    assert resumed.due_at == cast.NOW + 90 * MINUTE


def test_assigning_tells_the_person(order):
    assigned = work.assign(order.pk, to="cleaner", actor=cast.supervisor(), now=LATER)
    assert assigned.events[-1].to_notify[0]["to"] == ["cleaner"]
    with pytest.raises(Invalid):
        work.assign(order.pk, to="stranger", actor=cast.supervisor(), now=LATER)


def test_field_staff_neither_dispatch_nor_cancel(order):
    with pytest.raises(Forbidden):
        work.assign(order.pk, to="cleaner", actor=cast.cleaner(), now=LATER)
    with pytest.raises(Forbidden):
        work.cancel(order.pk, reason="不想做", actor=cast.cleaner(), now=LATER)


def test_an_auditor_only_looks(order):
    with pytest.raises(Forbidden):
        work.accept(order.pk, actor=cast.auditor(), now=LATER)


def test_foreign_orders_are_absent(order):
    with pytest.raises(NotFound):
        work.accept(order.pk, actor=cast.stranger(), now=LATER)


def test_two_people_finish_the_same_order_and_the_second_sees_the_first(order):
    work.complete(order.pk, actor=cast.cleaner(), now=LATER, answers=answers(), seen=order.version)
    with pytest.raises(Conflict) as refused:
        work.complete(order.pk, actor=cast.gardener(), now=LATER, answers=answers(), seen=order.version)
    assert refused.value.details["theirs"][0]["by"] == cast.cleaner().name


def checkpoints():
    return [
        {"code": code, "name": code, "opens_at": cast.NOW, "closes_at": cast.NOW + 30 * MINUTE, "state": "pending"}
        for code in ("a", "b")
    ]


@pytest.fixture
def patrol(order):
    fields = {"checklist": None, "checkpoints": checkpoints(), "route": {"code": "r", "revision": 1, "ordered": True}}
    return make(key="patrol", kind="patrol", team=["guard"], **fields)


def scan(patrol, code, now=LATER, method="qr", entry=None):
    return rounds.scan(patrol.pk, checkpoint=code, method=method, actor=replace(cast.guard(), entry=entry), now=now)


def test_a_checkpoint_is_scanned_once(patrol):
    scan(patrol, "a")
    with pytest.raises(RuleBroken) as refused:
        scan(patrol, "a")
    assert refused.value.code == "already_scanned"


def test_a_foreign_checkpoint_and_an_unknown_method_are_refused(patrol):
    for code, method in (("z", "qr"), ("a", "telepathy")):
        with pytest.raises(Invalid):
            scan(patrol, code, method=method)


def test_what_is_unusual_is_noted_and_never_refused(patrol):
    done = scan(patrol, "b", entry=TabletEntry(device_at=LATER + timedelta(hours=3)))
    assert done.events[-1].detail["unusual"] == "out_of_order"
    assert done.events[-1].detail["skew_seconds"] == 3 * 3600
    assert done.events[-1].device_at == LATER + timedelta(hours=3)


def test_a_late_scan_is_kept_beside_the_miss(patrol):
    scan(patrol, "b")
    deadlines.sweep(cast.NOW + 30 * MINUTE)
    missed = WorkOrder.objects.get(pk=patrol.pk)
    assert (missed.checkpoints[0]["state"], missed.state) == ("missed", "done")


def test_a_round_cannot_be_completed_by_hand(patrol):
    assert "complete" not in work.allowed(patrol, cast.guard())
    with pytest.raises(RuleBroken):
        work.complete(patrol.pk, actor=cast.guard(), now=LATER)


def test_a_photo_can_be_removed_by_who_has_added_it_and_the_history_keeps_it(order):
    mine, theirs = "a" * 64, "b" * 64
    for who, photo in ((cast.cleaner(), mine), (cast.second_guard(), theirs)):
        evidence.add_photos(order.pk, photos=[{"hash": photo, "role": "other"}], actor=who, now=cast.NOW)
    after = evidence.remove_photo(order.pk, photo=mine, actor=cast.cleaner(), now=LATER)
    assert [each["hash"] for each in after.photos] == [theirs]
    assert (after.events[-1].verb, after.events[-1].detail["photo"]) == ("remove_photo", mine)
    for photo in (mine, theirs):
        with pytest.raises(RuleBroken) as refused:
            evidence.remove_photo(order.pk, photo=photo, actor=cast.cleaner(), now=LATER)
        assert refused.value.code == "not_your_photo"
