"""How often one address may ask at programs' doors: the limit of `limits`, counted for many requests at once.

Asking Redis costs as much as most answers. A process counts what it answers and tells Redis of some requests together;
so an address can be answered at most `TOGETHER` times more in each process than the limit says. Who has reached it is
asked for one by one.
"""

import time
from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, request
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse
from werkzeug.exceptions import TooManyRequests

from admin_app.shell import hooks, limits

TOGETHER = 40
# And never more than this part of the limit.
A_PART = 30
TOGETHER_SECONDS = 1.0
MOST_KNOWN = 10_000


@dataclass
class _Count:
    """What one address has been answered at one door since Redis was told."""

    since: float
    untold: int = 0
    # It has come near its limit: as long as that is remembered, every request is told by itself.
    one_by_one_until: float = 0.0


class Pace:
    """Of one process. Threads may count one request too few for each other, which is no harm."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], _Count] = {}

    def admits(self, who: str, where: str, moment: float) -> bool:
        """Whether another request of this address may be answered there."""
        if len(self._counts) > MOST_KNOWN:
            self._counts.clear()
        count = self._counts.setdefault((who, where), _Count(moment - TOGETHER_SECONDS))
        count.untold += 1
        together = moment >= count.one_by_one_until and moment - count.since < TOGETHER_SECONDS
        limit = _limit(limits.GENERAL)
        if together and count.untold < min(TOGETHER, limit.amount // A_PART):
            return True
        told, count.untold, count.since = count.untold, 0, moment
        admitted = limits.limiter.limiter.hit(limit, who, where, cost=told)
        if not admitted:
            count.one_by_one_until = moment + limit.get_expiry()
        return admitted


@lru_cache(maxsize=4)
def _limit(text: str) -> RateLimitItem:
    return parse(text)


def register(app: Flask) -> None:
    pace = Pace()

    def check() -> None:
        if not pace.admits(get_remote_address(), request.endpoint or "", time.monotonic()):
            raise TooManyRequests(retry_after=_limit(limits.GENERAL).get_expiry())

    hooks.before_programs(app, check)
