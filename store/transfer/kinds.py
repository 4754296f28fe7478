"""Content types and directory kinds, for tables: their fields, and what is there of them already."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from store import directory
from store.actor import Actor
from store.content import audience, reading
from store.content.documents import Content
from store.content.types import ContentType
from store.fields.spec import Field

Values = Mapping[str, Any]


class Known(NamedTuple):
    """An entry that is there already."""

    values: Values
    version: int
    estates: Sequence[str | None]


class Kind(NamedTuple):
    """A content type or a directory kind, for tables."""

    key: str
    fields: tuple[Field, ...]
    document: type[directory.DirectoryEntry] | None
    content_type: ContentType | None


def kind_of(key: str, actor: Actor, now: datetime) -> Kind:
    """Raises `NotFound`, also for a type that is not for this actor to read."""
    if directory.is_kind(key):
        document = directory.kinds()[key]
        return Kind(key, document.FIELDS, document, None)
    content_type = reading.type_of(key, now)
    audience.require_reading(actor, key)
    return Kind(key, content_type.fields, None, content_type)


def known_of(kind: Kind, filters: Mapping[str, Any]) -> dict[str, Known]:
    if kind.document is not None:
        query = {name: value for name, value in filters.items() if name != "state"}
        entries = kind.document.objects(active__ne=False, **query).exclude("events")
        return {entry.code: _entry(kind.document, entry) for entry in entries}
    heads = Content.objects(type=kind.key, **filters).exclude("events")
    return {head.code: Known(_plain(head.draft), head.version, [head.estate]) for head in heads}


def _entry(document: type[directory.DirectoryEntry], entry: directory.DirectoryEntry) -> Known:
    values = entry.values()
    return Known(_plain(values), entry.version, document.estates_of({"code": entry.code, **values}))


def _plain(value: Any) -> Any:
    """MongoEngine's own lists and dictionaries compare equal to plain ones, but remember their documents."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def sees(actor: Actor, known: Known) -> bool:
    return not known.estates or any(actor.sees(estate) for estate in known.estates)
