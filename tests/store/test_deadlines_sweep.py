"""The deadline engine on real records: who is told what, once, in time (clauses 3.5, 4.3, 6.2)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from store.deadlines import operations as deadlines
from store.health.documents import BadRecord
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.work import operations as work
from store.work import rounds
from store.work.documents import WorkOrder
from tests import cast

MINUTE = timedelta(minutes=1)
COMPLAINT_CHAIN = {
    "name": {"zh": "投诉升级"},
    "steps": [
        {"offset_minutes": -30, "action": "notify", "targets": [{"kind": "assignee"}]},
        {"offset_minutes": 30, "action": "notify", "targets": [{"kind": "department", "ref": "repair"}]},
        {"offset_minutes": 120, "action": "raise_priority", "targets": [{"kind": "role", "ref": "manager"}]},
    ],
    "acknowledge_minutes": 60,
}
ITEM = {
    "name": {"zh": "噪音投诉"},
    "category": "reception",
    "kinds": ["complaint"],
    "urgency": "normal",
    "clause": "6.2",
    "response_minutes": 240,
    "escalation": "complaint-chain",
    "department": "repair",
    "makes_work_order": False,
}


@pytest.fixture
def complaint(database):
    cast.make_company()
    cast.publish("escalation_policy", "complaint-chain", COMPLAINT_CHAIN, cast.LONG_AGO)
    cast.publish("service_category", "reception", {"name": {"zh": "接待"}}, cast.LONG_AGO)
    cast.publish("service_item", "noise", ITEM, cast.LONG_AGO)
    values = {"estate": cast.ESTATE, "kind": "complaint", "item": "noise", "channel": "desk", "words": "楼上太吵"}
    request = requests.create(values, actor=cast.desk(), now=cast.NOW)
    return requests.assign(request.pk, to="repairer", actor=cast.desk(), now=cast.NOW)


def due(request):
    return request.clocks[0]["due_at"]


def told():
    """(recipients, step) of every escalation so far."""
    request = ServiceRequest.objects.get()
    return [(e.to_notify[0]["to"], e.detail["step"]) for e in request.events if e.verb == "escalate" and e.to_notify]


def test_nobody_is_told_a_millisecond_before_the_warning(complaint):
    deadlines.sweep(due(complaint) - 30 * MINUTE - timedelta(milliseconds=1))
    assert told() == []
    deadlines.sweep(due(complaint) - 30 * MINUTE)
    assert told() == [(["repairer"], "1")]


def test_a_complaint_left_alone_passes_warning_first_and_second_step(complaint):
    for minutes in (-30, 30, 120):
        deadlines.sweep(due(complaint) + minutes * MINUTE)
    assert told() == [(["repairer"], "1"), (["repair-lead"], "2"), (["manager"], "3")]
    assert ServiceRequest.objects.get().priority == 2


def test_sweeping_twice_tells_nobody_twice(complaint):
    for _ in range(3):
        deadlines.sweep(due(complaint) + 30 * MINUTE)
    assert [step for _, step in told()] == ["1", "2"]


def test_eight_sweeps_at_once_tell_each_step_once(complaint):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: deadlines.sweep(due(complaint) + 30 * MINUTE), range(8)))
    assert [step for _, step in told()] == ["1", "2"]


def test_what_comes_late_says_how_late(complaint):
    deadlines.sweep(due(complaint) + 47 * MINUTE)
    events = [e for e in ServiceRequest.objects.get().events if e.verb == "escalate"]
    assert [e.detail["late_minutes"] for e in events] == [77, 17]


def test_an_acknowledgement_stops_the_chain_and_its_time_out_starts_it_again(complaint):
    deadlines.sweep(due(complaint) + 30 * MINUTE)
    at = due(complaint) + 100 * MINUTE
    requests.acknowledge(complaint.pk, actor=cast.desk(), now=at)
    deadlines.sweep(at + 60 * MINUTE - timedelta(milliseconds=1))
    assert [step for _, step in told()] == ["1", "2"]
    deadlines.sweep(at + 60 * MINUTE)
    assert [step for _, step in told()] == ["1", "2", "2#a1", "3"]


def with_chain(*steps):
    """A complaint under another chain: [(minutes after due, action, target)]."""
    rows = [{"offset_minutes": after, "action": action, "targets": [target]} for after, action, target in steps]
    cast.publish("escalation_policy", "complaint-chain", {**COMPLAINT_CHAIN, "steps": rows}, cast.NOW)
    values = {"estate": cast.ESTATE, "kind": "complaint", "item": "noise", "channel": "desk", "words": "楼上太吵"}
    return requests.create(values, actor=cast.desk(), now=cast.NOW)


@pytest.mark.parametrize("sweeps", [(10, 20), (20,)], ids=["in time", "both at once"])
def test_a_priority_that_is_raised_twice_is_two_higher_however_late_the_sweep(complaint, sweeps):
    manager = {"kind": "role", "ref": "manager"}
    request = with_chain((10, "raise_priority", manager), (20, "raise_priority", manager))
    for minutes in sweeps:
        deadlines.sweep(due(request) + minutes * MINUTE)
    assert ServiceRequest.objects.get(pk=request.pk).priority == 1


@pytest.mark.parametrize("sweeps", [(10, 20), (20,)], ids=["in time", "both at once"])
def test_after_a_reassignment_the_assignee_is_the_new_one_however_late_the_sweep(complaint, sweeps):
    lead = {"kind": "staff", "ref": "repair-lead"}
    request = with_chain((10, "reassign", lead), (20, "notify", {"kind": "assignee"}))
    requests.assign(request.pk, to="repairer", actor=cast.desk(), now=cast.NOW)
    for minutes in sweeps:
        deadlines.sweep(due(request) + minutes * MINUTE)
    found = ServiceRequest.objects.get(pk=request.pk)
    told = [event.to_notify[0]["to"] for event in found.events if event.verb == "escalate"]
    assert (found.assignee, told) == ("repair-lead", [["repair-lead"], ["repair-lead"]])


def test_what_is_answered_and_closed_tells_nobody_any_more(complaint):
    requests.answer(complaint.pk, text="已与楼上沟通", actor=cast.desk(), now=cast.NOW + 5 * MINUTE)
    requests.close(complaint.pk, outcome="不再吵闹", actor=cast.desk(), now=cast.NOW + 6 * MINUTE)
    deadlines.sweep(due(complaint) + timedelta(days=9))
    assert told() == []
    assert ServiceRequest.objects.get().next_check_at is None


def test_a_record_that_cannot_be_computed_is_put_aside_and_the_others_go_on(complaint):
    bad = {"estate": cast.ESTATE, "number": "R-X", "state": "open", "version": 1, "next_check_at": cast.NOW}
    ServiceRequest._get_collection().insert_one({**bad, "clocks": [{"name": "broken", "stopped_at": None}]})
    now = due(complaint) - 30 * MINUTE
    deadlines.sweep(now)
    aside = ServiceRequest._get_collection().find_one({"number": "R-X"})
    assert aside["next_check_at"] == now + timedelta(hours=1)
    assert BadRecord.objects.get().about["number"] == "R-X"
    assert ServiceRequest._get_collection().find_one({"number": complaint.number})["clocks"][0]["steps"]


@pytest.fixture
def round_at_ten(database):
    """A round of three checkpoints from cast.NOW on, closing at +15, +20 and +25 minutes."""
    cast.make_company()
    points = [
        {
            "code": f"p{n}",
            "name": {"zh": f"{n} 号点", "en": f"Point {n}"},
            "opens_at": cast.NOW + (n * 5 - 10) * MINUTE,
            "closes_at": cast.NOW + (n * 5 + 10) * MINUTE,
            "state": "pending",
        }
        for n in (1, 2, 3)
    ]
    values: dict[str, Any] = {"estate": cast.ESTATE, "key": "round", "kind": "patrol", "title": "巡更", "state": "open"}
    values |= {"checkpoints": points, "team": ["guard"], "department": "security", "clocks": [], "source": {}}
    work.make([values], actor=cast.manager(), now=cast.NOW, timezone="Asia/Shanghai")
    return WorkOrder.objects.get()


def scan(order, code, minutes):
    now = cast.NOW + minutes * MINUTE
    return rounds.scan(order.pk, checkpoint=code, method="qr", actor=cast.guard(), now=now)


def test_a_missed_checkpoint_is_named_to_the_supervisor_when_its_window_has_ended(round_at_ten):
    scan(round_at_ten, "p1", 5)
    deadlines.sweep(cast.NOW + 20 * MINUTE - timedelta(milliseconds=1))
    assert WorkOrder.objects.get().missed_count == 0
    deadlines.sweep(cast.NOW + 20 * MINUTE)
    order = WorkOrder.objects.get()
    missed = next(event for event in order.events if event.verb == "checkpoint_missed")
    assert missed.detail["checkpoints"] == ["p2"]
    assert missed.to_notify[0]["to"] == ["security-lead"]
    assert missed.to_notify[0]["params"]["checkpoints"]["zh"] == "2 号点"
    assert [each["state"] for each in order.checkpoints] == ["done", "missed", "pending"]


def test_a_round_that_nobody_walked_is_missed_as_a_whole(round_at_ten):
    deadlines.sweep(cast.NOW + 25 * MINUTE)
    order = WorkOrder.objects.get()
    assert (order.state, order.missed_count, order.next_check_at) == ("missed", 3, None)


def test_the_last_scan_finishes_the_round(round_at_ten):
    for n in (1, 2, 3):
        order = scan(round_at_ten, f"p{n}", n * 5)
    assert (order.state, order.proven, order.next_check_at) == ("done", True, None)


def test_a_scan_and_a_sweep_at_the_same_moment_never_both_win(round_at_ten):
    scan(round_at_ten, "p1", 5)
    at = 20

    def late_scan():
        try:
            return scan(round_at_ten, "p2", at)
        except Exception as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(late_scan), *(pool.submit(deadlines.sweep, cast.NOW + at * MINUTE) for _ in range(3))]
        [job.result() for job in jobs]
    point = WorkOrder.objects.get().checkpoints[1]
    named = [
        e for e in WorkOrder.objects.get().events if e.verb == "checkpoint_missed" and "p2" in e.detail["checkpoints"]
    ]
    # The closing moment is in time: if the sweep was first, the scan has corrected it.
    assert (point["state"], len(named)) == ("done", 1 if point.get("reported_late") else 0)
