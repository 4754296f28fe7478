"""Faults of the whole product, drawn by lot: kills, processes that stand still for seconds, a Redis that forgets all."""

import os
import random
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal, NamedTuple

from redis import Redis
from redis.exceptions import RedisError

from tests.faults.product import PARTS, Product

MOST_AT_ONCE = 4
LONGEST_FROZEN = 5.0
How = Literal["killed", "frozen", "left hanging", "wiped"]


class Fault(NamedTuple):
    how: How
    part: str

    def __str__(self) -> str:
        return f"{self.part} {self.how}"


# How often each is drawn, beside the others.
KILLED = {"web worker": 8, "ticker": 6, "ticks": 6, "relay": 6, "notices": 8, "reports": 2, "web server": 4, "guard": 4}
SERVERS_KILLED = {"mongod": 6, "redis-server": 4}
FROZEN = {part: 2 for part in PARTS if part not in {"guard", "reports"}}
LOTS: tuple[tuple[Fault, int], ...] = (
    *((Fault("killed", part), n) for part, n in {**KILLED, **SERVERS_KILLED}.items()),
    *((Fault("frozen", part), n) for part, n in FROZEN.items()),
    (Fault("wiped", "redis-server"), 4),
    # Nobody thaws it: the guard ends it after three questions without an answer.
    (Fault("left hanging", "web server"), 1),
)


class Strikes:
    """`strikes.strike(product, most=3)` injects up to so many at once and says which."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def strike(self, product: Product, most: int) -> list[Fault]:
        drawn = self._draw(min(most, self._chance.randint(1, MOST_AT_ONCE)))
        found = product.processes()
        struck = [(fault, pids) for fault in drawn if (pids := self._strike(fault, found, product)) is not None]
        frozen = [pid for fault, pids in struck if fault.how == "frozen" for pid in pids]
        if frozen:
            time.sleep(self._chance.uniform(1, LONGEST_FROZEN))  # so long the fault lasts
        for pid in frozen:
            _signal(pid, signal.SIGCONT)
        return [fault for fault, _ in struck]

    def _draw(self, count: int) -> list[Fault]:
        """No part twice: one fault would hide the other."""
        drawn: dict[str, Fault] = {}
        while len(drawn) < count:
            [fault] = self._chance.choices([each for each, _ in LOTS], [weight for _, weight in LOTS])
            drawn.setdefault(fault.part, fault)
        return list(drawn.values())

    def _strike(self, fault: Fault, found: dict[str, list[int]], product: Product) -> Sequence[int] | None:
        """The processes that were struck; None when there is none just now."""
        if fault.how == "wiped":
            return _wipe(product.redis_url)
        if fault.how == "left hanging":
            pids = [*found["web server"], *found["web worker"]]
        else:
            pids = self._chance.sample(found[fault.part], 1) if found[fault.part] else []
        number = signal.SIGKILL if fault.how == "killed" else signal.SIGSTOP
        return [pid for pid in pids if _signal(pid, number)] or None


def _wipe(redis_url: str) -> Sequence[int] | None:
    try:
        with Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2) as client:
            client.flushall()
    except RedisError:
        return None
    return []


def _signal(pid: int, number: signal.Signals) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
        return True
    return False
