"""The building stones of all shapes: moments with offset, nullable fields, plain values of any depth."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from marshmallow import Schema, fields

from store import clock
from store.errors import Invalid
from store.words import Words


def plain(value: Any) -> Any:
    """A stored value as JSON can carry it: moments as ISO 8601 with offset, ids as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str | int | float | bool | None):
        return value
    return str(value)


def as_moment(text: str, field: str) -> datetime:
    """A moment in UTC, cut to milliseconds. Raises `Invalid` for a text without offset, or beyond the calendar."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return clock.cut(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        pass
    words = Words("应为带时区的时间，如 2026-11-24T10:00:00+08:00", "must be ISO 8601 with an offset")
    raise Invalid.one("not_a_moment", words, field)


class Plain(fields.Field[Any]):
    """Any JSON value: what the house keeps without a fixed shape, such as the details of an event."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return plain(value)


class Scalar(fields.Field[Any]):
    """A text, a number, true, false or null."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return plain(value)


class PlainObject(fields.Dict):
    """An object whose names depend on what it is about."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else plain(value)


class Id(fields.String):
    """An id of MongoDB as text."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return str(value) if isinstance(value, ObjectId) else super()._serialize(value, attr, obj, **kwargs)


class Translated(Schema):
    """A text in two languages; the English one may be missing."""

    zh = fields.String()
    en = fields.String()


def text(about: str = "", **options: Any) -> fields.String:
    return fields.String(**_nullable(about, options))


def integer(about: str = "", **options: Any) -> fields.Integer:
    return fields.Integer(**_nullable(about, options))


def number(about: str = "", **options: Any) -> fields.Float:
    return fields.Float(**_nullable(about, options))


def boolean(about: str = "", **options: Any) -> fields.Boolean:
    return fields.Boolean(**_nullable(about, options))


def moment(about: str = "", **options: Any) -> fields.AwareDateTime:
    """ISO 8601 with offset."""
    return fields.AwareDateTime(format="iso", **_nullable(about, options))


def anything(about: str = "", **options: Any) -> Plain:
    return Plain(**_nullable(about, options))


def mapping(about: str = "", **options: Any) -> PlainObject:
    return PlainObject(**_nullable(about, options))


def texts(about: str = "") -> fields.List[Any]:
    return fields.List(fields.String(), dump_default=[], metadata={"description": about})


def rows(shape: type[Schema], about: str = "") -> fields.List[Any]:
    return fields.List(fields.Nested(shape), dump_default=[], metadata={"description": about})


def nested(shape: type[Schema], about: str = "") -> fields.Nested:
    return fields.Nested(shape, **_nullable(about, {}))


def _nullable(about: str, options: dict[str, Any]) -> dict[str, Any]:
    """Absent is null: a reader finds the same names in every answer."""
    metadata = {"description": about} if about else {}
    return {"allow_none": True, "dump_default": None, "metadata": metadata, **options}
