"""Fields as JSON Schema: what of a field a program is told."""

from collections.abc import Sequence
from dataclasses import replace

from store.fields.kind import Schema
from store.fields.kinds import kind_of
from store.fields.nested import GROUP, LIST
from store.fields.spec import MAX_ROWS, Field


def json_schema(field: Field) -> Schema:
    """What the field takes, as JSON Schema 2020-12, with its label. A field that need not be given may be null."""
    found = {**_bare(field), **_about(field)}
    return found if field.required else _or_null(found)


def object_schema(fields: Sequence[Field]) -> Schema:
    """An object of these fields and no others, as `clean` takes it."""
    needed = [each.name for each in fields if is_needed(each)]
    return {
        "type": "object",
        "properties": {each.name: json_schema(each) for each in fields},
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def is_needed(field: Field) -> bool:
    return field.required and field.default is None


def shown_schema(field: Field) -> Schema:
    """What a reader is given: as `json_schema`, but nothing is needed, for a draft may be incomplete, and what is stored
    may be older than a rule."""
    return json_schema(_free(field))


def _free(field: Field) -> Field:
    return replace(field, required=False, fields=tuple(map(_free, field.fields)))


def _bare(field: Field) -> Schema:
    if field.kind == GROUP:
        return object_schema(field.fields)
    if field.kind == LIST:
        least = {"minItems": 1} if field.required else {}
        return {"type": "array", "items": object_schema(field.fields), **least, "maxItems": MAX_ROWS}
    return kind_of(field).schema(field)


def _about(field: Field) -> Schema:
    words = [field.label.zh, field.label.en, *([field.help.en] if field.help else [])]
    about: Schema = {"description": " · ".join(words)}
    if field.target:
        about["x-refers-to"] = field.target
    if field.default is not None:
        about["default"] = field.default
    return about


def _or_null(schema: Schema) -> Schema:
    more = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **more}
