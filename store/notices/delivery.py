"""Delivery: claim what is due, write it out, fix which letter carries what, and have it sent (`sending.py`)."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from store.blame import is_of_database
from store.health import operations as health
from store.notices import bundles, operations, rules, texts
from store.notices.leased import Leased
from store.notices.outcomes import finish
from store.notices.piles import SECONDS, Outgoing, Pile, Run
from store.notices.readers import ReaderCache, intents_of
from store.notices.rules import EMAIL, PUSH
from store.notices.senders import Letter, Sender
from store.notices.sending import send_side_by_side
from store.settings import Settings

log = logging.getLogger(__name__)

JOB = "send_notices"
LEASE_SECONDS = 60
# For so many readers of a claim it is looked what else waits, and so many times the claim may be taken beside it.
READERS_BESIDE, MOST_BESIDE = 20, 2
# When a mail server is configured at last, what was held is sent if it is not older than this.
WORTH_SENDING = timedelta(hours=24)


def deliver(
    now: datetime,
    senders: Sequence[Sender],
    *,
    base_url: str = Settings.base_url,
    zone: str = Settings.timezone,
    language: str = Settings.language,
    limit: int = 200,
    seconds: float = SECONDS,
    is_rehearsal: bool = False,
) -> int:
    """Send what is due by `now`. Returns how many notices were claimed.

    `language` is that of group robots, which have no reader. E-mail is held while there is no sender for it. In a
    rehearsal the senders hand nothing to anybody.
    """
    by_channel = {each.channel: each for each in senders}
    run = Run(now, by_channel, base_url, ReaderCache(now, zone), language, seconds, is_rehearsal=is_rehearsal)
    if EMAIL in run.senders:
        operations.release_held(EMAIL, "no_smtp", now - WORTH_SENDING, now)
    token = uuid4().hex
    notices = operations.claim(now, limit, LEASE_SECONDS, token)
    if notices:
        others = _beside(run, notices, limit, token)
        claimed, notices = len(notices), [*notices, *others]
        run.cache.load_readers(notice.recipient for notice in notices if isinstance(notice.recipient, str))
        run.cache.load_records(notice.about for notice in notices if isinstance(notice.about, Mapping))
        piles = _by_receiver(run, notices)
        if not is_rehearsal:
            operations.fix_letters(
                {each.letter.id: each.leased for pile in piles for each in pile.all if _is_fixed(each)}
            )
            piles = _still_ours(piles, token)
        send_side_by_side(run, piles)
        finish(run)
        health.report_flaws(JOB, run.cache.flaws, run.cache.read, now=now)
        return claimed
    return 0


def _beside(run: Run, notices: Sequence[Leased], limit: int, token: str) -> list[Leased]:
    """What goes out in the same letters as these: the rest of those that were cut off, and what else waits."""
    if EMAIL not in run.senders:
        return []
    held = [notice.key for notice in notices]
    cut_off = operations.claim_letters(bundles.cut_off(notices), held, run.now, LEASE_SECONDS, token)
    held += [notice.key for notice in cut_off]
    waiting = bundles.readers_of(notices)[:READERS_BESIDE]
    return [*cut_off, *operations.claim_with(waiting, held, run.now, MOST_BESIDE * limit, LEASE_SECONDS, token)]


def _still_ours(piles: Sequence[Pile], token: str) -> list[Pile]:
    """Without the letters of which a lease has run out: a process that was frozen while it wrote sends nothing again."""
    mine = operations.leased_by(token)
    left = ((pile, [each for each in pile.all if mine.issuperset(n.key for n in each.leased)]) for pile in piles)
    return [Pile(pile.sender, pile.receiver, letters) for pile, letters in left if letters]


def _is_fixed(outgoing: Outgoing) -> bool:
    """Whether another claim could put it into another letter."""
    return bundles.may_be_bundled(outgoing.notice)


def _by_receiver(run: Run, notices: Sequence[Leased]) -> list[Pile]:
    written = ((notice, *_write_out(run, notice)) for notice in notices)
    letters = [(notice, (receiver, outgoing)) for notice, receiver, outgoing in written if outgoing is not None]
    groups: dict[tuple[str, str], list[Outgoing]] = defaultdict(list)
    for together in bundles.grouped(letters):
        [(notice, (receiver, outgoing)), *_] = together
        many = [each for _, (_, each) in together]
        groups[notice.channel, receiver].append(_bundle(run, many) if len(many) > 1 else outgoing)
    return [Pile(run.senders[channel], receiver, group) for (channel, receiver), group in groups.items()]


def _bundle(run: Run, many: Sequence[Outgoing]) -> Outgoing:
    first = many[0]
    text = texts.bundle_text([each.letter.text for each in many], _language(run, first.notice), run.base_url)
    letter = replace(first.letter, id=rules.bundle_id([each.notice.key for each in many]), text=text)
    return Outgoing(first.notice, letter, bundled=[each.notice for each in many[1:]])


def _write_out(run: Run, notice: Leased) -> tuple[str, Outgoing | None]:
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


def _written(run: Run, notice: Leased) -> Outgoing | None:
    if notice.channel not in run.senders:
        operations.hold(notice, "no_smtp", run.moment)
        return None
    address = _address(run.cache, notice)
    if address is None and notice.channel == PUSH:
        # It lies in the inbox all the same, and the tablet asks for it by itself.
        operations.hold(notice, "unsubscribed", run.moment)
        return None
    if address is None:
        left = notice.recipient and run.cache.reader(notice.recipient) is None
        operations.mark_dead(notice, "reader_unknown" if left else "no_address")
        return None
    quiet_until = _quiet_until(run, notice)
    if quiet_until > run.now:
        operations.release(notice, quiet_until)
        return None
    return _digest(run, notice, address) if notice.additions is not None else _single(run, notice, address)


def _quiet_until(run: Run, notice: Leased) -> datetime:
    """The end of the reader's quiet hours, if they are now: what is tried again, or late, may have come into them."""
    reader = run.cache.reader(notice.recipient) if notice.recipient else None
    if reader is None or notice.urgent:
        return run.now
    return rules.quiet_end(reader.quiet, run.cache.estate(notice.estate)[1], run.now)


def _address(cache: ReaderCache, notice: Leased) -> str | None:
    reader = cache.reader(notice.recipient) if notice.recipient else None
    if notice.channel == EMAIL:
        return reader.email if reader else None
    if notice.channel == PUSH:
        return _with_target(reader.pushes if reader else (), notice)
    return _with_target(reader.targets if reader else () if notice.recipient else _robots_of_event(notice), notice)


def _with_target(addresses: Sequence[str], notice: Leased) -> str | None:
    return next((each for each in addresses if rules.target_id(each) == notice.target), None)


def _robots_of_event(notice: Leased) -> list[str]:
    """A group's robot is found again in the intent that named it, so its address is not stored twice."""
    return [url for intent in intents_of(notice.about) for url in rules.wanted_channels(intent.get("channels"))[1]]


def _single(run: Run, notice: Leased, address: str) -> Outgoing:
    text = texts.text_of(notice, run.cache, _language(run, notice), run.base_url)
    return Outgoing(notice, _letter(run, notice, notice.key, address, text))


def _digest(run: Run, notice: Leased, address: str) -> Outgoing | None:
    members = operations.members_of(notice)
    if not members:
        operations.mark_sent(notice, run.moment)
        return None
    text = texts.digest_text(notice, members, run.cache, _language(run, notice), run.base_url)
    # A second digest of the same day carries other members: it is another letter.
    letter_id = f"{notice.key}:{','.join(member.key for member in members)}"
    return Outgoing(notice, _letter(run, notice, letter_id, address, text), members)


def _language(run: Run, notice: Leased) -> str:
    reader = run.cache.reader(notice.recipient) if notice.recipient else None
    return reader.language if reader else run.language


def _letter(run: Run, notice: Leased, letter_id: str, address: str, text: texts.Text) -> Letter:
    reader = run.cache.reader(notice.recipient) if notice.recipient else None
    name = reader.name.text(reader.language) if reader else ""
    return Letter(letter_id, address, text, run.moment, name, notice.urgent)
