"""What a resident asked for, from intake to closing: transitions, clocks, work orders (clauses 2.1, 3.1, 3.2, 6.2)."""

from datetime import timedelta

import pytest

from store import directory, domains
from store.actor import SYSTEM
from store.errors import Conflict, Forbidden, Invalid, NotFound
from store.notices.relay import relay
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast

MINUTE = timedelta(minutes=1)
LATER = cast.NOW + 10 * MINUTE


@pytest.fixture
def leak(database):
    """An urgent repair: on site in 30 minutes, done in a day, with a work order."""
    domains.load("operations")
    cast.make_company()
    chain = {
        "name": {"zh": "维修升级"},
        "steps": [{"offset_minutes": 0, "action": "notify", "targets": [{"kind": "supervisor"}]}],
    }
    cast.publish("escalation_policy", "repair-chain", chain, cast.LONG_AGO)
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}}, cast.LONG_AGO)
    publish_item()
    return intake()


def publish_item(now=cast.LONG_AGO, **changes):
    body = {
        "name": {"zh": "水管漏水"},
        "category": "repair",
        "kinds": ["repair"],
        "urgency": "urgent",
        "clause": "3.2",
        "response_minutes": 30,
        "resolve_minutes": 1440,
        "escalation": "repair-chain",
        "department": "repair",
        "makes_work_order": True,
        **changes,
    }
    cast.publish("service_item", "leak", body, now)


def intake(actor=None, now=cast.NOW, **changes):
    values = {
        "estate": cast.ESTATE,
        "kind": "repair",
        "item": "leak",
        "channel": "phone",
        "words": "厨房漏水",
        **changes,
    }
    return requests.create(values, actor=actor or cast.desk(), now=now)


def running(request):
    return {clock["name"]: clock["due_at"] for clock in request.clocks if clock["stopped_at"] is None}


def test_intake_starts_the_clocks_that_the_item_promises(leak):
    assert running(leak) == {"response": cast.NOW + 30 * MINUTE, "resolve": cast.NOW + timedelta(days=1)}
    assert leak.due_at == cast.NOW + 30 * MINUTE
    assert leak.number.startswith("R-2611-")


def test_the_title_never_carries_the_residents_words(leak):
    assert "厨房" not in leak.title
    assert leak.words == "厨房漏水"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"words": ""}, "words"),
        ({"kind": "praise"}, "kind"),
        ({"item": "absent"}, "item"),
        ({"kind": "complaint"}, "item"),
        ({"household": "sunshine-9-9999"}, "household"),
        ({"words": {"$ne": None}}, "words"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_intake_is_refused_by_name_and_nothing_is_written(leak, changes, field):
    with pytest.raises(Invalid) as refused:
        intake(**changes)
    assert field in {problem.field for problem in refused.value.problems}
    assert ServiceRequest.objects.count() == 1


def test_a_household_of_another_estate_is_absent(leak):
    cast.make_household("1-101", estate=cast.OTHER_ESTATE)
    with pytest.raises(Invalid):
        intake(household=f"{cast.OTHER_ESTATE}-1-101")


def test_the_relay_makes_one_work_order_however_often_it_runs(leak):
    for _ in range(3):
        relay(LATER)
    order = WorkOrder.objects.get()
    assert order.source["number"] == leak.number
    assert [clock["name"] for clock in order.clocks] == ["response", "complete"]


def test_a_finished_order_is_told_to_its_request_once(leak):
    relay(LATER)
    order = WorkOrder.objects.get()
    work.accept(order.pk, actor=cast.repairer(), now=LATER)
    work.complete(order.pk, actor=cast.repairer(), now=LATER)
    for _ in range(2):
        relay(LATER + MINUTE)
    assert [each["state"] for each in ServiceRequest.objects.get().work_orders] == ["done"]


def test_accepting_stops_the_response_clock_only(leak):
    accepted = requests.accept(leak.pk, actor=cast.desk(), now=LATER)
    assert set(running(accepted)) == {"resolve"}
    assert (accepted.state, accepted.assignee) == ("accepted", "desk")


def test_waiting_for_the_resident_pauses_the_clocks_and_resuming_moves_the_deadline(leak):
    requests.accept(leak.pk, actor=cast.desk(), now=LATER)
    waiting = requests.wait(leak.pk, reason="业主出差", actor=cast.desk(), now=LATER)
    assert (waiting.due_at, waiting.next_check_at) == (None, None)
    resumed = requests.resume(leak.pk, actor=cast.desk(), now=LATER + timedelta(hours=5))
    assert running(resumed)["resolve"] == cast.NOW + timedelta(days=1, hours=5)


def test_nobody_leaves_with_open_work_nor_a_household_with_an_open_case(leak):
    relay(cast.NOW)
    order = WorkOrder.objects.get()
    work.assign(order.pk, to="repairer", actor=cast.manager(), now=LATER)
    requests.assign(leak.pk, to="repairer", actor=cast.manager(), now=LATER)
    with pytest.raises(Conflict) as refused:
        directory.set_active("staff", "repairer", False, actor=SYSTEM, now=LATER)
    assert {(each["kind"], each["code"]) for each in refused.value.details["users"]} == {
        ("work_order", order.number),
        ("service_request", leak.number),
    }
    work.assign(order.pk, to="repair-lead", actor=cast.manager(), now=LATER)
    requests.assign(leak.pk, to="desk", actor=cast.manager(), now=LATER)
    assert not directory.set_active("staff", "repairer", False, actor=SYSTEM, now=LATER).active
    home = cast.make_household("1-101")
    waiting = intake(household=home.code)
    with pytest.raises(Conflict):
        directory.set_active("household", home.code, False, actor=SYSTEM, now=LATER)
    requests.cancel(waiting.pk, reason="业主撤回", actor=cast.desk(), now=LATER)
    assert not directory.set_active("household", home.code, False, actor=SYSTEM, now=LATER).active


def test_answer_close_and_reopen(leak):
    requests.accept(leak.pk, actor=cast.desk(), now=LATER)
    answered = requests.answer(leak.pk, text="已更换阀门", actor=cast.desk(), now=LATER)
    assert set(running(answered)) == {"resolve"}
    requests.close(leak.pk, outcome="业主满意", actor=cast.desk(), now=LATER)
    reopened = requests.reopen(leak.pk, reason="又漏了", actor=cast.desk(), now=LATER + timedelta(days=1))
    assert (reopened.state, reopened.reopened) == ("accepted", 1)
    assert running(reopened) == {"resolve": LATER + timedelta(days=2)}
    told = reopened.events[-1].to_notify[0]
    assert (told["to"], told["template"]) == ([cast.desk().code], "request-reopened")
    assert told["params"]["due"] == LATER + timedelta(days=2)


def test_a_reopened_case_is_judged_by_the_revision_it_began_under(leak):
    publish_item(LATER, resolve_minutes=60)
    requests.answer(leak.pk, text="已处理", actor=cast.desk(), now=LATER)
    requests.close(leak.pk, outcome="好了", actor=cast.desk(), now=LATER)
    reopened = requests.reopen(leak.pk, reason="没修好", actor=cast.desk(), now=LATER)
    assert running(reopened)["resolve"] == LATER + timedelta(days=1)


@pytest.mark.parametrize("verb", ["answer", "note", "close", "reopen", "cancel", "wait"])
def test_a_verb_that_needs_words_refuses_to_go_without(leak, verb):
    requests.answer(leak.pk, text="好", actor=cast.desk(), now=LATER) if verb in ("close", "reopen") else None
    name = {"answer": "text", "note": "text", "close": "outcome"}.get(verb, "reason")
    with pytest.raises(Invalid) as refused:
        getattr(requests, verb)(leak.pk, actor=cast.desk(), now=LATER, **{name: "  "})
    assert refused.value.field == name


def test_the_second_of_two_editors_sees_the_first_ones_act(leak):
    requests.accept(leak.pk, actor=cast.desk(), now=LATER, seen=leak.version)
    with pytest.raises(Conflict) as refused:
        requests.cancel(leak.pk, reason="误报", actor=cast.manager(), now=LATER, seen=leak.version)
    assert refused.value.details["theirs"][0]["verb"] == "accept"


def test_a_stranger_finds_nothing_and_field_staff_may_not_answer(leak):
    with pytest.raises(NotFound):
        requests.accept(leak.pk, actor=cast.stranger(), now=LATER)
    with pytest.raises(Forbidden):
        requests.answer(leak.pk, text="好", actor=cast.repairer(), now=LATER)


def test_it_can_be_found_by_its_number(leak):
    assert requests.get(leak.number, cast.desk()).pk == leak.pk
    with pytest.raises(NotFound):
        requests.get({"$ne": None}, cast.desk())


def test_only_people_of_the_estate_can_be_assigned(leak):
    with pytest.raises(Invalid):
        requests.assign(leak.pk, to="stranger", actor=cast.desk(), now=LATER)
    assert requests.assign(leak.pk, to="repairer", actor=cast.desk(), now=LATER).assignee == "repairer"


def test_events_and_notices_carry_no_words_of_the_resident(leak, database):
    requests.answer(leak.pk, text="请王先生开门", actor=cast.desk(), now=LATER)
    relay(LATER)
    stored = [event.to_mongo().to_dict() for event in ServiceRequest.objects.get().events]
    assert "厨房漏水" not in str(stored)
    assert "王先生" not in str(stored)
    assert "厨房" not in str(list(database.notices.find()))
