"""Pages without skip: a page begins after the last row of the one before, by (sort field, _id).

The cursor is opaque to the reader. It may be made up by anybody, so what comes out of `decode` is a plain scalar and an
id, never an operator.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import datetime
from typing import Any, NamedTuple

from bson import ObjectId
from bson import decode as bson_decode
from bson import encode as bson_encode
from bson.codec_options import CodecOptions
from bson.errors import BSONError

from store.errors import Invalid
from store.words import Words

Scalar = str | int | float | bool | datetime | ObjectId | None
_AWARE: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
_LONGEST = 1_000


class Cursor(NamedTuple):
    """The place between two rows: the sort value and the id of the row it follows."""

    value: Scalar
    id: ObjectId | str


class Order(NamedTuple):
    """By which field the list is sorted; `_id` breaks ties."""

    field: str
    descending: bool = False

    @classmethod
    def parse(cls, text: str) -> "Order":
        return cls(text.removeprefix("-"), text.startswith("-"))

    def reversed(self) -> "Order":
        return Order(self.field, not self.descending)

    @property
    def keys(self) -> list[tuple[str, int]]:
        """For pymongo's `sort`."""
        direction = -1 if self.descending else 1
        return [("_id", direction)] if self.field == "_id" else [(self.field, direction), ("_id", direction)]


def encode(cursor: Cursor) -> str:
    return urlsafe_b64encode(bson_encode({"v": cursor.value, "i": cursor.id})).decode().rstrip("=")


def decode(text: str) -> Cursor:
    """Raises `Invalid` for anything that `encode` did not make."""
    try:
        raw = urlsafe_b64decode(text[:_LONGEST] + "=" * (-len(text[:_LONGEST]) % 4))
        document = bson_decode(raw, _AWARE)
    except (NotBase64, ValueError, BSONError) as error:
        raise _bad() from error
    value, identity = document.get("v"), document.get("i")
    if not isinstance(value, Scalar) or not isinstance(identity, ObjectId | str):
        raise _bad()
    return Cursor(value, identity)


def after(order: Order, cursor: Cursor) -> dict[str, Any]:
    """The Mongo filter of all rows behind the cursor. Mongo sorts null before all values and compares it with none.

    One range of the sort field, less the rows that share the cursor's value and stand before it: so a scan of the index
    begins at the cursor. An `$or` of "further" and "the same, but behind" made MongoDB read everything that is further.
    """
    beyond, upto = ("$lt", "$gte") if order.descending else ("$gt", "$lte")
    if order.field == "_id":
        return {"_id": {beyond: cursor.id}}
    if cursor.value is None and order.descending:
        return {order.field: None, "_id": {beyond: cursor.id}}
    # Descending, null comes last: it is not greater than any value.
    reach = {"$not": {"$gt": cursor.value}} if order.descending else {"$gte": cursor.value}
    before = {"$nor": [{order.field: cursor.value, "_id": {upto: cursor.id}}]}
    return before if cursor.value is None else {"$and": [{order.field: reach}, before]}


def _bad() -> Invalid:
    return Invalid.one(
        "bad_cursor",
        Words("翻页位置无效，请回到第一页", "This page marker is not valid; go back to the first page"),
        "after",
    )
