"""Enrolling, renaming and revoking tablets; what they report of themselves."""

from datetime import timedelta
from typing import Any

import pytest

from store.devices import operations as devices
from store.devices.documents import Device
from store.devices.rules import Report
from store.errors import Conflict, Forbidden, Invalid, NotFound, RuleBroken
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.usefixtures("database")
CODE = "3f1f2a52-6f0b-4d6e-9b8e-2d9a1c5b7e10"


def enrol(who: Any = None, name: str = "巡更平板 1") -> Device:
    return devices.enrol(CODE, name, actor=who or cast.guard(), now=NOW)


def stored() -> dict[str, Any]:
    return Device.objects.get(code=CODE).to_mongo().to_dict()


def test_the_first_enrolment_names_the_tablet_and_says_where_it_works() -> None:
    enrol()
    device = enrol(cast.second_guard(), "另一个名字")
    assert device.name == "巡更平板 1"
    assert device.estates == [cast.ESTATE]
    assert [each["code"] for each in device.people] == ["guard", "guard-2"]
    assert [(each.verb, each.actor) for each in stored_events()] == [("enrol", "guard"), ("enrol", "guard-2")]


def stored_events() -> list[Any]:
    return list(Device.objects.get(code=CODE).events)


def test_enrolling_again_keeps_what_is_known_to_be_unsent() -> None:
    enrol()
    devices.report_contact(stored(), "guard", Report(unsent=5), now=NOW)
    enrol()
    assert [each["unsent"] for each in stored()["people"]] == [5]


def test_who_may_not_work_may_not_enrol() -> None:
    with pytest.raises(Forbidden):
        enrol(cast.auditor())


def test_a_report_makes_neither_a_version_nor_an_event() -> None:
    enrol()
    before = stored()
    later = NOW + timedelta(minutes=5)
    devices.report_contact(before, "guard", Report("1.2", 7, -61_000, True, "run-1"), now=later)
    after = stored()
    assert (after["version"], after["events"]) == (before["version"], before["events"])
    assert (after["last_contact"], after["app_version"], after["clock_offset_ms"]) == (later, "1.2", -61_000)
    assert after["people"][0]["unsent"] == 7


def test_a_report_of_somebody_who_is_not_enrolled_changes_nothing() -> None:
    enrol()
    before = stored()
    devices.report_contact(before, "cleaner", Report(unsent=9), now=NOW + timedelta(hours=1))
    assert stored() == before


def test_revoking_asks_for_the_name_and_is_final() -> None:
    enrol()
    with pytest.raises(Invalid) as wrong:
        devices.revoke(CODE, name="巡更平板", actor=cast.supervisor(), now=NOW)
    assert wrong.value.field == "name"
    devices.report_contact(stored(), "guard", Report(unsent=2), now=NOW)
    device = devices.revoke(CODE, name="巡更平板 1", actor=cast.supervisor(), now=NOW)
    assert device.state == "revoked"
    assert device.events[-1].detail == {"unsent": 2}
    for again in (
        lambda: devices.revoke(CODE, name="巡更平板 1", actor=cast.supervisor(), now=NOW),
        lambda: enrol(cast.second_guard()),
    ):
        with pytest.raises(RuleBroken) as refused:
            again()
        assert refused.value.code == "device_revoked"
    before = stored()
    devices.report_contact(before, "guard", Report(unsent=1), now=NOW + timedelta(hours=1))
    assert stored() == before


def test_a_name_is_changed_by_the_office_and_kept_in_history() -> None:
    enrol()
    with pytest.raises(Forbidden):
        devices.rename(CODE, "东门平板", actor=cast.desk(), now=NOW)
    with pytest.raises(Invalid):
        devices.rename(CODE, " ", actor=cast.supervisor(), now=NOW)
    device = devices.rename(CODE, "东门平板", actor=cast.supervisor(), now=NOW, seen=1)
    assert device.events[-1].detail == {"from": "巡更平板 1", "to": "东门平板"}
    with pytest.raises(Conflict):
        devices.rename(CODE, "西门平板", actor=cast.supervisor(), now=NOW, seen=1)


def test_a_foreign_tablet_is_absent() -> None:
    enrol()
    for attempt in (
        lambda: devices.get(CODE, cast.stranger()),
        lambda: devices.revoke(CODE, name="巡更平板 1", actor=cast.stranger(), now=NOW),
        lambda: devices.rename(CODE, "我的", actor=cast.stranger(), now=NOW),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert devices.get(CODE, cast.manager()).code == CODE


def test_a_tablet_of_the_whole_company_is_shown_to_who_sees_all() -> None:
    enrol(cast.manager())
    assert devices.get(CODE, cast.auditor())
    with pytest.raises(NotFound):
        devices.get(CODE, cast.supervisor())
