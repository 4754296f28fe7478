"""Delivery: claim what is due, write it out, hand it to the senders, and mark each notice as soon as it is known.

Receivers work side by side, each with letters of its own. A notice is marked right after it was handed over, so a kill
doubles at most the one letter that each receiver was just taking; its id is the same, so the receiver can tell.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from store.blame import is_of_database
from store.health import operations as health
from store.notices import bundles, channels, operations, rules, texts
from store.notices.channels import Outcome
from store.notices.documents import Notice
from store.notices.readers import Shelf, intents_of
from store.notices.rules import EMAIL, PUSH
from store.notices.senders import Letter, Sender, SendFailed, Session
from store.settings import Settings

log = logging.getLogger(__name__)

JOB = "send_notices"
LEASE_SECONDS = 60
# Everything ends well before the lease does; a receiver that is not done by then is left behind.
SECONDS = 25.0
# So much longer is waited for a receiver in the middle of a letter: a mail server may take its whole time-out, and a
# letter that is given up while it is taken comes twice.
LATE = 8.5
SIDE_BY_SIDE = 8
# For so many readers of a claim it is looked what else waits, and so many times the claim may be taken beside it.
READERS_BESIDE, MOST_BESIDE = 20, 2
# After so many failed sessions in a row the rest of a receiver's letters are not tried in this run.
MOST_BROKEN_SESSIONS = 2
# When a mail server is configured at last, what was held is sent if it is not older than this.
WORTH_SENDING = timedelta(hours=24)


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

    @property
    def moment(self) -> datetime:
        return self.now + timedelta(milliseconds=int((time.monotonic() - self.began) * 1000))

    @property
    def over(self) -> bool:
        return time.monotonic() - self.sending_since > self.seconds


def deliver(
    now: datetime,
    senders: Sequence[Sender],
    *,
    base_url: str = Settings.base_url,
    zone: str = Settings.timezone,
    language: str = Settings.language,
    limit: int = 200,
    seconds: float = SECONDS,
) -> int:
    """Send what is due by `now`. Returns how many notices were claimed.

    `language` is that of group robots, which have no reader. E-mail is held while there is no sender for it.
    """
    run = Run(now, {each.channel: each for each in senders}, base_url, Shelf(now, zone), language, seconds)
    if EMAIL in run.senders:
        operations.release_held(EMAIL, "no_smtp", now - WORTH_SENDING, now)
    token = uuid4().hex
    notices = operations.claim(now, limit, LEASE_SECONDS, token)
    if notices:
        waiting = bundles.readers_of(notices)[:READERS_BESIDE] if EMAIL in run.senders else []
        others = operations.claim_with(waiting, now, MOST_BESIDE * limit, LEASE_SECONDS, token)
        claimed, notices = len(notices), [*notices, *others]
        run.shelf.load_readers(notice.recipient for notice in notices if isinstance(notice.recipient, str))
        run.shelf.load_records(notice.about for notice in notices if isinstance(notice.about, Mapping))
        _send_side_by_side(run, _by_receiver(run, notices))
        health.report_flaws(JOB, run.shelf.flaws, run.shelf.read, now=now)
        return claimed
    return 0


def _by_receiver(run: Run, notices: Sequence[Notice]) -> dict[tuple[str, str], list[Outgoing]]:
    written = ((notice, *_write_out(run, notice)) for notice in notices)
    letters = [(notice, (receiver, outgoing)) for notice, receiver, outgoing in written if outgoing is not None]
    groups: dict[tuple[str, str], list[Outgoing]] = defaultdict(list)
    for together in bundles.grouped(letters):
        [(notice, (receiver, outgoing)), *_] = together
        many = [each for _, (_, each) in together]
        groups[notice.channel, receiver].append(_bundle(run, many) if len(many) > 1 else outgoing)
    return groups


def _bundle(run: Run, many: Sequence[Outgoing]) -> Outgoing:
    first = many[0]
    text = texts.bundle_text([each.letter.text for each in many], _language(run, first.notice), run.base_url)
    letter = replace(first.letter, id=rules.bundle_id([each.notice.key for each in many]), text=text)
    return Outgoing(first.notice, letter, bundled=[each.notice for each in many[1:]])


def _write_out(run: Run, notice: Notice) -> tuple[str, Outgoing | None]:
    """(who receives it, the letter); no letter when it has been dealt with already: held, put off, dead, failed, empty."""
    try:
        outgoing = _written(run, notice)
        return (run.senders[notice.channel].receiver(outgoing.letter.address) if outgoing else ""), outgoing
    except Exception as error:  # one notice that cannot be written must not stop the others
        if is_of_database(error):
            raise
        log.error("notice %s cannot be written: %s", notice.key, type(error).__name__)
        operations.mark_failed(notice, "not_written", run.moment)
        return "", None


def _written(run: Run, notice: Notice) -> Outgoing | None:
    if notice.channel not in run.senders:
        operations.hold(notice, "no_smtp", run.moment)
        return None
    address = _address(run.shelf, notice)
    if address is None and notice.channel == PUSH:
        # It lies in the inbox all the same, and the tablet asks for it by itself.
        operations.hold(notice, "unsubscribed", run.moment)
        return None
    if address is None:
        left = notice.recipient and run.shelf.reader(notice.recipient) is None
        operations.mark_dead(notice, "reader_unknown" if left else "no_address")
        return None
    quiet_until = _quiet_until(run, notice)
    if quiet_until > run.now:
        operations.release(notice, quiet_until)
        return None
    return _digest(run, notice, address) if notice.additions is not None else _single(run, notice, address)


def _quiet_until(run: Run, notice: Notice) -> datetime:
    """The end of the reader's quiet hours, if they are now: what is tried again, or late, may have come into them."""
    reader = run.shelf.reader(notice.recipient) if notice.recipient else None
    if reader is None or notice.urgent:
        return run.now
    return rules.quiet_end(reader.quiet, run.shelf.estate(notice.estate)[1], run.now)


def _address(shelf: Shelf, notice: Notice) -> str | None:
    reader = shelf.reader(notice.recipient) if notice.recipient else None
    if notice.channel == EMAIL:
        return reader.email if reader else None
    if notice.channel == PUSH:
        return _with_target(reader.pushes if reader else (), notice)
    return _with_target(reader.targets if reader else () if notice.recipient else _robots_of_event(notice), notice)


def _with_target(addresses: Sequence[str], notice: Notice) -> str | None:
    return next((each for each in addresses if rules.target_id(each) == notice.target), None)


def _robots_of_event(notice: Notice) -> list[str]:
    """A group's robot is found again in the intent that named it, so its address is not stored twice."""
    return [url for intent in intents_of(notice.about) for url in rules.wanted_channels(intent.get("channels"))[1]]


def _single(run: Run, notice: Notice, address: str) -> Outgoing:
    text = texts.text_of(notice, run.shelf, _language(run, notice), run.base_url)
    return Outgoing(notice, _letter(run, notice, notice.key, address, text))


def _digest(run: Run, notice: Notice, address: str) -> Outgoing | None:
    members = operations.members_of(notice)
    if not members:
        operations.mark_sent(notice, run.moment)
        return None
    text = texts.digest_text(notice, members, run.shelf, _language(run, notice), run.base_url)
    # A second digest of the same day carries other members: it is another letter.
    letter_id = f"{notice.key}:{','.join(member.key for member in members)}"
    return Outgoing(notice, _letter(run, notice, letter_id, address, text), members)


def _language(run: Run, notice: Notice) -> str:
    reader = run.shelf.reader(notice.recipient) if notice.recipient else None
    return reader.language if reader else run.language


def _letter(run: Run, notice: Notice, letter_id: str, address: str, text: texts.Text) -> Letter:
    reader = run.shelf.reader(notice.recipient) if notice.recipient else None
    name = reader.name.text(reader.language) if reader else ""
    return Letter(letter_id, address, text, run.moment, name, notice.urgent)


def _send_side_by_side(run: Run, groups: Mapping[tuple[str, str], list[Outgoing]]) -> None:
    run.sending_since = time.monotonic()
    pool = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="deliver")
    futures = {pool.submit(_send_group, run, run.senders[key[0]], key[1], group): key for key, group in groups.items()}
    done, late = wait(futures, timeout=run.seconds + LATE)
    pool.shutdown(wait=False, cancel_futures=True)
    for future in late:
        # It dribbles: no time-out of a socket ends it. Its lease is gone with this mark, so it can mark nothing later.
        for outgoing in groups[futures[future]]:
            _fail(run, outgoing, "timed_out")
        channels.note(*futures[future], Outcome(reason="timed_out", trouble=True), run.moment)
    for future in done:
        future.result()


def _send_group(run: Run, sender: Sender, receiver: str, group: Sequence[Outgoing]) -> None:
    """Send one receiver's letters in one session, and in a new one when the session breaks."""
    line, outcome = Line(sender, receiver), Outcome()
    with line.sessions:
        for place, outgoing in enumerate(group):
            # The first is always tried: a run that only gives back gets nobody told.
            if line.later or (place and run.over and not line.failed):
                rest = [notice for each in group[place:] for notice in each.leased]
                operations.release_all(rest, run.moment + (line.later or timedelta()))
                break
            if line.failed:
                _fail(run, outgoing, line.failed)
            else:
                _send(run, line, outgoing, outcome)
    channels.note(sender.channel, receiver, outcome, run.moment)


def _send(run: Run, line: "Line", outgoing: Outgoing, outcome: Outcome) -> None:
    try:
        line.send(outgoing.letter)
    except SendFailed as failure:
        outcome.add(failure, outgoing.letter.address)
        _mark_failure(run, outgoing, failure)
    else:
        outcome.sent += 1
        _mark_success(run, outgoing)


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

    def send(self, letter: Letter) -> None:
        """Raises `SendFailed`, whatever went wrong."""
        try:
            if self._session is None:
                self._session = self._open()
            self._session.send(letter)
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

    def _open(self) -> Session:
        try:
            return self.sessions.enter_context(self._sender.open(self._receiver))
        except SendFailed:
            self._broken = MOST_BROKEN_SESSIONS  # who cannot be reached is not tried again in this run
            raise

    def _break(self, reason: str) -> None:
        self.sessions.close()
        self._session = None
        self._broken += 1
        if self._broken >= MOST_BROKEN_SESSIONS:
            self.failed = reason


def _mark_failure(run: Run, outgoing: Outgoing, failure: SendFailed) -> None:
    if failure.reason == "unsubscribed":
        operations.hold(outgoing.notice, failure.reason, run.moment)
    elif failure.final:
        for notice in outgoing.leased:
            operations.mark_dead(notice, failure.reason)
    else:
        _fail(run, outgoing, failure.reason, failure.later or timedelta())


def _fail(run: Run, outgoing: Outgoing, reason: str, least: timedelta = timedelta()) -> None:
    for notice in outgoing.leased:
        operations.mark_failed(notice, reason, run.moment, least)


def _mark_success(run: Run, outgoing: Outgoing) -> None:
    # Members first: killed between the two, the digest comes again, finds nothing left to tell and is marked.
    if outgoing.members:
        operations.mark_told(outgoing.members, run.moment)
    if outgoing.bundled:
        operations.mark_bundle_sent(outgoing.leased, outgoing.letter.id, run.moment)
    else:
        operations.mark_sent(outgoing.notice, run.moment)
