"""The shapes of the kinds of records that are only described: what all records show, and their own fields."""

from functools import cache

from marshmallow import Schema

from schemas.records import RecordSchema
from schemas.shapes import moment
from schemas.specified import shape_of
from store.fields.kinds import kind_of
from store.fields.spec import Field
from store.kinds import RecordKind

# Of every record, what a list shows without being asked.
_USUAL = ("id", "number", "estate", "state", "title", "clause", "created_at", "changed_at", "version")


@cache
def shape_of_kind(name: str, fields: tuple[Field, ...], words: str) -> type[Schema]:
    """The marshmallow schema of one record; its moments are moments, where those of bodies are texts."""
    moments = {each.name: moment(each.label.en) for each in fields if kind_of(each).is_moment}
    own = shape_of(f"{name}Fields", [each for each in fields if each.name not in moments], answer=True)
    return type(f"{name}Schema", (RecordSchema, own), {**moments, "__doc__": f"{words}."})


def usual_of(kind: RecordKind) -> tuple[str, ...]:
    """What a list shows: all but long texts, and what may name a person."""
    return (*_USUAL, *(each.name for each in kind.fields if _is_short(each)))


def _is_short(field: Field) -> bool:
    return not (field.personal or kind_of(field).is_long or kind_of(field).nested)
