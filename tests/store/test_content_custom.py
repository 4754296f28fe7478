"""Content types that managers define, from the definition to delivered content."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from store.content import audience, reading
from store.content import operations as content
from store.errors import Conflict, Invalid, NotFound
from store.words import Words
from tests import cast

NOW = cast.NOW
MANAGER = cast.manager()
SUPPLIER: dict[str, Any] = {
    "name": {"zh": "供应商", "en": "Supplier"},
    "fields": [
        {"name": "name", "label": {"zh": "名称"}, "kind": "text", "required": True, "translated": True},
        {"name": "category", "label": {"zh": "类别"}, "kind": "reference", "target": "service_category"},
        {
            "name": "grade",
            "label": {"zh": "等级"},
            "kind": "choice",
            "choices": [{"value": "a", "label": {"zh": "甲"}}, {"value": "b"}],
        },
        {"name": "signed", "label": {"zh": "签约日"}, "kind": "date"},
    ],
}


def define(body: dict[str, Any] = SUPPLIER, code: str = "supplier") -> None:
    cast.publish("content_type", code, body, actor=MANAGER)


def changed(place: int, **changes: Any) -> dict[str, Any]:
    fields = [{**row, **changes} if index == place else row for index, row in enumerate(SUPPLIER["fields"])]
    return {**SUPPLIER, "fields": fields}


def test_a_type_that_a_manager_defines_works_from_end_to_end(database: Any) -> None:
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}})
    define()
    body = {"name": {"zh": "顺达电梯"}, "category": "repair", "grade": "a", "signed": "2026-03-01"}
    head = cast.publish("supplier", "shunda", body, actor=MANAGER)
    assert head.name == {"zh": "顺达电梯"}
    live = reading.live("supplier", "shunda", NOW)
    assert live is not None
    assert live.body == body
    assert reading.type_of("supplier", NOW).label == Words("供应商", "Supplier")
    assert "supplier" in [each.key for each in reading.all_types(NOW)]


def test_its_fields_are_checked_like_those_of_the_house(database: Any) -> None:
    define()
    with pytest.raises(Invalid) as error:
        cast.publish("supplier", "shunda", {"grade": "z", "signed": "soon", "other": 1}, actor=MANAGER)
    assert {problem.code for problem in error.value.problems} == {"unknown_field", "not_a_choice", "not_a_date"}
    with pytest.raises(Invalid) as error:
        cast.publish("supplier", "shunda", {"name": {"zh": "顺达"}, "category": "nowhere"}, actor=MANAGER)
    assert [problem.code for problem in error.value.problems] == ["reference_missing"]


ONLY_A = changed(3, required=True, shown_when={"field": "grade", "values": [{"value": "a"}]})


def test_a_field_that_a_manager_has_asked_only_with_another_is_needed_there_and_nowhere_else(database: Any) -> None:
    define(ONLY_A)
    cast.publish("supplier", "second", {"name": {"zh": "乙"}, "grade": "b"}, actor=MANAGER)
    cast.publish("supplier", "first", {"name": {"zh": "甲"}, "grade": "a", "signed": "2026-03-01"}, actor=MANAGER)
    for body, code in (({"grade": "a"}, "required"), ({"grade": "b", "signed": "2026-03-01"}, "not_asked")):
        with pytest.raises(Invalid) as error:
            cast.publish("supplier", "third", {"name": {"zh": "丙"}, **body}, actor=MANAGER)
        assert [(each.code, each.field) for each in error.value.problems] == [(code, "signed")]


def test_a_field_may_depend_on_yes_or_no(database: Any) -> None:
    when = {"field": "new", "values": [{"value": "yes"}]}
    row = {"name": "new", "label": {"zh": "新"}, "kind": "boolean"}
    fields = [*changed(3, required=True, shown_when=when)["fields"], row]
    define({**SUPPLIER, "fields": fields})
    cast.publish("supplier", "old", {"name": {"zh": "旧"}, "new": False}, actor=MANAGER)
    with pytest.raises(Invalid):
        cast.publish("supplier", "new", {"name": {"zh": "新"}, "new": True}, actor=MANAGER)


def test_a_definition_stored_with_a_part_that_is_not_asked_any_more_still_works(database: Any) -> None:
    define()
    stored = {"fields.0.target": "staff", "fields.0.choices": [{"value": "a"}]}
    database.revisions.update_one(
        {"type": "content_type"}, {"$set": {f"body.{path}": each for path, each in stored.items()}}
    )
    cast.publish("supplier", "shunda", {"name": {"zh": "顺达"}}, actor=MANAGER)
    live = reading.live("supplier", "shunda", NOW)
    assert live is not None
    assert live.body == {"name": {"zh": "顺达"}}


def test_there_is_no_type_before_it_is_published(database: Any) -> None:
    content.create("content_type", "supplier", SUPPLIER, actor=MANAGER, now=NOW)
    with pytest.raises(NotFound):
        content.create("supplier", "shunda", {"name": {"zh": "顺达"}}, actor=MANAGER, now=NOW)


def test_a_type_with_content_cannot_be_withdrawn(database: Any) -> None:
    define()
    cast.publish("supplier", "shunda", {"name": {"zh": "顺达"}}, actor=MANAGER)
    with pytest.raises(Conflict) as error:
        content.withdraw("content_type", "supplier", actor=MANAGER, now=NOW)
    assert [user["code"] for user in error.value.details["users"]] == ["shunda"]


def test_what_content_of_such_a_type_refers_to_is_in_use(database: Any) -> None:
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}})
    define()
    cast.publish("supplier", "shunda", {"name": {"zh": "顺达"}, "category": "repair"}, actor=MANAGER)
    with pytest.raises(Conflict):
        content.withdraw("service_category", "repair", actor=MANAGER, now=NOW)


def test_a_newer_definition_leaves_published_content_as_it_is(database: Any) -> None:
    define()
    cast.publish("supplier", "shunda", {"name": {"zh": "顺达"}}, actor=MANAGER)
    more = {**SUPPLIER, "fields": [*SUPPLIER["fields"], {"name": "phone", "label": {"zh": "电话"}, "kind": "text"}]}
    cast.publish("content_type", "supplier", more, now=NOW + timedelta(hours=1), actor=MANAGER)
    live = reading.live("supplier", "shunda", NOW + timedelta(days=1))
    assert live is not None
    assert live.body == {"name": {"zh": "顺达"}}
    saved = content.save_draft(
        "supplier", "shunda", {"name": {"zh": "顺达"}, "phone": "1"}, actor=MANAGER, now=NOW + timedelta(hours=2)
    )
    assert saved.draft["phone"] == "1"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (changed(0, name="Name"), "malformed_name"),
        (changed(0, name="title"), "no_title_field"),
        (changed(1, name="name"), "duplicate"),
        (changed(1, target=None), "required"),
        (changed(2, choices=[]), "required"),
        (changed(2, kind="list"), "not_a_choice"),
        (changed(3, pattern="[0-9]+"), "not_asked"),
        (changed(0, pattern="(a"), "not_a_pattern"),
        (changed(3, shown_when={"field": "nobody", "values": [{"value": "a"}]}), "no_such_field"),
        (changed(3, shown_when={"field": "name", "values": [{"value": "a"}]}), "no_such_field"),
        (changed(2, shown_when={"field": "grade", "values": [{"value": "a"}]}), "no_such_field"),
        (changed(3, shown_when={"field": "grade", "values": [{"value": "z"}]}), "no_such_value"),
        (changed(3, shown_when={"field": "grade"}), "required"),
        ({"name": {"zh": "空"}, "fields": []}, "required"),
    ],
)
def test_a_definition_that_cannot_work_is_refused(database: Any, body: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as error:
        define(body)
    assert code in [problem.code for problem in error.value.problems]


@pytest.mark.parametrize("code", ["checklist", "policy", "staff", "service_category"])
def test_no_definition_takes_the_name_of_a_kind_of_the_house(database: Any, code: str) -> None:
    with pytest.raises(Invalid):
        define(code=code)
    define()
    draft = content.create("content_type", "other", SUPPLIER, actor=MANAGER, now=NOW)
    with pytest.raises(Invalid):
        content.rename("content_type", draft.code, code, actor=MANAGER, now=NOW)


# how a definition may change


def redefine(body: dict[str, Any], now: Any = NOW + timedelta(hours=1), actor: Any = MANAGER) -> list[Any]:
    """What a definition is refused with; a refusal must come before anything is scheduled or asked for, too."""
    content.save_draft("content_type", "supplier", body, actor=actor, now=now)
    acts: list[Callable[[], Any]] = [
        lambda: content.submit("content_type", "supplier", actor=actor, now=now),
        lambda: content.schedule("content_type", "supplier", at=now + timedelta(days=1), actor=actor, now=now),
        lambda: content.publish("content_type", "supplier", actor=actor, now=now),
    ]
    for act in acts:
        with pytest.raises(Invalid) as error:
            act()
    return list(error.value.problems)


def publish_suppliers(count: int = 1, **more: Any) -> None:
    define()
    for n in range(count):
        cast.publish("supplier", f"shunda-{n:02d}", {"name": {"zh": "顺达"}, **more}, actor=MANAGER)


REQUIRED = {"name": "phone", "label": {"zh": "电话"}, "kind": "text", "required": True}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**SUPPLIER, "fields": [row for row in SUPPLIER["fields"] if row["name"] != "signed"]}, "signed"),
        ({**SUPPLIER, "fields": [*SUPPLIER["fields"], REQUIRED]}, "phone"),
        (changed(3, kind="integer"), "signed"),
        (changed(2, choices=[{"value": "b"}]), "grade"),
        (changed(0, translated=False), "name"),
    ],
)
def test_a_definition_that_content_in_force_does_not_fit_is_refused(
    database: Any, body: dict[str, Any], field: str
) -> None:
    publish_suppliers(12, signed="2026-03-01", grade="a")
    (problem,) = redefine(body)
    assert problem.code == "entries_do_not_fit"
    assert problem.words.zh.startswith("12 条")
    assert field in problem.words.en
    assert "shunda-09" in problem.words.en
    assert "shunda-10" not in problem.words.en


def test_a_field_that_nobody_uses_may_go_and_what_is_withdrawn_hinders_nobody(database: Any) -> None:
    publish_suppliers(1, grade="a")
    content.withdraw("supplier", "shunda-00", actor=MANAGER, now=NOW)
    for body in (changed(2, choices=[{"value": "b"}]), {**SUPPLIER, "fields": SUPPLIER["fields"][:1]}):
        content.save_draft("content_type", "supplier", body, actor=MANAGER, now=NOW + timedelta(hours=1))
        content.publish("content_type", "supplier", actor=MANAGER, now=NOW + timedelta(hours=1))
    assert [each.name for each in reading.type_of("supplier", NOW + timedelta(hours=2)).fields] == ["name"]


def test_what_was_wrong_before_does_not_keep_a_definition_from_changing(database: Any) -> None:
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}})
    publish_suppliers(1, category="repair")
    database.revisions.update_many({"code": "repair"}, {"$set": {"withdrawn": True}})
    more = {**SUPPLIER, "fields": [*SUPPLIER["fields"], {**REQUIRED, "required": False}]}
    content.save_draft("content_type", "supplier", more, actor=MANAGER, now=NOW + timedelta(hours=1))
    content.publish("content_type", "supplier", actor=MANAGER, now=NOW + timedelta(hours=1))


def test_a_scheduled_definition_that_content_does_not_fit_any_more_goes_back_to_its_author(database: Any) -> None:
    define()
    later, at = NOW + timedelta(hours=1), NOW + timedelta(days=1)
    content.save_draft("content_type", "supplier", changed(3, kind="integer"), actor=MANAGER, now=later)
    content.schedule("content_type", "supplier", at=at, actor=MANAGER, now=later)
    cast.publish("supplier", "late", {"name": {"zh": "顺达"}, "signed": "2026-03-01"}, later, actor=MANAGER)
    content.publish_due(at)
    head = reading.get("content_type", "supplier", MANAGER)
    assert (head.events[-1].verb, head.publish_at) == ("publish_refused", None)
    assert reading.type_of("supplier", at).fields[3].kind == "date"


def test_a_reference_leads_to_a_type_that_there_is(database: Any) -> None:
    with pytest.raises(Invalid) as error:
        define(changed(1, target="nonsense"))
    assert [(each.code, each.field) for each in error.value.problems] == [("unknown_target", "fields.1.target")]
    # Of the house, of the directory, itself, another one that managers defined.
    for target, code in (("route", "a"), ("staff", "b"), ("c", "c"), ("a", "d")):
        define(changed(1, target=target), code)


@pytest.mark.parametrize("torn", [{"body.fields": "x"}, {"body.fields": [{"kind": "text"}]}, {"body": None}])
def test_a_torn_definition_takes_no_other_type_from_anybody(database: Any, torn: dict[str, Any]) -> None:
    define()
    define(code="torn")
    database.revisions.update_one({"type": "content_type", "code": "torn"}, {"$set": torn})
    keys = [each.key for each in reading.all_types(NOW)]
    assert "supplier" in keys
    assert "torn" not in keys
    assert "supplier" not in audience.hidden_from(cast.desk())


def test_a_torn_audience_hides_its_own_entries_and_no_others(database: Any) -> None:
    define()
    for code, torn in (("a", {"body": None}), ("b", {"body.readers": "desk"}), ("c", {"body.readers": [{"x": 1}]})):
        define(code=code)
        database.revisions.update_one({"type": "content_type", "code": code}, {"$set": torn})
    assert audience.hidden_from(cast.desk()) == ["a", "b", "c"]
    assert audience.hidden_from(MANAGER) == []
