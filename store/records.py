"""Records: what operations do. Never edited freely, never deleted; each carries its estate and its clocks."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar, cast

from bson import ObjectId
from bson.errors import InvalidId
from mongoengine.fields import DateTimeField, StringField

from store.actor import Actor
from store.alone import as_written
from store.errors import NotFound
from store.kinds import RecordKind
from store.plain import PlainDict, PlainList
from store.versioned import Versioned, check_recorded


class Record(Versioned):
    """Set `KIND`, and `LABEL` to what it calls one of them."""

    KIND: ClassVar[RecordKind]
    KEPT_BY = ("estate",)

    estate = StringField(required=True)
    number = StringField(required=True)
    state = StringField(required=True)
    title = StringField()
    # What was named in both languages; None for what a person wrote, and for what was made before.
    title_en = StringField()
    # Plain values, because sweeps work on thousands of them by pure rules (`store/deadlines/rules.py`).
    clocks = PlainList(PlainDict())
    # The earliest moment at which something happens to the record by itself; what has none is never read by a sweep.
    next_check_at = DateTimeField()

    meta = {
        "abstract": True,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["estate", "number"], "unique": True},
            # Numbers are read out on the telephone and typed into the search box, without the estate.
            ["number"],
            {"fields": ["next_check_at"], "partialFilterExpression": {"next_check_at": {"$type": "date"}}},
            ["estate", "state", "-created_at", "-_id"],
        ],
    }


R = TypeVar("R", bound=Record)


def told_of(record: Record | Mapping[str, Any]) -> dict[str, Any]:
    """What a notice may say of a record of any kind: nothing personal. The title is in the languages that it has."""
    plain = {name: _part(record, name) for name in ("number", "title", "place", "estate")}
    english = _part(record, "title_en")
    if english and english != plain["title"]:
        plain["title"] = {"zh": plain["title"], "en": english}
    return {name: value for name, value in plain.items() if value}


def _part(record: Record | Mapping[str, Any], name: str) -> Any:
    return record.get(name) if isinstance(record, Mapping) else getattr(record, name, None)


def documents() -> dict[str, type[Record]]:
    """The name of each kind of record → its document, of the domains that were loaded."""
    ours = (each for each in Record.__subclasses__() if each.__module__.startswith("store."))
    return {each.KIND.name: each for each in ours}


def get(kind: type[R], key: object, actor: Actor) -> R:
    """The record by id or number, if the actor may see its estate. Raises `NotFound`.

    Every verb begins here, so here an entry of a tablet that has acted already ends. Raises `Recorded`.
    """
    record = _found(kind, key) if isinstance(key, str | ObjectId) else None
    if record is None or not actor.sees(record.estate):
        raise NotFound(kind.LABEL, key)
    check_recorded(record, actor)
    return record


def _found(kind: type[R], key: str | ObjectId) -> R | None:
    query = by(key)
    raw = as_written(kind._get_collection_name(), query.get("_id"))
    return kind.found(query) if raw is None else cast("R", kind._from_son(raw))


def by(key: str | ObjectId) -> dict[str, Any]:
    """The filter that finds a record by its id, or by its number, which is unique in the whole installation."""
    try:
        return {"_id": ObjectId(key)}
    except InvalidId:
        return {"number": key}
