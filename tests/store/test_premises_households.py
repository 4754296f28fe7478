"""One box finds a household; telephone numbers are masked until somebody answers for looking at them."""

from typing import Any

import pytest

from store import directory
from store.actor import SYSTEM
from store.audit.documents import AuditEntry
from store.errors import Conflict, Forbidden, Invalid, NotFound
from store.premises.documents import Household
from store.premises.operations import find_households, household, reveal_contact
from store.premises.rules import masked_phone, wanted_tokens
from tests import cast


@pytest.fixture
def homes(database: Any) -> None:
    cast.make_household("3-1201")
    cast.make_household("3-1202", members=[{"name": "曾雨禾", "phone": "13900000102"}])
    cast.make_household("1-201", members=[{"name": "李望舒", "phone": "13712013456"}])
    cast.make_household("3-1201", estate=cast.OTHER_ESTATE, members=[{"name": "王静", "phone": "13900000777"}])


def found(text: str, **changes: Any) -> list[str]:
    return [each.code for each in find_households(text, **{"actor": cast.desk(), "now": cast.NOW, **changes})]


@pytest.mark.parametrize("text", ["3-1201", "3栋1201", "3号楼1201室", " 3#1201 ", "3 1201"])
def test_a_room_is_found_however_it_is_said(homes: None, text: str) -> None:
    assert found(text) == ["sunshine-3-1201"]


def test_a_door_number_finds_the_room_before_a_telephone(homes: None) -> None:
    assert found("1201") == ["sunshine-3-1201", "sunshine-1-201"]


def test_a_room_is_not_lost_behind_telephones_with_its_digits(homes: None) -> None:
    home = Household._get_collection().find_one({"code": "sunshine-1-201"})
    del home["_id"]
    crowd = [{**home, "code": f"crowd-{n}", "unit": f"crowd-{n}"} for n in range(200)]
    Household._get_collection().insert_many(crowd)
    assert found("1201")[0] == "sunshine-3-1201"


def test_any_three_digits_of_a_telephone_find_it(homes: None) -> None:
    assert found("0102") == ["sunshine-3-1202"]
    assert found("139 0000 0102") == ["sunshine-3-1202"]
    assert found("01") == []


@pytest.mark.parametrize("text", ["清和", "王", "王清和", "wangqinghe", "wangqi", "WQH", "wang qinghe"])
def test_a_name_is_found_by_characters_and_pinyin(homes: None, text: str) -> None:
    assert found(text) == ["sunshine-3-1201"]


def test_a_home_and_its_unit_and_building_are_of_one_estate(homes: None) -> None:
    unit = {"room": "9-901", "estate": cast.ESTATE, "building": f"{cast.OTHER_ESTATE}-3"}
    with pytest.raises(Invalid) as refused:
        directory.create("unit", "crossed", unit, actor=SYSTEM, now=cast.NOW)
    assert [(each.code, each.field) for each in refused.value.problems] == [("other_estate", "building")]
    home = {"estate": cast.ESTATE, "unit": f"{cast.OTHER_ESTATE}-3-1201", "members": []}
    with pytest.raises(Invalid) as refused:
        directory.create("household", "crossed", home, actor=SYSTEM, now=cast.NOW)
    assert [(each.code, each.field) for each in refused.value.problems] == [("other_estate", "unit")]


def test_both_readings_of_a_surname_find_it(homes: None) -> None:
    assert found("zengyuhe") == found("cengyuhe") == ["sunshine-3-1202"]


@pytest.mark.parametrize(
    "text",
    [
        "+8613900000102",
        "+86 139 0000 0102",
        "008613900000102",
        "１３９０００００１０２",
        "139/0000/0102",
        "(139)00000102",
        "３栋１２０２",
        "3－1202",
        "3—1202",
        "31202",
        "3栋 曾",
        "zeng 3",
        "0102 曾",
        "曾·雨禾",
        "曾雨​禾",
    ],
)
def test_a_caller_is_found_by_any_two_things_that_are_half_known(homes: None, text: str) -> None:
    assert found(text)[:1] == ["sunshine-3-1202"]


def test_words_that_do_not_belong_together_find_nobody(homes: None) -> None:
    assert found("1栋 曾") == []
    assert found("0102 王") == []


def test_each_of_two_numbers_of_a_member_finds_the_home(database: Any) -> None:
    cast.make_household("3-1203", members=[{"name": "吴桐", "phone": "13900000201 / +86 10-60000001转8001"}])
    for text in ("13900000201", "01060000001", "0201", "60000001"):
        assert found(text) == ["sunshine-3-1203"], text
    assert found("020101") == []


def test_the_number_that_was_typed_is_kept(database: Any) -> None:
    typed = "１３９０００００２０１（儿子）"
    home = cast.make_household("3-1203", members=[{"name": "吴桐", "phone": typed}])
    assert home.members[0]["phone"] == typed


def unit(code: str, room: str) -> str:
    values = {"estate": cast.ESTATE, "building": "sunshine-3", "room": room}
    return str(directory.create("unit", code, values, actor=SYSTEM, now=cast.NOW).room)


@pytest.mark.parametrize(
    ("typed", "room"),
    [
        ("3栋2单元501", "3-2-501"),
        ("3号楼2单元501室", "3-2-501"),
        ("３－５０１", "3-501"),
        ("3#501", "3-501"),
        ("3 501", "3-501"),
        ("A座501", "A-501"),
        ("商铺12", "商铺12"),
        ("底商3-5", "底商3-5"),
        ("地下车位B1-023", "地下车位B1-023"),
        ("会所", "会所"),
    ],
)
def test_a_room_has_one_form_and_what_was_typed_is_kept(database: Any, typed: str, room: str) -> None:
    cast.make_household("3-1201")
    assert unit("typed", typed) == room
    assert directory.get("unit", "typed", SYSTEM).values().get("as_written") == (None if typed == room else typed)


def test_a_room_that_is_there_in_another_writing_is_the_same_room(database: Any) -> None:
    cast.make_household("3-1201")
    with pytest.raises(Conflict) as error:
        unit("again", "3栋1201室")
    assert error.value.code == "code_taken"


@pytest.mark.parametrize("room", ["$ne", "a/b/c/d/e/f", "-", "3栋" + "1" * 60, "门、窗"])
def test_what_is_no_room_is_refused(database: Any, room: str) -> None:
    cast.make_household("3-1201")
    with pytest.raises(Invalid) as error:
        unit("wrong", room)
    assert error.value.problems[0].code == "malformed_room"


def test_shops_and_the_clubhouse_are_found_by_their_names(database: Any) -> None:
    cast.make_household("3-1201")
    for code, room in (("shop", "商铺12"), ("club", "会所")):
        unit(code, room)
        home = {"estate": cast.ESTATE, "unit": code, "members": []}
        directory.create("household", code, home, actor=SYSTEM, now=cast.NOW)
    assert (found("商铺12"), found("商铺"), found("会所")) == (["shop"], ["shop"], ["club"])


def test_a_second_household_of_a_home_is_asked_for(homes: None) -> None:
    home = {"estate": cast.ESTATE, "unit": "sunshine-3-1201", "members": [{"name": "周己", "phone": "13900009999"}]}
    with pytest.raises(Invalid) as error:
        directory.create("household", "second", home, actor=SYSTEM, now=cast.NOW)
    assert [(each.code, each.field) for each in error.value.problems] == [("unit_taken", "unit")]
    directory.create("household", "second", {**home, "shares_unit": True}, actor=SYSTEM, now=cast.NOW)
    assert set(found("3-1201")) == {"second", "sunshine-3-1201"}


def test_a_home_that_was_left_is_free_for_the_next_household(homes: None) -> None:
    directory.set_active("household", "sunshine-3-1201", False, actor=SYSTEM, now=cast.NOW)
    home = {"estate": cast.ESTATE, "unit": "sunshine-3-1201", "members": []}
    directory.create("household", "next", home, actor=SYSTEM, now=cast.NOW)
    assert found("3-1201") == ["next"]


def test_a_member_who_is_there_twice_is_named(database: Any) -> None:
    twice = [{"name": "周己", "phone": "13900009999"}, {"name": "周 己", "phone": "+86 139 0000 9999"}]
    with pytest.raises(Invalid) as error:
        cast.make_household("3-1203", members=twice)
    assert [(each.code, each.field) for each in error.value.problems] == [("double_member", "members.1.name")]


def test_foreign_households_are_absent(homes: None) -> None:
    assert found("王静") == []
    assert found("王静", actor=cast.manager()) == ["riverside-3-1201"]
    with pytest.raises(NotFound):
        find_households("王静", cast.desk(), cast.NOW, estate=cast.OTHER_ESTATE)


def test_field_staff_do_not_search(homes: None) -> None:
    with pytest.raises(Forbidden):
        find_households("王", cast.guard(), cast.NOW)


@pytest.mark.parametrize("text", ["", " ", ".*", "^", "(", "\\", "%", "a", "$ne", "[", "x" * 5000, "\x00", "\ud800"])
def test_what_is_no_name_finds_nothing_and_breaks_nothing(homes: None, text: str) -> None:
    assert found(text) == []


def test_an_operator_in_place_of_words_finds_nothing(homes: None) -> None:
    assert find_households({"$ne": None}, cast.desk(), cast.NOW) == []  # type: ignore[arg-type]


def test_no_more_are_found_than_asked_for(homes: None) -> None:
    assert len(find_households("1", cast.manager(), cast.NOW, limit=1)) <= 1
    assert len(find_households("1201", cast.manager(), cast.NOW, limit=1)) == 1


def test_a_search_reads_the_index_and_never_the_collection(homes: None) -> None:
    for text in ("1201", "王", "wqh", "0102"):
        prefix = {"$regex": "^" + wanted_tokens(text)[0]}
        plan = Household._get_collection().find({"tokens": prefix}).explain()["queryPlanner"]["winningPlan"]
        assert "IXSCAN" in str(plan)
        assert "COLLSCAN" not in str(plan)


def test_found_telephones_are_masked(homes: None) -> None:
    (home,) = find_households("3-1201", cast.desk(), cast.NOW)
    assert home.members[0] == {"name": "王清和", "phone": "139****0001", "relation": "owner"}
    assert "13900000001" not in str(household("sunshine-3-1201", cast.desk()))


def test_looking_at_a_telephone_is_logged(homes: None) -> None:
    assert reveal_contact("sunshine-3-1201", cast.desk(), cast.NOW)[0]["phone"] == "13900000001"
    (entry,) = AuditEntry.objects
    assert (entry.actor, entry.action, entry.about) == ("desk", "reveal_contact", "household:sunshine-3-1201")
    assert "139" not in str(entry.to_mongo())


def test_an_auditor_may_not_look_at_telephones(homes: None) -> None:
    with pytest.raises(Forbidden):
        reveal_contact("sunshine-3-1201", cast.auditor(), cast.NOW)
    assert AuditEntry.objects.count() == 0


def test_a_foreign_household_is_absent(homes: None) -> None:
    with pytest.raises(NotFound):
        reveal_contact("riverside-3-1201", cast.desk(), cast.NOW)


def test_erasing_the_members_erases_what_they_were_found_by(homes: None) -> None:
    entry = directory.get("household", "sunshine-3-1201", SYSTEM)
    values = {**entry.values(), "members": []}
    directory.update("household", "sunshine-3-1201", values, actor=SYSTEM, now=cast.NOW)
    stored = str(Household._get_collection().find_one({"code": "sunshine-3-1201"}))
    assert not [word for word in ("王", "wang", "wqh", "139", "0001") if word in stored]
    assert found("3-1201") == ["sunshine-3-1201"]


def test_a_room_exists_once_in_an_estate(database: Any) -> None:
    cast.make_household("3-1201")
    values = {"estate": cast.ESTATE, "building": "sunshine-3", "room": "3-1201"}
    with pytest.raises(Conflict) as error:
        directory.create("unit", "another-code", values, actor=SYSTEM, now=cast.NOW)
    assert error.value.code == "code_taken"


def test_no_unit_is_given_the_room_of_another(database: Any) -> None:
    for room in ("3-1201", "3-1202"):
        cast.make_household(room)
    values = {"estate": cast.ESTATE, "building": "sunshine-3", "room": "3-1201"}
    with pytest.raises(Conflict) as error:
        directory.update("unit", "sunshine-3-1202", values, actor=SYSTEM, now=cast.NOW)
    assert (error.value.code, error.value.field) == ("code_taken", "room")
    assert directory.get("unit", "sunshine-3-1202", SYSTEM).room == "3-1202"


def test_a_unit_somebody_lives_in_stays(homes: None) -> None:
    with pytest.raises(Conflict) as error:
        directory.set_active("unit", "sunshine-3-1201", False, actor=SYSTEM, now=cast.NOW)
    assert error.value.details["users"][0]["code"] == "sunshine-3-1201"


def test_wrong_members_rooms_and_zones_are_named(database: Any) -> None:
    for make, field in (
        (lambda: cast.make_household("3-1201", members=[{"name": "王", "phone": "abc"}]), "members.0.phone"),
        (lambda: cast.make_estate("moon", timezone="Moon/Crater"), "timezone"),
    ):
        with pytest.raises(Invalid) as error:
            make()
        assert [problem.field for problem in error.value.problems] == [field]


def test_a_short_number_is_hidden_but_for_its_end() -> None:
    assert masked_phone("62345678") == "******78"
    assert masked_phone("+86 138 0000 0001") == "138****0001"
