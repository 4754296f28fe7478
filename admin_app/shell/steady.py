"""Counting that goes on while Redis is away: `Limiter(strategy=STEADY)`.

Flask-Limiter's own way out is open to the first thread that meets a dead Redis. Those that met it at the same moment, and
what is counted after an answer, would be shown as defects.
"""

import logging
import time
from collections.abc import Callable

from limits import RateLimitItem
from limits.storage import MemoryStorage, StorageTypes
from limits.strategies import STRATEGIES, MovingWindowRateLimiter
from redis import RedisError

log = logging.getLogger(__name__)

STEADY = "steady-moving-window"
# So long Redis is not asked again after it was away: each question might wait for it.
AWAY_SECONDS = 10.0


class Steady(MovingWindowRateLimiter):
    """Counts in Redis; in this process's memory while that does not answer."""

    def __init__(self, storage: StorageTypes) -> None:
        super().__init__(storage)
        self._apart = MovingWindowRateLimiter(MemoryStorage())
        self._away_until = 0.0

    def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        counted = super().hit
        return self._asked(
            lambda: counted(item, *identifiers, cost=cost), lambda: self._apart.hit(item, *identifiers, cost=cost)
        )

    def test(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        tested = super().test
        return self._asked(
            lambda: tested(item, *identifiers, cost=cost), lambda: self._apart.test(item, *identifiers, cost=cost)
        )

    def _asked(self, redis: Callable[[], bool], memory: Callable[[], bool]) -> bool:
        if time.monotonic() >= self._away_until:
            try:
                return redis()
            except RedisError as error:
                log.warning("Redis does not answer (%s); limits are counted by this process", type(error).__name__)
                self._away_until = time.monotonic() + AWAY_SECONDS
        return memory()


STRATEGIES[STEADY] = Steady
