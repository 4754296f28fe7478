"""Documents as they lie in MongoDB: raw BSON, never decoded, so nothing can change on the way."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from pymongo.client_session import ClientSession
from pymongo.collection import Collection

# MongoDB's own limit for a document, with its allowance for internal ones.
LARGEST = 16 * 1024 * 1024 + 16 * 1024
SMALLEST = 5
BATCH = 2_000


class BrokenStream(Exception):
    """These bytes are not a sequence of BSON documents."""


@dataclass
class Digest:
    """Count, length and hash of documents as they pass."""

    count: int = 0
    length: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    def add(self, batch: bytes, count: int = 1) -> None:
        self._hash.update(batch)
        self.count, self.length = self.count + count, self.length + len(batch)

    @property
    def sha256(self) -> str:
        return str(self._hash.hexdigest())


def raw_batches(collection: Collection[Any], session: ClientSession | None = None) -> Iterator[bytes]:
    """All documents in the order of `_id`, many at a time, one after another in each batch."""
    yield from collection.find_raw_batches({}, sort=[("_id", 1)], batch_size=BATCH, session=session)


def pour(
    collection: Collection[Any],
    session: ClientSession | None,
    sink: Callable[[bytes], object],
    tell: Callable[[int], None],
) -> Digest:
    """Send all documents to `sink` and return their digest. `tell` hears the count after each batch."""
    digest = Digest()
    for batch in raw_batches(collection, session):
        digest.add(batch, count_documents(batch))
        sink(batch)
        tell(digest.count)
    return digest


def count_documents(batch: bytes) -> int:
    count = at = 0
    while at < len(batch):
        at += int.from_bytes(batch[at : at + 4], "little")
        count += 1
    return count


def documents(stream: IO[bytes]) -> Iterator[bytes]:
    """The documents of a stream one by one. Raises `BrokenStream`."""
    while head := stream.read(4):
        length = int.from_bytes(head, "little")
        if len(head) < 4 or not SMALLEST <= length <= LARGEST:
            raise BrokenStream(length)
        document = head + stream.read(length - 4)
        if len(document) < length or document[-1]:
            raise BrokenStream(length)
        yield document
