"""One press starts a plan: roles, steps, clocks, escalation and an end that is written down (clause 7.3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from store.deadlines import operations as deadlines
from store.errors import AnjuError, Conflict, Forbidden, Invalid, NotFound, RuleBroken
from store.incidents import operations as incidents
from store.incidents.documents import Incident
from store.notices.documents import Notice
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.emergency_plans import CALL, EVACUATE, POWER, publish_plan, relayed, step_orders

MINUTE = timedelta(minutes=1)
MOMENT = timedelta(milliseconds=1)
FIRE = {"estate": cast.ESTATE, "plan": "fire", "place": "3号楼12层", "words": "王先生家冒烟"}


@pytest.fixture(autouse=True)
def plan(database):
    publish_plan()


def start(actor=None, now=cast.NOW, **changes):
    return incidents.start({**FIRE, **changes}, actor=actor or cast.guard(), now=now)


def finish(codes=(CALL, EVACUATE, POWER), now=cast.NOW + MINUTE):
    orders = step_orders("incident")
    for code in codes:
        work.complete(orders[code].pk, actor=cast.supervisor(), now=now)
    relayed(now)


def test_every_step_becomes_an_order_of_who_has_its_role_now():
    incident = start()
    relayed(cast.NOW)
    orders = step_orders("incident")
    assert {code: order.key for code, order in orders.items()} == {
        code: f"incident:{incident.pk}:{code}" for code in (CALL, EVACUATE, POWER)
    }
    call = orders[CALL]
    assert (call.assignee, call.team, call.priority, call.clause) == ("guard", ["guard"], 1, "7.3")
    assert (call.title, call.place) == ("【应急】call · 火灾预案", "3号楼12层")
    assert call.title_en == "[Emergency] call · Fire"
    assert call.instructions == {"zh": "报清楼号楼层", "en": "Give the building and floor"}
    # Two leads share the role: whoever takes the step has it.
    assert (orders[EVACUATE].assignee, orders[EVACUATE].team) == (None, ["repair-lead", "security-lead"])


def test_a_role_that_nobody_fills_tonight_falls_to_the_leads():
    incident = start()
    engineer = next(role for role in incident.roles if role["code"] == "engineer")
    assert (engineer["people"], engineer["stand_in"]) == (["repair-lead", "security-lead"], True)


def test_at_night_it_is_the_other_guard():
    night = cast.NOW + timedelta(hours=10)
    control = next(role for role in start(now=night).roles if role["code"] == "control")
    assert control["people"] == ["guard-2"]


def test_everybody_with_a_step_is_told_at_once_and_which():
    start()
    relayed(cast.NOW)
    told = {notice.recipient: notice for notice in Notice.objects(about__kind="incident", channel="app")}
    assert set(told) == {"guard", "repair-lead", "security-lead"}
    assert told["security-lead"].params["step"]["zh"] == "evacuate、power-off"
    assert all(notice.urgent for notice in told.values())
    assert "王先生" not in str([notice.to_mongo().to_dict() for notice in Notice.objects])


def test_a_step_escalates_when_half_of_its_limit_has_passed_and_nobody_began():
    start()
    relayed(cast.NOW)
    call = step_orders("incident")[CALL]
    assert [(clock["name"], clock["minutes"]) for clock in call.clocks] == [("response", 2), ("complete", 4)]
    deadlines.sweep(cast.NOW + 2 * MINUTE - MOMENT)
    assert "escalate" not in [event.verb for event in call.reload().events]
    deadlines.sweep(cast.NOW + 2 * MINUTE)
    event = call.reload().events[-1]
    assert (event.verb, event.detail["clock"], event.to_notify[0]["to"]) == ("escalate", "response", ["guard"])


def test_who_has_begun_is_left_alone_until_the_limit():
    start()
    relayed(cast.NOW)
    call = step_orders("incident")[CALL]
    work.start(call.pk, actor=cast.guard(), now=cast.NOW + MINUTE)
    deadlines.sweep(cast.NOW + 4 * MINUTE - MOMENT)
    assert "escalate" not in [event.verb for event in call.reload().events]
    deadlines.sweep(cast.NOW + 4 * MINUTE)
    assert call.reload().events[-1].detail["clock"] == "complete"


def test_steps_report_back_when_they_are_begun_and_done():
    incident = start()
    relayed(cast.NOW)
    call = step_orders("incident")[CALL]
    work.start(call.pk, actor=cast.guard(), now=cast.NOW + MINUTE)
    relayed(cast.NOW + MINUTE)
    step = incident.reload().steps[0]
    assert (step["state"], step["by"], step["started_at"]) == ("started", "guard", cast.NOW + MINUTE)
    work.complete(call.pk, actor=cast.guard(), now=cast.NOW + 3 * MINUTE)
    relayed(cast.NOW + 3 * MINUTE)
    step = incident.reload().steps[0]
    assert (step["state"], step["ended_at"], step["order"]) == ("done", cast.NOW + 3 * MINUTE, call.number)
    assert [event.verb for event in incident.events] == ["start", "step_started", "step_done"]


def test_a_report_that_comes_twice_or_late_changes_nothing():
    incident = start()
    relayed(cast.NOW)
    finish((CALL,))
    version = incident.reload().version
    done = WorkOrder.objects.get(key=f"incident:{incident.pk}:{CALL}").events[-1].to_make[0]
    for state in ("done", "started", "cancelled"):
        late = {**done, "values": {**done["values"], "state": state}}
        incidents.note_progress(late, {}, cast.manager(), cast.NOW + 2 * MINUTE)
    assert incident.reload().version == version
    assert incident.steps[0]["state"] == "done"


def test_steps_that_report_at_the_same_moment_all_stand():
    incident = start()
    relayed(cast.NOW)
    for code, order in step_orders("incident").items():
        work.complete(order.pk, actor=cast.supervisor(), now=cast.NOW + MINUTE, note=code)
    intents = [order.events[-1].to_make[0] for order in step_orders("incident").values()]

    def report(intent):
        incidents.note_progress(intent, {}, cast.manager(), cast.NOW + MINUTE)

    with ThreadPoolExecutor(3) as side_by_side:
        list(side_by_side.map(report, intents))
    assert {step["state"] for step in incident.reload().steps} == {"done"}


def test_it_is_closed_with_a_summary_once_every_step_has_ended():
    incident = start()
    relayed(cast.NOW)
    finish((CALL, EVACUATE))
    with pytest.raises(RuleBroken, match="steps_open"):
        incidents.close(incident.pk, summary="扑灭", actor=cast.supervisor(), now=cast.NOW + 2 * MINUTE)
    finish((POWER,))
    with pytest.raises(Invalid):
        incidents.close(incident.pk, summary=" ", actor=cast.supervisor(), now=cast.NOW + 2 * MINUTE)
    closed = incidents.close(incident.pk, summary="扑灭", actor=cast.supervisor(), now=cast.NOW + 2 * MINUTE)
    assert (closed.state, closed.summary, closed.closed_at) == ("closed", "扑灭", cast.NOW + 2 * MINUTE)
    assert closed.events[-1].detail["steps"] == {"done": 3, "late": 0, "not_done": 0}


def test_the_last_step_tells_that_it_can_be_closed():
    start()
    relayed(cast.NOW)
    finish((CALL, EVACUATE))
    assert not Notice.objects(template__code="incident-steps-done")
    finish((POWER,))
    readers = {notice.recipient for notice in Notice.objects(template__code="incident-steps-done", channel="app")}
    assert readers == {"guard", "repair-lead", "security-lead"}


def test_a_manager_ends_it_with_a_reason_and_open_orders_are_taken_back():
    incident = start()
    relayed(cast.NOW)
    finish((CALL,))
    texts: dict[str, Any] = {"summary": "消防队接管", "reason": "现场移交"}
    with pytest.raises(Forbidden):
        incidents.force_close(incident.pk, **texts, actor=cast.supervisor(), now=cast.NOW + MINUTE)
    with pytest.raises(Invalid):
        incidents.force_close(incident.pk, **{**texts, "reason": ""}, actor=cast.manager(), now=cast.NOW + MINUTE)
    incidents.force_close(incident.pk, **texts, actor=cast.manager(), now=cast.NOW + 2 * MINUTE)
    relayed(cast.NOW + 2 * MINUTE)
    states = {code: order.state for code, order in step_orders("incident").items()}
    assert states == {CALL: "done", EVACUATE: "cancelled", POWER: "cancelled"}
    assert incident.reload().events[-1].detail["steps"] == {"done": 1, "late": 0, "not_done": 2}


def test_what_was_done_in_the_last_moment_counts_although_it_was_ended_first():
    incident = start()
    relayed(cast.NOW)
    work.complete(step_orders("incident")[CALL].pk, actor=cast.guard(), now=cast.NOW + MINUTE)
    incidents.cancel(incident.pk, reason="烤肉冒烟", actor=cast.supervisor(), now=cast.NOW + MINUTE)
    relayed(cast.NOW + MINUTE)
    assert step_orders("incident")[CALL].state == "done"
    assert incident.reload().steps[0]["state"] == "done"


def test_a_false_alarm_takes_everything_back_and_tells_everybody():
    incident = start()
    relayed(cast.NOW)
    cancelled = incidents.cancel(incident.pk, reason="烤肉冒烟", actor=cast.supervisor(), now=cast.NOW + MINUTE)
    relayed(cast.NOW + MINUTE)
    assert (cancelled.state, cancelled.reason) == ("cancelled", "烤肉冒烟")
    assert {order.state for order in step_orders("incident").values()} == {"cancelled"}
    readers = {notice.recipient for notice in Notice.objects(template__code="incident-cancelled", channel="app")}
    assert readers == {"guard", "repair-lead"}
    with pytest.raises(RuleBroken):
        incidents.cancel(incident.pk, reason="再一次", actor=cast.supervisor(), now=cast.NOW + MINUTE)
    assert not WorkOrder.objects(kind="incident_step", next_check_at__ne=None)


def test_the_same_start_sent_twice_is_one_incident():
    first = start(key="tap-1")
    assert start(key="tap-1", now=cast.NOW + MINUTE).pk == first.pk
    relayed(cast.NOW + MINUTE)
    assert (Incident.objects.count(), WorkOrder.objects.count()) == (1, 3)


def test_a_second_start_is_told_of_the_first():
    first = start()
    with pytest.raises(Conflict, match="already_running") as refused:
        start(cast.desk())
    assert refused.value.details["number"] == first.number


def test_another_event_of_the_same_plan_runs_beside_the_first():
    assert start().pk != start(cast.desk(), another=True, place="5号楼").pk


def test_after_it_has_ended_the_plan_can_be_started_again():
    incidents.cancel(start().pk, reason="误报", actor=cast.supervisor(), now=cast.NOW)
    assert start(now=cast.NOW + MINUTE).state == "open"


@pytest.mark.parametrize("keys", [("tap",) * 8, tuple(f"tap-{n}" for n in range(8))], ids=["one hand", "many hands"])
def test_pressed_at_the_same_moment_it_makes_one_set_of_steps(keys):
    def press(key):
        try:
            return start(key=key).number
        except AnjuError as error:
            return error.details["number"]

    with ThreadPoolExecutor(8) as hands:
        numbers = set(hands.map(press, keys))
    relayed(cast.NOW)
    assert len(numbers) == 1
    assert (Incident.objects.count(), WorkOrder.objects.count()) == (1, 3)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"plan": "flood"}, "plan"), ({"estate": "riverside"}, "plan"), ({"plan": {"$ne": None}}, "plan")],
)
def test_a_plan_that_is_not_in_force_there_is_refused_at_its_field(changes, field):
    with pytest.raises(Invalid) as refused:
        start(cast.manager(), **changes)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert Incident.objects.count() == 0


def test_who_may_start_see_and_end_it():
    incident = start(cast.guard())
    for actor in (cast.auditor(), cast.stranger()):
        with pytest.raises((Forbidden, NotFound)):
            start(actor)
    for actor in (cast.guard(), cast.desk()):
        with pytest.raises(Forbidden):
            incidents.cancel(incident.pk, reason="x", actor=actor, now=cast.NOW)
    with pytest.raises(NotFound):
        incidents.get(incident.pk, cast.stranger())


def test_a_plan_without_escalation_has_clocks_that_the_fallback_hears():
    publish_plan("quiet", escalation=None)
    start(plan="quiet")
    relayed(cast.NOW)
    deadlines.sweep(cast.NOW + 150 * MINUTE)
    assert {clock["policy"]["key"] for order in WorkOrder.objects for clock in order.clocks} == {"built_in"}
    told = [event.detail.get("to") for order in WorkOrder.objects for event in order.events if event.verb == "escalate"]
    assert ["manager"] in told


def test_whom_escalation_and_hand_over_drew_in_are_told_the_end():
    cast.make_entry("channel", "all", {"name": "应急群", "url": "json://robot.example/hook"})
    incident = start()
    relayed(cast.NOW)
    orders = step_orders("incident")
    work.assign(orders[CALL].pk, to="guard-2", actor=cast.supervisor(), now=cast.NOW + MINUTE)
    deadlines.sweep(cast.NOW + 30 * MINUTE)
    relayed(cast.NOW + 30 * MINUTE)
    drawn_in = {notice.recipient for notice in Notice.objects(about__kind="work_order", channel="app")}
    assert {"manager", "guard-2"} <= drawn_in
    incidents.cancel(incident.pk, reason="烤肉冒烟", actor=cast.supervisor(), now=cast.NOW + 31 * MINUTE)
    relayed(cast.NOW + 31 * MINUTE)
    told = {each.recipient for each in Notice.objects(template__code="incident-cancelled", channel="app")}
    assert told == {"manager", "guard", "guard-2", "repair-lead"}


def test_who_is_drawn_in_while_it_is_being_ended_is_told_once():
    incident = start()
    relayed(cast.NOW)
    incidents.force_close(incident.pk, summary="已控制", reason="消防接手", actor=cast.manager(), now=cast.NOW + MINUTE)
    # The sweep was faster than the relay that takes the orders back.
    deadlines.sweep(cast.NOW + 30 * MINUTE)
    cast.make_staff("late", now=cast.LONG_AGO)
    call = step_orders("incident")[CALL]
    told = {"to": ["late"], "template": "overdue", "params": {}}
    WorkOrder._get_collection().update_one({"_id": call.pk}, {"$set": {"events.0.to_notify": [told]}})
    relayed(cast.NOW + 31 * MINUTE)
    relayed(cast.NOW + 32 * MINUTE)
    ended = [each.recipient for each in Notice.objects(template__code="incident-closed", channel="app")]
    assert ended.count("late") == 1
    assert incident.reload().events[-1].verb == "tell_end"
