"""Whom the targets of an escalation stand for."""

from datetime import timedelta
from typing import Any

import pytest

from store import directory
from store.actor import SYSTEM
from store.people.operations import Directory, resolve_targets
from tests import cast

# Ten in the morning: `guard` has the day, `guard-2` the night.
NOON = cast.NOW
MIDNIGHT = cast.NOW + timedelta(hours=14)


@pytest.fixture
def people(database: Any) -> Directory:
    cast.make_company()
    cast.make_roster()
    return Directory.load()


def told(people: Directory, kind: str, ref: str | None = None, **changes: Any) -> list[str]:
    given = {"estate": cast.ESTATE, "moment": NOON, "assignee": "guard", "department": "security", **changes}
    return people.recipients({"kind": kind, "ref": ref}, **given)


def test_the_assignee_is_himself(people: Directory) -> None:
    assert told(people, "assignee") == ["guard"]


def test_without_an_assignee_nobody_is_told(people: Directory) -> None:
    assert told(people, "assignee", assignee=None) == []


def test_the_supervisor_is_the_lead_of_the_department(people: Directory) -> None:
    assert told(people, "supervisor") == ["security-lead"]


def test_the_supervisor_of_unassigned_work_is_the_lead_of_its_department(people: Directory) -> None:
    assert told(people, "supervisor", assignee=None, department="repair") == ["repair-lead"]


def test_unassigned_work_of_no_department_goes_to_every_supervisor_of_the_estate(people: Directory) -> None:
    assert told(people, "supervisor", assignee=None, department=None) == ["repair-lead", "security-lead"]


def test_a_supervisor_of_his_own_comes_before_the_lead(database: Any) -> None:
    cast.make_company()
    values = directory.get("staff", "guard", SYSTEM).values()
    directory.update("staff", "guard", {**values, "supervisor": "repair-lead"}, actor=SYSTEM, now=cast.NOW)
    assert told(Directory.load(), "supervisor") == ["repair-lead"]


def test_nobody_supervises_himself(people: Directory) -> None:
    assert told(people, "supervisor", assignee="security-lead") == []


def test_a_role_is_everybody_who_has_it_and_sees_the_estate(people: Directory) -> None:
    assert told(people, "role", "manager") == ["manager"]
    assert told(people, "role", "manager", estate=cast.OTHER_ESTATE) == ["manager", "stranger"]


def test_a_department_is_its_head(people: Directory) -> None:
    assert told(people, "department", "repair") == ["repair-lead"]


def test_a_head_who_does_not_see_the_estate_is_not_told(people: Directory) -> None:
    assert told(people, "department", "repair", estate=cast.OTHER_ESTATE) == []


def test_whoever_is_on_duty_changes_with_the_hour(people: Directory) -> None:
    assert told(people, "on_duty", "security") == ["guard"]
    assert told(people, "on_duty", "security", moment=MIDNIGHT) == ["guard-2"]
    assert told(people, "on_duty", "sunshine-guards", moment=MIDNIGHT) == ["guard-2"]


def test_nobody_of_another_department_or_estate_is_on_duty(people: Directory) -> None:
    assert told(people, "on_duty", "repair") == []
    assert told(people, "on_duty", "security", estate=cast.OTHER_ESTATE) == []


def test_an_answer_is_kept_but_not_for_another_hour(people: Directory) -> None:
    assert told(people, "on_duty", "security") == told(
        people, "on_duty", "security", moment=NOON + timedelta(seconds=30)
    )
    assert told(people, "on_duty", "security", moment=MIDNIGHT) != told(people, "on_duty", "security")


def test_an_answer_cannot_be_changed_by_who_got_it(people: Directory) -> None:
    told(people, "role", "manager").append("somebody")
    assert told(people, "role", "manager") == ["manager"]


def test_somebody_who_left_is_never_told(database: Any) -> None:
    cast.make_company()
    directory.set_active("staff", "guard", False, actor=SYSTEM, now=cast.NOW)
    people = Directory.load()
    assert told(people, "assignee") == []
    assert told(people, "staff", "guard") == []
    assert people.name("guard") == "guard"


def test_each_is_told_once_in_the_order_of_the_targets(people: Directory) -> None:
    targets = [{"kind": "supervisor"}, {"kind": "assignee"}, {"kind": "staff", "ref": "security-lead"}]
    given: dict[str, Any] = {"estate": cast.ESTATE, "moment": NOON, "directory": people, "assignee": "guard"}
    assert resolve_targets(targets, **given) == ["security-lead", "guard"]


def test_names_and_zones_come_from_the_snapshot(people: Directory) -> None:
    assert people.name("guard") == "卫安朗"
    assert people.timezone(cast.ESTATE) == "Asia/Shanghai"
    assert people.timezone("nowhere") == "Asia/Shanghai"


def test_a_channel_stands_for_its_group_where_it_is_active_and_seen(people: Directory) -> None:
    cast.make_entry("channel", "guards-group", {"name": "保安群", "url": "wecombot://key", "estate": cast.ESTATE})
    target = {"kind": "channel", "ref": "guards-group"}
    directory = Directory.load()
    assert directory.recipients(target, cast.ESTATE, cast.NOW) == ["channel:guards-group"]
    assert directory.recipients(target, cast.OTHER_ESTATE, cast.NOW) == []
    assert directory.recipients({"kind": "channel", "ref": "absent"}, cast.ESTATE, cast.NOW) == []
