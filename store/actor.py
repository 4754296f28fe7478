"""Who does it, and through what. Every verb is given an actor."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class TabletEntry:
    """What a tablet says of an action that it recorded, perhaps hours ago and without a network.

    `operation` is the id that the tablet made: it is stored with the event in the same write, so that the same entry
    never acts twice. `at` is the server's reckoning of when it happened (never in the future), `device_at` what the
    device's clock said. All are kept; a difference is shown and never judged.
    """

    operation: str | None = None
    device: str | None = None
    at: datetime | None = None
    device_at: datetime | None = None


@dataclass(frozen=True)
class Actor:
    """A member of staff, or the system itself.

    `estates` is the set of estate codes the actor may see; `None` means all of them.
    """

    code: str
    name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    estates: frozenset[str] | None = frozenset()
    department: str | None = None
    entry: TabletEntry | None = None
    # Under what name a program may send this write again; it is kept with the event (`store/attempts.py`).
    attempt: str | None = None

    def sees(self, estate: str | None) -> bool:
        """Whether the actor may see things of this estate; things of no estate belong to the whole company."""
        return estate is None or self.estates is None or estate in self.estates

    def sees_all(self, estates: Iterable[str]) -> bool:
        """Whether the actor may see every one of these estates."""
        return all(self.sees(each) for each in estates)

    def happened(self, now: datetime) -> datetime:
        """When the fact took place: `now`, unless a tablet recorded it earlier."""
        return self.entry.at if self.entry and self.entry.at else now

    @property
    def device_at(self) -> datetime | None:
        return self.entry.device_at if self.entry else None


SYSTEM = Actor(code="system", name="系统", roles=frozenset({"system"}), estates=None)
