"""Databases of their own beside the test's, filled with everything that BSON knows, and backups of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from bson import Binary, Code, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.raw_bson import RawBSONDocument
from gridfs import GridFS
from pymongo.collection import Collection

from store.backup import operations as backup
from store.backup.manifest import Manifest
from store.backup.reading import verified
from store.backup.restoring import restore
from tests.cast import NOW

# A document as another program may have written it: a field twice, which no dictionary could hold.
ODD = bytes.fromhex("1c000000 105f696400 07000000 106100 01000000 106100 02000000 00".replace(" ", ""))


def silent(what: str, done: int, total: int) -> None:
    """Nobody watches."""


def fill(store: Any, records: int = 300) -> None:
    """Records of every BSON type, an index of every kind, files, an empty collection with an index, a capped one."""
    store["records"].insert_many([_record(n) for n in range(records)])
    store["records"].create_index([("estate", 1), ("number", -1)], unique=True, name="estate_number")
    store["records"].create_index("due_at", partialFilterExpression={"due_at": {"$type": "date"}})
    store["records"].create_index("until", expireAfterSeconds=3600)
    store["records"].create_index([("title", "text")])
    store["odd"].insert_one(RawBSONDocument(ODD))
    store["keys"].insert_many([{"_id": key} for key in (None, 1, 2.5, "1", ObjectId(), True, NOW, UUID(int=7))])
    store["empty"].create_index("name", unique=True)
    store.create_collection("checked", validator={"name": {"$type": "string"}}, collation={"locale": "zh"})
    store["checked"].insert_one({"name": "安居"})
    files = GridFS(store)
    files.put(bytes(range(256)) * 3000, filename="照片.jpg", taken_at=NOW)
    files.put(b"", filename="empty")


def _record(n: int) -> dict[str, Any]:
    return {
        "_id": ObjectId(),
        "estate": "sunshine",
        "number": n,
        "title": f"报修 {n} – 水管漏水 💧",
        "due_at": NOW + timedelta(milliseconds=n),
        "long_ago": datetime(1899, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
        "photo": Binary(bytes([n % 256]) * n),
        "odd_binary": Binary(b"\x00\xff", 128),
        "uuid": UUID(int=n),
        "amount": Decimal128(Decimal("12.340")),
        "count": Int64(n),
        "ratio": n / 7,
        "stamp": Timestamp(n + 1, 1),
        "pattern": Regex("^a.*", "i"),
        "code": Code("return 1", {"x": n}),
        "ends": [MinKey(), MaxKey(), None, True, {"$dollar": 1, "a.b": 2, "": 3}],
        "events": [{"at": NOW, "verb": "create", "detail": {"z": 1, "a": 2}}] * 3,
    }


def back_up(store: Any, path: Path, tell: Any = silent) -> Manifest:
    return backup.back_up(store, path, now=NOW, tell=tell)


def put_back(store: Any, path: Path, replace: bool = False, tell: Any = silent) -> Manifest:
    with verified(path, silent) as archive:
        return restore(store, archive, replace=replace, tell=tell)


def contents(store: Any) -> dict[str, Any]:
    """Everything in a database, independently of the code under test: raw bytes by name, indexes and options."""
    return {
        each["name"]: (
            sorted(bytes(document.raw) for document in _raw(store[each["name"]])),
            {name: _plain(index) for name, index in store[each["name"]].index_information().items()},
            each["options"],
        )
        for each in store.list_collections()
    }


def _plain(index: dict[str, Any]) -> dict[str, Any]:
    return {key: dict(value) if hasattr(value, "items") else value for key, value in index.items()}


def _raw(collection: Collection[Any]) -> Any:
    options = collection.codec_options.with_options(document_class=RawBSONDocument)
    return collection.with_options(codec_options=options).find()


def own_database(database: Any, name: str) -> Iterator[Any]:
    """An empty database beside the test's, gone after the test: restoring drops and renames collections."""
    client, own = database.client, f"{database.name}_{name}"
    client.drop_database(own)
    yield client[own]
    client.drop_database(own)
