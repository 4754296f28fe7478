"""Clocks that promise working days, from the service item or the finding policy to what they become."""

from datetime import timedelta
from typing import Any

import pytest

from store.calendars.rules import WorkingDays
from store.deadlines import rules
from store.deadlines.rules import promised_of, retime_clock, start_clock
from store.findings import operations as findings
from store.findings.documents import FINDING_POLICY
from store.notices.relay import relay
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from tests import cast
from tests.store import finding_chain
from tests.store.test_calendars_rules import WT, at, body

MINUTE = timedelta(minutes=1)


def clock_of(within: Any) -> dict[str, Any]:
    return start_clock("resolve", at("2026-10-12 09:00"), within, None, WT, None)


def test_a_clock_keeps_its_days_and_what_they_have_of_working_time() -> None:
    clock = clock_of(WorkingDays(2))
    assert (clock["days"], clock["minutes"]) == (2, 450 + 480 + 480)
    assert promised_of(clock) == WorkingDays(2)
    assert clock["due_at"] == at("2026-10-14 18:00")
    assert "days" not in clock_of(60)


def test_a_clock_that_stood_still_is_due_later_by_the_working_time_that_was_lost() -> None:
    paused = rules.pause_clock(clock_of(WorkingDays(1)), at("2026-10-13 09:00"))
    assert rules.resume_clock(paused, at("2026-10-13 10:30"), WT)["due_at"] == at("2026-10-14 10:00")


def test_minutes_and_days_take_each_others_place() -> None:
    now = at("2026-10-12 10:00")
    minutes = retime_clock(clock_of(WorkingDays(2)), 60, WT, now)
    assert (promised_of(minutes), minutes["due_at"]) == (60, at("2026-10-12 10:00"))
    days = retime_clock(minutes, WorkingDays(1), WT, now)
    assert (promised_of(days), days["due_at"]) == (WorkingDays(1), at("2026-10-13 18:00"))


@pytest.fixture
def office(database: Any) -> None:
    finding_chain.make_world()
    cast.publish("working_calendar", "office", body(), cast.LONG_AGO)


def test_a_request_is_due_after_the_working_days_of_its_item(office: None) -> None:
    item = {
        "name": {"zh": "书面答复"},
        "category": "cleaning",
        "kinds": ["complaint"],
        "urgency": "normal",
        "clause": "6.2",
        "response_minutes": 30,
        "resolve_days": 5,
        "calendar": "office",
    }
    cast.publish("service_item", "letter", item, cast.LONG_AGO)
    values = {"estate": cast.ESTATE, "kind": "complaint", "item": "letter", "channel": "desk", "words": "太吵"}
    request = requests.create(values, actor=cast.desk(), now=at("2026-09-30 10:00"))
    by_name = {clock["name"]: clock for clock in ServiceRequest.objects.get(pk=request.pk).clocks}
    assert promised_of(by_name["response"]) == 30
    assert by_name["resolve"]["due_at"] == at("2026-10-13 18:00")


def test_a_finding_and_its_order_follow_a_severity_that_is_promised_in_days(office: None) -> None:
    policy = {**finding_chain.POLICY, "calendar": "office", "low_days": 3}
    cast.publish("finding_policy", "cleaning", {**policy, "low_minutes": None}, cast.LONG_AGO + MINUTE)
    finding = finding_chain.raised()
    changed = findings.set_severity(
        finding.pk, severity="low", reason="只是灰尘", actor=cast.manager(), now=cast.NOW + MINUTE
    )
    relay(cast.NOW + 2 * MINUTE)
    clocks = [changed.clocks[-1], finding_chain.rectification(finding).clocks[-1]]
    assert [promised_of(each) for each in clocks] == [WorkingDays(3), WorkingDays(3)]
    assert clocks[0]["due_at"] == clocks[1]["due_at"]


def test_a_finding_policy_names_every_promise_in_one_way_or_the_other() -> None:
    policy = {**finding_chain.POLICY, "check_minutes": None, "low_minutes": None, "low_days": 3}
    found = [(each.code, each.field) for each in FINDING_POLICY.check(policy, lambda kind, code: None)]
    assert found == [("required", "check_minutes"), ("no_calendar", "low_days")]
