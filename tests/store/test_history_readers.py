"""Whoever needs an event of long ago finds it, although it has left its record."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from seeds.loader import _touched
from seeds.report import _incidents
from store import attempts
from store.actor import SYSTEM, TabletEntry
from store.content.documents import Content
from store.errors import Conflict, Recorded
from store.incidents.alarmed import alarmed
from store.incidents.documents import Incident
from store.notices.readers import intents_of
from store.notices.residents import answer_of
from store.parts import LONG, count_of, part_of, some_of
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.versioned import Change, commit, events_of
from store.work import operations as work
from store.work.documents import WorkOrder
from store.work.rounds import _paused_at
from tests import cast
from tests.store.backup_samples import back_up, own_database, put_back
from tests.store.long_history import grown
from tests.store.tablets import Tablet, codes, results

NOW = cast.NOW


@pytest.fixture
def order(database: Any) -> WorkOrder:
    cast.make_company()
    values: dict[str, Any] = {"estate": cast.ESTATE, "key": "k", "kind": "cleaning", "state": "open", "clocks": []}
    values |= {"title": "楼道检查", "priority": 3, "source": {}, "team": ["cleaner"]}
    work.make([values], actor=cast.manager(), now=NOW, timezone="Asia/Shanghai")
    found: WorkOrder = WorkOrder.objects.get(key="k")
    return found


def test_an_entry_of_a_tablet_acts_once_however_long_ago_it_has_acted(order: WorkOrder) -> None:
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "supplement", note="拖过了")
    assert results(tablet.send()) == ["applied"]
    after = grown(WorkOrder.objects.get(pk=order.pk))
    assert min(event.n for event in after.events) > 2
    assert results(tablet.send()) == ["applied"]
    assert WorkOrder.objects.get(pk=order.pk).version == after.version


def test_a_verb_ends_where_the_entry_has_acted_long_ago(order: WorkOrder) -> None:
    tablet = Tablet(cast.cleaner())
    entry = tablet.record(order, "supplement", note="拖过了")
    tablet.send()
    grown(WorkOrder.objects.get(pk=order.pk))
    with pytest.raises(Recorded):
        work.start(order.pk, actor=cast.cleaner(entry=TabletEntry(entry["id"])), now=NOW)


def test_what_others_did_since_an_entry_was_made_is_judged_wherever_it_stands(order: WorkOrder) -> None:
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "start")
    work.cancel(order.pk, reason="停水", actor=cast.manager(), now=NOW)
    grown(WorkOrder.objects.get(pk=order.pk))
    assert codes(tablet.send()) == ["changed_meanwhile"]


def test_a_pause_of_long_ago_is_when_it_was(order: WorkOrder) -> None:
    work.start(order.pk, actor=cast.cleaner(), now=NOW)
    paused = NOW + timedelta(minutes=20)
    work.pause(order.pk, reason="等料", actor=cast.cleaner(), now=paused)
    assert _paused_at(grown(WorkOrder.objects.get(pk=order.pk))) == paused


def test_whoever_saw_an_old_version_is_shown_all_that_was_done_since(order: WorkOrder) -> None:
    after = grown(order)
    with pytest.raises(Conflict) as refused:
        work.assign(order.pk, to="cleaner", actor=cast.manager(), now=NOW, seen=1)
    assert [each["n"] for each in refused.value.details["theirs"]] == list(range(2, after.version + 1))


def test_who_was_alarmed_long_ago_is_told_of_the_end(order: WorkOrder) -> None:
    incident = Incident(estate=cast.ESTATE, number="I-1", state="running", kind="fire", key="i", started_by="desk")
    incident.save()
    told = {"template": "overdue", "to": ["guard"], "params": {}}
    first = commit(Incident.objects.get(pk=incident.pk), Change("start", notify=[told]), actor=SYSTEM, now=NOW)
    after = grown(Incident.objects.get(pk=first.pk))
    assert "guard" not in str([event.to_notify for event in after.events])
    assert "guard" in alarmed(after)


def test_the_intent_behind_a_notice_of_long_ago_is_found(order: WorkOrder) -> None:
    told = {"template": "overdue", "to": [], "channels": ["group"], "params": {}}
    changed = commit(order, Change("escalate", notify=[told]), actor=SYSTEM, now=NOW)
    grown(WorkOrder.objects.get(pk=changed.pk))
    assert intents_of({"kind": "work_order", "id": str(order.pk), "event": 2}) == [told]


def test_an_answer_of_long_ago_is_written_into_its_letter(order: WorkOrder) -> None:
    item: dict[str, Any] = {"name": {"zh": "噪音"}, "category": "noise", "kinds": ["complaint"], "urgency": "normal"}
    item |= {"clause": "6.1", "response_minutes": 30, "resolve_minutes": 1440, "department": "repair"}
    cast.publish("service_category", "noise", {"name": {"zh": "噪音"}})
    cast.publish("service_item", "noise", item)
    values = {"estate": cast.ESTATE, "kind": "complaint", "channel": "phone", "words": "噪音", "item": "noise"}
    made = requests.create(values, actor=cast.manager(), now=NOW)
    requests.accept(made.pk, actor=cast.manager(), now=NOW)
    answered = requests.answer(made.pk, text="已处理", actor=cast.manager(), now=NOW)
    number = answered.version
    grown(ServiceRequest.objects.get(pk=made.pk))
    assert answer_of(str(made.pk), number) == "已处理"


def test_an_attempt_of_a_program_is_found_by_what_it_wrote(order: WorkOrder) -> None:
    changed = commit(order, Change("note"), actor=cast.manager(attempt="token:1"), now=NOW)
    grown(changed)
    found = attempts.trace_of("token:1", NOW, ["k"])
    assert found is not None
    assert found.pk == order.pk
    assert attempts.trace_of("token:1", NOW + timedelta(days=1), ["k"]) is None


def test_an_attempt_of_a_program_is_found_without_reading_the_whole_history(order: WorkOrder, database: Any) -> None:
    grown(commit(order, Change("note"), actor=cast.manager(attempt="token:1"), now=NOW))
    database.command({"profile": 2})
    try:
        assert attempts.trace_of("token:1", NOW, []) is not None
    finally:
        database.command({"profile": 0})
        asked = list(database["system.profile"].find({"ns": f"{database.name}.history"}))
        database.drop_collection("system.profile")
    assert [each["docsExamined"] for each in asked] == [1]


def test_what_a_person_changed_long_ago_is_not_seeded_over(database: Any) -> None:
    head = cast.publish("service_category", "repair", {"name": {"zh": "维修"}})
    head = commit(Content.objects.get(pk=head.pk), Change("save"), actor=cast.manager(), now=NOW)
    for _ in range(200):
        head = commit(head, Change("warn_missing"), actor=SYSTEM, now=NOW)
    assert all(event.actor == SYSTEM.code for event in head.events)
    assert _touched(events_of(head))


def test_a_step_that_escalated_long_ago_is_counted(order: WorkOrder) -> None:
    WorkOrder.objects(pk=order.pk).update(kind="incident_step")
    escalated = commit(WorkOrder.objects.get(pk=order.pk), Change("escalate"), actor=SYSTEM, now=NOW)
    grown(escalated)
    assert _incidents() == {"steps": 1, "escalated": 1}


def test_parts_follow_one_another_without_a_gap(order: WorkOrder) -> None:
    order = grown(order, 700)
    part, found = part_of(order), list[int]()
    while True:
        found = [*(event.n for event in part.events), *found]
        if part.older is None:
            break
        part = part_of(order, part.older)
        assert len(part.events) <= LONG
    assert found == list(range(1, order.version + 1))
    assert count_of(order) == order.version


@pytest.mark.parametrize("newest", [True, False])
@pytest.mark.parametrize("bounds", [{}, {"above": 90}, {"below": 110}, {"above": 30, "below": 40}, {"below": 1}])
def test_some_events_are_those_that_all_would_show(order: WorkOrder, newest: bool, bounds: dict[str, int]) -> None:
    order = grown(order, 200)
    wanted = [n for n in range(1, 202) if bounds.get("above", 0) < n < bounds.get("below", 999)]
    for most in (1, 20, 120, 500):
        found = [event.n for event in some_of(order, **bounds, most=most, newest=newest)]
        assert found == (wanted[-most:] if newest else wanted[:most])


def test_a_backup_carries_the_history(order: WorkOrder, database: Any, tmp_path: Path) -> None:
    grown(order)
    back_up(database, tmp_path / "anju.zip")
    for target in own_database(database, "backup_target"):
        put_back(target, tmp_path / "anju.zip")
        assert list(target["history"].find().sort("_id", 1)) == list(database["history"].find().sort("_id", 1))
        restored = target["work_orders"].find_one({"_id": order.pk}) or {}
        assert restored["in_history"] == target["history"].count_documents({"record": order.pk})


@pytest.mark.parametrize("seen", [-1, 0])
def test_a_version_that_never_was_is_shown_all(order: WorkOrder, seen: int) -> None:
    assert [event.n for event in events_of(order, above=seen)] == [1]
    order = grown(order)
    assert [event.n for event in events_of(order, above=seen)] == list(range(1, order.version + 1))
