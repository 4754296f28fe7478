"""Marking what became of letters."""

from collections.abc import Sequence
from datetime import timedelta

from store.notices import operations
from store.notices.piles import Outgoing, Run
from store.notices.senders import SendFailed


def mark_sent(run: Run, handed_over: Sequence[Outgoing]) -> None:
    """They were taken. One command for all but digests, of which each has its own condition."""
    digests = [each for each in handed_over if each.notice.additions is not None]
    plain = [notice for each in handed_over if each.notice.additions is None for notice in each.leased]
    if run.is_rehearsal:
        run.unmarked += plain
    elif plain:
        operations.mark_all_sent(plain, run.moment)
    for each in digests:
        # Members first: killed between the two, the digest comes again, finds nothing left to tell and is marked.
        operations.mark_told(each.members, run.moment)
        operations.mark_sent(each.notice, run.moment)


def finish(run: Run) -> None:
    """After a rehearsal: all in one command, for nobody could get a letter twice."""
    if run.unmarked:
        operations.mark_all_sent(run.unmarked, run.moment)


def mark_failure(run: Run, outgoing: Outgoing, failure: SendFailed) -> None:
    if failure.reason == "unsubscribed":
        operations.hold(outgoing.notice, failure.reason, run.moment)
    elif failure.final:
        for notice in outgoing.leased:
            operations.mark_dead(notice, failure.reason)
    else:
        mark_failed(run, outgoing, failure)


def mark_failed(run: Run, outgoing: Outgoing, failure: SendFailed) -> None:
    """An attempt that may be made again."""
    for notice in outgoing.leased:
        same = failure.unsure or notice.letter is not None
        operations.mark_failed(notice, failure.reason, run.moment, failure.later or timedelta(), same_letter=same)
