"""One request at a time works through a stream, and every number has one outcome."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from pymongo.errors import DuplicateKeyError

from store.errors import AnjuError, Conflict, Forbidden
from store.tablet.documents import EntryOutcome, Stream
from store.tablet.entries import Batch, gap
from store.words import Words

# Longer than any batch takes. A request that was killed keeps its stream this long, and the tablet tries again.
LEASE = timedelta(seconds=60)

BUSY = Words("此平板正在上传，请稍后再试", "This tablet is sending already; try again in a moment")
FOREIGN_AUTHOR = Words("这些记录属于另一位员工", "These entries are somebody else's")
NUMBER_TAKEN = Words("此序号已用于另一条记录", "This number was used for another entry")


class ForeignAuthor(Forbidden):
    """Entries are taken from their author only, whoever's token is at hand."""

    def __init__(self) -> None:
        AnjuError.__init__(self, "foreign_author", FOREIGN_AUTHOR)


class Lease:
    """The right to work on a stream."""

    def __init__(self, stream: str, holder: str) -> None:
        self.stream = stream
        self._holder = holder

    def check(self) -> None:
        """Raises `Conflict` `stream_busy` when the lease went to somebody else: this request was frozen too long."""
        if Stream._get_collection().find_one({"_id": self.stream, "holder": self._holder}, {"_id": 1}) is None:
            raise busy()

    def give_back(self) -> None:
        gone = {"holder": "", "leased_until": ""}
        Stream._get_collection().update_one({"_id": self.stream, "holder": self._holder}, {"$unset": gone})


def busy() -> Conflict:
    return Conflict("stream_busy", BUSY)


def key_of(device: str, person: str) -> str:
    return f"{device}:{person}"


@contextmanager
def leased(stream: str, now: datetime) -> Iterator[Lease]:
    """Claim the stream. Raises `Conflict` `stream_busy`."""
    lease = _claim(stream, now)
    try:
        yield lease
    finally:
        lease.give_back()


def _claim(stream: str, now: datetime) -> Lease:
    holder = uuid4().hex
    free = {"_id": stream, "$or": [{"leased_until": None}, {"leased_until": {"$lte": now}}]}
    claim = {"$set": {"holder": holder, "leased_until": now + LEASE}}
    try:
        Stream._get_collection().update_one(free, claim, upsert=True)
    except DuplicateKeyError as error:  # it exists, and is not free
        raise busy() from error
    return Lease(stream, holder)


def newest(stream: str) -> dict[str, Any] | None:
    """The outcome with the highest number: numbers have no holes, so the next one is one more."""
    found: dict[str, Any] | None = EntryOutcome._get_collection().find_one({"stream": stream}, sort=[("seq", -1)])
    return found


def known(stream: str, batch: Batch, last: dict[str, Any] | None) -> dict[int, dict[str, Any]]:
    """The stored outcomes of a batch's numbers. Raises `Conflict` `sequence_gap`, `number_taken`."""
    following = last["seq"] + 1 if last else 1
    if batch.first > following:
        raise gap(following)
    numbers = {"$gte": batch.first, "$lt": batch.first + len(batch.entries)}
    stored = {each["seq"]: each for each in EntryOutcome._get_collection().find({"stream": stream, "seq": numbers})}
    for entry in batch.entries:
        if entry.seq in stored and stored[entry.seq]["operation"] != entry.id:
            raise Conflict("number_taken", NUMBER_TAKEN, "operations", next_seq=following)
    return stored


def numbers_of(stream: str, operations: Sequence[str]) -> dict[str, int]:
    """Under which numbers these operations came before. Raises `ForeignAuthor` for one that came in another stream: it
    was recorded by somebody else, or elsewhere."""
    query = {"operation": {"$in": list(operations)}}
    found = list(EntryOutcome._get_collection().find(query, {"operation": 1, "stream": 1, "seq": 1}).sort("seq", 1))
    if any(each["stream"] != stream for each in found):
        raise ForeignAuthor()
    # The first number is the entry's; later ones were refused.
    return {each["operation"]: each["seq"] for each in reversed(found)}


def store(outcome: dict[str, Any]) -> dict[str, Any]:
    """Keep an outcome; the one that stands already, when another request was faster."""
    try:
        EntryOutcome._get_collection().insert_one(outcome)
        return outcome
    except DuplicateKeyError:
        found: dict[str, Any] | None = EntryOutcome._get_collection().find_one(
            {"stream": outcome["stream"], "seq": outcome["seq"]}
        )
        if found is None or found["operation"] != outcome["operation"]:
            raise busy() from None
        return found
