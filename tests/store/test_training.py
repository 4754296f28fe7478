"""Training sessions: planned for a course, told to people, held with who came and how they did (clause 5.1)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from store import directory, lifecycle
from store.actor import SYSTEM
from store.content import operations as content
from store.described.operations import make
from store.errors import Conflict, Forbidden, Invalid, NotFound
from store.records import Record
from store.training.kind import TRAINING
from store.versioned import events_of
from tests import cast
from tests.admin_app.office import commands_in, counted

NOW = cast.NOW
SESSION = {"course": "fire", "planned_for": "2026-11-30T14:00:00+08:00", "place": "会议室", "roles": ["field"]}


@pytest.fixture(autouse=True)
def company(database: Any) -> None:
    cast.make_company(cast.LONG_AGO)
    course = {"name": {"zh": "消防常识", "en": "Fire safety"}, "clause": "5.1", "topic": "safety"}
    cast.publish("course", "fire", course, cast.LONG_AGO)


def session(**changes: Any) -> Any:
    return make(TRAINING, {"estate": cast.ESTATE, **SESSION, **changes}, actor=cast.supervisor(), now=NOW)


def do(record: Record, verb: str, now: Any = NOW, **fields: Any) -> Any:
    run = lifecycle.run_of(record.KIND, verb)
    return run(record.pk, **fields, actor=cast.supervisor(), now=now, seen=None)


def wrong(refused: Any) -> set[tuple[str, str | None]]:
    return {(each.code, each.field) for each in refused.value.problems}


def notices_of(record: Record) -> Mapping[str, Any]:
    told: Mapping[str, Any] = events_of(record)[-1].to_notify[0]
    return told


def test_a_session_is_called_by_its_course_and_place_in_both_languages() -> None:
    made = session()
    assert (made.title, made.title_en) == ("消防常识 · 会议室", "Fire safety · 会议室")
    assert made.number.startswith("T-2611-")


def test_a_course_that_is_not_there_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        session(course="swimming")
    assert wrong(refused) == {("reference_missing", "course")}


def test_a_course_is_not_withdrawn_while_a_session_of_it_is_to_come() -> None:
    session()
    with pytest.raises(Conflict) as refused:
        content.withdraw("course", "fire", actor=cast.manager(), now=NOW)
    assert refused.value.code == "in_use"


def test_who_may_not_make_one_makes_none_and_a_foreign_estate_is_absent() -> None:
    with pytest.raises(Forbidden):
        make(TRAINING, {"estate": cast.ESTATE, **SESSION}, actor=cast.desk(), now=NOW)
    with pytest.raises(NotFound):
        make(TRAINING, {"estate": cast.OTHER_ESTATE, **SESSION}, actor=cast.supervisor(), now=NOW)


def test_a_session_without_attendance_was_not_held() -> None:
    made = session()
    with pytest.raises(Invalid) as refused:
        do(made, "hold", summary="顺利")
    assert wrong(refused) == {("required", "attendance")}
    do(made, "attend", attendance=[{"person": "guard", "came": "present", "score": 90, "result": "passed"}])
    held = do(made, "hold", summary="顺利")
    assert (held.state, held.held_at, len(held.attendance)) == ("held", NOW, 1)


def test_whoever_is_asked_to_come_is_told_and_kept_and_told_again_of_what_changes() -> None:
    invited = do(session(people=["desk"]), "invite")
    assert "desk" in invited.invited
    assert "guard" in invited.invited
    assert notices_of(invited)["template"] == "training-invited"
    assert notices_of(invited)["params"]["title"] == {"zh": "消防常识 · 会议室", "en": "Fire safety · 会议室"}
    moved = do(invited, "move", planned_for=NOW + timedelta(days=9), reason="讲师改期")
    assert notices_of(moved)["to"] == invited.invited
    assert notices_of(moved)["params"]["date"] == NOW + timedelta(days=9)
    assert moved.state == "invited"


def test_an_invitation_of_nobody_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        do(session(roles=[]), "invite")
    assert wrong(refused) == {("nobody_to_tell", "roles")}


def test_who_works_here_is_read_once_however_many_are_told(database: Any) -> None:
    few, many = (session(roles=[], people=people) for people in (["desk"], ["desk", "guard", "guard-2", "cleaner"]))
    asked = []
    for each in (few, many):
        with counted(database) as names:
            do(each, "invite")
        asked.append(len(commands_in(names)))
    assert asked[0] == asked[1]


def test_attendance_of_whoever_has_left_since_stands_when_it_is_recorded_again() -> None:
    rows = [{"person": code, "came": "present"} for code in ("guard", "guard-2")]
    made = do(session(), "attend", attendance=rows)
    directory.set_active("staff", "guard-2", False, actor=SYSTEM, now=NOW)
    after = do(made, "attend", attendance=[{**rows[0], "score": 90}, rows[1]])
    assert [each["person"] for each in after.attendance] == ["guard", "guard-2"]
    with pytest.raises(Invalid) as refused:
        do(session(), "attend", attendance=rows)
    assert wrong(refused) == {("reference_missing", "attendance.1.person")}
