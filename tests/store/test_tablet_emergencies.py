"""An emergency on a tablet: it is heard of within seconds, its words are on the step, and a call for help is answered."""

from datetime import timedelta
from typing import Any

import pytest

from store.incidents import operations as incidents
from store.incidents.documents import Incident
from store.notices.documents import Notice
from store.tablet.alarm import alarm_mark
from store.tablet.bundle import bundle
from store.tablet.documents import Attendance, ShiftHandover
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.emergency_plans import publish_plan, relayed
from tests.store.tablets import Tablet, codes, results

MINUTE = timedelta(minutes=1)
FIRE = {"estate": cast.ESTATE, "plan": "fire", "place": "3号楼12层", "words": "12层冒烟，有老人"}
HASH = "a" * 64


@pytest.fixture(autouse=True)
def plan(database: Any) -> None:
    publish_plan()


def ask(who: Any = None, now: Any = cast.NOW) -> dict[str, Any]:
    return bundle(cast.TABLET, who or cast.guard(), now=now)


def test_the_mark_changes_for_who_has_a_step_and_for_nobody_else() -> None:
    before = {who.code: alarm_mark(who) for who in (cast.guard(), cast.gardener())}
    incidents.start(FIRE, actor=cast.desk(), now=cast.NOW)
    relayed(cast.NOW)
    assert alarm_mark(cast.guard()) != before["guard"]
    assert alarm_mark(cast.gardener()) == before["gardener"]


def test_the_words_of_an_emergency_are_on_its_steps() -> None:
    incident = incidents.start(FIRE, actor=cast.desk(), now=cast.NOW)
    relayed(cast.NOW)
    [step] = [each for each in ask()["orders"] if each["kind"] == "incident_step" and each["assignee"] == "guard"]
    assert step["incident"] == {"number": incident.number, "words": FIRE["words"], "started_by": "desk"}


def call(tablet: Tablet, **body: Any) -> Incident:
    tablet.record(cast.ESTATE, "call_for_help", place="东门岗亭", **body)
    assert results(tablet.send()) == ["applied"]
    return Incident.objects.get(kind="help")


def test_a_call_for_help_tells_who_is_on_duty_and_the_leads_but_not_the_caller() -> None:
    incident = call(Tablet(cast.guard()), words="有人持刀")
    relayed(cast.NOW)
    [order] = WorkOrder.objects(kind="incident_step")
    assert "security-lead" in order.team
    assert "guard" not in order.team
    assert (order.title, order.place, order.priority) == ("【应急】前去支援卫安朗 · 紧急求助", "东门岗亭", 1)
    assert order.clocks
    assert order.title_en == "[Emergency] Go and help 卫安朗 · Call for help"
    assert set(order.team) <= {each.recipient for each in Notice.objects}
    # Words may name people: they are on the step, and in no title.
    assert "持刀" not in order.title + incident.title


def test_the_caller_is_shown_who_comes() -> None:
    tablet = Tablet(cast.guard())
    incident = call(tablet)
    relayed(cast.NOW)
    [told] = ask()["calls"]
    assert (told["id"], told["state"], told["by"], told["received_at"]) == (incident.key, "open", None, None)
    assert told["told"] == len(incident.roles[0]["people"]) > 0
    before = alarm_mark(cast.guard())
    [order] = WorkOrder.objects(kind="incident_step")
    work.start(order.pk, actor=cast.supervisor(), now=cast.NOW + MINUTE)
    relayed(cast.NOW + MINUTE)
    [received] = ask(now=cast.NOW + MINUTE)["calls"]
    assert received["by"]["zh"] == "褚安毅"
    assert received["received_at"] == cast.NOW + MINUTE
    assert alarm_mark(cast.guard()) != before


def test_a_call_that_is_sent_twice_is_one() -> None:
    tablet = Tablet(cast.guard())
    call(tablet)
    assert results(tablet.send(cast.NOW + MINUTE)) == ["applied"]
    assert Incident.objects.count() == 1


def test_two_people_may_need_help_at_once() -> None:
    call(Tablet(cast.guard()))
    other = Tablet(cast.second_guard())
    other.record(cast.ESTATE, "call_for_help")
    assert results(other.send()) == ["applied"]
    assert Incident.objects.count() == 2


def test_a_call_ends_as_every_incident_does() -> None:
    incident = call(Tablet(cast.guard()))
    relayed(cast.NOW)
    ended = incidents.cancel(incident.pk, reason="误按", actor=cast.supervisor(), now=cast.NOW + MINUTE)
    assert ended.state == "cancelled"
    assert ask(now=cast.NOW + MINUTE)["calls"][0]["state"] == "cancelled"


def test_a_plan_is_started_from_a_tablet_once_and_a_second_start_names_the_first() -> None:
    assert {each["code"] for each in ask()["plans"]} == {"fire"}
    tablet = Tablet(cast.guard())
    for _ in range(2):
        tablet.record(cast.ESTATE, "start_plan", plan="fire", place="3号楼")
    receipt = tablet.send()
    assert results(receipt) == ["applied", "refused"]
    assert codes(receipt)[1] == "already_running"
    incident = Incident.objects.get()
    assert incident.number in str(receipt.outcomes[1]["words"])
    assert results(tablet.send()) == ["applied", "refused"]
    assert Incident.objects.count() == 1


def test_what_was_handed_over_reaches_the_successor_until_he_has_read_it() -> None:
    leaving = Tablet(cast.guard())
    signed: dict[str, Any] = {"signature": HASH, "counter_signature": "b" * 64}
    leaving.record(cast.ESTATE, "hand_over_shift", to="guard-2", note="水泵房钥匙在三号柜", open=[], **signed)
    assert results(leaving.send()) == ["applied"]
    [note] = ask(cast.second_guard())["handovers"]
    assert (note["note"], note["handed_by"]["zh"], note["open"]) == ("水泵房钥匙在三号柜", "卫安朗", 0)
    assert ask(cast.cleaner())["handovers"] == []
    stranger, successor = Tablet(cast.cleaner()), Tablet(cast.second_guard())
    stranger.record(cast.ESTATE, "read_handover", handover=note["id"])
    assert results(stranger.send()) == ["refused"]
    successor.record(cast.ESTATE, "read_handover", handover=note["id"])
    assert results(successor.send(cast.NOW + MINUTE)) == ["applied"]
    assert ask(cast.second_guard(), cast.NOW + MINUTE)["handovers"] == []
    assert ShiftHandover.objects.get().read_at is not None


def test_coming_and_going_are_kept_at_the_moment_when_they_were_said() -> None:
    tablet = Tablet(cast.guard())
    tablet.record(cast.ESTATE, "clock", direction="in")
    tablet.record(cast.ESTATE, "clock", cast.NOW + MINUTE, direction="out")
    assert results(tablet.send(cast.NOW + 60 * MINUTE)) == ["applied", "applied"]
    assert [(each.direction, each.at) for each in Attendance.objects.order_by("at")] == [
        ("in", cast.NOW),
        ("out", cast.NOW + MINUTE),
    ]
    assert ask(now=cast.NOW + 60 * MINUTE)["attendance"]["clocked"]["direction"] == "out"


def test_a_tablet_shows_the_shifts_of_its_person_only() -> None:
    cast.make_roster(now=cast.LONG_AGO)
    mine = ask()["attendance"]["shifts"]
    assert mine
    assert all(each["start"] < each["end"] for each in mine)
    assert mine == sorted(mine, key=lambda each: each["start"])
    assert ask(cast.cleaner())["attendance"]["shifts"] == []
