"""Tablets: what an enrolment must say, and which reports are worth a write."""

from datetime import timedelta
from typing import Any

import pytest

from store.devices import rules
from store.devices.rules import Report
from tests.cast import NOW

CODE = "3f1f2a52-6f0b-4d6e-9b8e-2d9a1c5b7e10"


def device(**changes: Any) -> dict[str, Any]:
    row = {"code": "guard", "last_contact": NOW, "unsent": 3}
    values = {"code": CODE, "state": "active", "people": [row], "last_contact": NOW, "app_version": "1.0"}
    return {**values, "clock_offset_ms": 400, "run": "a", **changes}


@pytest.mark.parametrize("code", ["", "x", CODE.upper(), "{" + CODE + "}", CODE.replace("-", ""), None, 7, {"$ne": 1}])
def test_a_device_names_itself_by_a_uuid_in_its_usual_spelling(code: Any) -> None:
    assert [each.field for each in rules.check_enrolment(code, "平板")] == ["device"]


@pytest.mark.parametrize("name", ["", "  ", "长" * 41, None, ["a"]])
def test_a_device_has_a_short_name(name: Any) -> None:
    assert [each.field for each in rules.check_enrolment(CODE, name)] == ["name"]


def test_the_same_report_within_a_minute_is_not_written() -> None:
    same = Report(app_version="1.0", unsent=3, clock_offset_ms=900, run="a")
    assert rules.changes(device(), "guard", same, NOW + timedelta(seconds=59)) == {}
    after = NOW + timedelta(minutes=1)
    assert rules.changes(device(), "guard", same, after) == {"last_contact": after, "people.$.last_contact": after}


@pytest.mark.parametrize(
    ("report", "changed"),
    [
        (Report(unsent=4), {"people.$.unsent": 4}),
        (Report(unsent=0), {"people.$.unsent": 0}),
        (Report(app_version="1.1"), {"app_version": "1.1"}),
        (Report(persisted=False), {"persisted": False}),
        (Report(run="b"), {"run": "b", "restarts": 1}),
        (Report(clock_offset_ms=90_000), {"clock_offset_ms": 90_000, "clock_jumps": 1}),
    ],
)
def test_a_figure_that_changed_is_written_at_once(report: Report, changed: dict[str, Any]) -> None:
    now = NOW + timedelta(seconds=1)
    assert rules.changes(device(), "guard", report, now) == {
        **changed,
        "last_contact": now,
        "people.$.last_contact": now,
    }


def test_the_first_run_and_the_first_offset_are_neither_a_restart_nor_a_jump() -> None:
    fresh = {"code": CODE, "state": "active", "people": [{"code": "guard"}]}
    changed = rules.changes(fresh, "guard", Report(run="a", clock_offset_ms=-5_000), NOW)
    assert "restarts" not in changed
    assert "clock_jumps" not in changed


def test_a_clock_that_is_wrong_by_centuries_is_still_a_number() -> None:
    assert rules.offset_ms(NOW.replace(year=9000), NOW) == rules.LARGEST_OFFSET_MS
    assert rules.offset_ms(NOW - timedelta(days=365), NOW) == -365 * 86_400_000


def test_only_a_tablet_in_use_with_entries_of_its_own_is_silent() -> None:
    later = NOW + rules.SILENT_AFTER + timedelta(seconds=1)
    assert rules.is_silent(device(), later)
    assert not rules.is_silent(device(), NOW + rules.SILENT_AFTER)
    assert not rules.is_silent(device(people=[{"code": "guard", "unsent": 0}]), later)
    assert not rules.is_silent(device(state="revoked"), later)
