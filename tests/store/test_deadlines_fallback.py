"""Nothing is promised without a chain: what names none escalates by the fallback, else by the built-in one."""

from datetime import timedelta
from typing import Any

import pytest

from store.content import operations as content
from store.deadlines import operations as deadlines
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.work.by_hand import create
from store.work.documents import WorkOrder
from tests import cast
from tests.store import finding_chain

MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE
ITEM = {
    "name": {"zh": "咨询"},
    "category": "reception",
    "kinds": ["enquiry"],
    "urgency": "normal",
    "clause": "3.1",
    "response_minutes": 60,
    "department": "service",
}
STEPS = [{"offset_minutes": 10, "action": "notify", "targets": [{"kind": "department", "ref": "repair"}]}]
FALLBACK = {"name": {"zh": "通用升级"}, "fallback": True, "steps": STEPS}
BUILT_IN = {"code": "built_in", "revision": 0, "key": "built_in", "fallback": True}


@pytest.fixture
def desk(database: Any) -> None:
    cast.make_company(cast.LONG_AGO)
    cast.publish("service_category", "reception", {"name": {"zh": "接待"}}, cast.LONG_AGO)
    cast.publish("service_item", "question", ITEM, cast.LONG_AGO)


def asked() -> ServiceRequest:
    values = {"estate": cast.ESTATE, "kind": "enquiry", "item": "question", "channel": "desk", "words": "几点开门"}
    return requests.create(values, actor=cast.desk(), now=cast.NOW)


def pinned(**named: Any) -> Any:
    return deadlines.terms(calendar=None, policy=named.get("policy"), moment=named.get("moment", cast.NOW)).policy


def told(request: ServiceRequest) -> list[list[str]]:
    events = ServiceRequest.objects.get(pk=request.pk).events
    return [event.to_notify[0]["to"] for event in events if event.verb == "escalate" and event.to_notify]


def test_what_names_no_policy_escalates_by_the_fallback(desk: None) -> None:
    cast.publish("escalation_policy", "general", FALLBACK, cast.LONG_AGO)
    request = asked()
    assert request.clocks[0]["policy"]["code"] == "general"
    deadlines.sweep(cast.NOW + 70 * MINUTE)
    assert told(request) == [["repair-lead"]]


def test_without_any_policy_the_managers_of_the_estate_are_told(desk: None) -> None:
    request = asked()
    assert request.clocks[0]["policy"] == BUILT_IN
    deadlines.sweep(cast.NOW + 2 * HOUR)
    assert told(request) == [["manager"]]


def test_a_policy_that_is_named_wins_and_one_that_was_withdrawn_does_not(desk: None) -> None:
    cast.publish("escalation_policy", "general", FALLBACK, cast.LONG_AGO)
    own = {**FALLBACK, "name": {"zh": "专用"}, "fallback": False}
    cast.publish("escalation_policy", "own", own, cast.LONG_AGO)
    assert pinned(policy="own")["code"] == "own"
    assert "fallback" not in pinned(policy="own")
    content.withdraw("escalation_policy", "own", actor=cast.manager(), now=cast.NOW)
    assert pinned(policy="own", moment=cast.NOW + MINUTE)["code"] == "general"


def test_of_two_fallbacks_the_one_that_came_into_force_last_counts(desk: None) -> None:
    cast.publish("escalation_policy", "zeta", FALLBACK, cast.LONG_AGO)
    cast.publish("escalation_policy", "alpha", FALLBACK, cast.NOW)
    assert pinned(moment=cast.NOW - MINUTE)["code"] == "zeta"
    assert pinned()["code"] == "alpha"


def test_a_policy_that_is_the_fallback_no_more_is_not_used(desk: None) -> None:
    cast.publish("escalation_policy", "general", FALLBACK, cast.LONG_AGO)
    cast.publish("escalation_policy", "general", {**FALLBACK, "fallback": False}, cast.NOW)
    assert pinned(moment=cast.NOW - MINUTE)["code"] == "general"
    assert pinned() == BUILT_IN


def test_a_record_that_began_without_a_chain_keeps_none(desk: None) -> None:
    request = asked()
    bare = {**request.clocks[0], "policy": None}
    ServiceRequest._get_collection().update_one(
        {"_id": request.pk}, {"$set": {"clocks": [bare], "next_check_at": None}}
    )
    requests.assign(request.pk, to="desk", actor=cast.desk(), now=cast.NOW + MINUTE)
    deadlines.sweep(cast.NOW + 30 * HOUR)
    after = ServiceRequest.objects.get(pk=request.pk)
    assert (after.clocks[0]["policy"], told(request)) == (None, [])


def test_a_work_order_made_by_hand_is_not_forgotten_either(desk: None) -> None:
    values = {"estate": cast.ESTATE, "title": "换灯泡", "kind": "repair", "due_at": (cast.NOW + HOUR).isoformat()}
    order = create(values, actor=cast.manager(), now=cast.NOW)
    assert WorkOrder.objects.get(pk=order.pk).clocks[0]["policy"] == BUILT_IN


def test_an_order_of_a_finding_whose_policy_names_no_chain_has_one(database: Any) -> None:
    finding_chain.make_world()
    silent = {**finding_chain.POLICY, "escalation": None}
    cast.publish("finding_policy", "cleaning", silent, cast.LONG_AGO + MINUTE)
    finding = finding_chain.raised()
    assert finding.clocks[0]["policy"] is None
    assert finding_chain.rectification(finding).clocks[0]["policy"]["code"] == "built_in"


def test_the_chain_is_called_by_its_name_and_as_the_fallback(desk: None) -> None:
    assert deadlines.chain_name(pinned()).zh == "内置升级链（备用升级链）"
    cast.publish("escalation_policy", "general", FALLBACK, cast.LONG_AGO)
    assert deadlines.chain_name(pinned()).zh == "通用升级（备用升级链）"
    assert deadlines.chain_name(pinned(policy="general")).zh == "通用升级"
