"""The test's clock, and the background on it: real nudges through a real Redis, carried out by real RQ workers.

Nobody waits: `pass_until` goes from one moment at which something is to happen to the next, sets the clock, lets the
ticker nudge and every queue's worker do what it finds. A worker looks every few seconds, so two looks are never closer.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis import Redis

import admin_app.health
import jobs.beating
import jobs.tasks
from jobs.queues import connect, queue
from jobs.schedule import QUEUES
from jobs.ticker import Ticker
from jobs.worker import Worker
from store import clock
from store.content.documents import Content
from store.notices.documents import Notice
from store.requests.documents import ServiceRequest
from store.settings import Settings
from store.work.documents import WorkOrder

LOOK = timedelta(seconds=30)
# What may happen by itself: (documents, the field that says when).
WAITING = ((WorkOrder, "next_check_at"), (ServiceRequest, "next_check_at"), (Content, "next_generate_at"))


class Clock:
    """The one clock of the web application and of the workers."""

    def __init__(self, moment: datetime, patch: pytest.MonkeyPatch) -> None:
        self.moment = moment
        for module in (clock, jobs.beating, admin_app.health):
            patch.setattr(module, "now", self.now)
        # MongoDB's clock is the machine's; on the test's it would be days off, and all that goes by the clock would rest.
        patch.setattr(jobs.beating, "_clock_offset", timedelta)

    def now(self) -> datetime:
        return self.moment


class Background:
    """Ticker and workers on the test's clock. `pass_until(moment)` lets the time between happen."""

    def __init__(self, settings: Settings, clock: Clock, patch: pytest.MonkeyPatch) -> None:
        self.clock = clock
        self._redis: Redis[bytes] = connect(settings.redis_url)
        self._ticker = Ticker(self._redis)
        for module in (jobs.beating, jobs.tasks):
            patch.setattr(module, "settings", lambda: settings)

    def pass_until(self, moment: datetime) -> None:
        while (following := max(_earliest() or moment, self.clock.moment + LOOK)) < moment:
            self._look(following)
        self._look(max(moment, self.clock.moment + LOOK))

    def pass_minutes(self, minutes: int) -> None:
        self.pass_until(self.clock.moment + timedelta(minutes=minutes))

    def _look(self, moment: datetime) -> None:
        self.clock.moment = moment
        self._ticker.tick(moment)
        for name in QUEUES:
            with _signals_as_they_were():
                Worker(queue(name, self._redis), self._redis, threading.Event()).work(
                    burst=True, logging_level="WARNING"
                )
        failed = [beat for beat in _errors() if beat]
        assert not failed, failed


def with_mail(settings: Settings, smtp_url: str, base_url: str) -> Settings:
    """The settings of workers that send real e-mail with links to the served application."""
    return replace(settings, smtp_url=smtp_url, base_url=base_url)


def _earliest() -> datetime | None:
    found = [_first(document, name, {}) for document, name in WAITING]
    found.append(_first(Content, "publish_at", {}))
    found.append(_first(Notice, "not_before", {"state": {"$in": ["queued", "leased"]}}))
    known = [each for each in found if each is not None]
    return min(known) if known else None


def _first(document: Any, name: str, query: dict[str, Any]) -> datetime | None:
    found = document._get_collection().find_one({**query, name: {"$type": "date"}}, {name: 1}, sort=[(name, 1)])
    return found[name] if found else None


def _errors() -> list[str]:
    from store.health import operations as health

    return [f"{name}: {beat.last_error}" for name, beat in health.beats().items() if beat.last_error]


@contextmanager
def _signals_as_they_were() -> Iterator[None]:
    """RQ takes Ctrl-C and the alarm for itself and gives them back to nobody; pytest and its time limit need them."""
    kept = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)}
    left, every = signal.getitimer(signal.ITIMER_REAL)
    try:
        yield
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, left, every)
