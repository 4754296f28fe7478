"""What is picked is what the schema would dump, whatever is stored."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields, post_dump

from schemas.content import DraftSchema, RevisionSchema
from schemas.picking import as_json, picker
from schemas.requests import RequestSchema
from schemas.shapes import Id, Plain, PlainObject, Scalar, boolean, integer, moment, nested, number, rows, text, texts
from schemas.work import WorkOrderSchema


class Part(Schema):
    name = text()
    count = integer()


class Shown(Schema):
    id = Id(attribute="_id")
    title = text()
    count = integer(attribute="number")
    share = number()
    done = boolean()
    at = moment()
    words = texts()
    parts = rows(Part)
    part = nested(Part)
    body = PlainObject(allow_none=True, dump_default=None)
    any = Plain(allow_none=True)
    one = Scalar(dump_default=7)
    other = fields.String(data_key="elsewhere")


MOMENTS = st.integers(0, 4_000_000_000_000).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | MOMENTS
    | st.builds(ObjectId)
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PARTS = st.fixed_dictionaries(
    {}, optional={"name": st.text() | st.none(), "count": st.integers(-(2**63), 2**63 - 1) | st.none()}
)
STORED = st.fixed_dictionaries(
    {},
    optional={
        "_id": st.builds(ObjectId) | st.text() | st.none(),
        "title": st.text() | st.none() | st.integers(-(2**63), 2**63 - 1),
        "number": st.integers(-(2**63), 2**63 - 1) | st.none() | st.booleans(),
        "share": st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 99) | st.none(),
        "done": st.booleans() | st.none(),
        "at": MOMENTS | st.none(),
        "words": st.lists(st.text() | st.none()) | st.none(),
        "parts": st.lists(PARTS, max_size=3) | st.none(),
        "part": PARTS | st.none(),
        "body": st.dictionaries(st.text(max_size=5), VALUES, max_size=3) | st.none(),
        "any": VALUES,
        "one": SCALARS,
        "other": st.text(),
        "not shown": VALUES,
    },
)


def dumped(shape: type[Schema], row: Any, only: tuple[str, ...] | None = None) -> Any:
    schema = shape(only=only) if only else shape()
    return json.loads(as_json(schema.dump(row)))


def picked(shape: type[Schema], row: Any, only: tuple[str, ...] | None = None) -> Any:
    return json.loads(as_json(picker(shape, only).dump(row)))


@given(STORED)
def test_it_picks_what_the_schema_dumps(row: dict[str, Any]) -> None:
    assert picked(Shown, row) == dumped(Shown, row)


@given(STORED)
def test_it_picks_only_what_was_asked_for(row: dict[str, Any]) -> None:
    only = ("title", "parts", "at")
    assert picked(Shown, row, only) == dumped(Shown, row, only)


@pytest.mark.parametrize("shape", [RevisionSchema, DraftSchema, RequestSchema, WorkOrderSchema])
def test_what_is_empty_has_the_same_names_as_ever(shape: type[Schema]) -> None:
    assert picked(shape, {}) == dumped(shape, {})


def test_a_schema_that_does_more_is_asked_itself() -> None:
    class Hooked(Schema):
        name = text()

        @post_dump
        def louder(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
            return {"name": str(data["name"]).upper()}

    assert picked(Hooked, {"name": "a"}) == {"name": "A"}


def test_names_that_are_no_text_are_written_as_text() -> None:
    assert as_json({1: ObjectId("0" * 24)}) == b'{"1":"000000000000000000000000"}'
