"""The verbs of a roster: single days are changed, edits leave what was, and whose shift moves is told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from store import directory
from store.actor import SYSTEM
from store.errors import AnjuError, Conflict, Forbidden, Invalid, NotFound, RuleBroken
from store.people.documents import Roster
from store.people.operations import Directory
from store.people.rostering import add_exception, withdraw_exception
from store.tablet.attendance import attendance_of
from tests import cast

# Ten in the morning of Tuesday 2026-11-24; `guard` has the days and `guard-2` the nights.
NOW, DAY = cast.NOW, timedelta(days=1)
TODAY, TOMORROW, LAST_WEEK = "2026-11-24", "2026-11-25", NOW - 7 * DAY


@pytest.fixture
def roster(database: Any) -> Roster:
    cast.make_company()
    cast.make_roster()
    return found()


def found(code: str = "sunshine-guards") -> Roster:
    return Roster.objects.get(code=code)


def add(code: str = "sunshine-guards", **values: Any) -> Roster:
    return add_exception(code, values, actor=cast.manager(), now=values.pop("now", NOW))


def edit(**changes: Any) -> Any:
    values = {**found().values(), **changes}
    return directory.update("roster", "sunshine-guards", values, actor=cast.manager(), now=NOW)


def on(moment: Any) -> list[str]:
    return Directory.load().on_duty(cast.ESTATE, moment)


def told(roster: Roster) -> dict[str, Mapping[str, Any]]:
    return {each["to"][0]: each["params"]["answer"] for each in roster.events[-1].to_notify or ()}


def refusal(run: Any, *args: Any, **values: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(AnjuError) as caught:
        run(*args, **values)
    problems = getattr(caught.value, "problems", None)
    return [(each.code, each.field) for each in problems] if problems else [(caught.value.code, caught.value.field)]


def only(person: str) -> list[dict[str, Any]]:
    return [{"day": 0, "start": "07:00", "end": "19:00", "staff": [person]}]


def test_a_stand_in_for_one_day_changes_that_day_and_no_other(roster: Roster) -> None:
    cast.make_staff(cast.cleaner())
    add(kind="stand_in", staff="guard", since=TOMORROW, instead="cleaner")
    assert [on(NOW + n * DAY) for n in (-7, 0, 1, 2)] == [["guard"], ["guard"], ["cleaner"], ["guard"]]


def test_an_edit_leaves_who_was_on_duty(roster: Roster) -> None:
    edit(shifts=only("cleaner"))
    assert [on(NOW - timedelta(minutes=1)), on(NOW), on(LAST_WEEK)] == [["guard"], ["cleaner"], ["guard"]]
    edit(shifts=only("gardener"), effective_from="2026-12-01")
    assert [on(NOW + n * DAY) for n in (-7, 1, 6, 7)] == [["guard"], ["cleaner"], ["cleaner"], ["gardener"]]


def test_a_version_that_waits_is_replaced_as_if_it_had_never_been(roster: Roster) -> None:
    edit(shifts=only("cleaner"), effective_from="2026-12-01")
    edit(shifts=only("gardener"))
    assert len(found().past) == 1
    assert [on(NOW + n * DAY) for n in (1, 7)] == [["guard"], ["gardener"]]


def test_an_edit_of_the_past_is_refused_and_the_same_again_changes_nothing(roster: Roster) -> None:
    assert refusal(edit, shifts=only("cleaner"), effective_from="2026-11-20") == [("in_the_past", "effective_from")]
    first = edit(shifts=only("cleaner"))
    values = {name: value for name, value in first.values().items() if name != "effective_from"}
    again = directory.update("roster", "sunshine-guards", values, actor=SYSTEM, now=NOW + DAY)
    assert again.version == first.version
    assert again.effective_from == TODAY


def test_each_whose_shift_moves_is_told_of_his_own_and_nobody_else_is(roster: Roster) -> None:
    assert told(add(kind="swap", staff="guard", since=TOMORROW, instead="guard-2")) == {
        "guard": {
            "zh": "取消：11月25日周三 07:00–19:00；新增：11月25日周三 19:00–07:00",
            "en": "Cancelled: Wed 25 Nov 07:00–19:00; Added: Wed 25 Nov 19:00–07:00",
        },
        "guard-2": {
            "zh": "取消：11月25日周三 19:00–07:00；新增：11月25日周三 07:00–19:00",
            "en": "Cancelled: Wed 25 Nov 19:00–07:00; Added: Wed 25 Nov 07:00–19:00",
        },
    }
    assert set(told(add(kind="leave", staff="guard", since="2026-11-27", until="2026-11-28"))) == {"guard"}


def test_an_edit_tells_those_only_whose_shifts_it_moves(roster: Roster) -> None:
    night = {"day": 0, "start": "19:00", "end": "07:00", "staff": ["guard-2"]}
    assert set(told(edit(shifts=[*only("gardener"), night]))) == {"guard", "gardener"}
    assert told(edit(name={"zh": "夜班"})) == {}


def test_what_is_withdrawn_is_told_and_stays_as_it_was(roster: Roster) -> None:
    add(kind="leave", staff="guard", since="2026-11-24", until="2026-11-26")
    later = NOW + DAY
    again = withdraw_exception("sunshine-guards", 1, reason="回来了", actor=cast.manager(), now=later)
    assert set(told(again)) == {"guard"}
    assert [on(NOW), on(later - timedelta(minutes=1)), on(later), on(NOW + 2 * DAY)] == [[], [], ["guard"], ["guard"]]
    gone = {"actor": cast.manager(), "now": later}
    assert refusal(withdraw_exception, "sunshine-guards", 1, **gone) == [("withdrawn", None)]
    assert refusal(withdraw_exception, "sunshine-guards", 2, **gone) == [("not_found", None)]


def test_what_is_over_is_not_changed(roster: Roster) -> None:
    assert refusal(add, kind="leave", staff="guard", since="2026-11-20", until="2026-11-23") == [
        ("nothing_moves", "staff")
    ]
    add(kind="leave", staff="guard", since=TODAY)
    over = {"actor": cast.manager(), "now": NOW + 2 * DAY}
    assert refusal(withdraw_exception, "sunshine-guards", 1, **over) == [("over", None)]


def test_staff_of_another_estate_are_refused_by_name(roster: Roster) -> None:
    cast.make_staff(cast.stranger())
    assert refusal(add, kind="stand_in", staff="guard", since=TOMORROW, instead="stranger") == [
        ("other_estate", "instead")
    ]
    assert refusal(add, kind="leave", staff="nobody", since=TOMORROW) == [("other_estate", "staff")]
    assert refusal(edit, shifts=only("stranger")) == [("other_estate", "shifts.0.staff.0")]


def test_nobody_is_on_two_shifts_at_once_not_even_by_two_rosters(roster: Roster) -> None:
    cast.make_staff(cast.gardener())
    cast.make_roster("gate", shifts=[{"day": 0, "start": "12:00", "end": "20:00", "staff": ["gardener"]}])
    assert refusal(add, kind="extra", staff="guard-2", since=TODAY, start="18:00", end="20:00") == [
        ("double_shift", "staff")
    ]
    assert refusal(add, kind="stand_in", staff="guard", since=TODAY, instead="gardener") == [
        ("double_shift", "instead")
    ]
    with pytest.raises(Invalid) as caught:
        edit(shifts=only("gardener"))
    assert (caught.value.code, "gate" in caught.value.words.zh) == ("double_shift", True)
    edit(shifts=[{"day": 0, "start": "20:00", "end": "12:00", "staff": ["gardener"]}])


def test_an_edit_does_not_put_somebody_on_a_shift_beside_his_extra_one(roster: Roster) -> None:
    add(kind="extra", staff="gardener", since=TOMORROW, start="19:00", end="20:00")
    assert refusal(edit, shifts=[{"day": 0, "start": "12:00", "end": "20:00", "staff": ["gardener"]}]) == [
        ("double_shift", "shifts")
    ]


def test_somebody_on_leave_does_not_stand_in_and_is_not_given_another_shift(roster: Roster) -> None:
    add(kind="leave", staff="guard", since=TOMORROW)
    assert refusal(add, kind="stand_in", staff="guard-2", since=TOMORROW, instead="guard") == [("on_leave", "instead")]
    assert refusal(add, kind="extra", staff="guard", since=TOMORROW, start="19:30", end="21:00") == [
        ("on_leave", "staff")
    ]


def test_only_who_may_write_people_changes_a_day_and_only_at_the_version_that_he_saw(roster: Roster) -> None:
    leave = {"kind": "leave", "staff": "guard", "since": TOMORROW}
    with pytest.raises(Forbidden):
        add_exception("sunshine-guards", leave, actor=cast.desk(), now=NOW)
    with pytest.raises(NotFound):
        add_exception("sunshine-guards", leave, actor=cast.stranger(), now=NOW)
    with pytest.raises(Conflict):
        add_exception("sunshine-guards", leave, actor=cast.manager(), now=NOW, seen=7)
    directory.set_active("roster", "sunshine-guards", False, actor=SYSTEM, now=NOW)
    with pytest.raises(RuleBroken):
        add_exception("sunshine-guards", leave, actor=cast.manager(), now=NOW)


def test_a_roster_that_is_put_out_of_use_tells_its_people(roster: Roster) -> None:
    off = directory.set_active("roster", "sunshine-guards", False, actor=SYSTEM, now=NOW)
    assert {each["to"][0] for each in off.events[-1].to_notify} == {"guard", "guard-2"}


def test_a_roster_of_the_version_before_is_its_own_first_version(roster: Roster) -> None:
    unset = dict.fromkeys(("past", "exceptions", "revised_at", "effective_from", "effective_until"), "")
    Roster._get_collection().update_one({}, {"$unset": unset})
    assert on(LAST_WEEK) == ["guard"]
    edit(shifts=only("cleaner"))
    assert [on(LAST_WEEK), on(NOW)] == [["guard"], ["cleaner"]]


def test_a_tablet_shows_the_next_shifts_as_they_are_moved(roster: Roster) -> None:
    add(kind="leave", staff="guard", since=TOMORROW)
    shown = attendance_of(cast.guard(), [cast.ESTATE], Directory.load(), NOW)["shifts"]
    assert [f"{each['start'] + timedelta(hours=8):%m-%d}" for each in shown[:4]] == ["11-23", "11-24", "11-26", "11-27"]


def test_a_manager_of_one_estate_does_not_learn_who_works_in_another(roster: Roster) -> None:
    cast.make_staff(cast.stranger())
    local = cast.manager(estates=frozenset({cast.ESTATE}))
    values = {**found().values(), "shifts": only("stranger")}
    with pytest.raises(Invalid) as caught:
        directory.update("roster", "sunshine-guards", values, actor=local, now=NOW)
    assert caught.value.code == "reference_missing"
