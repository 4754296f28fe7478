"""Standing: what somebody may do just now. Who asks often is not looked up for every question.

What a process has read of a person's standing it may keep for `KEPT_SECONDS`, under the mark that held then. Whatever
changes somebody's standing changes the mark, which every process reads again after `LOOK_SECONDS`: a revocation ends
what is kept at once in the process that carries it out, and within a quarter of a second in all others.
"""

import time
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import uuid4

from mongoengine.connection import get_db
from pymongo.collection import Collection

from store.first import first

LOOK_SECONDS = 0.25
# Also the end of what is changed past every verb, by hand in the database.
KEPT_SECONDS = 5.0
MOST_KEPT = 10_000
COLLECTION = "standing"
_KEY = "mark"

T = TypeVar("T")
Now = Callable[[], float]


class Seen(NamedTuple):
    """A mark, and until when it need not be read again."""

    mark: str
    until: float


class _Mark:
    """As this process knows it."""

    def __init__(self) -> None:
        self.seen: Seen | None = None


_MARK = _Mark()


def _marks() -> "Collection[dict[str, Any]]":
    return get_db()[COLLECTION]


def changed() -> None:
    """Somebody's standing has been changed. Called after the write, so that nothing older is kept under the new mark."""
    _marks().update_one({"_id": _KEY}, {"$set": {"mark": uuid4().hex}}, upsert=True)
    _MARK.seen = None


def mark(moment: float) -> str:
    """The mark that holds, at most `LOOK_SECONDS` old; `moment` is the process's own monotonic time."""
    seen = _MARK.seen
    if seen is None or moment >= seen.until:
        found = first(_marks(), {"_id": _KEY})
        seen = _MARK.seen = Seen(found["mark"] if found else "", moment + LOOK_SECONDS)
    return seen.mark


class Kept(Generic[T]):
    """Values by key, each as long as the mark under which it was read holds."""

    def __init__(self, now: Now = time.monotonic) -> None:
        self._now = now
        self._values: dict[str, tuple[T, str, float]] = {}

    def get(self, key: str, read: Callable[[], T]) -> T:
        moment = self._now()
        held = mark(moment)
        found = self._values.get(key)
        if found is not None and found[1] == held and moment < found[2]:
            return found[0]
        value = read()
        if len(self._values) >= MOST_KEPT:
            self._values.clear()
        self._values[key] = (value, held, moment + KEPT_SECONDS)
        return value
