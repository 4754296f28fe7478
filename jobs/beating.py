"""How a periodic job runs: until nothing is left or its time is up, with a beat before and after."""

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import cache

from pymongo.errors import PyMongoError

from jobs.schedule import BY_NAME
from store.clock import now
from store.health import operations as health
from store.health.rules import is_due, place_of
from store.reach import Reach, is_unreachable
from store.settings import Settings

log = logging.getLogger(__name__)

# A nudge comes again in seconds: a long backlog is worked off in several runs, each of which shows that it lives.
SECONDS = 20.0

Counts = dict[str, int]


class TaskFailed(Exception):
    """The kind and place of an error. RQ writes tracebacks into Redis and the log, and a message may be personal."""


@cache
def settings() -> Settings:
    return Settings.from_environment(os.environ)


def run_periodic(name: str, work: Callable[[datetime], int], limit: int | None = None) -> Counts:
    """Run `work` now if its time has come. It is called again while it returns `limit`, that is while more is waiting.

    Raises `TaskFailed`; the beat then keeps the error, and the job counts as stale until it succeeds. Without MongoDB
    there is neither work nor beat: the next nudge asks again.
    """
    if Reach.of_this_process().is_lost():
        return {}
    every = BY_NAME[name].every_seconds
    try:
        due = is_due(health.last_finished(name), every, now())
        health.beat_started(name, every, now())
        if not due:
            return {}
        counts = {"done": _until_empty(work, limit)}
        health.beat_finished(name, now(), counts)
        return counts
    except Exception as error:  # whatever it is: it is kept without its message, and told
        if is_unreachable(error):
            log.warning("%s: MongoDB cannot be reached (%s)", name, type(error).__name__)
            return {}
        with suppress(PyMongoError):
            health.beat_failed(name, error)
        raise TaskFailed(f"{name}: {place_of(error)}") from None


def _until_empty(work: Callable[[datetime], int], limit: int | None) -> int:
    began, total = time.monotonic(), 0
    while True:
        done = work(now())
        total += done
        if limit is None or done < limit or time.monotonic() - began > SECONDS:
            return total
