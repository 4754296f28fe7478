"""What delivery needs of a way out: a session with a receiver, into which letters are put one by one."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from store.notices.texts import Text


@dataclass(frozen=True)
class Letter:
    """One notice, written out. `id` is the same at every attempt, so that a receiver can tell a repetition."""

    id: str
    address: str
    text: Text
    at: datetime
    name: str = ""
    urgent: bool = False


class SendFailed(Exception):
    """The letter was not handed over. `reason` is a key of `rules.REASONS`.

    `final`: no later attempt can succeed. `broken`: the session cannot take another letter. `unsure`: it may have been
    handed over all the same. `later`: this receiver wants nothing more before so long. `said` are the other side's own
    words, for who tries a channel; they are kept nowhere.
    """

    def __init__(
        self,
        reason: str,
        *,
        final: bool = False,
        broken: bool = False,
        unsure: bool = False,
        later: timedelta | None = None,
        said: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
        self.broken = broken
        self.unsure = unsure
        self.later = later
        self.said = said


class Session(Protocol):
    def send(self, letter: Letter) -> str:
        """Hand the letter over; what the other side said to it. Raises `SendFailed`."""


class Turns(Session, Protocol):
    """A session that waits for nothing, so that one thread hands over by many."""

    def begin(self, letter: Letter) -> bool:
        """Say what can be said without an answer. True when the letter has been taken already. Raises `SendFailed`."""

    def go_on(self) -> bool:
        """Read what has come and say what follows from it. True when the letter has been taken. Raises `SendFailed`."""

    def give_up(self) -> None:
        """The other side has been silent for too long. Raises `SendFailed`."""

    def fileno(self) -> int:
        """What can be read when the other side has spoken."""


class Sender(Protocol):
    """One channel. Everything a sender does must end within seconds, whatever the other side does."""

    channel: str

    def receiver(self, address: str) -> str:
        """What letters with this address share a session with: one that hangs must not hold up the others."""

    def open(self, receiver: str) -> AbstractContextManager[Session]:
        """Raises `SendFailed` when the receiver cannot be reached."""


@runtime_checkable
class ManySender(Sender, Protocol):
    """One that hands over to a receiver by several sessions at a time: `side_by_side`, of which each is silent for no
    longer than `seconds`."""

    side_by_side: int
    seconds: float

    def open_turns(self, receiver: str) -> AbstractContextManager[Turns]:
        """Raises `SendFailed`, as `open` does."""
