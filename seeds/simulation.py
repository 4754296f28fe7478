"""A moving clock over the real verbs: what a year, or ninety days, of the estates looks like.

Nothing is skipped over: the clock goes from one moment at which something happens – a slot, a deadline, a person's act –
to the next, and calls there what the workers would call. Chance is drawn from a seed and the name of the thing it is
about, never from the order in which things come, so a run with the same seed is the same run.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, NamedTuple

from store.alone import alone
from store.calendars.operations import warn_missing
from store.clock import earliest
from store.content.documents import Content
from store.content.operations import publish_due
from store.deadlines.operations import sweep
from store.emergencies.documents import Drill
from store.emergencies.operations import plan_all
from store.errors import AnjuError
from store.notices.delivery import deliver
from store.notices.relay import relay
from store.notices.senders import Letter
from store.plans.operations import generate_due
from store.relay import load_makers
from store.requests.documents import ServiceRequest
from store.work.documents import WorkOrder

ONE_DAY = timedelta(days=1)
# The workers look every few seconds; a simulated one every minute, which is the promise of clause 3.5.
TICK = timedelta(minutes=1)
MOMENT = timedelta(milliseconds=1)
DELIVERY = timedelta(minutes=30)
BATCH = 1000
TIMED = (WorkOrder, ServiceRequest, Drill)

Act = Callable[[datetime], object]
Look = tuple[str, Any]
Stages = list[dict[str, Any]]


class Outage(NamedTuple):
    """A stretch in which no worker runs."""

    since: datetime
    until: datetime


class Glance(NamedTuple):
    """The first moment of each kind at which a worker has something to do, and of which documents there are new ones."""

    check: datetime | None
    generation: datetime | None
    publication: datetime | None
    new: frozenset[Any]


def glance(known: Mapping[Any, datetime], now: datetime) -> Glance:
    """One command; `known` are the moments up to which each document's new ones have been seen."""
    looks = {("check", document): _first(document, "next_check_at") for document in TIMED}
    looks["generation", Content] = _first(Content, "next_generate_at")
    looks["publication", Content] = _first(Content, "publish_at")
    looks |= {("new", document): _created(since, now) for document, since in known.items()}
    found = _all_at_once(looks)
    checks = [moment for (what, _), moment in found.items() if what == "check"]
    return Glance(
        earliest(*checks),
        found.get(("generation", Content)),
        found.get(("publication", Content)),
        frozenset(document for what, document in found if what == "new"),
    )


def _first(document: Any, name: str) -> Stages:
    return [
        {"$match": {name: {"$type": "date"}}},
        {"$sort": {name: 1}},
        {"$limit": 1},
        {"$project": {"at": f"${name}"}},
    ]


def _created(since: datetime, now: datetime) -> Stages:
    return [{"$match": {"created_at": {"$gt": since, "$lte": now}}}, {"$limit": 1}, {"$project": {"at": "$created_at"}}]


def _all_at_once(looks: Mapping[Look, Stages]) -> dict[Look, datetime]:
    """The moments that are found: eight questions at every turn would be half of all that the database is asked."""
    asked = list(looks)
    pipeline: Stages = []
    for number, look in enumerate(asked):
        stages = [*looks[look], {"$set": {"_id": number}}]
        union = {"$unionWith": {"coll": look[1]._get_collection_name(), "pipeline": stages}}
        pipeline += [union] if pipeline else stages
    found = asked[0][1]._get_collection().aggregate(pipeline)
    return {asked[each["_id"]]: each["at"] for each in found}


class Post:
    """Takes e-mail and hands it to nobody: a simulation must not write to people."""

    channel = "email"
    side_by_side = 1

    def __init__(self) -> None:
        self.letters = 0

    def receiver(self, address: str) -> str:
        return "post"

    @contextmanager
    def open(self, receiver: str) -> Iterator["Post"]:
        yield self

    def send(self, letter: Letter) -> str:
        self.letters += 1
        return ""


@dataclass
class Simulation:
    """The clock, the acts that people have planned, and the workers' turns between them."""

    now: datetime
    until: datetime
    seed: int
    outages: list[Outage] = field(default_factory=list)
    post: Post = field(default_factory=Post)
    refused: int = 0

    def __post_init__(self) -> None:
        load_makers()
        self._acts: list[tuple[datetime, int, Act]] = []
        self._ordinal = count()
        self._listeners: list[tuple[Any, Callable[[Any, datetime], None]]] = []
        self._known: dict[Any, datetime] = {}
        self._next_delivery = self.now
        # Whether somebody has done something since the last look.
        self._acted = True
        # Before the first look everything may be due.
        self._seen = Glance(self.now, self.now, self.now, frozenset())

    def chance(self, *name: object) -> Random:
        """The dice of one named thing."""
        return Random(f"{self.seed}:{name}")

    def at(self, moment: datetime, act: Act) -> None:
        """Let somebody do something at `moment`. An act that the rules refuse is counted and forgotten."""
        heapq.heappush(self._acts, (moment, next(self._ordinal), act))

    def on_new(self, document: Any, listener: Callable[[Any, datetime], None]) -> None:
        """Call `listener` with each record of this kind once it exists."""
        self._listeners.append((document, listener))
        self._known[document] = self.now - TICK

    def run(self, on_day: Callable[[datetime], None] = lambda _: None) -> None:
        """Until the end; `on_day` is called at every simulated midnight (UTC), for progress."""
        with alone():
            self._run(on_day)

    def _run(self, on_day: Callable[[datetime], None]) -> None:
        day = self.now
        while self.now < self.until:
            if self.now >= day:
                on_day(self.now)
                self._daily()
                day += ONE_DAY
            self._turn()
            self._go_on(day)

    def _daily(self) -> None:
        if not self._is_out():
            plan_all(self.now)
            warn_missing(self.now)
            self._acted = True

    def _turn(self) -> None:
        """What the workers would do now: everything that is due, until nothing is left."""
        if self._is_out():
            return
        for worker in self._workers():
            done = worker(self.now, BATCH)
            self._acted = self._acted or done > 0
            while done >= BATCH:
                done = worker(self.now, BATCH)
        if self.now >= self._next_delivery:
            deliver(
                self.now, [self.post], base_url="http://localhost", zone="Asia/Shanghai", language="zh", limit=BATCH
            )
            self._next_delivery = self.now + DELIVERY
        self._seen = glance({document: self._known[document] for document, _ in self._listeners}, self.now)
        self._acted = False
        self._tell_listeners()

    def _workers(self) -> Iterator[Callable[[datetime, int], int]]:
        """Plans and publications are looked at when their moment has come: nobody's act brings one forward. Deadlines are
        looked at after acts as well, and the relay has nothing to do where nothing was done."""
        if self._seen.publication is not None and self._seen.publication <= self.now:
            yield publish_due
        if self._seen.generation is not None and self._seen.generation <= self.now:
            yield generate_due
        if self._acted or self._seen.check is None or self._seen.check <= self.now:
            yield sweep
        if self._acted:
            yield relay

    def _tell_listeners(self) -> None:
        for document, listener in self._listeners:
            since, self._known[document] = self._known[document], self.now
            if document in self._seen.new:
                self._acted = True
                for record in document.objects(created_at__gt=since, created_at__lte=self.now).order_by("number"):
                    listener(record, self.now)

    def _go_on(self, day: datetime) -> None:
        """To the next moment at which a worker has something to do, and through all acts that come before it."""
        upcoming = earliest(self._next_due(), day, self.until) or self.until
        upcoming, turn = max(upcoming, self.now + TICK), self.now
        while self._acts and self._acts[0][0] < upcoming:
            moment, _, act = heapq.heappop(self._acts)
            # After the turn, never at its very moment: what is made then would be neither before nor after it.
            self.now = max(self.now, moment, turn + MOMENT)
            if self._do(act):
                upcoming = min(upcoming, self.now + TICK)
        self.now = upcoming

    def _do(self, act: Act) -> bool:
        """Whether the act left something for the relay."""
        self._acted = True
        try:
            return bool(getattr(act(self.now), "pending", False))
        except AnjuError:
            self.refused += 1
            return False

    def _next_due(self) -> datetime | None:
        if self._is_out():
            return next(outage.until for outage in self.outages if outage.since <= self.now < outage.until)
        return earliest(self._seen.check, self._seen.generation, self._seen.publication)

    def _is_out(self) -> bool:
        return any(outage.since <= self.now < outage.until for outage in self.outages)
