"""What was recorded wrongly is put right, and reports of one fault are handled as one (clauses 2.1, 3.1)."""

from datetime import timedelta

import pytest

from store import domains
from store.corrections import operations as corrections
from store.deadlines import rules as clocks
from store.errors import Invalid, RuleBroken
from store.notices.relay import relay
from store.requests import operations as requests
from store.requests import rules
from store.requests.documents import ServiceRequest
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast

MINUTE = timedelta(minutes=1)
LATER = cast.NOW + 10 * MINUTE
MUCH_LATER = cast.NOW + 60 * MINUTE


def publish_item(code, name, kinds, urgency, response, resolve, now=cast.LONG_AGO):
    body = {
        "name": {"zh": name},
        "category": "repair",
        "kinds": kinds,
        "urgency": urgency,
        "clause": "3.2",
        "response_minutes": response,
        "resolve_minutes": resolve,
        "department": "repair",
        "makes_work_order": True,
    }
    cast.publish("service_item", code, body, now)


@pytest.fixture
def desk(database):
    domains.load("operations")
    cast.make_company()
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}}, cast.LONG_AGO)
    publish_item("lamp", "楼道灯不亮", ["repair"], "normal", 240, 2880)
    publish_item("leak", "水管爆裂", ["repair", "complaint"], "urgent", 30, 240)
    return cast.desk()


def intake(item="lamp", now=cast.NOW, **changes):
    values = {"estate": cast.ESTATE, "kind": "repair", "item": item, "channel": "phone", "words": "坏了", **changes}
    return requests.create(values, actor=cast.desk(), now=now)


def current(request):
    return ServiceRequest.objects.get(pk=request.pk)


def due(request):
    return {clock["name"]: clock["due_at"] for clock in request.clocks if clock["stopped_at"] is None}


def correct(request, now=LATER, **changes):
    return corrections.correct(request.pk, reason="登记时选错", actor=cast.desk(), now=now, **changes)


# Correcting


def test_a_corrected_item_promises_from_the_original_moment(desk):
    request = intake()
    after = correct(request, item="leak")
    assert due(after) == {"response": cast.NOW + 30 * MINUTE, "resolve": cast.NOW + 240 * MINUTE}
    assert (after.due_at, after.priority, after.urgency) == (cast.NOW + 30 * MINUTE, 2, "urgent")
    assert after.title == "水管爆裂"
    before = after.corrections[0]["before"]
    assert before["item"] == "lamp"
    assert [clock["due_at"] for clock in before["clocks"]] == [clock["due_at"] for clock in request.clocks]
    assert (after.corrections[0]["reason"], after.corrections[0]["changed"]) == ("登记时选错", ["item"])


def test_what_was_kept_stays_kept_and_what_waited_goes_on_waiting(desk):
    request = intake()
    requests.accept(request.pk, actor=desk, now=cast.NOW + 5 * MINUTE)
    requests.wait(request.pk, reason="业主出差", actor=desk, now=LATER)
    waiting = correct(request, now=MUCH_LATER, item="leak")
    by_name = {clock["name"]: clock for clock in waiting.clocks}
    assert (by_name["response"]["stopped_at"], clocks.state(by_name["response"], LATER)) == (
        cast.NOW + 5 * MINUTE,
        "met",
    )
    assert clocks.state(by_name["resolve"], MUCH_LATER) == "paused"
    resumed = requests.resume(request.pk, actor=desk, now=MUCH_LATER)
    assert due(resumed) == {"resolve": cast.NOW + 290 * MINUTE}


def test_a_promise_that_was_late_under_the_right_item_is_late(desk):
    requests.accept(intake().pk, actor=desk, now=MUCH_LATER)
    after = correct(ServiceRequest.objects.get(), now=MUCH_LATER, item="leak")
    assert clocks.state(after.clocks[0], MUCH_LATER) == "late"


def test_another_kind_of_work_is_another_order_and_another_place_the_same(desk):
    request = intake()
    relay(cast.NOW)
    correct(request, place="3号楼12层")
    relay(LATER)
    assert [(order.place, order.state) for order in WorkOrder.objects] == [("3号楼12层", "open")]
    correct(request, now=MUCH_LATER, item="leak")
    relay(MUCH_LATER)
    assert {(order.title, order.state) for order in WorkOrder.objects} == {
        ("楼道灯不亮 · 3号楼12层", "cancelled"),
        ("水管爆裂 · 3号楼12层", "open"),
    }
    assert WorkOrder.objects.get(state="open").clocks[0]["due_at"] == cast.NOW + 30 * MINUTE


def test_the_household_is_put_right_and_stands_in_no_event(desk):
    wrong, right = cast.make_household("1-101"), cast.make_household("1-102")
    request = intake(household=wrong.code)
    after = correct(request, household=right.code)
    assert after.household == right.code
    assert after.corrections[0]["before"]["household"] == wrong.code
    assert wrong.code not in str([event.to_mongo() for event in after.events])
    assert correct(request, household="").household is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "item"),
        ({"item": "lamp"}, "item"),
        ({"item": "absent"}, "item"),
        ({"kind": "complaint"}, "item"),
        ({"household": "sunshine-9-9999"}, "household"),
    ],
)
def test_what_an_intake_would_refuse_a_correction_refuses(desk, changes, field):
    with pytest.raises(Invalid) as refused:
        correct(intake(), **changes)
    assert field in {problem.field for problem in refused.value.problems}


def test_what_is_over_is_not_corrected(desk):
    request = intake()
    requests.cancel(request.pk, reason="误报", actor=desk, now=LATER)
    with pytest.raises(RuleBroken):
        correct(request, item="leak")


# Joining


@pytest.fixture
def pair(desk):
    first, second = intake(item="leak"), intake(item="leak", now=cast.NOW + 5 * MINUTE)
    relay(cast.NOW + 5 * MINUTE)
    corrections.merge(second.pk, into=first.number, actor=desk, now=LATER)
    relay(LATER)
    return first, second


def test_nobody_goes_twice_for_one_fault(pair):
    first, second = pair
    assert current(second).merged_into["number"] == first.number
    assert [each["number"] for each in current(first).merged] == [second.number]
    assert [order.source["number"] for order in WorkOrder.objects(state="open")] == [first.number]


def test_they_are_answered_together_and_each_keeps_its_own_promise(pair, desk):
    first, second = pair
    requests.accept(first.pk, actor=desk, now=LATER + MINUTE)
    requests.answer(first.pk, text="阀门已换", actor=desk, now=LATER + 2 * MINUTE)
    requests.close(first.pk, outcome="已修好", actor=desk, now=LATER + 3 * MINUTE)
    relay(LATER + 4 * MINUTE)
    after = current(second)
    assert (after.state, after.outcome, after.replies[0]["text"]) == ("closed", "已修好", "阀门已换")
    kept = {clock["name"]: clock["stopped_at"] for clock in after.clocks}
    assert kept == {"response": LATER + MINUTE, "resolve": LATER + 3 * MINUTE}
    assert {clock["started_at"] for clock in after.clocks} == {cast.NOW + 5 * MINUTE}
    assert "阀门已换" not in str([event.to_mongo() for event in current(first).events])


def test_word_is_heard_once_however_often_it_comes(pair, desk, database):
    first, second = pair
    requests.answer(first.pk, text="阀门已换", actor=desk, now=LATER)
    relay(LATER)
    version = current(second).version
    database.requests.update_many({}, {"$set": {"pending": True, "relayed": 0}})
    relay(LATER + MINUTE)
    assert (current(second).version, len(current(second).replies)) == (version, 1)


def test_a_repair_that_is_done_is_done_for_all(pair, desk):
    _, second = pair
    order = WorkOrder.objects.get(state="open")
    work.accept(order.pk, actor=cast.repairer(), now=LATER)
    work.complete(order.pk, actor=cast.repairer(), now=LATER + MINUTE)
    relay(LATER + 2 * MINUTE)
    assert [current(each).state for each in pair] == ["answered", "answered"]
    assert due(current(second)) == {}


def test_they_wait_together(pair, desk):
    first, second = pair
    requests.wait(first.pk, reason="等配件", actor=desk, now=LATER)
    relay(LATER)
    assert (current(second).state, current(second).due_at) == ("waiting", None)
    requests.resume(first.pk, actor=desk, now=LATER + 30 * MINUTE)
    relay(LATER + 30 * MINUTE)
    assert due(current(second))["response"] == cast.NOW + 65 * MINUTE


def test_what_joins_late_stands_as_the_leading_one(desk):
    first, second = intake(item="leak"), intake(item="leak")
    requests.accept(first.pk, actor=desk, now=LATER)
    corrections.merge(second.pk, into=first.number, actor=desk, now=MUCH_LATER)
    relay(MUCH_LATER)
    assert (current(second).state, current(second).clocks[0]["stopped_at"]) == ("accepted", MUCH_LATER)


def test_taken_apart_it_goes_on_by_itself_with_an_order_of_its_own(pair, desk):
    first, second = pair
    corrections.separate(second.pk, actor=desk, now=LATER)
    relay(LATER)
    assert (current(second).merged_into, current(first).merged) == ({}, [])
    assert {order.source["number"] for order in WorkOrder.objects(state="open")} == {first.number, second.number}
    requests.answer(first.pk, text="阀门已换", actor=desk, now=MUCH_LATER)
    relay(MUCH_LATER)
    assert current(second).replies == []


def test_a_leading_one_that_is_cancelled_lets_the_others_go_on(pair, desk):
    first, second = pair
    requests.cancel(first.pk, reason="业主撤回", actor=desk, now=LATER)
    relay(LATER)
    assert (current(second).state, current(second).merged_into) == ("open", {})
    assert [order.source["number"] for order in WorkOrder.objects(state="open")] == [second.number]


def test_acts_are_for_the_leading_one_and_chains_of_them_there_are_none(pair, desk):
    first, second = pair
    third = intake(item="leak")
    for act in (requests.accept, lambda key, **who: requests.answer(key, text="好", **who)):
        with pytest.raises(RuleBroken) as refused:
            act(second.pk, actor=desk, now=LATER)
        assert refused.value.code == "merged"
    assert set(requests.allowed(current(second).to_mongo())) <= rules.OF_FOLLOWERS
    for key, into in ((third, second.number), (third, third.number), (third, "R-0000-0000")):
        with pytest.raises(Invalid):
            corrections.merge(key.pk, into=into, actor=desk, now=LATER)
    with pytest.raises(RuleBroken) as refused:
        corrections.merge(first.pk, into=third.number, actor=desk, now=LATER)
    assert refused.value.code == "leads_others"
