"""What a field tells programs as JSON Schema is what it takes: one says no to nothing that the other admits."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jsonschema_rs import Draft202012Validator

from store import directory, domains
from store.content.types import built_in
from store.fields.checking import clean
from store.fields.describing import json_schema, object_schema, shown_schema
from store.fields.kinds import KINDS
from store.fields.posted import parse
from store.fields.spec import Field, When
from store.words import Words

domains.load("documents")
LABEL = Words("字段", "Field")
CHOICES = (("a", Words("甲", "A")), ("b", Words("乙", "B")))
HASH = "0123456789abcdef" * 4
# By kind: what is taken, and what is refused.
VALUES: dict[str, tuple[list[Any], list[Any]]] = {
    "text": (["水", "x" * 500], [7, ["水"]]),
    "long_text": (["水\n火", "x" * 20_000], [7]),
    "markdown": (["# 水"], [True]),
    "integer": ([0, -5, 60.0, 10**12], ["5", 5.5, True, 10**12 + 1]),
    "decimal": ([0, 2.5], ["2.5", True]),
    "minutes": ([0, 90], [-1, 1.5]),
    "offset": ([-30, 0, 60], ["30", 1.5]),
    "money_fen": ([0, 1250], [-1, 12.5]),
    "boolean": ([True, False], ["yes", 1]),
    "choice": (["a"], ["c", 1]),
    "choices": ([["a", "b"]], [["c"], "a"]),
    "date": (["2026-11-24"], [20261124]),
    "datetime": (["2026-11-24T10:00:00+08:00"], [20261124]),
    "time": (["08:30"], ["24:00", "8:30"]),
    "times": ([["08:30"]], [["24:00"], "08:30"]),
    "weekdays": ([[1, 7]], [[0], [8]]),
    "weekday": ([1, 7], [0, 8, "1"]),
    "months": ([[1, 12]], [[0], [13]]),
    "month_days": ([[1, 31, -1]], [[32], [-2]]),
    "integers": ([[3, 1]], [["3"]]),
    "email": (["desk@anju.example"], ["desk"]),
    "url": (["https://anju.example"], ["anju"]),
    "reference": (["a-1"], [7, "x" * 65]),
    "references": ([["a-1"]], ["a-1", [7]]),
    "photo": ([HASH], ["../../etc/passwd", HASH[1:]]),
    "photos": ([[HASH]], [["x"], HASH]),
    "voice": ([HASH], [HASH.upper()]),
}


def is_described(field: Field, value: Any) -> bool:
    return Draft202012Validator(json_schema(field)).is_valid(value)


def is_taken(field: Field, value: Any) -> bool:
    return not clean((field,), {field.name: value})[1]


def field(kind: str, **more: Any) -> Field:
    return Field("it", kind, LABEL, choices=CHOICES if KINDS[kind].chooses else (), **more)


def test_every_kind_of_field_is_tried() -> None:
    assert set(VALUES) == {each.name for each in KINDS.values() if not each.nested}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("required", [True, False])
def test_the_description_of_a_kind_admits_what_it_takes_and_nothing_else(kind: str, required: bool) -> None:
    taken, refused = VALUES[kind]
    for value in taken:
        assert (is_described(field(kind, required=required), value), is_taken(field(kind), value)) == (True, True)
    for value in refused:
        assert (is_described(field(kind, required=required), value), is_taken(field(kind), value)) == (False, False)


@pytest.mark.parametrize("kind", VALUES)
def test_only_what_is_needed_may_not_be_null(kind: str) -> None:
    assert is_described(field(kind), None)
    assert not is_described(field(kind, required=True), None)


@pytest.mark.parametrize("blank", ["", "  ", "\u200b"])
def test_a_text_that_is_needed_is_not_blank(blank: str) -> None:
    assert not is_described(field("text", required=True), blank)
    assert is_described(field("text"), blank)


def test_a_text_in_two_languages_is_needed_in_chinese() -> None:
    name = field("text", translated=True, required=True)
    assert is_described(name, {"zh": "水"})
    assert is_described(name, {"zh": "水", "en": "Water"})
    assert not is_described(name, {"en": "Water"})
    assert not is_described(name, {"zh": "水", "fr": "Eau"})


def test_rows_and_groups_are_described_with_their_parts() -> None:
    row = Field("rows", "list", LABEL, required=True, fields=(field("integer", required=True),))
    group = Field("group", "group", LABEL, fields=(row,))
    body = object_schema((group,))
    assert Draft202012Validator(body).is_valid({"group": {"rows": [{"it": 5}]}})
    assert not Draft202012Validator(body).is_valid({"group": {"rows": []}})
    assert not Draft202012Validator(body).is_valid({"group": {"rows": [{"it": 5, "more": 1}]}})


def test_a_description_says_what_it_is_and_to_what_it_refers() -> None:
    found = json_schema(
        Field("who", "reference", Words("谁", "Who"), target="staff", help=Words("负责人", "In charge"))
    )
    assert found["description"] == "谁 · Who · In charge"
    assert found["x-refers-to"] == "staff"


KIND = Field("kind", "choice", LABEL, required=True, choices=CHOICES)
ONLY_A = When("kind", ("a",))
# A body, and whether the fields take it.
ASKED = (
    ({"kind": "a", "it": "水"}, True),
    ({"kind": "a"}, False),
    ({"kind": "a", "it": None}, False),
    ({"kind": "b"}, True),
    ({"kind": "b", "it": None}, True),
    ({"kind": "b", "it": ""}, True),
    ({"kind": "b", "it": "水"}, False),
)


@pytest.mark.parametrize(("body", "is_right"), ASKED)
def test_a_field_is_needed_where_it_is_asked_and_left_empty_elsewhere(body: dict[str, Any], is_right: bool) -> None:
    fields = (KIND, field("text", required=True, shown_when=ONLY_A))
    assert Draft202012Validator(object_schema(fields)).is_valid(body) == is_right
    assert (clean(fields, body)[1] == []) == is_right


def test_a_reader_may_be_given_what_is_not_asked_any_more() -> None:
    rows = Field("rows", "list", LABEL, fields=(KIND, field("text", required=True, shown_when=ONLY_A)))
    stored = [{"kind": "b", "it": "水"}, {"kind": "a"}]
    assert Draft202012Validator(shown_schema(rows)).is_valid(stored)
    assert not Draft202012Validator(json_schema(rows)).is_valid(stored)


def test_what_was_not_asked_is_refused_by_its_name() -> None:
    fields = (KIND, field("text", shown_when=ONLY_A))
    (problem,) = clean(fields, {"kind": "b", "it": "水"})[1]
    assert (problem.code, problem.field) == ("not_asked", "it")


def test_a_field_that_is_not_asked_has_no_default_and_a_default_answers_for_what_it_depends_on() -> None:
    fields = (field("text", default="水", shown_when=ONLY_A), KIND)
    assert clean(fields, {"kind": "b"})[0] == {"kind": "b"}
    assert clean(fields, {"kind": "a"})[0] == {"kind": "a", "it": "水"}
    usual = Field("kind", "choice", LABEL, choices=CHOICES, default="a")
    assert clean((fields[0], usual), {})[0] == {"kind": "a", "it": "水"}


def test_of_several_choices_one_is_enough_to_ask() -> None:
    fields = (Field("kind", "choices", LABEL, choices=CHOICES), field("text", required=True, shown_when=ONLY_A))
    for body, is_right in (({"kind": ["b"]}, True), ({"kind": ["b", "a"]}, False), ({}, True)):
        assert Draft202012Validator(object_schema(fields)).is_valid(body) == is_right
        assert (clean(fields, body)[1] == []) == is_right


def test_a_form_forgets_what_was_typed_into_a_field_that_is_hidden_now() -> None:
    fields = (KIND, field("text", shown_when=ONLY_A))
    zone = ZoneInfo("Asia/Shanghai")
    assert parse(fields, {"kind": ["b"], "it": ["水"]}, zone) == {"kind": "b"}
    assert parse(fields, {"kind": ["a"], "it": ["水"]}, zone) == {"kind": "a", "it": "水"}


@pytest.mark.parametrize("kind", sorted(built_in()))
def test_every_content_type_can_be_described(kind: str) -> None:
    described = object_schema(built_in()[kind].fields)
    Draft202012Validator(described)
    assert set(described["properties"]) == {each.name for each in built_in()[kind].fields}


@pytest.mark.parametrize("kind", sorted(directory.kinds()))
def test_every_kind_of_the_directory_can_be_described(kind: str) -> None:
    Draft202012Validator(object_schema(directory.kinds()[kind].FIELDS))
