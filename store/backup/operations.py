"""Making a backup: every collection (GridFS lies in two of them) as of one moment, streamed into one file."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import ConfigurationError, OperationFailure

from store.backup.manifest import Manifest, Part
from store.backup.reading import Tell
from store.backup.streams import pour
from store.backup.words import refusal
from store.backup.writing import ArchiveWriter, whole_or_nothing
from store.errors import RuleBroken

Store = Database[dict[str, Any]]
# Where a restore keeps what is not in use yet, and the note of how far it is; no part of anybody's data.
RESTORING = "restoring"
# A collection or index made in this very moment has no past to read; a moment later it has.
_ATTEMPTS = 5
_SNAPSHOT_UNAVAILABLE, _SNAPSHOT_TOO_OLD, _NO_REPLICA_SET = 246, 239, 123


def back_up(database: Store, path: Path, *, now: datetime, tell: Tell) -> Manifest:
    """Write everything in `database` to `path`, which must not exist, and return what was written.

    Killed at any moment, it leaves nothing under that name. Raises `RuleBroken` (`store/backup/words.py`), `OSError`,
    `PyMongoError`.
    """
    if database[RESTORING].find_one() is not None:
        raise refusal("restore_unfinished", database=database.name)
    with whole_or_nothing(path) as file, _snapshot_errors():
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return _write(database, file, now, tell)
            except OperationFailure as error:
                if error.code != _SNAPSHOT_UNAVAILABLE or attempt == _ATTEMPTS:
                    raise
            file.seek(0)
            file.truncate()
    raise AssertionError("unreachable")


def _write(database: Store, file: IO[bytes], now: datetime, tell: Tell) -> Manifest:
    with database.client.start_session(snapshot=True) as session:
        # The first read fixes the moment. What is listed after it is at least all that there was then.
        database["beats"].find_one({}, {"_id": 1}, session=session)
        listed = _listed(database)
        names = [name for name in sorted(listed) if listed[name]["type"] == "collection"]
        views = tuple(name for name in sorted(listed) if listed[name]["type"] == "view")
        with ArchiveWriter(file, now) as archive:
            parts = tuple(_write_part(database, name, listed[name], archive, session, tell) for name in names)
            if not any(part.count for part in parts):
                raise refusal("database_empty", database=database.name)
            manifest = Manifest(database.name, now, parts, views)
            archive.finish(manifest)
    return manifest


def _write_part(
    database: Store, name: str, about: Mapping[str, Any], archive: ArchiveWriter, session: ClientSession, tell: Tell
) -> Part:
    collection = database[name]
    total = collection.estimated_document_count()
    part = Part(name, 0, 0, "", indexes_of(database, name), about.get("options") or {})
    with archive.member(part.member) as stream:
        # How many there are is an estimate: until the end is seen there is one more.
        digest = pour(collection, session, stream.write, lambda count: tell(name, count, max(count + 1, total)))
    tell(name, digest.count, digest.count)
    return Part(name, digest.count, digest.length, digest.sha256, part.indexes, part.options)


def _listed(database: Store) -> dict[str, Mapping[str, Any]]:
    """The collections and views with what MongoDB says of them. Raises `RuleBroken` `collection_unknown`."""
    listed: dict[str, Mapping[str, Any]] = {
        each["name"]: each for each in database.list_collections() if is_data(each["name"])
    }
    for name, each in listed.items():
        if each["type"] not in ("collection", "view"):
            raise refusal("collection_unknown", name=name, kind=each["type"])
    return listed


def is_data(name: str) -> bool:
    return not name.startswith(("system.", f"{RESTORING}.")) and name != RESTORING


def indexes_of(database: Store, name: str) -> list[dict[str, Any]]:
    """The indexes but that of `_id`, by name, in the form in which they are made again."""
    found = ({key: value for key, value in each.items() if key != "ns"} for each in database[name].list_indexes())
    return sorted((each for each in found if each["name"] != "_id_"), key=lambda each: str(each["name"]))


@contextmanager
def _snapshot_errors() -> Iterator[None]:
    try:
        yield
    except ConfigurationError as error:
        raise refusal("no_snapshot") from error
    except OperationFailure as error:
        raise _translated(error) from error


def _translated(error: OperationFailure) -> RuleBroken | OperationFailure:
    if error.code == _SNAPSHOT_TOO_OLD:
        return refusal("snapshot_too_old")
    return refusal("no_snapshot") if error.code == _NO_REPLICA_SET else error
