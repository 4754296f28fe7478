"""A drill that begins: its steps are work orders, and what became of each is known when it is held (clause 7.2)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from store.deadlines import operations as deadlines
from store.emergencies import operations as drills
from store.emergencies import rules
from store.emergencies.documents import Drill
from store.errors import AnjuError, Conflict, RuleBroken
from store.notices.documents import Notice
from store.tablet.bundle import bundle
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.api.world import make_drill
from tests.emergency_plans import CALL, EVACUATE, POWER, plan_body, publish_plan, relayed, step_orders
from tests.store.tablets import Tablet, results

MINUTE = timedelta(minutes=1)
MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def drill(database):
    publish_plan()
    return make_drill(state="confirmed", planned_for=cast.NOW)


def begun(drill):
    drills.begin(drill.pk, actor=cast.supervisor(), now=cast.NOW)
    relayed(cast.NOW)
    return step_orders("drill")


def test_its_steps_become_work_orders_with_clock_people_and_words(drill):
    orders = begun(drill)
    assert {order.key for order in orders.values()} == {f"drill:{drill.pk}:{c}" for c in (CALL, EVACUATE, POWER)}
    call = orders[CALL]
    assert (call.kind, call.clause, call.assignee, call.title) == (
        "drill_step",
        "7.2",
        "guard",
        "【演练】call · 火灾预案",
    )
    assert call.instructions["zh"] == "报清楼号楼层"
    assert call.due_at == cast.NOW + 2 * MINUTE  # the first of its promises: the check-in
    assert {clock["policy"]["code"] for clock in call.clocks} == {"incident-chain"}
    assert drill.reload().state == "running"


def test_a_tabletop_is_worked_through_too_and_says_what_it_is(drill):
    table = make_drill(state="confirmed", planned_for=cast.NOW, kind="tabletop", ordinal=2)
    drills.begin(table.pk, actor=cast.supervisor(), now=cast.NOW)
    relayed(cast.NOW)
    assert {order.title.partition("】")[0] for order in WorkOrder.objects(kind="drill_step")} == {"【桌面推演"}


def test_it_runs_under_the_revision_in_force_when_it_begins(drill):
    steps = plan_body()["steps"][:1]
    cast.publish("emergency_plan", "fire", plan_body(steps=steps), cast.NOW - MINUTE)
    assert set(begun(drill)) == {CALL}
    assert drill.reload().plan == {"code": "fire", "revision": 2}


def test_only_a_confirmed_drill_begins_and_only_once(drill):
    with pytest.raises(RuleBroken):
        drills.begin(make_drill(ordinal=2).pk, actor=cast.supervisor(), now=cast.NOW)
    begun(drill)
    with pytest.raises(RuleBroken):
        drills.begin(drill.pk, actor=cast.supervisor(), now=cast.NOW)
    with pytest.raises(Conflict):
        drills.begin(drill.pk, actor=cast.supervisor(), now=cast.NOW, seen=1)


def test_begun_by_two_at_once_it_has_one_set_of_steps(drill):
    def press(_):
        try:
            return drills.begin(drill.pk, actor=cast.supervisor(), now=cast.NOW).state
        except AnjuError:
            return "refused"

    with ThreadPoolExecutor(6) as hands:
        assert sorted(hands.map(press, range(6))) == [*["refused"] * 5, "running"]
    relayed(cast.NOW)
    assert WorkOrder.objects(kind="drill_step").count() == 3


def test_when_it_is_held_each_step_was_done_done_late_or_not_done(drill):
    orders = begun(drill)
    work.complete(orders[CALL].pk, actor=cast.guard(), now=cast.NOW + 4 * MINUTE)
    work.complete(orders[POWER].pk, actor=cast.supervisor(), now=cast.NOW + 8 * MINUTE + MOMENT)
    relayed(cast.NOW + 9 * MINUTE)
    now = cast.NOW + 20 * MINUTE
    held = drills.hold(drill.pk, score=80, summary="断电慢了", actor=cast.supervisor(), now=now)
    relayed(now)
    outcomes = {step["code"]: rules.step_outcome(step, now, over=True) for step in drill.reload().steps}
    assert outcomes == {CALL: "done", POWER: "late", EVACUATE: "not_done"}
    assert held.events[-1].detail["steps"] == {"done": 1, "late": 1, "not_done": 1}
    assert step_orders("drill")[EVACUATE].state == "cancelled"


def test_a_step_is_overdue_a_moment_after_its_limit():
    step = {"state": "open", "due_at": cast.NOW}
    assert rules.step_outcome(step, cast.NOW, over=False) == "open"
    assert rules.step_outcome(step, cast.NOW + MOMENT, over=False) == "overdue"
    assert rules.step_outcome({**step, "state": "cancelled"}, cast.NOW, over=False) == "not_done"


def test_a_drill_that_is_called_off_takes_its_orders_back(drill):
    begun(drill)
    drills.cancel(drill.pk, reason="暴雨", actor=cast.supervisor(), now=cast.NOW + MINUTE)
    relayed(cast.NOW + MINUTE)
    assert {order.state for order in step_orders("drill").values()} == {"cancelled"}


def test_a_drill_under_way_does_not_move_and_is_not_dispatched_but_can_be_overdue(drill):
    begun(drill)
    with pytest.raises(RuleBroken):
        drills.move(drill.pk, to=cast.NOW + 9 * MINUTE, reason="x", actor=cast.manager(), now=cast.NOW)
    assert [verb for verb, _ in rules.drill_checks("running", cast.NOW, {})] == ["overdue"]


def test_everybody_with_a_step_is_told_that_it_begins(drill):
    begun(drill)
    told = Notice.objects(template__code="drill-begun", channel="app")
    assert {notice.recipient for notice in told} == {"guard", "repair-lead", "security-lead"}


def test_a_step_is_worked_through_by_the_entries_of_a_tablet(drill):
    """They are sent an hour later, and count from when they were recorded."""
    order, tablet = begun(drill)[CALL], Tablet(cast.guard())
    for minutes, verb in ((1, "accept"), (2, "start"), (3, "complete")):
        tablet.record(order, verb, cast.NOW + minutes * MINUTE)
    assert results(tablet.send(cast.NOW + 60 * MINUTE)) == ["applied"] * 3
    relayed(cast.NOW + 60 * MINUTE)
    step = Drill.objects.get(pk=drill.pk).steps[0]
    assert (step["started_at"], step["ended_at"]) == (cast.NOW + 2 * MINUTE, cast.NOW + 3 * MINUTE)
    assert (step["by"], step["order"]) == ("guard", order.number)
    assert rules.step_outcome(step, cast.NOW + 60 * MINUTE, over=True) == "done"


def test_a_tablet_is_given_its_persons_steps_with_words_and_clocks(drill):
    begun(drill)
    shown = bundle("tablet-1", cast.guard(), now=cast.NOW)["orders"]
    [step] = [each for each in shown if each["kind"] == "drill_step"]
    assert step["instructions"] == {"zh": "报清楼号楼层", "en": "Give the building and floor"}
    assert [clock["name"] for clock in step["clocks"]] == ["response", "complete"]
    assert {"accept", "start", "complete"} <= set(step["allowed_verbs"])


def test_nothing_happens_by_itself_to_orders_that_were_taken_back(drill):
    begun(drill)
    drills.cancel(drill.pk, reason="暴雨", actor=cast.supervisor(), now=cast.NOW)
    relayed(cast.NOW)
    deadlines.sweep(cast.NOW + 60 * MINUTE)
    assert "escalate" not in {event.verb for order in WorkOrder.objects for event in order.events}
