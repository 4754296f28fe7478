"""A tablet in somebody's hands, without its screen: it numbers and keeps entries, and sends them as often as it likes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from store.actor import Actor
from store.tablet import operations as field
from store.tablet.entries import Batch, read_entries, read_moment
from store.tablet.operations import Receipt
from tests import cast

MS = timedelta(milliseconds=1)


class Tablet:
    """`skew` is how wrong its clock is; `restart` loses the count of milliseconds and keeps everything else."""

    def __init__(self, who: Actor, device: str | None = None, skew: timedelta = timedelta(0)) -> None:
        self.who = who
        self.device = device or str(uuid4())
        self.skew = skew
        self.entries: list[dict[str, Any]] = []
        self.restart(cast.NOW)

    def restart(self, now: datetime) -> None:
        self.run = str(uuid4())
        self.started = now

    def elapsed(self, now: datetime) -> int:
        return (now - self.started) // MS

    def record(
        self, order: Any, verb: str, now: datetime = cast.NOW, *, seen: int | None = None, **body: Any
    ) -> dict[str, Any]:
        """Keep an entry. `order` is a work order, a pair of estate and key, or an estate."""
        estate, key = (
            order if isinstance(order, tuple) else (getattr(order, "estate", order), getattr(order, "key", None))
        )
        entry = {
            "id": str(uuid4()),
            "seq": len(self.entries) + 1,
            "estate": estate,
            "order": key,
            "verb": verb,
            "seen": seen if seen is not None else getattr(order, "version", None),
            "device_at": (now + self.skew).isoformat(),
            "run": self.run,
            "elapsed_ms": self.elapsed(now),
            "body": body,
        }
        self.entries.append(entry)
        return entry

    def batch(self, now: datetime, entries: Sequence[Mapping[str, Any]] | None = None) -> Batch:
        sent = self.entries if entries is None else entries
        device_now = read_moment((now + self.skew).isoformat())
        return Batch(self.device, self.run, self.elapsed(now), device_now, read_entries(sent))

    def send(self, now: datetime = cast.NOW, entries: Sequence[Mapping[str, Any]] | None = None) -> Receipt:
        return field.receive(self.batch(now, entries), actor=self.who, now=now)


def results(receipt: Receipt) -> list[str]:
    return [each["result"] for each in receipt.outcomes]


def codes(receipt: Receipt) -> list[str | None]:
    return [each.get("code") for each in receipt.outcomes]
