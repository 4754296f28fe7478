"""What the catalogue refuses although every field is right."""

from typing import Any

import pytest

from store.catalogue import documents, rules
from store.fields.checking import clean


def nobody(kind: str, code: str) -> None:
    return None


def item(code: str, kind: str = "pass_fail", **changes: Any) -> dict[str, Any]:
    return {"code": code, "name": {"zh": code}, "kind": kind, **changes}


def found(check: Any, body: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in check(body, nobody)]


def checked(*items: dict[str, Any], **changes: Any) -> list[tuple[str, str | None]]:
    return found(rules.check_checklist, {"items": list(items), **changes})


def test_a_checklist_that_can_be_worked_through_is_accepted() -> None:
    items = item("floor", "score", max_score=20), item("lamp"), item("why", "text", only_if="lamp")
    assert checked(*items, pass_score=80) == []


def test_two_items_of_one_code_are_named() -> None:
    assert checked(item("a"), item("b"), item("a")) == [("duplicate", "items.2.code")]


def test_a_score_without_a_highest_one_is_named() -> None:
    assert checked(item("a", "score")) == [("no_max_score", "items.0.max_score")]


@pytest.mark.parametrize("condition", ["b", "a", "nowhere"])
def test_a_condition_names_an_earlier_item(condition: str) -> None:
    items = item("a", only_if=condition), item("b")
    assert checked(*items) == [("not_an_earlier_item", "items.0.only_if")]


def test_a_condition_on_what_cannot_fail_would_never_be_asked() -> None:
    assert checked(item("photo", "photo"), item("b", only_if="photo")) == [("never_asked", "items.1.only_if")]


def test_a_pass_score_needs_something_to_score() -> None:
    assert checked(item("a", "text"), pass_score=80) == [("nothing_to_score", "pass_score")]


def test_an_item_that_promises_nothing_is_refused() -> None:
    assert found(rules.check_item, {}) == [("promises_nothing", "response_minutes")]
    assert found(rules.check_item, {"response_minutes": 0}) == [("promises_nothing", "response_minutes")]


@pytest.mark.parametrize("promise", rules.PROMISES)
def test_one_promise_is_enough(promise: str) -> None:
    assert found(rules.check_item, {f"{promise}_minutes": 30}) == []
    assert found(rules.check_item, {f"{promise}_days": 2, "calendar": "office"}) == []


def test_nobody_solves_before_he_answers() -> None:
    assert found(rules.check_item, {"response_minutes": 61, "resolve_minutes": 60}) == [
        ("response_after_resolve", "response_minutes")
    ]
    assert found(rules.check_item, {"response_minutes": 60, "resolve_minutes": 60}) == []


@pytest.mark.parametrize(("response", "resolve"), [("response_days", "resolve_days"), ("response_days", None)])
def test_nobody_answers_days_after_what_he_solves_sooner(response: str, resolve: str | None) -> None:
    body = {"calendar": "office", response: 3, resolve or "resolve_minutes": 2}
    assert found(rules.check_item, body) == [("response_after_resolve", "response_days")]
    mixed = {"calendar": "office", "response_minutes": 6000, "resolve_days": 2}
    assert found(rules.check_item, mixed) == []


def test_a_promise_is_given_in_minutes_or_in_working_days_of_a_calendar() -> None:
    assert found(rules.check_item, {"resolve_days": 2}) == [("no_calendar", "resolve_days")]
    both = {"resolve_days": 2, "resolve_minutes": 60, "calendar": "office"}
    assert found(rules.check_item, both) == [("said_twice", "resolve_days")]


def test_two_lines_of_one_code_are_named() -> None:
    assert found(rules.check_price_list, {"lines": [{"code": "tap"}, {"code": "tap"}]}) == [
        ("duplicate", "lines.1.code")
    ]


def test_a_percentage_is_not_above_a_hundred() -> None:
    assert found(rules.check_standard, {"unit": "percent", "target": 100.5}) == [("out_of_range", "target")]
    assert found(rules.check_standard, {"unit": "minutes", "target": 480}) == []


def test_money_is_whole_fen() -> None:
    line = {"code": "tap", "name": {"zh": "龙头"}, "unit": "个", "price_fen": 40.5}
    _, problems = clean(documents.PRICE_LIST.fields, {"name": {"zh": "价目"}, "lines": [line]})
    assert [(problem.code, problem.field) for problem in problems] == [("not_integer", "lines.0.price_fen")]
