"""A company with a million open records, made of real ones.

Half a day of the seeded estates goes by with nobody at work: plans become orders, requests come in, chains escalate. What
is open in between is kept as a pattern, at every stage of its life and with its history; records by the hundred
thousand are these patterns, moved in time and numbered anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from bson import ObjectId
from pymongo import IndexModel
from pymongo.database import Database

from bench.ground import Ground
from seeds.loader import load
from seeds.simulation import Simulation
from store.actor import SYSTEM
from store.connection import ensure_indexes
from store.content.documents import Content
from store.content.reading import live_all
from store.premises.documents import Household
from store.records import Record
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.work.documents import WorkOrder

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
# Long before all that is measured.
IN_FORCE = NOW - timedelta(days=60)
BASE = "anju_base"
STAGES = 4
STAGE = timedelta(hours=3)
# What is not due yet is due within this time.
AHEAD = timedelta(days=40)
BATCH = 5_000
# A record that nobody has touched for days is the exception.
MOST_EVENTS = 4
# So many patterns moved in time are shared by the records of one stretch; ids, keys and numbers are their own.
POOL = 2_000
STRETCH = 100_000
RECORDS = ("work_orders", "requests", "drills", "notices", "beats", "bad_records")
Raw = dict[str, Any]
ByKind = Mapping[str, Sequence[Raw]]


@dataclass(frozen=True)
class Patterns:
    """Open records of one kind at all stages, by what they are about (a patrol, a repair …).

    `overdue` are those whose next check comes when a deadline has passed.
    """

    document: type[Record]
    every: ByKind
    overdue: ByKind


def make_base(ground: Ground) -> list[Patterns]:
    """Seed a database and let half a day go by in it. Returns the patterns of orders and requests."""
    ground.use(BASE, durable=False)
    ensure_indexes()
    start = NOW - STAGES * STAGE
    load(IN_FORCE)
    _let_plans_begin(start)
    _ask_for_everything(start)
    found: dict[type[Record], list[Raw]] = {WorkOrder: [], ServiceRequest: []}
    simulation = Simulation(start, start, seed=1)
    for _ in range(STAGES):
        simulation.until += STAGE
        simulation.run()
        for document, patterns in found.items():
            patterns += _open_now(document)
    return [_patterns(document, patterns) for document, patterns in found.items()]


def _let_plans_begin(start: datetime) -> None:
    """What lies between the first content and the day that goes by is nobody's work."""
    marks = {"generated_until": start, "next_generate_at": start}
    Content._get_collection().update_many({"type": "plan"}, {"$set": marks})


def _ask_for_everything(now: datetime) -> None:
    """Two requests for each service item, in turns from all households."""
    homes = list(Household.objects.order_by("code").limit(200))
    items = [(item, kind) for item in live_all("service_item", now) for kind in item.body["kinds"]]
    for number, (item, kind) in enumerate(items * 2):
        home = homes[number % len(homes)]
        values = {"estate": home.estate, "kind": kind, "item": item.code, "household": home.code}
        values |= {"channel": "desk", "words": "请尽快安排处理。"}
        requests.create(values, actor=SYSTEM, now=now)


def _open_now(document: type[Record]) -> list[Raw]:
    found = document._get_collection().find({"next_check_at": {"$type": "date"}, "pending": None})
    return [{**raw, "relayed": raw["version"]} for raw in found if len(raw["events"]) <= MOST_EVENTS]


def _patterns(document: type[Record], every: Sequence[Raw]) -> Patterns:
    return Patterns(document, _by_kind(every), _by_kind([raw for raw in every if _is_overdue(raw)]))


def _by_kind(found: Sequence[Raw]) -> ByKind:
    kinds = sorted({raw["kind"] for raw in found})
    return {kind: [raw for raw in found if raw["kind"] == kind] for kind in kinds}


def _is_overdue(raw: Raw) -> bool:
    deadlines = [clock["due_at"] for clock in raw["clocks"] if clock["stopped_at"] is None]
    deadlines += [point["closes_at"] for point in raw.get("checkpoints") or ()]
    return min(deadlines) <= raw["next_check_at"]


def shifted(value: Any, by: timedelta) -> Any:
    """A stored value with every moment in it moved."""
    if isinstance(value, datetime):
        return value + by
    if isinstance(value, dict):
        return {key: shifted(each, by) for key, each in value.items()}
    return [shifted(each, by) for each in value] if isinstance(value, list) else value


def checked_at(patterns: ByKind, moment: datetime, dice: Random) -> Raw:
    """One of the patterns, every kind as often as the others, moved so that its next check is at `moment`."""
    pattern = dice.choice(patterns[dice.choice(list(patterns))])
    moved: Raw = shifted(pattern, moment - pattern["next_check_at"])
    return moved


def renewed(body: Raw, serial: int) -> Raw:
    """The same record under an identity of its own."""
    letter, month, _ = body["number"].split("-")
    own = {"_id": ObjectId(), "number": f"{letter}-{month}-{serial:07d}"}
    return {**body, **own, "key": f"bench:{serial}"} if "key" in body else {**body, **own}


def due_records(patterns: Patterns, count: int, now: datetime, dice: Random, first: int = 0) -> list[Raw]:
    """Overdue records whose next check came within the last ten minutes."""
    moments = (now - timedelta(seconds=dice.randrange(600)) for _ in range(count))
    found = [checked_at(patterns.overdue, moment, dice) for moment in moments]
    return [renewed(body, first + serial) for serial, body in enumerate(found)]


def later_records(patterns: Patterns, count: int, now: datetime, dice: Random, first: int) -> Iterator[Raw]:
    """Open records whose next check is still to come."""
    for begin in range(0, count, STRETCH):
        moments = [now + timedelta(minutes=10) + AHEAD * dice.random() for _ in range(POOL)]
        pool = [_made_before(now, checked_at(patterns.every, moment, dice), dice) for moment in moments]
        for serial in range(begin, min(begin + STRETCH, count)):
            yield renewed(pool[serial % POOL], first + serial)


def _made_before(now: datetime, body: Raw, dice: Random) -> Raw:
    made = now - AHEAD * dice.random()
    return {**body, "created_at": made, "changed_at": made}


def scattered(few: Sequence[Raw], many: Iterable[Raw], count: int) -> Iterator[Raw]:
    """The few evenly among the `count` many: what is due is not what was made last."""
    step = max(count // max(len(few), 1), 1)
    waiting = iter(few)
    for number, each in enumerate(many):
        if number % step == 0:
            yield from islice(waiting, 1)
        yield each
    yield from waiting


def copy_base(ground: Ground, database: str) -> Database[Raw]:
    """A database with the company of the base and without its records."""
    base = ground.use(BASE, durable=False)
    for name in base.list_collection_names():
        if name not in RECORDS:
            base[name].aggregate([{"$match": {}}, {"$out": {"db": database, "coll": name}}])
    return ground.use(database, durable=False)


def fill(ground: Ground, database: str, document: type[Record], records: Iterable[Raw]) -> None:
    """Insert in batches, and make the indexes of the base in one go after it: several times faster than before it."""
    name = document._get_collection_name()
    collection = ground.patient(database)[name]
    rest = iter(records)
    while batch := list(islice(rest, BATCH)):
        collection.insert_many(batch, ordered=False)
    collection.create_indexes(
        [
            IndexModel(list(index["key"].items()), **{key: index[key] for key in _OPTIONS if key in index})
            for index in collection.database.client[BASE][name].list_indexes()
            if index["name"] != "_id_"
        ]
    )


_OPTIONS = ("name", "unique", "partialFilterExpression")
