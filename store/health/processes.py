"""The processes of the product: each says that it lives, and when it ends in good order. What does neither was ended."""

import os
import socket
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import NamedTuple, Self
from uuid import uuid4

from pymongo import timeout
from pymongo.errors import PyMongoError

from store.clock import now as read_clock
from store.health.documents import Process
from store.words import Words

WEB, TICKER = "web", "ticker"
PARTS: dict[str, Words] = {WEB: Words("网站", "the web server"), TICKER: Words("计时进程", "the ticker")}
WORKER = Words("后台进程 {queue}", "the worker {queue}")
SIGN_SECONDS = 20.0
FAREWELL_SECONDS = 2.0
# Who has given no sign for so long is gone. That of a process waiting for MongoDB comes late.
SILENCE = timedelta(seconds=70)


class Ended(NamedTuple):
    """A process that ended without saying so."""

    part: str
    host: str
    seen_at: datetime

    @property
    def words(self) -> Words:
        return PARTS.get(self.part, WORKER.fill(queue=self.part))


def ended_unexpectedly(since: datetime, now: datetime) -> list[Ended]:
    """The last first; those that ended after `since`, a minute after their end."""
    silent = {"ended_at": None, "seen_at": {"$gte": since, "$lt": now - SILENCE}}
    found = Process._get_collection().find(silent).sort("seen_at", -1).limit(100)
    return [Ended(each["part"], each["host"], each["seen_at"]) for each in found]


class Life:
    """`with Life("ticks"):` – signs of life from a thread of its own, which waits for MongoDB in place of the others."""

    def __init__(self, part: str) -> None:
        self._id, self._part = uuid4().hex, part
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="signs of life", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """In good order."""
        self._over.set()
        with suppress(PyMongoError), timeout(FAREWELL_SECONDS):
            Process._get_collection().update_one({"_id": self._id}, {"$set": {"ended_at": read_clock()}})

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.end()

    def _go_on(self) -> None:
        first = {"part": self._part, "host": socket.gethostname(), "pid": os.getpid(), "started_at": read_clock()}
        while not self._over.is_set():
            with suppress(PyMongoError):
                sign = {"$set": {"seen_at": read_clock()}, "$setOnInsert": first}
                Process._get_collection().update_one({"_id": self._id}, sign, upsert=True)
            self._over.wait(SIGN_SECONDS)
