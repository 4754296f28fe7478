"""A moving clock over the real verbs: what a year, or ninety days, of the estates looks like.

Nothing is skipped over: the clock goes from one moment at which something happens – a slot, a deadline, a person's act –
to the next, and calls there what the workers would call. Chance is drawn from a seed and the name of the thing it is
about, never from the order in which things come, so a run with the same seed is the same run.
"""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, NamedTuple

from seeds.glancing import Glance, Glances
from store import domains
from store.alone import alone
from store.clock import earliest
from store.content.operations import publish_due
from store.deadlines.missing_days import warn_missing
from store.deadlines.operations import sweep
from store.emergencies.operations import plan_all
from store.errors import AnjuError
from store.notices.delivery import deliver
from store.notices.relay import relay
from store.notices.senders import Letter
from store.plans.operations import generate_due
from store.watch import Watch

ONE_DAY = timedelta(days=1)
# The workers look every few seconds; a simulated one every minute, which is the promise of clause 3.5.
TICK = timedelta(minutes=1)
MOMENT = timedelta(milliseconds=1)
DELIVERY = timedelta(minutes=30)
BATCH = 1000

Act = Callable[[datetime], object]


class Outage(NamedTuple):
    """A stretch in which no worker runs."""

    since: datetime
    until: datetime


class Post:
    """Takes e-mail and hands it to nobody: a simulation must not write to people."""

    channel = "email"

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
    """The clock, the acts that people have planned, and the workers' turns between them.

    With a `watch` that hears what this process writes, the workers are sent only where there is something to do.
    """

    now: datetime
    until: datetime
    seed: int
    outages: list[Outage] = field(default_factory=list)
    post: Post = field(default_factory=Post)
    refused: int = 0
    watch: Watch | None = None
    deliver_every: timedelta = DELIVERY

    def __post_init__(self) -> None:
        domains.load("operations")
        self._acts: list[tuple[datetime, int, Act]] = []
        self._ordinal = count()
        self._listeners: list[tuple[Any, Callable[[Any, datetime], None]]] = []
        self._known: dict[Any, datetime] = {}
        self._next_delivery = self.now
        # Whether somebody has done something since the last look.
        self._acted = True
        # Before the first look everything may be due.
        self._seen = Glance(self.now, self.now, self.now, self.now, frozenset())
        self._glances = Glances(self.watch)

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
        with alone(self.watch):
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
            deliver(self.now, [self.post], zone="Asia/Shanghai", language="zh", limit=BATCH, is_rehearsal=True)
            self._next_delivery = self.now + self.deliver_every
        self._seen = self._glances.look({document: self._known[document] for document, _ in self._listeners}, self.now)
        self._acted = False
        self._tell_listeners()

    def _workers(self) -> Iterator[Callable[[datetime, int], int]]:
        """Plans and publications are looked at when their moment has come: nobody's act brings one forward. Deadlines are
        looked at after acts as well, and the relay has nothing to do where nothing was done."""
        if self._seen.publication is not None and self._seen.publication <= self.now:
            yield publish_due
        if self._seen.generation is not None and self._seen.generation <= self.now:
            yield generate_due
        if self._is_check_due():
            yield sweep
        if self._is_relay_due():
            yield relay

    def _is_check_due(self) -> bool:
        if self.watch is None:
            return self._acted or self._seen.check is None or self._seen.check <= self.now
        first = self._glances.check(with_beside=self._acted)
        return first is not None and first <= self.now

    def _is_relay_due(self) -> bool:
        if self.watch is None:
            return self._acted
        return self.watch.is_anything_marked("pending")

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
