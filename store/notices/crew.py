"""Handing over by several sessions from one thread: what they have handed over is marked together.

A session begins its next letter when its own mark is written, so a kill repeats one letter of each at most. Marking one
by one was most of a delivery: a command costs MongoDB ten times as much as one more letter in it.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector
from types import TracebackType
from typing import Self

from store.notices.outcomes import mark_failed, mark_failure, mark_sent
from store.notices.piles import Outgoing, Pile, ReceiverLine, Run
from store.notices.senders import ManySender, SendFailed, Turns

# So long the first that was taken waits for the others' answers, to be marked with them.
LINGER = 0.005
# How often it is looked whether another session is open, while one is on its way.
OPENING = 0.02


@dataclass(eq=False)
class Hand:
    """One session, and the letter that it is handing over. The first one of a crew opens its session anew."""

    line: ReceiverLine[Turns]
    is_first: bool
    outgoing: Outgoing | None = None
    since: float = 0.0
    has_sent: bool = False

    @property
    def letter(self) -> Outgoing:
        if self.outgoing is None:
            raise LookupError("it hands over nothing")
        return self.outgoing


class Crew:
    """All sessions of one receiver. The first one tries whatever comes; the others help where they are welcome."""

    def __init__(self, run: Run, pile: Pile, sender: ManySender) -> None:
        self._run, self._pile, self._sender = run, pile, sender
        self._busy: dict[int, Hand] = {}
        self._taken: list[Hand] = []
        self._taken_since = 0.0
        self._has_begun = False
        self._callers: ThreadPoolExecutor | None = None
        self._coming: list[Future[ReceiverLine[Turns]]] = []
        self._stack = ExitStack()
        self._selector = self._stack.enter_context(DefaultSelector())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._callers:
            self._callers.shutdown(wait=False, cancel_futures=True)
        for each in self._coming:
            each.add_done_callback(_dismiss)
        self._stack.close()

    def work(self) -> None:
        """Until no letter is left, or the time is over."""
        self._begin(self._hand(self._line(), is_first=True))
        while self._busy or self._taken:
            self._welcome()
            self._hear()
            if self._taken and (not self._busy or time.monotonic() - self._taken_since >= LINGER):
                self._mark()

    def _line(self) -> ReceiverLine[Turns]:
        return ReceiverLine(self._sender.open_turns, self._pile.receiver)

    def _hand(self, line: ReceiverLine[Turns], *, is_first: bool) -> Hand:
        self._stack.callback(line.close)
        return Hand(line, is_first)

    def _begin(self, hand: Hand) -> None:
        """Let it take the next letter, if there is one."""
        while (outgoing := self._next(hand)) is not None:
            self._has_begun = True
            hand.outgoing, hand.since = outgoing, time.monotonic()
            try:
                taken = hand.line.attempt(lambda session: session.begin(hand.letter.letter))
                place = hand.line.attempt(lambda session: session.fileno())
            except SendFailed as failure:
                self._failed(hand, failure)
                continue
            self._busy[place] = hand
            self._selector.register(place, EVENT_READ)
            if taken:
                self._is_taken(place)
            return
        hand.line.close()

    def _next(self, hand: Hand) -> Outgoing | None:
        if hand.is_first and hand.line.failed:
            for outgoing in self._pile.take_all():
                mark_failed(self._run, outgoing, SendFailed(hand.line.failed))
        if not hand.is_first and not hand.line.is_open:
            return None
        # The first is always tried: a run that only gives back gets nobody told.
        return None if self._has_begun and self._run.over else self._pile.take()

    def _hear(self) -> None:
        """Go on with those whose receiver has spoken; give up those whose receiver is silent for too long."""
        for key, _ in self._selector.select(self._patience()):
            self._go_on(key.fd, lambda session: session.go_on())
        late = time.monotonic() - self._sender.seconds
        for place in [place for place, hand in self._busy.items() if hand.since <= late]:
            self._go_on(place, _give_up)

    def _patience(self) -> float:
        if self._taken:
            return LINGER
        oldest = min((hand.since for hand in self._busy.values()), default=0.0)
        rest = max(oldest + self._sender.seconds - time.monotonic(), 0.0)
        return min(rest, OPENING) if self._coming else rest

    def _go_on(self, place: int, turn: Callable[[Turns], bool]) -> None:
        hand = self._busy[place]
        try:
            if hand.line.attempt(turn):
                self._is_taken(place)
        except SendFailed as failure:
            self._leave(place)
            self._failed(hand, failure)
            self._begin(hand)

    def _leave(self, place: int) -> Hand:
        self._selector.unregister(place)
        return self._busy.pop(place)

    def _is_taken(self, place: int) -> None:
        if not self._taken:
            self._taken_since = time.monotonic()
        hand = self._leave(place)
        hand.has_sent = True
        hand.line.got_through()
        self._taken.append(hand)

    def _mark(self) -> None:
        hands, self._taken = self._taken, []
        mark_sent(self._run, [hand.letter for hand in hands])
        self._pile.outcome.sent += len(hands)
        self._call()
        for hand in hands:
            self._begin(hand)

    def _failed(self, hand: Hand, failure: SendFailed) -> None:
        if not hand.is_first and not hand.has_sent and not failure.final and not failure.unsure:
            # A server that wants no more sessions may say so to the letter, which is not at fault.
            self._pile.put_back(hand.letter)
            hand.line.close()
            return
        self._pile.outcome.add(failure, hand.letter.letter.address)
        mark_failure(self._run, hand.letter, failure)
        if hand.line.is_open:
            self._call()

    def _call(self) -> None:
        """Have more sessions opened, once: the first one has got through."""
        count = self._pile.helpers(self._sender.side_by_side)
        if self._callers or not self._pile or count < 1:
            return
        self._callers = ThreadPoolExecutor(count, thread_name_prefix="open")
        self._coming = [self._callers.submit(_opened, self._line()) for _ in range(count)]

    def _welcome(self) -> None:
        here = [each for each in self._coming if each.done()]
        self._coming = [each for each in self._coming if each not in here]
        for each in here:
            with suppress(SendFailed):  # it wants no more of them: no letter's fault
                self._begin(self._hand(each.result(), is_first=False))


def _opened(line: ReceiverLine[Turns]) -> ReceiverLine[Turns]:
    line.open()
    return line


def _give_up(session: Turns) -> bool:
    session.give_up()
    return False


def _dismiss(late: Future[ReceiverLine[Turns]]) -> None:
    """It has come after the end."""
    if not late.cancelled() and not late.exception():
        late.result().close()
