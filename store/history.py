"""Where the events of a record go that are no longer new: the collection `history`, so that no record is ever full.

A record keeps its newest events. Older ones are copied here under keys of their own, and then taken out of the record by
the update that raises its `in_history`; killed between the two, it is done again. Whoever reads a record knows by
`in_history` which of its events are here: those up to that number, and no others.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import encode
from mongoengine import Document
from mongoengine.fields import DateTimeField, DynamicField, IntField, StringField
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from store.blame import is_nothing_but_duplicates

Raw = Mapping[str, Any]
Records = Collection[dict[str, Any]]

# A record is looked at with every so many changes: the usual one needs none of this.
STEP = 16
# With more events, or more bytes of them, a record keeps only the newest.
MOST, KEPT = 150, 100
MOST_BYTES, KEPT_BYTES = 1_000_000, 500_000
# What must be known of a record to say which of its events may go.
_NEEDED = {"estate": 1, "events": 1, "pending": 1, "relayed": 1}
# What stands here beside the event as it was.
_OWN = ("_id", "kind", "record")


class PastEvent(Document):
    """An event that has left its record, with the name of the kind and the id of the record beside it."""

    key = StringField(primary_key=True)
    kind = StringField(required=True)
    record = DynamicField(required=True)
    n = IntField(required=True)
    at = DateTimeField(required=True)
    attempt = StringField()

    meta = {
        "collection": "history",
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["kind", "record", "n"], "unique": True},
            {"fields": ["attempt"], "partialFilterExpression": {"attempt": {"$type": "string"}}},
        ],
    }


def is_looked_at(number: int) -> bool:
    """Whether a record is looked at after its event of this number."""
    return number % STEP == 0


def settle(records: Records, kind: str, raw: Raw) -> Raw:
    """Take out of a record, as it is stored, the events that are too many. Returns it as it stands then."""
    events = _sound_events(raw)
    few = len(events) <= MOST and _size(events) <= MOST_BYTES
    return raw if few else _moved(records, kind, raw, _last_to_go(raw, KEPT, KEPT_BYTES))


def settle_told(records: Records, kind: str, told: Sequence[Raw]) -> None:
    """As `settle`, for records of which the relay has just told these events: until then they had to stay."""
    for source in told:
        if any(is_looked_at(event["n"]) for event in _sound_events(source)):
            raw = records.find_one(_where(source), _NEEDED)
            settle(records, kind, raw or {})


def relieve(records: Records, kind: str, key: object) -> bool:
    """Take out of a record that is full all events but the newest. Returns whether that made room."""
    raw = records.find_one({"_id": key}, _NEEDED) or {}
    return _moved(records, kind, raw, _last_to_go(raw, 1, KEPT_BYTES)) is not raw


def _sound_events(raw: Raw) -> Sequence[Raw]:
    """The events of a record; none where one of them is torn: it is shown by those who read it, and all stay."""
    events = raw.get("events")
    if not isinstance(events, list):
        return []
    return events if all(isinstance(each, Mapping) and isinstance(each.get("n"), int) for each in events) else []


def _size(events: Sequence[Raw]) -> int:
    return len(encode({"events": events}))


def _last_to_go(raw: Raw, kept: int, kept_bytes: int) -> int:
    """The number of the last event that leaves; 0 for none. What is still to be told or made of an event is read in the
    record, so it stays until then, and with it all that came after."""
    events, size, stays = _sound_events(raw), 0, 0
    for event in reversed(events):
        size += _size([event])
        if stays and (stays >= kept or size > kept_bytes):
            break
        stays += 1
    leaving = events[: len(events) - stays]
    last = int(leaving[-1]["n"]) if leaving else 0
    return min(last, int(raw.get("relayed") or 0)) if raw.get("pending") else last


def _moved(records: Records, kind: str, raw: Raw, last: int) -> Raw:
    leaving = [event for event in _sound_events(raw) if event["n"] <= last]
    if not leaving:
        return raw
    _copy(kind, raw["_id"], leaving)
    records.update_one(_where(raw), {"$pull": {"events": {"n": {"$lte": last}}}, "$max": {"in_history": last}})
    return {**raw, "events": raw["events"][len(leaving) :], "in_history": last}


def _where(raw: Raw) -> dict[str, Any]:
    """The filter of one record: with its estate, for a cluster keeps what is of one estate together."""
    return {name: raw[name] for name in ("_id", "estate") if name in raw}


def _copy(kind: str, key: object, events: Sequence[Raw]) -> None:
    copies = [{**event, "_id": f"{kind}:{key}:{event['n']}", "kind": kind, "record": key} for event in events]
    try:
        PastEvent._get_collection().insert_many(copies, ordered=False)
    except BulkWriteError as error:
        if not is_nothing_but_duplicates(error):
            raise
        # they stand already: an earlier step was cut off before it took them out of the record


def read(
    kind: str, key: object, *, above: int = 0, until: int | None = None, most: int = 0, newest: bool = True
) -> list[dict[str, Any]]:
    """The events of a record that are here, oldest first, as they were stored: those with `above` < n < `until`; of more
    than `most` (0: all) only the newest, or else the oldest."""
    number: dict[str, int] = {"$gt": above} if until is None else {"$gt": above, "$lt": until}
    found = PastEvent._get_collection().find({"kind": kind, "record": key, "n": number}, dict.fromkeys(_OWN, 0))
    events = list(found.sort("n", -1 if newest else 1).limit(most))
    return events[::-1] if newest else events


def count(kind: str, key: object, last: int) -> int:
    """How many events of a record are here up to the last that has left it: copies of later ones still stand in both."""
    return PastEvent._get_collection().count_documents({"kind": kind, "record": key, "n": {"$lte": last}})


def one(kind: str, key: object, number: object) -> list[dict[str, Any]]:
    """The event of that number, if it is here."""
    own = dict.fromkeys(_OWN, 0)
    found = PastEvent._get_collection().find_one({"kind": kind, "record": key, "n": {"$eq": number}}, own)
    return [] if found is None else [found]


def forget(kind: str, key: object) -> None:
    """The record is deleted."""
    PastEvent._get_collection().delete_many({"kind": kind, "record": key})
