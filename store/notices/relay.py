"""The relay: carries out the intents that verbs left in the events of their records.

It may be killed between any two lines and any number may run at once: notices have deterministic ids, makers are
idempotent by key, and a record is marked only at the version that was read. What is done twice is done once.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from operator import index
from typing import Any, NamedTuple

from pymongo import UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError

from store import alone, history
from store.actor import SYSTEM
from store.blame import is_nothing_but_duplicates, is_of_database
from store.errors import Conflict
from store.health import operations as health
from store.notices.documents import Notice
from store.notices.making import Values, digest_of, notices_of, readers_wanted
from store.notices.readers import ReaderCache, sources
from store.relay import maker_of
from store.settings import Settings
from store.versioned import Versioned, kind_name, place_of

log = logging.getLogger(__name__)

JOB = "relay"
PUT_ASIDE = timedelta(hours=1)
# A request makes an order, an order tells its request: longer chains go on with the next nudge. A bound, for a record
# whose mark cannot be written would otherwise keep the relay here for ever.
MOST_ROUNDS = 5
# What neither telling nor making asks of a record; it is most of an order.
NOT_READ = ("checkpoints", "clocks", "answers", "checklist")
Raw = dict[str, Any]


class Told(NamedTuple):
    """A record and the notices that its events ask for."""

    source: Raw
    notices: list[Values]


def relay(now: datetime, limit: int = 200, *, zone: str = Settings.timezone) -> int:
    """Relay up to `limit` records of every kind, oldest first, and then what these have made. Returns how many were read.

    `store.domains.load("operations")` must have been called in this process. `zone` is that of what belongs to no estate.
    """
    cache = ReaderCache(now, zone)
    documents, read = sources(), 0
    for _ in range(MOST_ROUNDS):
        made = 0
        for kind, found in _pending(documents, now, limit).items():
            read += len(found)
            made += _relay_records(kind, documents[kind], found, cache, now)
        if not made:
            break
    health.report_flaws(JOB, cache.flaws, cache.read, now=now)
    return read


def _relay_records(
    kind: str, document: type[Versioned], found: Sequence[Raw], cache: ReaderCache, now: datetime
) -> int:
    """Returns how many records they wanted made."""
    done: list[Told] = []
    made = 0
    cache.load_readers(set().union(*map(_readers_of, found)))
    for source in found:
        try:
            notices = notices_of(kind, source, cache, now)
            made += _make_records(source, now)
            done.append(Told({**source, "version": index(source["version"])}, notices))
        except Conflict as error:
            # Somebody wrote to the record that an intent is about, between the maker's look and its write: it stays
            # pending, and the next pass finds it as it is then.
            if error.code != "changed_meanwhile":
                _put_aside(kind, document, source, error, now)
        except Exception as error:  # one bad record must never stop the others, whatever is wrong with it
            if is_of_database(error):
                raise  # not this record's fault: the next run carries on
            _put_aside(kind, document, source, error, now)
    written = _written(kind, document, done, cache, now)
    _mark(kind, document, [each.source for each in written], now)
    history.settle_told(document._get_collection(), kind_name(document), [each.source for each in written])
    return made


def _written(
    kind: str, document: type[Versioned], told: Sequence[Told], cache: ReaderCache, now: datetime
) -> Sequence[Told]:
    """Write the notices of all records at once; when the database refuses some of them, record by record."""
    try:
        _write([notice for each in told for notice in each.notices], cache, now)
        return told
    except Exception as error:  # one notice that is refused must not keep the others of the batch
        if is_of_database(error):
            raise
        log.error("relay writes one by one: %s", type(error).__name__)
    written = []
    for each in told:
        try:
            _write(each.notices, cache, now)
            written.append(each)
        except Exception as error:  # whatever is wrong with one record, the others are told
            if is_of_database(error):
                raise
            _put_aside(kind, document, each.source, error, now)
    return written


def _write(notices: Sequence[Values], cache: ReaderCache, now: datetime) -> None:
    _insert(notices)
    _fill_digests(notices, cache, now)


def _readers_of(source: Raw) -> set[str]:
    try:
        return {code for code in readers_wanted(source) if isinstance(code, str)}
    except Exception:  # what is wrong with it is told when its notices are made
        return set()


def _waiting(now: datetime) -> Raw:
    return {"pending": True, **_not_aside(now)}


def _not_aside(now: datetime) -> Raw:
    return {"relay_after": {"$not": {"$gt": now}}}


def _pending(documents: Mapping[str, type[Versioned]], now: datetime, limit: int) -> dict[str, list[Raw]]:
    """What is pending of each kind, asked in one command: the relay looks every two seconds, and mostly there is nothing.

    What is made of one kind may change what was read of another: it keeps its mark then, and is read again in the next round.
    """
    pipeline: list[Raw] = []
    first: type[Versioned] | None = None
    for kind, document in documents.items():
        known = alone.marked(document._get_collection(), "pending")
        if known == []:
            continue
        stages = [*_with_new_events(known, now, limit), {"$project": {"_id": {"$literal": kind}, "record": "$$ROOT"}}]
        union: Raw = {"$unionWith": {"coll": document._get_collection_name(), "pipeline": stages}}
        pipeline += [union] if first else stages
        first = first or document
    found: dict[str, list[Raw]] = {}
    if first is not None:
        for each in first._get_collection().aggregate(pipeline, batchSize=limit + 1):
            found.setdefault(each["_id"], []).append(each["record"])
    return found


def _with_new_events(known: Sequence[object] | None, now: datetime, limit: int) -> list[Raw]:
    """Whole records, but only those of their events that have not been relayed. `known` are the ids of the pending ones,
    where they need not be asked for."""
    new = {"$gt": ["$$event.n", {"$ifNull": ["$relayed", 0]}]}
    filtered = {"$filter": {"input": "$events", "as": "event", "cond": new}}
    return [
        {"$match": _waiting(now) if known is None else {"_id": {"$in": known}, **_not_aside(now)}},
        {"$sort": {"changed_at": 1}},
        {"$limit": limit},
        # What is no list is left as it is, to be put aside by itself: the server would refuse the whole batch.
        {"$set": {"events": {"$cond": [{"$isArray": "$events"}, filtered, "$events"]}}},
        {"$unset": list(NOT_READ)},
    ]


def _make_records(source: Mapping[str, Any], now: datetime) -> int:
    intents = [intent for event in source.get("events") or () for intent in event.get("to_make") or ()]
    for intent in intents:
        maker_of(intent["kind"])(intent, source, SYSTEM, now)
    return len(intents)


def _insert(notices: Sequence[Values]) -> None:
    if not notices:
        return
    try:
        Notice._get_collection().insert_many(notices, ordered=False)
    except BulkWriteError as error:
        if not is_nothing_but_duplicates(error):
            raise
        # they stand already: an earlier run was cut off before it marked the record, or another one was faster


def _fill_digests(notices: Sequence[Values], cache: ReaderCache, now: datetime) -> None:
    """Make the digest of each new member. Members come first, so a digest that is sent meanwhile is opened again.

    Counting the additions closes the last gap: a sender marks a digest as sent only at the count it had read.
    """
    members = {notice["digest"]: notice for notice in notices if "digest" in notice}
    writes = []
    for key, member in members.items():
        writes.append(
            UpdateOne(
                {"_id": key}, {"$setOnInsert": digest_of(member, cache, now), "$inc": {"additions": 1}}, upsert=True
            )
        )
        writes.append(
            UpdateOne({"_id": key, "state": "sent"}, {"$set": {"state": "queued"}, "$unset": {"sent_at": ""}})
        )
    if writes:
        Notice._get_collection().bulk_write(writes)


def _mark(kind: str, document: type[Versioned], done: Sequence[Raw], now: datetime) -> None:
    """Only at the version read is nothing pending; a record that moved on keeps the mark of its newer events."""
    records, alike = document._get_collection(), defaultdict(list)
    for source in done:
        place = place_of(document, source)
        # By its words, for the estate of a torn record may be anything.
        alike[source["version"], repr(place)].append((place, source["_id"]))
    # Most records have few events: those that were read at the same version are marked together.
    found = [(seen, {**many[0][0], "_id": {"$in": [key for _, key in many]}}) for (seen, _), many in alike.items()]
    if found and records.bulk_write([_cleared(*each) for each in found], ordered=False).matched_count < len(done):
        records.bulk_write([_moved_on(*each) for each in found], ordered=False)
    health.mended(JOB, kind, [source["_id"] for source in done if "relay_after" in source], now)


def _cleared(seen: int, found: Raw) -> UpdateMany:
    clear = {"$set": {"relayed": seen}, "$unset": {"pending": "", "relay_after": ""}}
    return UpdateMany({**found, "version": seen}, clear)


def _moved_on(seen: int, found: Raw) -> UpdateMany:
    return UpdateMany({**found, "version": {"$gt": seen}}, {"$max": {"relayed": seen}})


def _put_aside(kind: str, document: type[Versioned], source: Raw, error: Exception, now: datetime) -> None:
    until = now + PUT_ASIDE
    found = {"_id": source["_id"], "pending": True, **place_of(document, source)}
    document._get_collection().update_one(found, {"$set": {"relay_after": until}})
    aside = (document._get_collection_name(), "relay_after")
    bad = health.report_bad(JOB, kind, source, error, now=now, until=until, aside=aside)
    log.error("relay put %s %s aside for an hour: %s", kind, source["_id"], bad)
