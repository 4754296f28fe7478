"""A repair recorded in a basement without a network, from arrival to the resident's signature (clause 3.2, ADR 5)."""

from datetime import timedelta

import pytest

from store.deadlines.operations import sweep
from store.notices.documents import Notice
from store.notices.relay import relay
from store.repairs import operations as repairs
from store.requests import operations as requests
from tests import cast
from tests.store import repair_world as world
from tests.store.repair_world import HOUR, MINUTE, current, order_of
from tests.store.tablets import Tablet, codes, results

SENT = cast.NOW + 3 * HOUR


@pytest.fixture
def request_(database):
    world.make_world()
    return world.intake()


@pytest.fixture
def tablet():
    return Tablet(cast.repairer())


def test_a_repair_comes_home_as_it_happened(request_, tablet):
    order = order_of(request_)
    entries = [
        ("accept", {}),
        ("start", {}),
        ("diagnose", {"text": "阀芯老化"}),
        ("quote", {"lines": world.lines(valve=1)}),
        ("consent", {"given": True, "signature": world.SIGNATURE}),
        ("materials", {"lines": world.lines(valve=1)}),
        ("complete", {"note": "已试水", "signature": world.SIGNATURE, "signed_by": "王清和"}),
    ]
    for minute, (verb, body) in enumerate(entries, 1):
        tablet.record(order, verb, cast.NOW + minute * 10 * MINUTE, **body)
    receipt = tablet.send(SENT)
    assert results(receipt) == ["applied"] * 7, codes(receipt)
    relay(SENT)
    done, closed = order_of(request_), current(request_)
    assert (done.quote["at"], done.quote["answered_at"]) == (cast.NOW + 40 * MINUTE, cast.NOW + 50 * MINUTE)
    assert (done.finished_at, done.signed_by) == (cast.NOW + 70 * MINUTE, "王清和")
    assert (closed.state, closed.closed_at) == ("closed", cast.NOW + 70 * MINUTE)
    assert (closed.acceptance["how"], closed.charge["total_fen"]) == ("signature", 3500)
    paused = next(clock for clock in done.clocks if clock["name"] == "complete")["pauses"]
    assert paused == [{"from": cast.NOW + 40 * MINUTE, "to": cast.NOW + 50 * MINUTE}]
    assert Notice.objects(template__code="quote-asked").count() == 0
    assert "王清和" not in str([event.to_mongo().to_dict() for event in done.events])


def test_what_the_rules_refuse_is_named_and_the_rest_stands(request_, tablet):
    order = order_of(request_)
    tablet.record(order, "start", cast.NOW + MINUTE)
    tablet.record(order, "quote", cast.NOW + 2 * MINUTE, lines=world.lines(pump=1))
    tablet.record(order, "consent", cast.NOW + 3 * MINUTE, given=True)
    tablet.record(order, "materials", cast.NOW + 4 * MINUTE, lines=world.lines(valve=0))
    tablet.record(order, "diagnose", cast.NOW + 5 * MINUTE, text="密封圈")
    receipt = tablet.send(SENT)
    assert codes(receipt)[1] == "unknown_line"
    assert results(receipt)[2] in ("refused", "conflict")
    assert codes(receipt)[3] == "out_of_range"
    assert order_of(request_).diagnosis == "密封圈"


def test_an_answer_that_the_desk_has_recorded_already_is_shown_and_not_overwritten(request_, tablet):
    order = world.arrive(request_, cast.NOW + MINUTE)
    asked = world.quote(order, cast.NOW + 2 * MINUTE)
    tablet.record(asked, "consent", cast.NOW + 10 * MINUTE, given=True, signature=world.SIGNATURE)
    repairs.consent(order.pk, given=False, note="电话", actor=cast.desk(), now=cast.NOW + timedelta(minutes=20))
    receipt = tablet.send(SENT)
    assert results(receipt) == ["conflict"]
    assert order_of(request_).quote["state"] == "refused"


def test_who_arrived_in_time_without_a_network_has_kept_the_promise_although_it_was_escalated(database):
    world.make_world()
    told = [{"offset_minutes": 0, "action": "notify", "targets": [{"kind": "department", "ref": "repair"}]}]
    cast.publish("escalation_policy", "repair-chain", {"name": {"zh": "维修升级"}, "steps": told}, cast.LONG_AGO)
    world.publish_item("tap-escalated", escalation="repair-chain")
    request = world.intake(item="tap-escalated")
    tablet = Tablet(cast.repairer())
    tablet.record(order_of(request), "start", cast.NOW + 20 * MINUTE)
    sweep(cast.NOW + 40 * MINUTE)
    assert results(tablet.send(SENT)) == ["applied"]
    relay(SENT)
    found = current(request)
    clock = response_of(found)
    assert clock["stopped_at"] == cast.NOW + 20 * MINUTE < clock["due_at"]
    assert len(clock["steps"]) == 1, "what was escalated stays in sight"
    responded = next(event for event in found.events if event.verb == "responded")
    assert (responded.at, responded.happened_at) == (SENT, cast.NOW + 20 * MINUTE)


def test_the_first_to_respond_counts_also_when_we_hear_of_him_last(request_, tablet):
    tablet.record(order_of(request_), "start", cast.NOW + 20 * MINUTE)
    requests.accept(request_.pk, actor=cast.desk(), now=cast.NOW + 50 * MINUTE)
    tablet.send(SENT)
    relay(SENT)
    found = current(request_)
    assert response_of(found)["stopped_at"] == cast.NOW + 20 * MINUTE
    assert found.assignee == "desk"


def response_of(request):
    return next(clock for clock in request.clocks if clock["name"] == "response")


def test_the_resident_has_his_days_to_object_however_late_the_word_comes(request_, tablet):
    order = order_of(request_)
    tablet.record(order, "start", cast.NOW + MINUTE)
    tablet.record(order, "complete", cast.NOW + HOUR, note="已试水")
    heard = cast.NOW + timedelta(days=9)
    assert results(tablet.send(heard)) == ["applied"] * 2
    relay(heard)
    sweep(heard + MINUTE)
    asked = current(request_)
    assert (asked.state, asked.answered_at) == ("answered", cast.NOW + HOUR)
    assert asked.accept_by == heard + timedelta(days=7)
