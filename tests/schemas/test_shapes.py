"""Shapes at the border: every specification has one, moments keep their offset, nothing unknown comes in."""

from datetime import UTC, datetime

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema

from schemas.directory import entry_shape, new_shape, saved_shape
from schemas.shapes import as_moment, plain
from schemas.specified import read, shape_of
from schemas.work import read_completion
from store import directory, domains
from store.content.types import built_in
from store.errors import Invalid
from store.fields.spec import Field
from store.requests.rules import INTAKE
from store.words import Words

domains.load("documents")


@pytest.mark.parametrize("kind", sorted(built_in()))
def test_every_content_type_has_a_shape(kind: str) -> None:
    fields = built_in()[kind].fields
    shape = shape_of(kind, fields)
    assert issubclass(shape, Schema)
    assert set(shape._declared_fields) == {each.name for each in fields}


@pytest.mark.parametrize("kind", sorted(directory.kinds()))
def test_every_kind_of_the_directory_has_its_shapes(kind: str) -> None:
    names = {each.name for each in directory.kinds()[kind].FIELDS}
    assert set(saved_shape(kind)._declared_fields) == names
    assert set(new_shape(kind)._declared_fields) == names | {"code"}
    assert names < set(entry_shape(kind)._declared_fields)
    assert "tokens" not in entry_shape(kind)._declared_fields


def test_what_is_absent_is_null_in_an_answer() -> None:
    assert entry_shape("estate")().dump({"code": "x"})["address"] is None


def test_reading_names_every_problem() -> None:
    with pytest.raises(Invalid) as refused:
        read(INTAKE, {"kind": "lament", "colour": 1})
    found = {each.field: each.code for each in refused.value.problems}
    assert found["kind"] == "not_a_choice"
    assert found["colour"] == "unknown_field"
    assert found["words"] == "required"


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_goes_out_and_comes_back_cut_to_milliseconds(moment: datetime) -> None:
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        return
    found = as_moment(moment.isoformat(), "at")
    assert abs((found - expected).total_seconds()) < 0.001
    assert found.microsecond % 1000 == 0


@given(st.text(max_size=40))
def test_what_is_no_moment_is_refused_by_name(text: str) -> None:
    try:
        found: object = as_moment(text, "at")
    except Invalid as refused:
        found = refused.code
    assert found == "not_a_moment" or isinstance(found, datetime)


def test_plain_values_are_json() -> None:
    identity = ObjectId()
    value = {"at": datetime(2026, 11, 24, tzinfo=UTC), "id": identity, "deep": [{"n": 1}]}
    assert plain(value) == {"at": "2026-11-24T00:00:00+00:00", "id": str(identity), "deep": [{"n": 1}]}


@pytest.mark.parametrize("value", ["pass", 3, 2.5, True, None])
def test_an_answer_may_be_of_several_kinds(value: object) -> None:
    assert read_completion({"answers": [{"item": "floor", "value": value}]})["answers"][0]["value"] == value


def test_a_required_choice_and_a_free_one_say_so() -> None:
    words = Words("选", "Choose")
    choices = (("a", words),)
    shape = shape_of("Sample", (Field("x", "choice", words, required=True, choices=choices), Field("y", "text", words)))
    assert shape._declared_fields["x"].required
    assert not shape._declared_fields["y"].required
