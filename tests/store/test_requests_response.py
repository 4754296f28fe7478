"""The promise to respond is kept by whoever is first: the desk, or the repairer on the request's order (3.2, 4.3)."""

import pytest

from store.health.operations import bad_records
from store.notices.documents import Notice
from store.notices.relay import relay
from store.requests import operations as requests
from store.work import operations as work
from tests import cast
from tests.store import repair_world as world
from tests.store.repair_world import HOUR, MINUTE, current, order_of

LATER = cast.NOW + 10 * MINUTE


@pytest.fixture
def request_(database):
    world.make_world()
    return world.intake()


def responses(request):
    return [clock["stopped_at"] for clock in request.clocks if clock["name"] == "response"]


@pytest.mark.parametrize("verb", [work.accept, work.start, work.complete])
def test_a_repairer_who_goes_to_work_on_the_order_has_responded_to_the_request(request_, verb):
    verb(order_of(request_).pk, actor=cast.repairer(), now=LATER)
    relay(LATER + MINUTE)
    found = current(request_)
    assert responses(found) == [LATER]
    assert found.assignee == "repairer"
    assert found.state == ("answered" if verb is work.complete else "accepted")


def test_an_order_that_is_only_assigned_is_no_response(request_):
    work.assign(order_of(request_).pk, to="repairer", actor=cast.repair_supervisor(), now=LATER)
    relay(LATER)
    assert (current(request_).state, responses(current(request_))) == ("open", [None])


def test_it_is_heard_once_however_often_it_comes(request_, database):
    world.arrive(request_, LATER)
    relay(LATER)
    heard = current(request_)
    database.work_orders.update_many({}, {"$set": {"pending": True, "relayed": 0}})
    relay(LATER + MINUTE)
    assert current(request_).version == heard.version
    assert [event.verb for event in heard.events].count("responded") == 1


def test_after_the_desk_has_accepted_nothing_changes(request_):
    accepted = requests.accept(request_.pk, actor=cast.desk(), now=cast.NOW + MINUTE)
    world.arrive(request_, LATER)
    relay(LATER)
    found = current(request_)
    assert (found.version, found.assignee, responses(found)) == (accepted.version, "desk", [cast.NOW + MINUTE])


def test_a_request_that_waits_for_the_resident_goes_on_waiting(request_):
    requests.wait(request_.pk, reason="业主外出", actor=cast.desk(), now=cast.NOW + MINUTE)
    world.arrive(request_, LATER)
    relay(LATER)
    assert (current(request_).state, responses(current(request_))) == ("waiting", [LATER])


def test_a_request_that_was_cancelled_meanwhile_stays_so_and_nothing_is_put_aside(request_):
    order = order_of(request_)
    gone = requests.cancel(request_.pk, reason="业主撤回", actor=cast.manager(), now=cast.NOW + MINUTE)
    work.accept(order.pk, actor=cast.repairer(), now=LATER)
    relay(LATER)
    found = current(request_)
    assert (found.state, responses(found)) == ("cancelled", [cast.NOW + MINUTE])
    # Of its order it hears that it was taken back, and nothing of the response.
    assert [event.verb for event in found.events if event.n > gone.version] == ["work_done"]
    assert not bad_records()
    assert not order_of(request_).pending


def test_a_promise_that_a_dispute_made_anew_is_not_kept_by_what_happened_before(request_, database):
    order = world.arrive(request_, LATER)
    world.finish(order, LATER + MINUTE)
    world.repairs.dispute(request_.pk, reason="还在滴水", actor=cast.manager(), now=LATER + HOUR)
    database.work_orders.update_many({}, {"$set": {"pending": True, "relayed": 0}})
    relay(LATER + HOUR)
    assert responses(current(request_)) == [LATER, None]
    world.arrive(request_, LATER + 2 * HOUR, ordinal=2)
    relay(LATER + 2 * HOUR)
    assert responses(current(request_)) == [LATER, LATER + 2 * HOUR]


def test_news_goes_to_somebody_else_than_who_brings_it(request_):
    """Whoever telephones with the resident must hear of the quote, also when the repairer has the request himself."""
    world.quote(world.arrive(request_, LATER), LATER + MINUTE)
    assert current(request_).assignee == "repairer"
    told = Notice.objects(channel="app", template__code="quote-asked").distinct("recipient")
    assert told == ["repair-lead"]
