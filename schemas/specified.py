"""Shapes made from the store's field specifications: what the API takes is described and checked by one description.

`shape_of` gives the marshmallow schema that the API's description is made from; reading goes through `store.fields`,
so that a wrong body is refused with the same codes and sentences as on a screen.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from marshmallow import RAISE, fields, validate
from marshmallow import Schema as Shape

from schemas.shapes import Translated
from store.errors import Invalid
from store.fields.checking import clean
from store.fields.describing import is_needed, json_schema, shown_schema
from store.fields.kind import Schema
from store.fields.nested import GROUP, LIST
from store.fields.spec import MAX_LONG_TEXT, Field
from store.fields.texts import NOT_BLANK

Made = fields.Field[Any]
# As the store's own patterns, in the words of JSON Schema, where `$` is the end and nothing else.
NEW_CODE = r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"
HASH = r"^[0-9a-f]{64}$"
# What a description of a field says besides its rules, and the rules that what is stored may be older than.
_SAID = ("description", "x-refers-to", "default", "format")
_RULES = frozenset({"pattern", "minItems", "maxItems"})


class Closed:
    """Names that nobody knows are refused."""

    unknown = RAISE


def read(specification: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The cleaned values. Raises `Invalid` with every problem, names that nobody knows included."""
    cleaned, problems = clean(specification, values)
    if problems:
        raise Invalid(problems)
    return cleaned


def shape_of(name: str, specification: Sequence[Field], *, answer: bool = False) -> type[Shape]:
    """A marshmallow schema of these fields; in answers nothing is required, because drafts may be incomplete."""
    return _shape(name, tuple(specification), answer)


@cache
def _shape(name: str, specification: tuple[Field, ...], answer: bool) -> type[Shape]:
    parts: dict[str, Any] = {each.name: _made(f"{name}{_camel(each.name)}", each, answer) for each in specification}
    return type(name, (Shape,), {**parts, **({} if answer else {"Meta": Closed}), "__doc__": f"{name}."})


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _made(name: str, field: Field, answer: bool) -> Made:
    schema = shown_schema(field) if answer else json_schema(field)
    options: dict[str, Any] = {"metadata": {key: schema[key] for key in _SAID if key in schema}}
    if answer:
        options |= {"allow_none": True, "dump_default": None}
    else:
        options |= {"required": is_needed(field), "allow_none": not field.required or field.shown_when is not None}
    if field.translated:
        return fields.Nested(Translated if answer else _given(_longest(schema), field.required), **options)
    if field.kind == GROUP:
        return fields.Nested(_shape(name, field.fields, answer), **options)
    if field.kind == LIST:
        inner = fields.Nested(_shape(name, field.fields, answer))
        return fields.List(inner, validate=[] if answer else _validators(schema), **options)
    # What is stored may be older than a rule; what is sent is described as it is checked.
    bare = {key: schema[key] for key in schema if key not in _RULES} if answer else schema | _coded(field)
    return _of_schema(bare, options)


def _coded(field: Field) -> Schema:
    """The code of what is made is no reference to what there is: it must be well-formed."""
    return {"pattern": NEW_CODE} if field.name == "code" and field.target is None else {}


def _of_schema(schema: Schema, options: dict[str, Any]) -> Made:
    """The field of marshmallow that takes what the schema describes, of the few kinds of schemas that the store makes."""
    validators = _validators(schema)
    match _type_of(schema):
        case "array":
            return fields.List(_of_schema(schema["items"], {}), validate=validators, **options)
        case "integer":
            return fields.Integer(strict=True, validate=validators, **options)
        case "number":
            return fields.Float(validate=validators, **options)
        case "boolean":
            return fields.Boolean(**options)
        case _:
            return fields.String(validate=validators, **_patterned(schema, options))


def _type_of(schema: Schema) -> str:
    found = schema["type"]
    return str(found if isinstance(found, str) else found[0])


def _validators(schema: Schema) -> list[validate.Validator]:
    found: list[validate.Validator] = []
    for least, most in (("minLength", "maxLength"), ("minItems", "maxItems")):
        if least in schema or most in schema:
            found.append(validate.Length(min=schema.get(least), max=schema.get(most)))
    if "minimum" in schema:
        found.append(validate.Range(min=schema["minimum"], max=schema["maximum"]))
    if "enum" in schema:
        found.append(validate.OneOf(schema["enum"]))
    return found


def _patterned(schema: Schema, options: dict[str, Any]) -> dict[str, Any]:
    """A pattern is described and never run here: one that a manager typed could take for ever in Python's own engine."""
    said = {key: schema[key] for key in ("pattern",) if key in schema}
    return {**options, "metadata": {**options.get("metadata", {}), **said}}


@cache
def _given(longest: int, required: bool) -> type[Shape]:
    """A text in two languages as it is sent; one that is needed is given in Chinese at least."""
    name = f"{'Needed' if required else 'Given'}{'LongText' if longest == MAX_LONG_TEXT else 'Text'}"
    needed = [validate.Regexp(NOT_BLANK)] if required else []
    zh = fields.String(required=required, validate=[validate.Length(max=longest), *needed])
    return type(name, (Shape,), {"zh": zh, "en": fields.String(validate=validate.Length(max=longest)), "Meta": Closed})


def _longest(schema: Schema) -> int:
    return int(schema["properties"]["zh"]["maxLength"])
