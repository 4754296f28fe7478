"""The one query module: whatever an address says becomes plain conditions or a named refusal."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.api.queries import By, Listing, Query, parse
from admin_app.api.refusals import BadQuery
from admin_app.shell.keyset import Cursor, encode

LISTING = Listing(
    filters={
        "state": By("state", choices=frozenset({"open", "closed"})),
        "assignee": By("assignee"),
        "priority": By("priority", "integer"),
        "urgent": By("urgent", "boolean"),
        "due_at": By("due_at", "moment"),
    },
    sorts={"due_at": "due_at", "created_at": "created_at"},
    sort="-created_at",
    fields=("id", "state", "due_at"),
    usual=("id", "state"),
)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
NAMES = ["limit", "after", "sort", "fields", "count", "filter[state]", "filter[priority][gte]", "filter[due_at][lt]"]
OPERATORS = {"$in", "$lt", "$lte", "$gt", "$gte", "$eq", "$ne"}


def codes(*pairs: tuple[str, str]) -> list[str]:
    with pytest.raises(BadQuery) as refused:
        parse(pairs, LISTING, NOW)
    return [each.code for each in refused.value.problems]


def scalars(value: Any) -> bool:
    return isinstance(value, str | int | bool | datetime)


@given(st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=40), st.text(max_size=60)), max_size=6))
def test_anything_becomes_plain_conditions_or_a_named_refusal(pairs: list[tuple[str, str]]) -> None:
    try:
        query = parse(pairs, LISTING, NOW)
    except BadQuery as refused:
        problems = refused.problems
    else:
        problems = ()
        assert_plain(query)
    assert all(each.code and each.field is not None for each in problems)


def assert_plain(query: Query) -> None:
    assert 1 <= query.limit <= 200
    for condition in query.where:
        ((path, test),) = condition.items()
        assert path in {by.path for by in LISTING.filters.values()}
        ((operator, value),) = test.items()
        assert operator in OPERATORS
        assert all(map(scalars, value)) if operator == "$in" else scalars(value)


@given(st.text(max_size=1200))
def test_a_made_up_cursor_is_refused_by_name(text: str) -> None:
    found: object
    try:
        found = parse([("after", text)], LISTING, NOW).after
    except BadQuery as refused:
        found = refused.problems[0].code
    assert isinstance(found, Cursor) or found == "bad_cursor"


@pytest.mark.parametrize("value", ['{"$ne": null}', "$ne", "[$ne]", "a.b", "\x00"])
def test_an_operator_in_a_value_is_text(value: str) -> None:
    assert parse([("filter[assignee]", value)], LISTING, NOW).where == [{"assignee": {"$eq": value}}]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("filter[assignee][$ne]", "unknown_parameter"),
        ("filter[assignee][ne]", "unknown_operator"),
        ("filter[assignee][lt]", "unknown_operator"),
        ("filter[urgent][in]", "unknown_operator"),
        ("filter[$where]", "unknown_parameter"),
        ("filter[password]", "unknown_filter"),
        ("filter[events.actor]", "unknown_filter"),
        ("filter[]", "unknown_parameter"),
        ("skip", "unknown_parameter"),
        ("$where", "unknown_parameter"),
    ],
)
def test_unknown_names_are_refused(name: str, code: str) -> None:
    assert codes((name, "x")) == [code]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1e2", "", "٣", "99999999999999999999"])
def test_limit_is_1_to_200(limit: str) -> None:
    assert codes(("limit", limit)) == ["bad_limit"]


def test_limit_200_is_the_most() -> None:
    assert parse([("limit", "200")], LISTING, NOW).limit == 200
    assert parse([("limit", "1")], LISTING, NOW).limit == 1


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = codes(
        ("limit", "0"), ("sort", "colour"), ("fields", "id,secret"), ("filter[state]", "lost"), ("count", "1")
    )
    assert sorted(found) == ["bad_count", "bad_limit", "not_a_choice", "unknown_field", "unknown_sort"]


def test_a_name_that_stands_twice_is_refused() -> None:
    assert codes(("filter[state]", "open"), ("filter[state]", "closed")) == ["repeated_parameter"]


@pytest.mark.parametrize("value", ["99999999999999999999", "1.5", "", "0x1", "9007199254740993"])
def test_an_integer_that_is_none_is_refused(value: str) -> None:
    assert codes(("filter[priority]", value)) == ["not_integer"]


@pytest.mark.parametrize("value", ["yesterday", "2026-11-24", "2026-11-24T10:00:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_needs_an_offset(value: str) -> None:
    assert codes(("filter[due_at][lt]", value)) == ["not_a_moment"]


def test_a_plus_that_became_a_space_is_understood() -> None:
    (condition,) = parse([("filter[due_at][lt]", "2026-11-24T10:00:00 08:00")], LISTING, NOW).where
    assert condition["due_at"]["$lt"].isoformat() == "2026-11-24T02:00:00+00:00"


def test_false_finds_what_nobody_ticked() -> None:
    assert parse([("filter[urgent]", "false")], LISTING, NOW).where == [{"urgent": {"$ne": True}}]


def test_in_takes_fifty_values_and_no_more() -> None:
    assert codes(("filter[assignee][in]", ",".join("a" * 51))) == ["too_many_values"]
    (condition,) = parse([("filter[assignee][in]", ",".join("a" * 50))], LISTING, NOW).where
    assert len(condition["assignee"]["$in"]) == 50


def test_a_cursor_comes_back_as_it_went() -> None:
    cursor = Cursor(7, "x")
    assert parse([("after", encode(cursor))], LISTING, NOW).after == cursor
