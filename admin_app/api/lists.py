"""One page of a list: straight from the collection, by keyset, only the fields that were asked for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marshmallow import Schema
from pymongo.collection import Collection

from admin_app.api.operation import Answer, Call
from admin_app.api.queries import Listing, Query, parse
from admin_app.shell.keyset import Cursor, after, encode
from schemas.picking import picker
from store.actor import Actor

COUNT_CAP = 10_001
SLOW_MS = 3_000

Raw = dict[str, Any]
_NOTHING: Mapping[str, Sequence[str]] = {}
Prepare = Callable[[Sequence[Raw], Call, Query], Sequence[Mapping[str, Any]]]


def asked(call: Call, listing: Listing) -> Query:
    """Raises `BadQuery`."""
    return parse(call.pairs, listing, call.now)


def page(
    call: Call,
    listing: Listing,
    collection: "Collection[Raw]",
    visible: Mapping[str, Any],
    shape: type[Schema],
    prepare: Prepare,
    needs: Mapping[str, Sequence[str]] | None = None,
) -> Answer:
    """`visible` is what the actor may see at all; `needs` names the stored fields behind a shown one."""
    query = asked(call, listing)
    conditions = [dict(visible), *query.where]
    rows = _rows(collection, conditions, query, projection(shape, query.fields, needs or {}, query.order.field))
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    cursor = _cursor(rows[-1], query) if more else None
    data = picker(shape, query.fields).dump(prepare(rows, call, query), many=True)
    total = _count(collection, conditions) if query.counted else None
    return envelope(data, cursor, total)


def envelope(data: Any, cursor: str | None, total: int | None = None) -> Answer:
    return Answer(enveloped(data, cursor, total))


def enveloped(data: Any, cursor: str | None, total: int | None) -> dict[str, Any]:
    """The shape of every list."""
    paging: dict[str, Any] = {"next": cursor}
    if total is not None:
        paging["total"] = total
    return {"data": data, "page": paging}


def page_of(rows: Sequence[Raw], key: str, query: Query, shape: type[Schema], total: int | None = None) -> Answer:
    """A page of what is in memory already; `key` is unique among the rows, `total` how many there are where not all were
    read."""
    ordered = sorted(rows, key=lambda row: row[key], reverse=query.order.descending)
    total = min(len(ordered) if total is None else total, COUNT_CAP) if query.counted else None
    if query.after is not None:
        ordered = [row for row in ordered if _behind(row[key], query.after.value, query.order.descending)]
    shown = ordered[: query.limit]
    cursor = encode(Cursor(shown[-1][key], "")) if len(ordered) > query.limit else None
    return envelope(picker(shape, query.fields).dump(shown, many=True), cursor, total)


def _behind(value: Any, cursor: Any, descending: bool) -> bool:
    if type(value) is not type(cursor):
        return False
    return bool(value < cursor) if descending else bool(value > cursor)


def _rows(collection: "Collection[Raw]", conditions: list[Raw], query: Query, projection: Raw) -> list[Raw]:
    behind = [after(query.order, query.after)] if query.after else []
    found = collection.find({"$and": [*conditions, *behind]}, projection)
    return list(found.sort(query.order.keys).limit(query.limit + 1).max_time_ms(SLOW_MS))


def _count(collection: "Collection[Raw]", conditions: list[Raw]) -> int:
    return collection.count_documents({"$and": conditions}, limit=COUNT_CAP, maxTimeMS=SLOW_MS)


def _cursor(row: Raw, query: Query) -> str:
    value: Any = row
    for part in query.order.field.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return encode(Cursor(None if query.order.field == "_id" else value, row["_id"]))


def projection(
    shape: type[Schema], shown: Sequence[str], needs: Mapping[str, Sequence[str]] = _NOTHING, order: str = "_id"
) -> Raw:
    """Only what is shown, and what the cursor and the computed fields are made from."""
    stored = shape._declared_fields
    paths = {"_id", order}
    for name in shown:
        paths.update(needs.get(name) or [getattr(stored[name], "attribute", None) or name])
    # MongoDB refuses a path beside a part of it.
    whole = (path for path in paths if not any(path.startswith(f"{other}.") for other in paths))
    return dict.fromkeys(sorted(whole), 1)


def cursor_of(code: str) -> str:
    """The cursor of a list whose code is its key."""
    return encode(Cursor(code, ""))


def of_estates(actor: Actor, path: str = "estate") -> dict[str, Any]:
    """The estates that the actor sees; everything for who sees all."""
    return {} if actor.estates is None else {path: {"$in": sorted(actor.estates)}}


def of_estates_or_none(actor: Actor, path: str = "estate") -> dict[str, Any]:
    """As `of_estates`, and what belongs to no estate and so to the whole company."""
    return {} if actor.estates is None else {path: {"$in": [*sorted(actor.estates), None]}}
