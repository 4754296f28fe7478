"""What one delivery hands over: letters by receiver, and the way to each."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from store.notices.channels import Outcome
from store.notices.leased import Leased
from store.notices.readers import ReaderCache
from store.notices.senders import Letter, Sender, SendFailed, Session

log = logging.getLogger(__name__)

# Everything ends well before the lease does; a receiver that is not done by then is left behind.
SECONDS = 25.0
# The letters that are worth one more session.
LETTERS_OF_A_SESSION = 25
# After so many failed sessions in a row the rest of a receiver's letters are not tried in this run.
MOST_BROKEN_SESSIONS = 2
S = TypeVar("S", bound=Session)
T = TypeVar("T")


@dataclass(frozen=True)
class Outgoing:
    """A leased notice with its letter; `members` are what a digest carries, `bundled` what is on the same lease and goes
    out in the same letter."""

    notice: Leased
    letter: Letter
    members: Sequence[Leased] = ()
    bundled: Sequence[Leased] = ()

    @property
    def leased(self) -> list[Leased]:
        return [self.notice, *self.bundled]


@dataclass
class Run:
    """One delivery. `moment` is `now` moved on by the time the run has taken, because the clock is read at edges only."""

    now: datetime
    senders: Mapping[str, Sender]
    base_url: str
    cache: ReaderCache
    language: str
    seconds: float = SECONDS
    began: float = field(default_factory=time.monotonic)
    # When everything was written out: only handing over is short of time, or a busy machine would send nothing at all.
    sending_since: float = field(default_factory=time.monotonic)
    # Nothing is handed to anybody: marks need not be written letter by letter.
    is_rehearsal: bool = False
    unmarked: list[Leased] = field(default_factory=list)

    @property
    def moment(self) -> datetime:
        return self.now + timedelta(milliseconds=int((time.monotonic() - self.began) * 1000))

    @property
    def over(self) -> bool:
        return time.monotonic() - self.sending_since > self.seconds


class Pile:
    """One receiver's letters, and what became of them."""

    def __init__(self, sender: Sender, receiver: str, letters: Iterable[Outgoing]) -> None:
        self.sender = sender
        self.receiver = receiver
        self.all = list(letters)
        self.outcome = Outcome()
        self._left = deque(self.all)

    def __bool__(self) -> bool:
        """Whether a letter is left."""
        return bool(self._left)

    def helpers(self, most: int) -> int:
        """How many more sessions its letters are worth, of `most` in all."""
        return min(most, -(-len(self.all) // LETTERS_OF_A_SESSION)) - 1

    def take(self) -> Outgoing | None:
        return self._left.popleft() if self._left else None

    def take_all(self) -> list[Outgoing]:
        return list(iter(self.take, None))

    def put_back(self, outgoing: Outgoing) -> None:
        self._left.appendleft(outgoing)


class ReceiverLine(Generic[S]):
    """The way to one receiver. `failed` is the reason why it is given up for this run."""

    def __init__(self, opened: Callable[[str], AbstractContextManager[S]], receiver: str) -> None:
        self.sessions = ExitStack()
        self.failed: str | None = None
        # The receiver has asked for a pause: who waits behind is not at fault, and has made no attempt.
        self.later: timedelta | None = None
        self._opened = opened
        self._receiver = receiver
        self._session: S | None = None
        self._broken = 0

    @property
    def is_open(self) -> bool:
        return self._session is not None

    def open(self) -> S:
        """Raises `SendFailed`."""
        try:
            self._session = self.sessions.enter_context(self._opened(self._receiver))
        except SendFailed as failure:
            self._broken = MOST_BROKEN_SESSIONS  # who cannot be reached is not tried again in this run
            self._break(failure.reason)
            raise
        return self._session

    def close(self) -> None:
        self.sessions.close()
        self._session = None

    def send(self, letter: Letter) -> None:
        """Raises `SendFailed`, whatever went wrong."""
        self.attempt(lambda session: session.send(letter))
        self.got_through()

    def attempt(self, turn: Callable[[S], T]) -> T:
        """What `turn` returns of the session. Raises `SendFailed`, whatever went wrong."""
        try:
            return turn(self._session or self.open())
        except SendFailed as failure:
            self.later = failure.later
            if failure.broken and self.is_open:
                self._break(failure.reason)
            raise
        except Exception as error:  # a library's own mistake must not keep the letters behind this one
            log.error("handing over raised %s", type(error).__name__)
            self._break("refused")
            raise SendFailed("refused", broken=True) from error

    def got_through(self) -> None:
        """A letter was taken: what broke before was passing."""
        self._broken = 0

    def _break(self, reason: str) -> None:
        self.close()
        self._broken += 1
        if self._broken >= MOST_BROKEN_SESSIONS:
            self.failed = reason
