"""Answers picked from stored values as a schema declares them, without asking the schema about every value again.

marshmallow stays the declaration – of names, kinds and defaults – and serialises whatever is not plain. Moments, ids and
mappings are left for the JSON writer, which knows them (`as_json`).
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple

import orjson
from marshmallow import Schema, fields, missing

from schemas.shapes import Id, Plain, PlainObject, Scalar, plain

Pick = Callable[[Any], Any]
# Of these a value of the kind itself is its own serialisation.
_OWN: dict[type[fields.Field[Any]], tuple[type, ...]] = {
    fields.String: (str,),
    Id: (str,),
    fields.Integer: (int,),
    fields.Float: (float,),
    fields.Boolean: (bool,),
    fields.AwareDateTime: (datetime,),
    fields.Dict: (dict,),
    PlainObject: (dict,),
    Scalar: (str, int, float, bool),
    Plain: (str, int, float, bool, dict, list, datetime),
}


class _Part(NamedTuple):
    """One field: a stored value of these types is shown as it is, nothing as `absent`, all else as `pick` makes it."""

    key: str
    stored: str
    own: frozenset[type]
    absent: Any
    pick: Pick


class Picker:
    """Gives what the schema's `dump` gives, once it is JSON."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._parts = _parts(schema)

    def dump(self, rows: Any, *, many: bool = False) -> Any:
        return [self._one(row) for row in rows] if many else self._one(rows)

    def _one(self, row: Any) -> Any:
        if self._parts is None or not isinstance(row, dict):
            return self._schema.dump(row, many=False)
        picked: dict[str, Any] = {}
        for key, stored, own, absent, pick in self._parts:
            value = row.get(stored, missing)
            if value is missing:
                value = absent
            elif type(value) not in own and value is not None:
                value = pick(value)
            if value is not missing:
                picked[key] = value
        return picked


def _parts(schema: Schema) -> list[_Part] | None:
    """None for a schema that does more than to name fields: it is asked itself."""
    hooks = any(schema._hooks.get(name) for name in ("pre_dump", "post_dump"))
    parts = [_part(name, field) for name, field in schema.dump_fields.items()]
    return None if hooks or None in parts else [each for each in parts if each is not None]


def _part(name: str, field: fields.Field[Any]) -> _Part | None:
    stored = field.attribute or name
    if "." in stored or callable(field.dump_default) or not field._CHECK_ATTRIBUTE:
        return None
    key = name if field.data_key is None else field.data_key
    return _Part(key, stored, _own(field), field.dump_default, _pick_of(field))


def _own(field: fields.Field[Any]) -> frozenset[type]:
    return frozenset(_OWN.get(type(field), ()))


def _pick_of(field: fields.Field[Any]) -> Pick:
    if type(field) is fields.List:
        return _each(_own(field.inner), _pick_of(field.inner))
    if type(field) is fields.Nested:
        return partial(Picker(field.schema).dump, many=bool(field.many))
    return lambda value: field._serialize(value, None, None)


def _each(own: frozenset[type], pick: Pick) -> Pick:
    return lambda values: [each if type(each) in own or each is None else pick(each) for each in values]


@lru_cache(maxsize=1_024)
def picker(shape: type[Schema], only: tuple[str, ...] | None = None) -> Picker:
    """Of a shape, or of some of its fields."""
    return Picker(shape(only=only) if only else shape())


def as_json(data: Any) -> bytes:
    """JSON in bytes; moments as ISO 8601 with offset, what JSON does not know as text."""
    try:
        return orjson.dumps(data, default=plain)
    except orjson.JSONEncodeError:
        return orjson.dumps(plain(data))  # a name that is no text, a number that is too large
