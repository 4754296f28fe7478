"""How a periodic job runs: until nothing is left or its time is up, with a beat before and after."""

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache

from mongoengine.connection import get_db
from pymongo.errors import PyMongoError

from jobs.schedule import BY_NAME
from jobs.waking import waker
from store.clock import now
from store.health import clocks
from store.health import operations as health
from store.health.rules import ClockOff, is_due, is_off, place_of
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
    job = BY_NAME[name]
    every = job.every_seconds
    try:
        due = is_due(health.last_finished(name), every, now())
        offset = _clock_offset()
        health.beat_started(name, every, now(), offset)
        if job.by_clock and is_off(offset):
            log.error("%s rests: the clocks of this machine and of MongoDB differ by %s", name, offset)
            raise ClockOff
        if not due:
            return {}
        counts = {"done": _until_empty(name, work, limit)}
        health.beat_finished(name, now(), counts)
        return counts
    except Exception as error:  # whatever it is: it is kept without its message, and told
        if is_unreachable(error):
            log.warning("%s: MongoDB cannot be reached (%s)", name, type(error).__name__)
            return {}
        with suppress(PyMongoError):
            health.beat_failed(name, error)
        raise TaskFailed(f"{name}: {place_of(error)}") from None


def _clock_offset() -> timedelta:
    return clocks.offset(get_db().client, now)


def _until_empty(name: str, work: Callable[[datetime], int], limit: int | None) -> int:
    began, total = time.monotonic(), 0
    while True:
        done = work(now())
        total += done
        if done:
            waker.wake_after(name)
        if limit is None or done < limit or time.monotonic() - began > SECONDS:
            return total
