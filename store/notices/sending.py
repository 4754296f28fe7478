"""Handing over what is written out: each receiver has letters of its own, from which one or more senders take.

A letter is marked before its sender takes the next one, so a kill doubles at most the one that each sender was just
handing over; its id is the same, so the receiver can tell.
"""

import logging
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from store.notices import channels, operations
from store.notices.channels import Outcome
from store.notices.documents import Notice
from store.notices.marks import Marks
from store.notices.readers import Shelf
from store.notices.senders import Letter, Sender, SendFailed, Session

log = logging.getLogger(__name__)

# Everything ends well before the lease does; a receiver that is not done by then is left behind.
SECONDS = 25.0
# So much longer is waited for a receiver in the middle of a letter: a mail server may take its whole time-out, and a
# letter that is given up while it is taken comes twice.
LATE = 8.5
# Receivers at a time, and the letters that are worth one more sender.
SIDE_BY_SIDE = 8
LETTERS_OF_A_SENDER = 25
# After so many failed sessions in a row the rest of a receiver's letters are not tried in this run.
MOST_BROKEN_SESSIONS = 2


@dataclass(frozen=True)
class Outgoing:
    """A leased notice with its letter; `members` are what a digest carries, `bundled` what is on the same lease and goes
    out in the same letter."""

    notice: Notice
    letter: Letter
    members: Sequence[Notice] = ()
    bundled: Sequence[Notice] = ()

    @property
    def leased(self) -> list[Notice]:
        return [self.notice, *self.bundled]


@dataclass
class Run:
    """One delivery. `moment` is `now` moved on by the time the run has taken, because the clock is read at edges only."""

    now: datetime
    senders: Mapping[str, Sender]
    base_url: str
    shelf: Shelf
    language: str
    seconds: float = SECONDS
    began: float = field(default_factory=time.monotonic)
    # When everything was written out: only handing over is short of time, or a busy machine would send nothing at all.
    sending_since: float = field(default_factory=time.monotonic)
    # Nothing is handed to anybody: marks need not be written letter by letter.
    is_rehearsal: bool = False
    marks: Marks = field(init=False)

    def __post_init__(self) -> None:
        self.marks = Marks(lambda notices: operations.mark_all_sent(notices, self.moment), at_the_end=self.is_rehearsal)

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
        # Set when the first sender has got through, or has ended; `may_help` tells which.
        self.is_known = Event()
        self.may_help = False
        self._left = deque(self.all)

    @property
    def wants_help(self) -> bool:
        return self.may_help and bool(self._left)

    @property
    def helpers(self) -> int:
        """How many more senders its letters are worth."""
        return min(self.sender.side_by_side, -(-len(self.all) // LETTERS_OF_A_SENDER)) - 1

    def take(self) -> Outgoing | None:
        return self._left.popleft() if self._left else None

    def take_all(self) -> list[Outgoing]:
        return list(iter(self.take, None))


class Line:
    """The way to one receiver. `failed` is the reason why it is given up for this run."""

    def __init__(self, sender: Sender, receiver: str) -> None:
        self.sessions = ExitStack()
        self.failed: str | None = None
        # The receiver has asked for a pause: who waits behind is not at fault, and has made no attempt.
        self.later: timedelta | None = None
        self._sender = sender
        self._receiver = receiver
        self._session: Session | None = None
        self._broken = 0

    @property
    def is_open(self) -> bool:
        return self._session is not None

    def open(self) -> Session:
        """Raises `SendFailed`."""
        try:
            self._session = self.sessions.enter_context(self._sender.open(self._receiver))
        except SendFailed:
            self._broken = MOST_BROKEN_SESSIONS  # who cannot be reached is not tried again in this run
            raise
        return self._session

    def send(self, letter: Letter) -> None:
        """Raises `SendFailed`, whatever went wrong."""
        try:
            (self._session or self.open()).send(letter)
            self._broken = 0
        except SendFailed as failure:
            self.later = failure.later
            if failure.broken:
                self._break(failure.reason)
            raise
        except Exception as error:  # a library's own mistake must not keep the letters behind this one
            log.error("sending %s raised %s", letter.id, type(error).__name__)
            self._break("refused")
            raise SendFailed("refused", broken=True) from error

    def _break(self, reason: str) -> None:
        self.sessions.close()
        self._session = None
        self._broken += 1
        if self._broken >= MOST_BROKEN_SESSIONS:
            self.failed = reason


def send_side_by_side(run: Run, piles: Sequence[Pile]) -> None:
    run.sending_since = time.monotonic()
    pool = ThreadPoolExecutor(SIDE_BY_SIDE + sum(each.helpers for each in piles), thread_name_prefix="deliver")
    futures = {pool.submit(_send_all, run, pile): pile for pile in piles}
    futures |= {pool.submit(_help, run, pile): pile for pile in piles for _ in range(pile.helpers)}
    done, late = wait(futures, timeout=run.seconds + LATE)
    pool.shutdown(wait=False, cancel_futures=True)
    left_behind = {futures[future] for future in late}
    for pile in left_behind:
        # It dribbles: no time-out of a socket ends it. Its lease is gone with this mark, so it can mark nothing later.
        for outgoing in pile.all:
            _fail(run, outgoing, SendFailed("timed_out", unsure=True))
        pile.outcome = Outcome(reason="timed_out", trouble=True)
    for pile in piles:
        channels.note(pile.sender.channel, pile.receiver, pile.outcome, run.moment)
    for future in done:
        future.result()


def _send_all(run: Run, pile: Pile) -> None:
    """Send one receiver's letters in one session, and in a new one when the session breaks."""
    line = Line(pile.sender, pile.receiver)
    try:
        with line.sessions:
            # The first is always tried: a run that only gives back gets nobody told.
            outgoing = pile.take()
            while outgoing is not None:
                _send(run, line, outgoing, pile.outcome)
                pile.may_help = line.is_open
                pile.is_known.set()
                over = run.over and not line.failed
                outgoing = None if line.later or over else pile.take()
    finally:
        pile.is_known.set()
    rest = [notice for each in pile.take_all() for notice in each.leased]
    operations.release_all(rest, run.moment + (line.later or timedelta()))


def _help(run: Run, pile: Pile) -> None:
    """Take from the same pile by a connection of one's own; a server that gives no other one is no letter's fault."""
    pile.is_known.wait(run.seconds)
    line = Line(pile.sender, pile.receiver)
    with line.sessions, suppress(SendFailed):
        if pile.wants_help:
            line.open()
        while line.is_open and not run.over and (outgoing := pile.take()) is not None:
            _send(run, line, outgoing, pile.outcome)


def _send(run: Run, line: Line, outgoing: Outgoing, outcome: Outcome) -> None:
    if line.failed:
        _fail(run, outgoing, SendFailed(line.failed))
        return
    try:
        line.send(outgoing.letter)
    except SendFailed as failure:
        outcome.add(failure, outgoing.letter.address)
        _mark_failure(run, outgoing, failure)
    else:
        outcome.sent += 1
        _mark_success(run, outgoing)


def _mark_failure(run: Run, outgoing: Outgoing, failure: SendFailed) -> None:
    if failure.reason == "unsubscribed":
        operations.hold(outgoing.notice, failure.reason, run.moment)
    elif failure.final:
        for notice in outgoing.leased:
            operations.mark_dead(notice, failure.reason)
    else:
        _fail(run, outgoing, failure)


def _fail(run: Run, outgoing: Outgoing, failure: SendFailed) -> None:
    for notice in outgoing.leased:
        same = failure.unsure or notice.letter is not None
        operations.mark_failed(notice, failure.reason, run.moment, failure.later or timedelta(), same_letter=same)


def _mark_success(run: Run, outgoing: Outgoing) -> None:
    # Members first: killed between the two, the digest comes again, finds nothing left to tell and is marked.
    if outgoing.members:
        operations.mark_told(outgoing.members, run.moment)
    if outgoing.notice.additions is not None:
        operations.mark_sent(outgoing.notice, run.moment)
    else:
        run.marks.add(outgoing.leased)
