"""Putting a backup back: loaded beside the data in use, compared, and only then changed over by renaming.

The note in the collection `restoring` says that the change-over has begun; from then on the only way is forward, and
`finish` goes it again from wherever it was cut off. Before the note stands, the old data has not been touched.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from bson.raw_bson import RawBSONDocument

from store.backup.manifest import Manifest, Part
from store.backup.operations import RESTORING, Store, indexes_of, is_data
from store.backup.reading import Archive, Tell
from store.backup.streams import pour
from store.backup.words import refusal

_NOTE = "change-over"
# MongoDB takes 48 MB at once; a batch is cut well before.
_MOST_DOCUMENTS, _MOST_BYTES = 1_000, 8 * 1024 * 1024


def occupied(database: Store) -> list[str]:
    """The collections that hold anything, by name. Indexes alone are nothing."""
    return [
        name
        for name in sorted(_identities(database))
        if is_data(name) and database[name].find_one({}, {"_id": 1}) is not None
    ]


def restore(database: Store, archive: Archive, *, replace: bool, tell: Tell) -> Manifest:
    """Make `database` hold what the verified `archive` holds, and nothing else.

    Raises `RuleBroken` `database_not_empty` unless `replace`, `restored_otherwise`, `restored_partly`, `earlier_restore`;
    `PyMongoError`.
    """
    if (earlier := unfinished(database)) is not None:
        finish(database)
        if earlier["seal"] != archive.seal:
            raise refusal("earlier_restore", made_at=earlier["made_at"].isoformat())
        return archive.manifest
    if not replace and (names := occupied(database)):
        raise refusal("database_not_empty", database=database.name, names=", ".join(names[:5]))
    _discard(database)
    for part in archive.manifest.parts:
        _load(database, archive, part, tell)
        _compare(database, part)
    _note(database, archive)
    finish(database)
    return archive.manifest


def unfinished(database: Store) -> dict[str, Any] | None:
    """The note of a change-over that was cut off: `seal` and `made_at` of its backup; None when there is none."""
    return database[RESTORING].find_one({"_id": _NOTE})


def leftovers(database: Store) -> list[str]:
    """Collections that a restore was loading when it was cut off. Nothing uses them; the next restore removes them."""
    return [name for name in database.list_collection_names() if name.startswith(f"{RESTORING}.")]


def finish(database: Store) -> None:
    """Go through with a change-over that has begun; without one, do nothing."""
    note = unfinished(database)
    if note is None:
        return
    waiting = set(leftovers(database))
    for name in note["loaded"]:
        if _beside(name) in waiting:
            # One step for MongoDB: there is no moment without a collection of this name.
            database[_beside(name)].rename(name, dropTarget=True)
    for name in note["gone"]:
        database.drop_collection(name)
    database.drop_collection(RESTORING)
    if not note["loaded"].items() <= _identities(database).items():
        raise refusal("restored_partly")


def _beside(name: str) -> str:
    return f"{RESTORING}.{name}"


def _discard(database: Store) -> None:
    for name in leftovers(database):
        database.drop_collection(name)


def _load(database: Store, archive: Archive, part: Part, tell: Tell) -> None:
    beside = _beside(part.name)
    database.command("create", beside, **part.options)
    if part.indexes:
        # Before the documents: on an empty collection it is done at once, and no request runs into its time limit.
        database.command("createIndexes", beside, indexes=list(part.indexes))
    # Documents may be older than their validator. Asked for only where there is one: it needs a right beyond `readWrite`.
    unchecked = True if "validator" in part.options else None
    done = 0
    for batch in _batches(archive.documents(part)):
        database[beside].insert_many(batch, bypass_document_validation=unchecked)
        done += len(batch)
        tell(part.name, done, part.count)
    if not part.count:
        tell(part.name, 0, 0)


def _batches(documents: Iterable[bytes]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    size = 0
    for document in documents:
        if batch and (len(batch) >= _MOST_DOCUMENTS or size + len(document) > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(RawBSONDocument(document))
        size += len(document)
    if batch:
        yield batch


def _compare(database: Store, part: Part) -> None:
    """Read back what was written, from the database: it must be the same to the byte, and so must be the indexes."""
    beside = _beside(part.name)
    digest = pour(database[beside], None, lambda batch: None, lambda count: None)
    same = (digest.sha256, digest.count) == (part.sha256, part.count)
    if not same or indexes_of(database, beside) != [dict(index) for index in part.indexes]:
        raise refusal("restored_otherwise", name=part.name)


def _note(database: Store, archive: Archive) -> None:
    there = _identities(database)
    loaded = {part.name: there[_beside(part.name)] for part in archive.manifest.parts}
    gone = sorted(name for name in there if is_data(name) and name not in loaded)
    note = {"_id": _NOTE, "seal": archive.seal, "made_at": archive.manifest.made_at, "loaded": loaded, "gone": gone}
    database[RESTORING].insert_one(note)


def _identities(database: Store) -> dict[str, str]:
    """name → the identity of the collection, which it keeps when it is renamed. A view has none."""
    listed = database.list_collections(filter={"type": "collection"})
    return {each["name"]: bytes(each["info"]["uuid"]).hex() for each in listed}
