"""The documents of the kinds that are only described: MongoEngine's declaration, made from the fields of the description."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from mongoengine.fields import BooleanField, DateTimeField, FloatField, IntField, StringField

from store import domains
from store.fields.spec import Field
from store.kinds import RecordKind, made_kinds
from store.plain import PlainDict, PlainList
from store.records import Record

_MAKERS: dict[str, Callable[[], Any]] = {
    **dict.fromkeys(("integer", "minutes", "offset", "money_fen", "weekday"), IntField),
    "decimal": FloatField,
    "boolean": BooleanField,
    "datetime": DateTimeField,
    "group": PlainDict,
    "list": lambda: PlainList(PlainDict()),
    **dict.fromkeys(("choices", "times", "references", "photos"), lambda: PlainList(StringField())),
    **dict.fromkeys(("weekdays", "months", "month_days", "integers"), lambda: PlainList(IntField())),
}


def document_of(kind: RecordKind) -> type[Record]:
    """The document of a kind, under the name that is stored. Whatever is no number, moment or list is text."""
    fields = {each.name: PlainDict() if each.translated else field_of(each) for each in kind.fields}
    own = {"key": StringField(required=True), "clause": StringField(default=kind.clause)}
    meta = {"collection": kind.page.replace("-", "_"), "auto_create_index": False, "indexes": list(_indexes(kind))}
    body = {"KIND": kind, "LABEL": kind.one, "__module__": __name__, "__doc__": kind.one.en, **own, **fields}
    name = "".join(part.capitalize() for part in kind.name.split("_"))
    return cast("type[Record]", type(name, (Record,), {**body, "meta": meta}))


def field_of(field: Field) -> Any:
    """What MongoEngine knows of it."""
    return _MAKERS.get(field.kind, StringField)()


def _indexes(kind: RecordKind) -> Iterator[Any]:
    """What makes it once, what its list is ordered and narrowed by, and what is asked of it on other pages."""
    yield {"fields": ["estate", "key"], "unique": True}
    yield ["-created_at", "-_id"]
    if kind.office and kind.office.date != "created_at":
        yield [f"-{kind.office.date}", "-_id"]
    if kind.due:
        yield ["estate", "state", kind.due.field, "_id"]
    if kind.proves:
        yield ["estate", "state", f"-{kind.proves.at}"]


domains.load("kind")
# Kept by name: MongoEngine knows its documents only as long as somebody else does.
DOCUMENTS: dict[str, type[Record]] = {each.name: document_of(each) for each in made_kinds()}
