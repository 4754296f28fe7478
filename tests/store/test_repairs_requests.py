"""A repair on its request: verdict of the resident, silence, charge, warranty and call-back (clauses 3.2, 8.2)."""

from datetime import timedelta
from typing import Any

import pytest

from store.deadlines.operations import sweep
from store.errors import Forbidden, Invalid, NotFound, RuleBroken
from store.notices.documents import Notice
from store.notices.relay import relay
from store.repairs import operations as repairs
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.store import repair_world as world
from tests.store.repair_world import HOUR, MINUTE, current, order_of

DAY = 24 * HOUR
DONE = cast.NOW + HOUR
SEVEN_DAYS = timedelta(days=7)


@pytest.fixture
def finished(database):
    """Done within the hour; nobody has signed."""
    world.make_world()
    return world.repaired(signature="")


def told(template):
    return Notice.objects(channel="app", template__code=template).count()


def test_a_finished_repair_asks_the_resident_and_says_until_when(finished):
    assert (finished.state, finished.answered_at, finished.accept_by) == ("answered", DONE, DONE + SEVEN_DAYS)
    assert all(clock["stopped_at"] for clock in finished.clocks)
    assert finished.charge["total_fen"] == 3500
    assert told("repair-answered") == 1


def test_silence_is_acceptance_and_not_one_minute_earlier(finished):
    sweep(finished.accept_by - MINUTE)
    assert current(finished).state == "answered"
    sweep(finished.accept_by)
    closed = current(finished)
    assert (closed.state, closed.closed_at) == ("closed", finished.accept_by)
    assert closed.acceptance == {"how": "tacit", "at": finished.accept_by}
    assert (closed.charge["total_fen"], closed.next_check_at) == (3500, None)


def test_a_late_sweep_accepts_at_the_moment_that_counted_and_says_how_late_it_was(finished):
    sweep(finished.accept_by + 90 * MINUTE)
    closed = current(finished)
    assert closed.closed_at == finished.accept_by
    assert closed.events[-1].detail["late_minutes"] == 90


def test_two_sweeps_at_once_accept_once(finished):
    for _ in range(2):
        sweep(finished.accept_by + MINUTE)
    assert [event.verb for event in current(finished).events].count("accepted_tacitly") == 1


def test_a_signature_on_the_tablet_is_acceptance(database):
    world.make_world()
    signed = world.repaired()
    assert (signed.state, signed.acceptance["how"], signed.closed_at) == ("closed", "signature", DONE)
    assert told("repair-answered") == 0


def test_the_resident_accepts_at_the_desk(finished):
    closed = repairs.approve(finished.pk, note="很满意", actor=cast.desk(), now=DONE + HOUR)
    assert (closed.state, closed.acceptance["how"], closed.acceptance["by"]) == ("closed", "told", "desk")
    assert closed.replies[-1]["text"] == "很满意"


def test_a_dispute_starts_the_promises_anew_and_sends_somebody_again(finished):
    world.publish_item(now=DONE, resolve_minutes=60)
    disputed = repairs.dispute(finished.pk, reason="还在滴水", actor=cast.desk(), now=DONE + HOUR)
    running = {clock["name"]: clock["due_at"] for clock in disputed.clocks if clock["stopped_at"] is None}
    assert running == {"response": DONE + HOUR + 30 * MINUTE, "resolve": DONE + HOUR + timedelta(days=1)}
    assert (disputed.state, disputed.accept_by, disputed.disputed) == ("accepted", None, 1)
    relay(DONE + HOUR)
    again = order_of(finished, 2)
    assert (again.state, again.price_list["revision"], again.due_at) == ("open", 1, running["response"])
    assert told("repair-disputed") == 1
    assert Notice.objects(template__code="repair-disputed").first().params["due"] == running["response"]
    sweep(DONE + SEVEN_DAYS + HOUR)
    assert current(finished).state == "accepted"


def test_a_dispute_needs_a_reason_and_keeps_it_out_of_the_events(finished):
    with pytest.raises(Invalid):
        repairs.dispute(finished.pk, reason=" ", actor=cast.desk(), now=DONE)
    disputed = repairs.dispute(finished.pk, reason="王先生说还在滴水", actor=cast.desk(), now=DONE)
    assert "王先生" not in str([event.to_mongo().to_dict() for event in disputed.events])


def test_what_was_paid_for_once_is_not_charged_again_after_a_dispute(finished):
    repairs.dispute(finished.pk, reason="还在滴水", actor=cast.desk(), now=DONE)
    relay(DONE)
    order = world.arrive(finished, DONE + HOUR, 2)
    world.quote(order, DONE + HOUR, valve=1, seal=2)
    world.consent(order, DONE + HOUR)
    world.use(order, DONE + HOUR, valve=1, seal=2)
    world.finish(order, DONE + 2 * HOUR, signature=world.SIGNATURE)
    charge = current(finished).charge
    assert [(line["line"], line["amount_fen"], line["free"]) for line in charge["lines"]] == [
        ("valve", 3500, None),
        ("valve", 0, "rework"),
        ("seal", 4000, None),
    ]
    assert charge["total_fen"] == 7500


def test_an_order_after_a_dispute_knows_what_was_paid_for_and_quotes_the_rest_only(finished):
    repairs.dispute(finished.pk, reason="还在滴", actor=cast.desk(), now=cast.NOW + 2 * HOUR)
    relay(cast.NOW + 2 * HOUR)
    again = world.arrive(finished, cast.NOW + 3 * HOUR, ordinal=2)
    assert again.paid_before == ["valve"]
    asked = world.quote(again, cast.NOW + 3 * HOUR, valve=1, seal=1)
    assert asked.quote["total_fen"] == 2000


def test_a_manager_charges_less_and_says_why(finished):
    before = current(finished)
    corrected = repairs.correct_charge(finished.pk, lines=[], reason="师傅弄坏在先", actor=cast.manager(), now=DONE)
    assert (corrected.state, corrected.accept_by) == (before.state, before.accept_by)
    assert [(line["charged"], line["free"]) for line in corrected.charge["lines"]] == [(0, "corrected")]
    assert corrected.charge["total_fen"] == 0
    event = corrected.events[-1]
    assert (event.verb, event.detail) == ("correct_charge", {"before_fen": 3500, "total_fen": 0})
    assert (corrected.replies[-1]["text"], corrected.replies[-1]["internal"]) == ("师傅弄坏在先", True)
    assert "correct_charge" in requests.allowed(before.to_mongo())
    assert "correct_charge" not in requests.allowed(corrected.to_mongo()), "nothing is left to lower"


def test_a_charge_is_not_corrected_without_a_reason_nor_by_the_desk(finished):
    with pytest.raises(Invalid):
        repairs.correct_charge(finished.pk, lines=[], reason=" ", actor=cast.manager(), now=DONE)
    with pytest.raises(Forbidden):
        repairs.correct_charge(finished.pk, lines=[], reason="算了", actor=cast.desk(), now=DONE)
    assert current(finished).charge["total_fen"] == 3500


def test_what_was_taken_off_the_charge_is_not_charged_again_after_a_dispute(finished):
    repairs.correct_charge(finished.pk, lines=[], reason="算了", actor=cast.manager(), now=DONE)
    repairs.dispute(finished.pk, reason="还在滴水", actor=cast.desk(), now=DONE)
    relay(DONE)
    order = world.arrive(finished, DONE + HOUR, 2)
    world.use(order, DONE + HOUR, valve=1)
    world.finish(order, DONE + 2 * HOUR, signature=world.SIGNATURE)
    assert [line["free"] for line in current(finished).charge["lines"]] == ["corrected", "rework"]


def test_nobody_is_sent_twice_while_the_first_is_still_there(database):
    world.make_world()
    request = world.intake()
    requests.answer(request.pk, text="明天来修", actor=cast.desk(), now=DONE)
    disputed = repairs.dispute(request.pk, reason="要今天", actor=cast.desk(), now=DONE)
    relay(DONE)
    assert (disputed.orders_made, WorkOrder.objects.count()) == (1, 1)


def test_after_a_refused_quote_the_work_may_end_and_costs_nothing(database):
    world.make_world()
    request = world.intake()
    order = world.arrive(request, cast.NOW)
    world.quote(order, cast.NOW, valve=1)
    world.consent(order, cast.NOW, given=False)
    world.use(order, cast.NOW, valve=1)
    world.finish(order, DONE)
    charge = current(request).charge
    assert (charge["total_fen"], charge["lines"][0]["free"]) == (0, "refused")


def test_an_item_without_days_of_acceptance_waits_for_the_resident(database):
    world.make_world()
    world.publish_item("lamp", acceptance_days=None)
    request = world.repaired(item="lamp", signature="")
    assert (request.state, request.accept_by, request.next_check_at) == ("answered", None, None)


def test_the_order_of_a_request_that_is_cancelled_goes_with_it_and_nobody_is_told_twice(database):
    world.make_world()
    request = world.intake()
    order = world.arrive(request, cast.NOW)
    requests.cancel(request.pk, reason="业主自己修了", actor=cast.desk(), now=DONE)
    relay(DONE)
    gone, after = world.order_of(request), current(request)
    assert (gone.state, gone.reason, gone.next_check_at) == ("cancelled", "诉求已撤销", None)
    assert (after.state, [each["state"] for each in after.work_orders]) == ("cancelled", ["cancelled"])
    assert not [event.verb for event in after.events[-2:] if event.to_notify]
    with pytest.raises(RuleBroken):
        world.finish(order, DONE)


def test_a_withdrawn_request_is_not_charged(database):
    world.make_world()
    request = world.intake()
    order = world.arrive(request, cast.NOW)
    requests.cancel(request.pk, reason="业主自己修了", actor=cast.desk(), now=cast.NOW)
    # The repairer has finished before word of it reached his order.
    world.finish(order, DONE)
    assert (current(request).state, current(request).charge) == ("cancelled", {})
    assert [each["state"] for each in current(request).work_orders] == ["done"]


def test_a_cancelled_order_is_told_and_the_promises_run_on(database):
    world.make_world()
    request = world.intake()
    order = world.arrive(request, cast.NOW)
    world.quote(order, cast.NOW)
    work.cancel(order.pk, reason="业主改期", actor=cast.repair_supervisor(), now=DONE)
    relay(DONE)
    after = current(request)
    assert (after.state, [each["state"] for each in after.work_orders]) == ("accepted", ["cancelled"])
    assert after.quote == {}
    assert after.due_at is not None


def test_word_of_an_order_is_heard_once_however_often_it_comes(finished, database):
    version = current(finished).version
    database.work_orders.update_many({}, {"$set": {"pending": True, "relayed": 0}})
    relay(DONE + MINUTE)
    assert (current(finished).version, current(finished).charge["total_fen"]) == (version, 3500)


def test_only_repairs_are_accepted_and_disputed(database):
    world.make_world()
    world.publish_item("ask", kinds=["enquiry"], makes_work_order=False, price_list=None, acceptance_days=None,
                       callback_percent=None)  # fmt: skip
    request = world.intake(item="ask", kind="enquiry")
    requests.answer(request.pk, text="好", actor=cast.desk(), now=DONE)
    with pytest.raises(RuleBroken) as refused:
        repairs.approve(request.pk, actor=cast.desk(), now=DONE)
    assert refused.value.code == "not_a_repair"


def test_strangers_find_nothing_and_field_staff_do_not_speak_for_the_resident(finished):
    with pytest.raises(NotFound):
        repairs.approve(finished.pk, actor=cast.stranger(), now=DONE)
    with pytest.raises(Forbidden):
        repairs.dispute(finished.pk, reason="x", actor=cast.repairer(), now=DONE)


# Warranty


@pytest.fixture
def closed(database):
    world.make_world()
    return world.repaired()


def test_what_comes_back_within_the_warranty_is_free_and_names_the_earlier_request(closed):
    again = world.repaired(DONE + timedelta(days=30))
    assert again.warranty == {"request": closed.number, "until": DONE + timedelta(days=90)}
    assert (again.charge["total_fen"], again.charge["lines"][0]["free"]) == (0, "warranty")
    order = order_of(again)
    assert (order.warranty["request"], order.quote["total_fen"]) == (closed.number, 0)


def test_the_warranty_ends_with_its_last_minute(closed):
    end = DONE + timedelta(days=90)
    assert world.intake(end).warranty["request"] == closed.number
    assert world.intake(end + MINUTE).warranty == {}


@pytest.mark.parametrize("change", ["home", "item", "nobody"])
def test_another_home_or_another_item_is_no_warranty(closed, change):
    cast.make_household("1-101", cast.LONG_AGO)
    world.publish_item("leak")
    changes: Any = {"home": {"household": "sunshine-1-101"}, "item": {"item": "leak"}, "nobody": {"household": None}}
    assert world.intake(DONE + HOUR, **changes[change]).warranty == {}


def test_what_comes_back_before_the_resident_has_spoken_is_under_warranty_too(finished):
    assert world.intake(DONE + HOUR).warranty["request"] == finished.number


# Call-backs


def callbacks():
    return list(WorkOrder.objects(kind="callback"))


def test_a_closed_repair_that_is_drawn_is_called_back_by_the_service_department(closed):
    relay(DONE)
    (order,) = callbacks()
    assert (order.department, order.source["number"], order.due_at) == ("service", closed.number, DONE + 48 * HOUR)


def test_a_repair_that_is_reopened_after_its_end_is_gone_to_again(finished):
    closed = repairs.approve(finished.pk, actor=cast.desk(), now=DONE)
    later = DONE + 3 * DAY
    requests.reopen(closed.pk, reason="又漏了", actor=cast.desk(), now=later)
    relay(later)
    again = world.order_of(finished, 2)
    assert (again.state, [clock["name"] for clock in again.clocks], again.due_at) == ("open", ["complete"], later + DAY)
    world.finish(world.arrive(finished, later, 2), later + HOUR)
    after = current(finished)
    assert (after.state, len(after.work_orders), after.charge["total_fen"]) == ("answered", 2, 3500)


def test_a_repair_that_is_reopened_while_somebody_works_on_it_has_one_order(database):
    world.make_world()
    request = world.intake()
    world.arrive(request, cast.NOW)
    requests.answer(request.pk, text="好了", actor=cast.desk(), now=DONE)
    requests.reopen(request.pk, reason="还没好", actor=cast.desk(), now=DONE)
    relay(DONE)
    assert WorkOrder.objects.count() == 1


@pytest.mark.parametrize("way", ["approve", "close", "tacit"])
def test_however_a_repair_is_closed_it_is_called_back_once(finished, way):
    if way == "tacit":
        sweep(finished.accept_by)
    elif way == "close":
        requests.close(finished.pk, outcome="好", actor=cast.desk(), now=DONE)
    else:
        repairs.approve(finished.pk, actor=cast.desk(), now=DONE)
    relay(finished.accept_by)
    requests.reopen(finished.pk, reason="又坏了", actor=cast.desk(), now=finished.accept_by)
    requests.answer(finished.pk, text="好了", actor=cast.desk(), now=finished.accept_by)
    requests.close(finished.pk, outcome="好", actor=cast.desk(), now=finished.accept_by)
    relay(finished.accept_by)
    assert len(callbacks()) == 1


def test_a_call_back_that_nobody_makes_escalates_by_the_policy_that_the_item_names(database):
    world.make_world()
    step = {"offset_minutes": 60, "action": "notify", "targets": [{"kind": "staff", "ref": "manager"}]}
    cast.publish("escalation_policy", "unheard", {"name": {"zh": "回访升级"}, "steps": [step]}, cast.LONG_AGO)
    world.publish_item("lamp", callback_escalation="unheard")
    closed = world.repaired(item="lamp").closed_at
    relay(closed)
    due = callbacks()[0].due_at
    sweep(due + HOUR - MINUTE)
    assert [each.verb for each in callbacks()[0].events] == ["create"]
    sweep(due + HOUR)
    (escalated,) = [each for each in callbacks()[0].events if each.verb == "escalate"]
    assert escalated.to_notify[0]["to"] == ["manager"]


def test_nobody_is_called_back_where_no_share_is_set(database):
    world.make_world()
    world.publish_item("lamp", callback_percent=None)
    world.repaired(item="lamp")
    assert callbacks() == []


def test_a_call_back_ends_with_the_residents_verdict(closed):
    (order,) = callbacks()
    wrong: Any = (({}, "satisfied"), ({"satisfied": False, "note": " "}, "note"))
    for given, field in wrong:
        with pytest.raises(Invalid) as refused:
            work.complete(order.pk, actor=cast.desk(), now=DONE, **given)
        assert refused.value.field == field
    work.complete(order.pk, satisfied=True, actor=cast.desk(), now=DONE + HOUR)
    relay(DONE + HOUR)
    assert current(closed).callback == {"number": order.number, "satisfied": True, "at": DONE + HOUR}
    assert (current(closed).state, told("callback-unsatisfied")) == ("closed", 0)


def test_a_bad_verdict_is_told_to_the_department(closed):
    (order,) = callbacks()
    done = work.complete(order.pk, satisfied=False, note="又滴水了", actor=cast.desk(), now=DONE + HOUR)
    relay(DONE + HOUR)
    assert (done.satisfied, done.note) == (False, "又滴水了")
    assert told("callback-unsatisfied") == 1
    assert ServiceRequest.objects.get().callback["satisfied"] is False
