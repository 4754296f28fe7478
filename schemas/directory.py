"""The shapes of the directory: one for each kind, made from what a person may write."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import Schema, fields

from schemas.shapes import boolean, integer, moment, text
from schemas.specified import read, shape_of
from store.directory import kinds
from store.fields.spec import Field
from store.words import Words

CODE = Field("code", "reference", Words("编号", "Code"), required=True)


class EntrySchema(Schema):
    """What every entry has besides what a person writes."""

    code = text()
    active = boolean()
    version = integer("What If-Match names.")
    created_at = moment()
    changed_at = moment()


# Computed fields that are worth showing.
_DERIVED: dict[str, tuple[str, ...]] = {"household": ("room", "moved_in", "moved_out")}


@cache
def entry_shape(kind_name: str) -> type[Schema]:
    """The shape of an entry as it is read."""
    kind = kinds()[kind_name]
    written = shape_of(kind.__name__, kind.FIELDS, answer=True)
    derived = {name: text() for name in _DERIVED.get(kind.KIND, ())}
    return type(f"{kind.__name__}EntrySchema", (EntrySchema, written), {**derived, "__doc__": kind.LABEL.en})


@cache
def new_shape(kind_name: str) -> type[Schema]:
    kind = kinds()[kind_name]
    return shape_of(f"New{kind.__name__}", (CODE, *kind.FIELDS))


@cache
def saved_shape(kind_name: str) -> type[Schema]:
    kind = kinds()[kind_name]
    return shape_of(f"Saved{kind.__name__}", kind.FIELDS)


def read_new(values: Mapping[str, Any]) -> dict[str, Any]:
    """The code is looked at here; the values are the store's business. Raises `Invalid`."""
    rest = {name: value for name, value in values.items() if name != "code"}
    return {**read((CODE,), {"code": values.get("code")}), "values": rest}


def read_saved(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"values": dict(values)}


class MemberSchema(Schema):
    name = text()
    phone = text()
    email = text()
    relation = text()


class ContactsSchema(Schema):
    """The members of a household with their numbers in full."""

    members = fields.List(fields.Nested(MemberSchema))
    note = text()
