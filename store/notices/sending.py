"""Handing over what is written out: each receiver has letters of its own, and one that hangs holds up no other.

A letter is marked before its session takes the next one, so a kill doubles at most the one that each session was just
handing over; its id is the same, so the receiver can tell.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

from store.notices import channels, operations
from store.notices.channels import Outcome
from store.notices.crew import Crew
from store.notices.outcomes import mark_failed, mark_failure, mark_sent
from store.notices.piles import Outgoing, Pile, ReceiverLine, Run
from store.notices.senders import ManySender, SendFailed, Session

# So much longer is waited for a receiver in the middle of a letter: a mail server may take its whole time-out, and a
# letter that is given up while it is taken comes twice.
LATE = 8.5
# Receivers at a time.
SIDE_BY_SIDE = 8


def send_side_by_side(run: Run, piles: Sequence[Pile]) -> None:
    run.sending_since = time.monotonic()
    pool = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="deliver")
    futures = {pool.submit(_send_pile, run, pile): pile for pile in piles}
    done, late = wait(futures, timeout=run.seconds + LATE)
    pool.shutdown(wait=False, cancel_futures=True)
    for pile in (futures[future] for future in late):
        # It dribbles: no time-out of a socket ends it. Its lease is gone with this mark, so it can mark nothing later.
        for outgoing in pile.all:
            mark_failed(run, outgoing, SendFailed("timed_out", unsure=True))
        pile.outcome = Outcome(reason="timed_out", trouble=True)
    for pile in piles:
        channels.note(pile.sender.channel, pile.receiver, pile.outcome, run.moment)
    for future in done:
        future.result()


def _send_pile(run: Run, pile: Pile) -> None:
    """Send one receiver's letters; what there is no time for is given back."""
    if isinstance(pile.sender, ManySender):
        with Crew(run, pile, pile.sender) as crew:
            crew.work()
        later = timedelta()
    else:
        later = _send_in_turn(run, pile)
    rest = [notice for each in pile.take_all() for notice in each.leased]
    operations.release_all(rest, run.moment + later)


def _send_in_turn(run: Run, pile: Pile) -> timedelta:
    """In one session, and in a new one when the session breaks. Returns how long the receiver wants nothing more."""
    line = ReceiverLine(pile.sender.open, pile.receiver)
    with line.sessions:
        # The first is always tried: a run that only gives back gets nobody told.
        outgoing = pile.take()
        while outgoing is not None:
            _send(run, line, outgoing, pile.outcome)
            over = run.over and not line.failed
            outgoing = None if line.later or over else pile.take()
    return line.later or timedelta()


def _send(run: Run, line: ReceiverLine[Session], outgoing: Outgoing, outcome: Outcome) -> None:
    if line.failed:
        mark_failed(run, outgoing, SendFailed(line.failed))
        return
    try:
        line.send(outgoing.letter)
    except SendFailed as failure:
        outcome.add(failure, outgoing.letter.address)
        mark_failure(run, outgoing, failure)
    else:
        outcome.sent += 1
        mark_sent(run, [outgoing])
