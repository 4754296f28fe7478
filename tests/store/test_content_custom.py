"""Content types that managers define, from the definition to delivered content."""

from datetime import timedelta
from typing import Any

import pytest

from store.content import operations as content
from store.content import reading
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
        (changed(1, target=None), "no_target"),
        (changed(2, choices=[]), "no_choices"),
        (changed(2, kind="list"), "not_a_choice"),
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
