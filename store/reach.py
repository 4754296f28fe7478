"""Whether MongoDB can be written to, as this process knows it, and which errors say that it could not be."""

import time
from functools import cache

from mongoengine.connection import ConnectionFailure as NeverConnected
from mongoengine.errors import OperationError
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError
from pymongo.monitoring import (
    TopologyClosedEvent,
    TopologyDescriptionChangedEvent,
    TopologyListener,
    TopologyOpenedEvent,
)

# So long a lost server is waited for: another primary is there by then. Who comes later is told at once.
PATIENCE_SECONDS = 15.0
# What a server says that stops, gives up its place, has forgotten a cursor with it, or has no room left.
_PASSING_CODES = frozenset({6, 7, 43, 64, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031})


class Reach(TopologyListener):
    """Kept by the driver's own watch: asking costs nothing and waits for nothing."""

    def __init__(self) -> None:
        self._lost_at: float | None = None

    @staticmethod
    @cache
    def of_this_process() -> "Reach":
        return Reach()

    def is_lost(self, moment: float | None = None) -> bool:
        """Whether no server could be written to for so long that waiting for it is no use."""
        lost_at = self._lost_at
        return lost_at is not None and (moment or time.monotonic()) - lost_at > PATIENCE_SECONDS

    def opened(self, event: TopologyOpenedEvent) -> None:
        self._lost_at = None

    def description_changed(self, event: TopologyDescriptionChangedEvent) -> None:
        if event.new_description.has_writable_server():
            self._lost_at = None
        elif self._lost_at is None:
            self._lost_at = time.monotonic()

    def closed(self, event: TopologyClosedEvent) -> None:
        self._lost_at = None


def is_unreachable(error: BaseException | None) -> bool:
    """Whether the error says that MongoDB was not there – and nothing of what was asked of it.

    Of a write nobody knows then whether it was carried out.
    """
    if isinstance(error, ConnectionFailure | NeverConnected):
        return True
    if isinstance(error, OperationError):
        return is_unreachable(error.__cause__ or error.__context__)
    if isinstance(error, PyMongoError) and error.has_error_label("RetryableWriteError"):
        return True
    return isinstance(error, OperationFailure) and bool(_codes(error) & _PASSING_CODES)


def _codes(error: OperationFailure) -> set[int]:
    """The code of the error, and those inside of one that tells of several writes."""
    details = error.details or {}
    inner = [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ())]
    return {each["code"] for each in inner if "code" in each} | ({error.code} if error.code is not None else set())
