"""Warnings that are counted back in working time: half an hour before Monday 08:45 is Friday."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.calendars.rules import ROUND_THE_CLOCK, before_due, compile_calendar, working_time_between
from store.content.reading import live
from store.deadlines import operations as deadlines
from store.deadlines.escalation import due_steps, fire, next_moment, simulate
from store.deadlines.rules import start_clock
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from tests import cast
from tests.store.test_calendars_model import Wall, situations
from tests.store.test_calendars_rules import WT, at, body

MINUTE = timedelta(minutes=1)
MS = timedelta(milliseconds=1)
ONE_HOUR_A_WEEK = compile_calendar({"windows": [{"weekdays": [1], "start": "09:00", "end": "10:00"}]})


@pytest.mark.parametrize(
    ("due", "minutes", "moment"),
    [
        ("2026-10-19 08:45", 30, "2026-10-16 17:45"),  # Monday → Friday
        ("2026-10-19 08:45", 15, "2026-10-19 08:30"),  # the doors open: not Friday evening
        ("2026-10-19 08:45", 16, "2026-10-16 17:59"),
        ("2026-10-12 13:45", 30, "2026-10-12 11:45"),  # over lunch
        ("2026-10-12 12:00", 30, "2026-10-12 11:30"),  # due when the window ends
        ("2026-10-08 08:40", 20, "2026-09-30 17:50"),  # over the holidays
        ("2026-10-12 08:40", 20, "2026-10-10 17:50"),  # to the make-up Saturday
        ("2026-10-18 12:00", 30, "2026-10-16 17:30"),  # due on a Sunday, for whatever reason
    ],
)
def test_minutes_before_the_deadline_are_counted_back(due: str, minutes: int, moment: str) -> None:
    assert before_due(at(due), minutes, WT) == at(moment)


def test_around_the_clock_it_is_the_wall_clock() -> None:
    assert before_due(at("2026-10-19 08:45"), 30, ROUND_THE_CLOCK) == at("2026-10-19 08:15")


def test_a_calendar_of_one_hour_a_week_is_looked_at_further_back() -> None:
    assert before_due(at("2026-10-19 09:30"), 630, ONE_HOUR_A_WEEK) == at("2026-08-10 10:00") - 60 * MINUTE


def test_what_has_no_beginning_is_looked_for_no_further_than_a_century() -> None:
    assert before_due(at("2026-10-19 09:30"), 10**7, ONE_HOUR_A_WEEK) < at("1990-01-01 00:00")


@given(situations(), st.integers(1, 3000), st.integers(1, 600))
@settings(max_examples=40, deadline=None)
def test_it_is_the_latest_minute_from_which_so_many_are_counted(
    situation: tuple[dict[str, Any], datetime], later: int, minutes: int
) -> None:
    shape, start = situation
    due, wall, wt = start + later * MINUTE, Wall(shape, start), compile_calendar(shape)
    left, moment = minutes, due
    while left and moment > start:
        moment -= MINUTE
        left -= wall.counts[moment]
    if not left:
        assert before_due(due, minutes, wt) == moment
    else:
        assert before_due(due, minutes, wt) < start
        assert working_time_between(before_due(due, minutes, wt), due, wt) == minutes * MINUTE


STEPS = [
    {"offset_minutes": offset, "action": "notify", "targets": [{"kind": "role", "ref": "manager"}]}
    for offset in (-30, 0, 60)
]
FRIDAY, MONDAY = at("2026-10-16 17:00"), at("2026-10-19 08:45")


def chain(**changes: Any) -> dict[str, Any]:
    return {"name": {"zh": "提醒"}, "steps": STEPS, "working_time": True, **changes}


def clock() -> dict[str, Any]:
    return start_clock("response", FRIDAY, 75, None, WT, None)


def test_the_warning_before_monday_morning_comes_on_friday_and_what_follows_by_the_wall_clock() -> None:
    assert clock()["due_at"] == MONDAY
    steps = due_steps(clock(), chain(), MONDAY + 60 * MINUTE, WT)
    assert [each.at for each in steps] == [at("2026-10-16 17:45"), MONDAY, MONDAY + 60 * MINUTE]
    assert next_moment(clock(), chain(), WT) == at("2026-10-16 17:45")
    assert fire(clock(), chain(), at("2026-10-16 17:45") - MS, lambda *_: ["a"], calendar=WT)[0] == []


@pytest.mark.parametrize("body", [chain(working_time=False), {"steps": STEPS}])
def test_a_policy_that_does_not_say_so_keeps_to_the_wall_clock(body: dict[str, Any]) -> None:
    assert next_moment(clock(), body, WT) == at("2026-10-19 08:15")
    assert next_moment(clock(), chain()) == at("2026-10-19 08:15")


def test_the_simulator_shows_the_friday() -> None:
    lines = simulate(chain(), FRIDAY, 75, WT, lambda target, moment: ["manager"])
    assert lines[0].at == at("2026-10-16 17:45")


def test_a_warning_before_the_start_in_working_time_is_not_sent() -> None:
    late = start_clock("response", at("2026-10-16 17:50"), 25, None, WT, None)
    first = due_steps(late, chain(), MONDAY, WT)[0]
    assert (first.skipped, first.at) == ("before_start", at("2026-10-16 17:45"))


@pytest.fixture
def office(database: Any) -> None:
    cast.make_company(cast.LONG_AGO)
    cast.publish("working_calendar", "office", body(), cast.LONG_AGO)
    cast.publish("service_category", "reception", {"name": {"zh": "接待"}}, cast.LONG_AGO)


def asked_on_friday(**policy: Any) -> ServiceRequest:
    cast.publish("escalation_policy", "chain", chain(**policy), cast.LONG_AGO)
    item = {
        "name": {"zh": "咨询"},
        "category": "reception",
        "kinds": ["enquiry"],
        "urgency": "normal",
        "clause": "3.1",
        "response_minutes": 75,
        "calendar": "office",
        "escalation": "chain",
    }
    cast.publish("service_item", "question", item, cast.LONG_AGO)
    values = {"estate": cast.ESTATE, "kind": "enquiry", "item": "question", "channel": "desk", "words": "几点开门"}
    return requests.create(values, actor=cast.desk(), now=FRIDAY)


def test_the_sweep_of_friday_evening_warns(office: None) -> None:
    request = asked_on_friday()
    assert request.next_check_at == at("2026-10-16 17:45")
    deadlines.sweep(at("2026-10-16 17:45"))
    after = ServiceRequest.objects.get(pk=request.pk)
    assert [each["key"] for each in after.clocks[0]["steps"]] == ["1"]
    assert after.next_check_at == MONDAY


def test_a_record_under_a_revision_without_it_is_warned_as_it_was(office: None) -> None:
    request = asked_on_friday(working_time=False)
    cast.publish("escalation_policy", "chain", chain(), FRIDAY + MINUTE)
    found = live("escalation_policy", "chain", FRIDAY + MINUTE)
    assert found is not None
    assert found.body["working_time"]
    deadlines.sweep(at("2026-10-16 17:45"))
    assert ServiceRequest.objects.get(pk=request.pk).clocks[0]["steps"] == []
    deadlines.sweep(at("2026-10-19 08:15"))
    assert [each["key"] for each in ServiceRequest.objects.get(pk=request.pk).clocks[0]["steps"]] == ["1"]
