"""Entries of the directory: history, two editors, refusal while in use, nothing foreign."""

from datetime import timedelta
from typing import Any

import pytest

from store import directory
from store.actor import SYSTEM
from store.errors import Conflict, Forbidden, Invalid, NotFound
from tests import cast

NOW = cast.NOW
LATER = NOW + timedelta(hours=1)


def test_every_change_is_kept_with_its_author(database: Any) -> None:
    cast.make_department("security")
    entry = directory.update("department", "security", {"name": "安保部"}, actor=cast.manager(), now=LATER)
    assert [(event.verb, event.actor) for event in entry.events] == [("create", "system"), ("update", "manager")]
    assert entry.events[-1].detail["changes"] == [{"field": "name.zh", "old": "秩序安全部", "new": "安保部"}]


def test_saving_the_same_values_is_no_change(database: Any) -> None:
    entry = cast.make_household("3-1201")
    again = directory.update("household", entry.code, entry.values(), actor=cast.desk(), now=LATER)
    assert again.version == entry.version


def test_a_value_that_is_left_out_is_taken_away(database: Any) -> None:
    cast.make_staff("guard", phone="13800000011")
    values = {
        name: value for name, value in directory.get("staff", "guard", SYSTEM).values().items() if name != "phone"
    }
    assert "phone" not in directory.update("staff", "guard", values, actor=SYSTEM, now=LATER).values()
    assert directory.get("staff", "guard", SYSTEM).phone is None


def test_the_second_of_two_editors_is_told(database: Any) -> None:
    seen = cast.make_department("security").version
    directory.update("department", "security", {"name": "甲"}, actor=cast.manager(), now=LATER, seen=seen)
    with pytest.raises(Conflict) as error:
        directory.update("department", "security", {"name": "乙"}, actor=cast.manager(), now=LATER, seen=seen)
    assert error.value.details["theirs"][0]["by"] == "赵居安"


def test_a_code_is_taken_once(database: Any) -> None:
    cast.make_department("security")
    with pytest.raises(Conflict) as error:
        directory.create("department", "security", {"name": "又一个"}, actor=SYSTEM, now=NOW)
    assert (error.value.code, error.value.field) == ("code_taken", "code")


def test_an_estate_with_buildings_stays(database: Any) -> None:
    cast.make_household("3-1201")
    with pytest.raises(Conflict) as error:
        directory.set_active("estate", cast.ESTATE, False, actor=cast.manager(), now=NOW)
    assert {user["kind"] for user in error.value.details["users"]} == {"building", "unit", "household"}


def test_what_is_out_of_use_is_no_target_of_a_reference(database: Any) -> None:
    cast.make_department("security")
    directory.set_active("department", "security", False, actor=SYSTEM, now=NOW)
    with pytest.raises(Invalid) as error:
        directory.create(
            "staff", "guard", {"name": "卫", "roles": ["manager"], "department": "security"}, actor=SYSTEM, now=NOW
        )
    assert [(problem.code, problem.field) for problem in error.value.problems] == [("reference_missing", "department")]


def test_a_manager_of_one_estate_opens_no_other(database: Any) -> None:
    cast.make_estate()
    cast.make_estate(cast.OTHER_ESTATE)
    with pytest.raises(NotFound):
        directory.create("estate", "third", {"name": "第三"}, actor=cast.stranger(), now=NOW)
    with pytest.raises(NotFound):
        directory.update("estate", cast.ESTATE, {"name": "我的"}, actor=cast.stranger(), now=NOW)
    values = {"name": "新楼", "estate": cast.ESTATE}
    with pytest.raises(NotFound):
        directory.create("building", "sunshine-9", values, actor=cast.stranger(), now=NOW)


def test_an_entry_is_not_moved_to_a_foreign_estate(database: Any) -> None:
    cast.make_estate()
    cast.make_estate(cast.OTHER_ESTATE)
    values = {"name": "1号楼", "estate": cast.OTHER_ESTATE}
    directory.create("building", "riverside-1", values, actor=SYSTEM, now=NOW)
    with pytest.raises(NotFound):
        directory.update("building", "riverside-1", {**values, "estate": cast.ESTATE}, actor=cast.stranger(), now=NOW)


def test_the_desk_writes_households_and_no_staff(database: Any) -> None:
    home = cast.make_household("3-1201")
    directory.update("household", home.code, {**home.values(), "note": "有狗"}, actor=cast.desk(), now=NOW)
    values = {"name": "友", "roles": ["field"], "estates": [cast.ESTATE]}
    with pytest.raises(Forbidden):
        directory.create("staff", "friend", values, actor=cast.desk(), now=NOW)


@pytest.mark.parametrize("injected", [{"$ne": None}, {"$regex": ".*"}, ["guard"], None, 3])
def test_an_operator_in_place_of_a_code_finds_nobody(database: Any, injected: Any) -> None:
    cast.make_staff("guard")
    with pytest.raises(NotFound):
        directory.get("staff", injected, SYSTEM)


@pytest.mark.parametrize("code", ["", "Guard", "a b", "$where", "a" * 65, "-a", "卫"])
def test_a_malformed_code_is_named(database: Any, code: str) -> None:
    with pytest.raises(Invalid) as error:
        directory.create("department", code, {"name": "x"}, actor=SYSTEM, now=NOW)
    assert [problem.code for problem in error.value.problems] == ["malformed_code"]


def test_an_unknown_kind_is_not_found(database: Any) -> None:
    with pytest.raises(NotFound):
        directory.get("accounts", "admin", SYSTEM)
