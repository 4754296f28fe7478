"""Shapes made from the store's field specifications: what the API takes is described and checked by one description.

`shape_of` gives the marshmallow schema that the API's description is made from; reading goes through `store.fields`,
so that a wrong body is refused with the same codes and sentences as on a screen.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from marshmallow import Schema, fields, validate

from schemas.shapes import Translated
from store.errors import Invalid
from store.fields import LARGEST, MAX_LONG_TEXT, MAX_ROWS, MAX_TEXT, Field, clean

Made = fields.Field[Any]


def read(specification: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The cleaned values. Raises `Invalid` with every problem, names that nobody knows included."""
    cleaned, problems = clean(specification, values)
    if problems:
        raise Invalid(problems)
    return cleaned


def shape_of(name: str, specification: Sequence[Field], *, answer: bool = False) -> type[Schema]:
    """A marshmallow schema of these fields; in answers nothing is required, because drafts may be incomplete."""
    return _shape(name, tuple(specification), answer)


@cache
def _shape(name: str, specification: tuple[Field, ...], answer: bool) -> type[Schema]:
    parts = {each.name: _made(f"{name}{_camel(each.name)}", each, answer) for each in specification}
    return type(name, (Schema,), {**parts, "__doc__": f"{name}."})


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _made(name: str, field: Field, answer: bool) -> Made:
    options: dict[str, Any] = {"metadata": _metadata(field)}
    if answer:
        options |= {"allow_none": True, "dump_default": None}
    else:
        options |= {"required": field.required and field.default is None, "allow_none": not field.required}
    if field.kind in ("group", "list"):
        inner = _shape(name, field.fields, answer)
        if field.kind == "group":
            return fields.Nested(inner, **options)
        return fields.List(fields.Nested(inner), validate=validate.Length(max=MAX_ROWS), **options)
    return _MAKERS[field.kind](field, options)


def _metadata(field: Field) -> dict[str, Any]:
    words = [field.label.zh, field.label.en, *([field.help.en] if field.help else [])]
    described: dict[str, Any] = {"description": " · ".join(words)}
    if field.target:
        described["x-refers-to"] = field.target
    if field.default is not None:
        described["default"] = field.default
    return described


def _text(field: Field, options: dict[str, Any]) -> Made:
    if field.translated:
        return fields.Nested(Translated, **options)
    longest = MAX_LONG_TEXT if field.kind in ("long_text", "markdown") else MAX_TEXT
    # What is required may not be blank: `clean` strips, and what is left must be something.
    shortest = 1 if field.required else None
    return fields.String(validate=validate.Length(min=shortest, max=longest), **options)


def _integer(field: Field, options: dict[str, Any]) -> Made:
    low, high = _range(field)
    return fields.Integer(strict=True, validate=validate.Range(min=int(low), max=int(high)), **options)


def _decimal(field: Field, options: dict[str, Any]) -> Made:
    low, high = _range(field)
    return fields.Float(validate=validate.Range(min=low, max=high), **options)


def _range(field: Field) -> tuple[float, float]:
    low = 0 if field.minimum is None and field.kind in ("minutes", "money_fen") else field.minimum
    return (-LARGEST if low is None else low), (LARGEST if field.maximum is None else field.maximum)


def _choice(field: Field, options: dict[str, Any]) -> Made:
    allowed = [value for value, _ in field.choices]
    if options.get("allow_none"):
        allowed = [*allowed, None]  # type: ignore[list-item]
    return fields.String(validate=validate.OneOf(allowed), **options)


def _choices(field: Field, options: dict[str, Any]) -> Made:
    one = fields.String(validate=validate.OneOf([value for value, _ in field.choices]))
    return fields.List(one, **options)


def _moment(field: Field, options: dict[str, Any]) -> Made:
    # Bodies keep moments as text; the format is for the description.
    options["metadata"] = {**options["metadata"], "format": "date-time"}
    return fields.String(**options)


def _day(field: Field, options: dict[str, Any]) -> Made:
    options["metadata"] = {**options["metadata"], "format": "date"}
    return fields.String(**options)


def _time(field: Field, options: dict[str, Any]) -> Made:
    return fields.String(validate=validate.Regexp(_CLOCK), **options)


def _times(field: Field, options: dict[str, Any]) -> Made:
    return fields.List(fields.String(validate=validate.Regexp(_CLOCK)), **options)


_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
_NUMBERS = {"weekdays": (1, 7), "months": (1, 12), "month_days": (-1, 31), "integers": (-LARGEST, LARGEST)}


def _numbers(field: Field, options: dict[str, Any]) -> Made:
    low, high = _NUMBERS[field.kind]
    return fields.List(fields.Integer(strict=True, validate=validate.Range(min=low, max=high)), **options)


def _code(field: Field, options: dict[str, Any]) -> Made:
    return fields.String(validate=validate.Length(max=64), **options)


def _codes(field: Field, options: dict[str, Any]) -> Made:
    return fields.List(fields.String(validate=validate.Length(max=64)), **options)


_MAKERS: dict[str, Callable[[Field, dict[str, Any]], Made]] = {
    "text": _text,
    "long_text": _text,
    "markdown": _text,
    "integer": _integer,
    "minutes": _integer,
    "money_fen": _integer,
    "decimal": _decimal,
    "boolean": lambda field, options: fields.Boolean(**options),
    "choice": _choice,
    "choices": _choices,
    "date": _day,
    "datetime": _moment,
    "time": _time,
    "times": _times,
    "weekdays": _numbers,
    "months": _numbers,
    "month_days": _numbers,
    "integers": _numbers,
    "email": lambda field, options: fields.String(**options),
    "url": lambda field, options: fields.String(**options),
    "reference": _code,
    "references": _codes,
}
