"""Fields as JSON Schema: what of a field a program is told."""

from collections.abc import Sequence
from dataclasses import replace

from store.fields.kind import Schema
from store.fields.kinds import kind_of
from store.fields.nested import GROUP, LIST
from store.fields.spec import MAX_ROWS, Field, When


def json_schema(field: Field) -> Schema:
    """What the field takes, as JSON Schema 2020-12, with its label. A field that need not be given may be null."""
    if field.required and field.shown_when is None:
        return {**_bare(field), **_about(field)}
    # Where it is not asked it is left empty; `object_schema` says where it is.
    free = replace(field, required=False) if field.shown_when else field
    return _or_null({**_bare(free), **_about(free)})


def object_schema(fields: Sequence[Field]) -> Schema:
    """An object of these fields and no others, as `clean` takes it."""
    needed = [each.name for each in fields if is_needed(each)]
    conditions = [_condition(each, each.shown_when) for each in fields if each.shown_when]
    return {
        "type": "object",
        "properties": {each.name: json_schema(each) for each in fields},
        **({"required": needed} if needed else {}),
        **({"allOf": conditions} if conditions else {}),
        "additionalProperties": False,
    }


def _condition(field: Field, when: When) -> Schema:
    """Needed, if at all, where it is asked, and left empty elsewhere."""
    among = {"enum": list(when.among)}
    holds = {"anyOf": [among, {"type": "array", "contains": among}]}
    asked = {"required": [field.name], "properties": {field.name: _bare(field)}}
    then = {"then": asked} if field.required and field.default is None else {}
    nothing: Schema = {"properties": {field.name: {"enum": [None, "", [], {}]}}}
    return {"if": {"properties": {when.field: holds}, "required": [when.field]}, **then, "else": nothing}


def is_needed(field: Field) -> bool:
    """Whether it must be given whatever stands beside it."""
    return field.required and field.default is None and field.shown_when is None


def shown_schema(field: Field) -> Schema:
    """What a reader is given: as `json_schema`, but nothing is needed, for a draft may be incomplete, and what is stored
    may be older than a rule."""
    return json_schema(_free(field))


def _free(field: Field) -> Field:
    return replace(field, required=False, shown_when=None, fields=tuple(map(_free, field.fields)))


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
