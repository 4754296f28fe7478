"""Shapes made from the store's field specifications: what the API takes is described and checked by one description.

`shape_of` gives the marshmallow schema that the API's description is made from; reading goes through `store.fields`,
so that a wrong body is refused with the same codes and sentences as on a screen.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from schemas.shapes import Translated
from store.errors import Invalid
from store.fields import LARGEST, MAX_LONG_TEXT, MAX_ROWS, MAX_TEXT, Field, clean

Made = fields.Field[Any]
TEXTS = frozenset({"text", "long_text", "markdown"})
MANY = frozenset({"list", "choices", "times", "weekdays", "months", "month_days", "integers", "references"})
# As the store's own patterns, in the words of JSON Schema, where `$` is the end and nothing else.
NEW_CODE = r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"
# Something that can be seen: neither a blank nor a control character nor a mark that hides or turns text.
NOT_BLANK = (
    r"[^\s\u0000-\u001f\u007f-\u00a0\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb]"
)
HASH = r"^[0-9a-f]{64}$"
HASHES = frozenset({"photos", "hash", "signature", "voice"})
_NAMED = {"code": NEW_CODE, **dict.fromkeys(HASHES, HASH)}
PATTERNS = {"email": r"^[^@\s]{1,64}@[^@\s]{1,190}$", "url": r"^[a-z][a-z0-9+]*://\S+$"}


class Closed:
    """Names that nobody knows are refused."""

    unknown = RAISE


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
    parts: dict[str, Any] = {each.name: _made(f"{name}{_camel(each.name)}", each, answer) for each in specification}
    return type(name, (Schema,), {**parts, **({} if answer else {"Meta": Closed}), "__doc__": f"{name}."})


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _made(name: str, field: Field, answer: bool) -> Made:
    options: dict[str, Any] = {"metadata": _metadata(field)}
    if answer:
        options |= {"allow_none": True, "dump_default": None}
    else:
        options |= {"required": field.required and field.default is None, "allow_none": not field.required}
    if field.kind in ("group", "list"):
        inner = fields.Nested(_shape(name, field.fields, answer), **(options if field.kind == "group" else {}))
        made: Made = inner if field.kind == "group" else fields.List(inner, **options)
    elif field.translated and not answer:
        made = fields.Nested(_given(_longest(field), field.required), **options)
    else:
        made = _MAKERS[field.kind](field, options)
    if not answer:
        # What is stored may be older than a rule; what is sent is described as it is checked.
        made.validators += _demands(field)
    return made


def _demands(field: Field) -> list[validate.Validator]:
    """What the store asks of a value besides its kind."""
    if field.kind in MANY:
        return [validate.Length(min=1 if field.required else None, max=MAX_ROWS)]
    found: list[validate.Validator] = []
    if field.kind == "reference" and field.required:
        found.append(validate.Length(min=1))
    if field.kind in ("email", "url"):
        found.append(validate.Length(max=MAX_TEXT))
    pattern = PATTERNS.get(field.kind) or _NAMED.get(field.name) if field.target is None else None
    if pattern is None and field.required and field.kind in TEXTS and not field.translated:
        pattern = NOT_BLANK
    return [*found, validate.Regexp(pattern)] if pattern else found


@cache
def _given(longest: int, required: bool) -> type[Schema]:
    """A text in two languages as it is sent; one that is needed is given in Chinese at least."""
    name = f"{'Needed' if required else 'Given'}{'LongText' if longest == MAX_LONG_TEXT else 'Text'}"
    needed = [validate.Regexp(NOT_BLANK)] if required else []
    zh = fields.String(required=required, validate=[validate.Length(max=longest), *needed])
    return type(name, (Schema,), {"zh": zh, "en": fields.String(validate=validate.Length(max=longest)), "Meta": Closed})


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
    longest = _longest(field)
    # What is required may not be blank: `clean` strips, and what is left must be something.
    shortest = 1 if field.required else None
    return fields.String(validate=validate.Length(min=shortest, max=longest), **options)


def _longest(field: Field) -> int:
    return MAX_LONG_TEXT if field.kind in ("long_text", "markdown") else MAX_TEXT


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
    one = [validate.Length(max=64), *([validate.Regexp(HASH)] if field.name in HASHES else [])]
    return fields.List(fields.String(validate=one), **options)


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
