"""Mutes: while one covers a record its steps go into the history and tell nobody; at its end what is open is told once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from store.content import operations as content
from store.content.documents import Revision
from store.deadlines import mutes
from store.deadlines import operations as deadlines
from store.deadlines.chain import due_steps
from store.errors import Forbidden, Invalid, NotFound
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.work.documents import WorkOrder
from tests import cast
from tests.store import finding_chain

MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE
NOW = cast.NOW
STEPS = [
    {"offset_minutes": -30, "action": "notify", "targets": [{"kind": "assignee"}]},
    {"offset_minutes": 30, "action": "raise_priority", "targets": [{"kind": "department", "ref": "repair"}]},
    {"offset_minutes": 300, "action": "notify", "targets": [{"kind": "role", "ref": "manager"}]},
]
CHAIN = {"name": {"zh": "升级"}, "steps": STEPS, "acknowledge_minutes": 60}
ITEM = {
    "name": {"zh": "电梯"},
    "category": "repair",
    "kinds": ["repair"],
    "urgency": "normal",
    "clause": "3.2",
    "response_minutes": 60,
    "escalation": "chain",
    "department": "repair",
}


@pytest.fixture
def house(database: Any) -> None:
    cast.make_company(cast.LONG_AGO)
    cast.publish("escalation_policy", "chain", CHAIN, cast.LONG_AGO)
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}}, cast.LONG_AGO)
    cast.publish("service_item", "lift", ITEM, cast.LONG_AGO)


def muted(until: datetime = NOW + 4 * HOUR, code: str = "lift-works", **changes: Any) -> None:
    body = {
        "name": {"zh": "电梯维保"},
        "estate": cast.ESTATE,
        "starts_at": (NOW - HOUR).isoformat(),
        "ends_at": until.isoformat(),
        "reason": "年度检修",
        **changes,
    }
    cast.publish("mute", code, body, NOW - HOUR, actor=cast.manager())


def asked(**changes: Any) -> ServiceRequest:
    values = {"estate": cast.ESTATE, "kind": "repair", "item": "lift", "channel": "desk", "words": "停了", **changes}
    request = requests.create(values, actor=cast.desk(), now=NOW)
    return requests.assign(request.pk, to="repairer", actor=cast.desk(), now=NOW)


def again(request: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=request.pk)


def told(request: ServiceRequest) -> list[tuple[str, list[str]]]:
    events = again(request).events
    return [(e.detail["step"], e.to_notify[0]["to"]) for e in events if e.verb == "escalate" and e.to_notify]


def recorded(request: ServiceRequest) -> list[tuple[str, Any]]:
    return [(each["key"], each.get("skipped")) for each in again(request).clocks[0]["steps"]]


def test_steps_go_into_the_history_with_who_muted_them_and_tell_nobody(house: None) -> None:
    muted()
    request = asked()
    deadlines.sweep(NOW + 2 * HOUR)
    assert told(request) == []
    assert recorded(request) == [("1", "muted"), ("2", "muted")]
    after = again(request)
    event = after.events[-1]
    assert (event.detail["by"], event.detail["reason"]) == ("赵居安", "年度检修")
    assert event.detail["until"] == NOW + 4 * HOUR
    assert after.priority == request.priority
    assert after.clocks[0]["due_at"] == NOW + HOUR


def test_at_the_end_what_is_still_open_is_told_once_to_everybody(house: None) -> None:
    muted()
    request = asked()
    deadlines.sweep(NOW + 2 * HOUR)
    for minutes in (-1, 0, 1, 5):
        deadlines.sweep(NOW + 4 * HOUR + minutes * MINUTE)
    assert told(request) == [("2#m1", ["repairer", "repair-lead"])]
    assert again(request).clocks[0].get("muted_until") is None
    deadlines.sweep(NOW + 6 * HOUR)
    assert told(request)[1:] == [("3", ["manager"])]


def test_what_was_done_meanwhile_is_not_told(house: None) -> None:
    muted()
    request = asked()
    deadlines.sweep(NOW + 2 * HOUR)
    requests.accept(request.pk, actor=cast.desk(), now=NOW + 3 * HOUR)
    deadlines.sweep(NOW + 5 * HOUR)
    assert told(request) == []


def test_what_somebody_has_taken_on_is_not_told_before_the_time_out(house: None) -> None:
    muted()
    request = asked()
    deadlines.sweep(NOW + 2 * HOUR)
    requests.acknowledge(request.pk, actor=cast.desk(), now=NOW + 4 * HOUR - MINUTE)
    deadlines.sweep(NOW + 4 * HOUR + MINUTE)
    assert told(request) == []
    assert again(request).next_check_at > NOW + 4 * HOUR + MINUTE


def test_what_had_no_step_under_the_mute_goes_its_way(house: None) -> None:
    muted(NOW + 20 * MINUTE)
    request = asked()
    deadlines.sweep(NOW + 10 * MINUTE)
    deadlines.sweep(NOW + 30 * MINUTE)
    assert told(request) == [("1", ["repairer"])]


def test_a_mute_that_is_withdrawn_ends_within_ten_minutes_and_looking_changes_nothing(house: None) -> None:
    muted()
    request = asked()
    deadlines.sweep(NOW + 2 * HOUR)
    before = again(request)
    deadlines.sweep(NOW + 2 * HOUR + 10 * MINUTE)
    assert again(request).version == before.version
    content.withdraw("mute", "lift-works", actor=cast.manager(), now=NOW + 2 * HOUR + 11 * MINUTE)
    deadlines.sweep(NOW + 2 * HOUR + 20 * MINUTE)
    assert told(request) == [("2#m1", ["repairer", "repair-lead"])]


def test_a_second_mute_holds_on_and_tells_once_at_its_end(house: None) -> None:
    muted()
    muted(NOW + 8 * HOUR, "longer", starts_at=(NOW + 3 * HOUR).isoformat())
    request = asked()
    for hours in (2, 4, 7):
        deadlines.sweep(NOW + hours * HOUR)
    assert told(request) == []
    deadlines.sweep(NOW + 8 * HOUR)
    assert told(request) == [("3#m1", ["repairer", "repair-lead", "manager"])]


def test_what_stands_still_is_told_when_it_runs_again(house: None) -> None:
    muted()
    request = asked()
    deadlines.sweep(NOW + 2 * HOUR)
    requests.wait(request.pk, reason="等配件", actor=cast.desk(), now=NOW + 3 * HOUR)
    deadlines.sweep(NOW + 5 * HOUR)
    assert told(request) == []
    requests.resume(request.pk, actor=cast.desk(), now=NOW + 6 * HOUR)
    deadlines.sweep(NOW + 6 * HOUR + MINUTE)
    assert told(request)[0][0] == "2#m1"


@pytest.mark.parametrize(
    ("narrowed", "record", "covered"),
    [
        ({}, {}, True),
        ({"place": "2号楼"}, {"place": "2号楼 1 单元"}, True),
        ({"place": "2号楼"}, {"place": "3号楼"}, False),
        ({"place": "2号楼"}, {"place": None}, False),
        ({"plan": "night"}, {"plan": {"code": "night", "revision": 1}}, True),
        ({"plan": "night"}, {"plan": {"code": "day", "revision": 1}}, False),
        ({}, {"estate": "garden"}, False),
        ({}, {"priority": 1}, False),  # what endangers life
        ({}, {"source": {"kind": "incident"}}, False),  # nobody's call for help is muted
    ],
)
def test_what_a_mute_covers(narrowed: dict[str, Any], record: dict[str, Any], covered: bool) -> None:
    given = {"plan": None, "place": None, **narrowed}
    mute = mutes.Mute("m", cast.manager().name, "", cast.ESTATE, given["plan"], given["place"], NOW, NOW, "")  # type: ignore[arg-type]
    assert mute.covers({"estate": cast.ESTATE, "priority": 3, **record}) is covered


def test_reminders_of_an_order_are_muted_too(database: Any) -> None:
    finding_chain.make_world()
    muted()
    reminders = [{"at": NOW + 10 * MINUTE, "template": "reminder"}]
    order = finding_chain.make_order(reminders=reminders)
    deadlines.sweep(NOW + 20 * MINUTE)
    event = next(each for each in WorkOrder.objects.get(pk=order.pk).events if each.verb == "remind")
    assert (list(event.to_notify), event.detail["skipped"], event.detail["reason"]) == ([], "muted", "年度检修")


def refused(**changes: Any) -> set[tuple[str, str | None]]:
    with pytest.raises(Invalid) as caught:
        muted(**changes)
    return {(each.code, each.field) for each in caught.value.problems}


def test_a_mute_always_ends_and_within_thirty_days(house: None) -> None:
    assert refused(until=NOW + timedelta(days=30)) == {("too_long", "ends_at")}
    assert refused(until=NOW - HOUR) == {("ends_before_start", "ends_at")}
    assert refused(ends_at=None) == {("required", "ends_at")}
    assert refused(reason="") == {("required", "reason")}


def test_only_managers_mute_and_only_their_own_estates(house: None) -> None:
    body = {
        "name": {"zh": "静音"},
        "estate": cast.ESTATE,
        "starts_at": NOW.isoformat(),
        "ends_at": (NOW + HOUR).isoformat(),
        "reason": "停电",
    }
    content.create("mute", "m", body, actor=cast.supervisor(), now=NOW)
    with pytest.raises(Forbidden):
        content.publish("mute", "m", actor=cast.supervisor(), now=NOW)
    with pytest.raises(NotFound):
        content.publish("mute", "m", actor=cast.stranger(), now=NOW)
    assert mutes.active(NOW) == []
    content.publish("mute", "m", actor=cast.manager(), now=NOW)
    assert [each.code for each in mutes.active(NOW)] == ["m"]
    assert mutes.active(NOW + HOUR) == []


def test_a_clock_that_was_never_muted_is_as_it_was(house: None) -> None:
    request = asked()
    clock = again(request).clocks[0]
    assert "muted_until" not in clock
    assert [each.key for each in due_steps(clock, CHAIN, NOW + 2 * HOUR)] == ["1", "2"]


@pytest.mark.parametrize(
    ("place", "is_muted"), [("B1", True), ("B1 机房", True), ("B1-2", True), ("B12", False), ("A1", False)]
)
def test_a_mute_of_one_place_does_not_silence_another_whose_name_goes_on_with_digits(
    house: None, place: str, is_muted: bool
) -> None:
    muted(place="B1")
    assert (mutes.covering(mutes.active(NOW), {"estate": cast.ESTATE, "place": place}) is not None) == is_muted


@pytest.mark.parametrize("values", [{"starts_at": "soon"}, {"ends_at": 7}, {"place": 7}])
def test_a_torn_mute_silences_nobody_and_stops_no_other(house: None, values: dict[str, Any]) -> None:
    muted(code="whole")
    muted(code="torn")
    Revision._get_collection().update_one(
        {"code": "torn"}, {"$set": {f"body.{name}": value for name, value in values.items()}}
    )
    assert [each.code for each in mutes.active(NOW)] == ["whole"]
