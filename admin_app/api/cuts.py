"""Attempts whose run ended with the database: told to it as soon as it is back, so that the same request may follow."""

import threading
import time
from contextlib import suppress
from queue import SimpleQueue

from pymongo.errors import PyMongoError

from admin_app.api.documents import Attempt

PAUSE_SECONDS = 0.5
# A longer absence is told by nobody; the key is free a minute after it then.
LONGEST_SECONDS = 600.0


class Teller(threading.Thread):
    """One thread, begun with the first that is to be told."""

    def __init__(self) -> None:
        super().__init__(name="attempts cut off", daemon=True)
        self._waiting: SimpleQueue[tuple[str, str, float]] = SimpleQueue()
        self._begun = threading.Lock()

    def add(self, key: str, run: str) -> None:
        self._waiting.put((key, run, time.monotonic() + LONGEST_SECONDS))
        if self._begun.acquire(blocking=False):
            self.start()

    def run(self) -> None:
        while True:
            key, run, until = self._waiting.get()
            while time.monotonic() < until and not _told(key, run):
                time.sleep(PAUSE_SECONDS)


def _told(key: str, run: str) -> bool:
    with suppress(PyMongoError):
        # A run that has an answer after all is none that was cut off.
        Attempt._get_collection().update_one({"_id": key, "run": run, "status": None}, {"$set": {"cut": True}})
        return True
    return False


_teller = Teller()


def note(key: str, run: str) -> None:
    """This run of the attempt ended without an answer."""
    _teller.add(key, run)
