"""Who somebody is: actors made from members of staff, and what may be written about people."""

from typing import Any

import pytest

from store import directory
from store.actor import SYSTEM
from store.errors import Conflict, Forbidden, Invalid, NotFound
from store.name_tokens import pinyin_tokens
from store.people.documents import Staff
from store.people.operations import actor_for
from tests import cast


def values_of(code: str) -> dict[str, Any]:
    return directory.get("staff", code, SYSTEM).values()


def test_an_actor_has_the_roles_and_estates_of_the_member_of_staff(database: Any) -> None:
    cast.make_staff("guard")
    assert actor_for("guard") == cast.guard()


def test_a_manager_without_estates_sees_all_of_them(database: Any) -> None:
    cast.make_staff(cast.manager())
    assert actor_for("manager").estates is None


def test_there_is_no_actor_for_nobody(database: Any) -> None:
    with pytest.raises(NotFound):
        actor_for("nobody")


def test_an_operator_in_place_of_a_code_is_nobody(database: Any) -> None:
    cast.make_staff("guard")
    with pytest.raises(NotFound):
        actor_for({"$ne": None})  # type: ignore[arg-type]


def test_somebody_who_left_is_no_actor(database: Any) -> None:
    cast.make_staff("guard")
    directory.set_active("staff", "guard", False, actor=SYSTEM, now=cast.NOW)
    with pytest.raises(NotFound):
        actor_for("guard")


def test_field_staff_need_an_estate(database: Any) -> None:
    with pytest.raises(Invalid) as error:
        cast.make_entry("staff", "somebody", {"name": "某人", "roles": ["field"]})
    assert [problem.code for problem in error.value.problems] == ["estates_needed"]


def test_quiet_hours_need_both_ends(database: Any) -> None:
    with pytest.raises(Invalid) as error:
        cast.make_staff("guard", quiet_start="22:00")
    assert [problem.field for problem in error.value.problems] == ["quiet_end"]


def test_the_head_of_a_department_cannot_leave_before_it_has_another(database: Any) -> None:
    cast.make_company()
    with pytest.raises(Conflict) as error:
        directory.set_active("staff", "security-lead", False, actor=SYSTEM, now=cast.NOW)
    assert [user["code"] for user in error.value.details["users"]] == ["security"]


def test_a_manager_cannot_make_himself_administrator(database: Any) -> None:
    cast.make_company()
    values = {**values_of("manager"), "roles": ["manager", "administrator"]}
    with pytest.raises(Forbidden):
        directory.update("staff", "manager", values, actor=cast.manager(), now=cast.NOW)
    assert values_of("manager")["roles"] == ["manager"]


def test_a_manager_cannot_change_an_administrator(database: Any) -> None:
    cast.make_company()
    with pytest.raises(Forbidden):
        directory.update(
            "staff", "admin", {**values_of("admin"), "roles": ["desk"]}, actor=cast.manager(), now=cast.NOW
        )


def test_a_manager_of_one_estate_cannot_give_all_of_them(database: Any) -> None:
    cast.make_company()
    with pytest.raises(Forbidden):
        directory.update(
            "staff", "stranger", {**values_of("stranger"), "estates": []}, actor=cast.stranger(), now=cast.NOW
        )


def test_staff_of_a_foreign_estate_are_absent(database: Any) -> None:
    cast.make_company()
    with pytest.raises(NotFound):
        directory.get("staff", "guard", cast.stranger())


def test_a_foreign_estate_is_absent_from_the_directory(database: Any) -> None:
    cast.make_company()
    with pytest.raises(NotFound):
        directory.get("estate", cast.ESTATE, cast.stranger())


def test_history_does_not_tell_telephone_numbers(database: Any) -> None:
    cast.make_staff("guard", phone="13800000011")
    entry = directory.update(
        "staff", "guard", {**values_of("guard"), "phone": "13800000099"}, actor=SYSTEM, now=cast.NOW
    )
    assert entry.values()["phone"] == "13800000099"
    assert "138" not in str([event.detail for event in entry.events])


def test_names_are_found_by_pinyin_and_initials(database: Any) -> None:
    cast.make_staff("guard")
    tokens = Staff.objects(code="guard").first().tokens
    assert {"weianlang", "wal", "卫安朗", "安朗"} <= set(tokens)


def test_a_character_with_two_readings_is_found_by_both() -> None:
    assert {"zengguofan", "cengguofan", "zgf", "cgf"} <= set(pinyin_tokens("曾国藩"))


def test_readings_of_a_long_name_do_not_explode() -> None:
    assert len(pinyin_tokens("曾单仇解查曾单仇解查曾单仇解查")) <= 32
