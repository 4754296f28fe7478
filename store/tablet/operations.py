"""Entries of tablets: each acts once, in its stream's order, in its author's name (ADR 5; clauses 2.2–2.5, 3.2–3.5)."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import PyMongoError

from store import history
from store.actor import Actor, TabletEntry
from store.errors import AnjuError, Conflict, Invalid, NotFound, Recorded, RuleBroken
from store.photos import operations as photos
from store.plans.coming import begins_at
from store.plans.operations import LEAD
from store.tablet import rules, streams
from store.tablet.entries import Batch, Entry, since_start
from store.tablet.verbs import VERBS, TabletVerb, touches
from store.versioned import kind_name
from store.words import Words
from store.work.documents import WorkOrder

logger = logging.getLogger(__name__)

# A verb whose write met another's is begun anew; so many in a row is a storm, and the tablet comes back later.
TRIES = 10
# An entry that waits for its order keeps all that was recorded after it: so for a slip of the thumb on tomorrow's round
# nothing waits. Twice the time that orders are made ahead, for a generator that is late.
EARLIEST = 2 * LEAD
NO_ORDER = Words("没有这个工单，或它不在您的小区", "There is no such order, or it is not in your estates")
TOO_EARLY = Words("工单未到时间，请临近开始时再操作", "It is too early for this order; do it when its time comes")
NO_VERB = Words("未知的操作，请更新应用", "Unknown kind of entry; update the app")
REUSED = Words("这条记录已用另一序号上传过", "This entry was sent before under another number")
BROKEN = Words(
    "系统出错，内容已保留，请告知主管", "Something went wrong; what you entered is kept; tell your supervisor"
)

Raw = dict[str, Any]


@dataclass(frozen=True)
class Receipt:
    """`next_seq` is the first number without an outcome. `outcomes` are as stored, a waiting one at the end perhaps;
    `orders` are the ids of the orders they are about."""

    next_seq: int
    outcomes: list[Raw]


@dataclass(frozen=True)
class Judged:
    """What became of an entry."""

    result: str
    code: str | None = None
    words: Words | None = None
    field: str | None = None
    theirs: tuple[Raw, ...] = ()
    at: datetime | None = None


def receive(batch: Batch, *, actor: Actor, now: datetime) -> Receipt:
    """Work through a batch by number. What has an outcome is answered again and does nothing; a bad entry is refused
    alone; the stream stops at an entry whose order is still to be made.

    Raises `Forbidden` `foreign_author`, `Conflict` `stream_busy`, `sequence_gap` or `number_taken`: then nothing of the
    batch was taken.
    """
    stream = streams.key_of(batch.device, actor.code)
    numbers = streams.numbers_of(stream, [entry.id for entry in batch.entries])
    with streams.leased(stream, now) as lease:
        last = streams.newest(stream)
        stored = streams.known(stream, batch, last)
        outcomes: list[Raw] = []
        for entry in batch.entries:
            is_new = numbers.setdefault(entry.id, entry.seq) == entry.seq
            previous = last["at"] if last else None
            outcome = stored.get(entry.seq) or _take(entry, batch, lease, previous, is_new, actor, now)
            outcomes.append(outcome)
            if outcome["result"] == "waiting":
                break
            last = outcome if last is None or outcome["seq"] > last["seq"] else last
    return Receipt(last["seq"] + 1 if last else 1, outcomes)


def _take(
    entry: Entry,
    batch: Batch,
    lease: streams.Lease,
    previous: datetime | None,
    is_new: bool,
    actor: Actor,
    now: datetime,
) -> Raw:
    """Carry an entry out, and only then store its outcome: cut off in between, the operation stands in the event."""
    lease.check()
    if is_new:
        judged = _judge(entry, batch, previous, actor, now)
    else:
        at = _reckoned(entry, batch, [], previous, now)
        judged = _refused(RuleBroken("operation_reused", REUSED, "id"), at)
    outcome = _outcome(entry, batch, judged, actor, now)
    return outcome if judged.result == "waiting" else streams.store(outcome)


def _outcome(entry: Entry, batch: Batch, judged: Judged, actor: Actor, now: datetime) -> Raw:
    values: Raw = {
        "stream": streams.key_of(batch.device, actor.code),
        "seq": entry.seq,
        "operation": entry.id,
        "device": batch.device,
        "person": actor.code,
        "estate": entry.text("estate"),
        "order": entry.text("order"),
        "verb": entry.text("verb"),
        "body": {name: value for name, value in entry.body.items() if name not in rules.PERSONAL},
        "seen": entry.seen,
        "run": entry.text("run"),
        "elapsed_ms": entry.elapsed_ms,
        "device_at": entry.device_at,
        "at": judged.at or now,
        "received_at": now,
        "result": judged.result,
        "code": judged.code,
        "words": judged.words._asdict() if judged.words else None,
        "field": judged.field,
        "theirs": list(judged.theirs),
    }
    return {"_id": ObjectId(), **{name: value for name, value in values.items() if value not in (None, [])}}


def _judge(entry: Entry, batch: Batch, previous: datetime | None, actor: Actor, now: datetime) -> Judged:
    at = _reckoned(entry, batch, [], previous, now)
    try:
        entry.check_readable()
        verb = _verb(entry)
        body = verb.body(entry.body)
        photos.check_named_as(rules.photos_in(body))
        if verb.on_order:
            return _on_order(entry, batch, verb, body, previous, actor, now)
        return _without_order(entry, batch, verb, body, at, actor, now)
    except AnjuError as error:
        return _refused(error, at)
    except PyMongoError:
        raise  # the database, not this entry: the tablet sends it again
    except Exception:  # a mistake of ours in one verb must not keep everything that was recorded after it
        logger.exception("entry %s (%s) could not be carried out", entry.id, entry.text("verb"))
        return _refused(RuleBroken("internal_error", BROKEN), at)


def _refused(error: AnjuError, at: datetime) -> Judged:
    return Judged("refused", error.code, error.words, error.field, at=at)


def _verb(entry: Entry) -> TabletVerb:
    verb = VERBS.get(entry.text("verb") or "")
    if verb is None:
        raise Invalid.one("unknown_verb", NO_VERB, "verb")
    return verb


def _without_order(
    entry: Entry, batch: Batch, verb: TabletVerb, body: Raw, at: datetime, actor: Actor, now: datetime
) -> Judged:
    estate = entry.text("estate")
    if not estate or not actor.sees(estate):
        raise NotFound(Words("小区", "Estate"), estate)
    try:
        verb.run(estate, **body, actor=_through(actor, entry, batch, at), now=now)
    except Recorded as done:
        _check_author(done.by, actor)
    photos.claim(rules.named_in(body), estate, actor=actor, now=now)
    return Judged("applied", at=at)


def _on_order(
    entry: Entry,
    batch: Batch,
    verb: TabletVerb,
    body: Raw,
    previous: datetime | None,
    actor: Actor,
    now: datetime,
) -> Judged:
    for _ in range(TRIES):
        order = _find(entry, actor, now)
        if order is None:
            return Judged("waiting")
        at = _reckoned(entry, batch, order["events"], previous, now)
        try:
            judged = _on_this(order, entry, batch, verb, body, at, actor, now)
        except Conflict as error:
            if error.code != "changed_meanwhile":
                raise
            continue  # somebody wrote between our look and our write: look again
        if judged.result in rules.STANDS:
            photos.claim(rules.named_in(body), order["estate"], actor=actor, now=now)
        return judged
    return Judged("waiting")


def _find(entry: Entry, actor: Actor, now: datetime) -> Raw | None:
    """The order as stored; None when it is still to be made. Raises `RuleBroken` `unknown_order`, `too_early`."""
    estate, key = entry.text("estate"), entry.text("order")
    if not estate or not key or not actor.sees(estate):
        raise RuleBroken("unknown_order", NO_ORDER, "order")
    found: Raw | None = WorkOrder._get_collection().find_one({"estate": estate, "key": key})
    if found is None:
        _check_awaited(begins_at(estate, key, now), now)
        return None
    return found if not found.get("in_history") else {**found, "events": _all_events(found)}


def _all_events(order: Raw) -> list[Raw]:
    """What an entry met, and whether it has acted already, may have been long ago."""
    older = history.read(kind_name(WorkOrder), order["_id"], until=order["in_history"] + 1)
    return [*older, *order["events"]]


def _check_awaited(begins: datetime | None, now: datetime) -> None:
    """Whether the order is on its way, and soon."""
    if begins is None:
        raise RuleBroken("unknown_order", NO_ORDER, "order")
    if begins > now + EARLIEST:
        raise RuleBroken("too_early", TOO_EARLY, "order")


def _on_this(
    order: Raw, entry: Entry, batch: Batch, verb: TabletVerb, body: Raw, at: datetime, actor: Actor, now: datetime
) -> Judged:
    mine = rules.event_of(order["events"], entry.id)
    others = rules.theirs(
        order["events"], entry.seen, person=actor.code, device=batch.device, before=mine["n"] if mine else None
    )
    if mine is not None:
        _check_author(mine["actor"], actor)
        return Judged(rules.result_of(others), at=mine.get("happened_at") or mine["at"])
    if not verb.adds and rules.is_of_another_time(entry.seen, order["version"]):
        return Judged("conflict", "unknown_version", rules.UNKNOWN_VERSION, at=at)
    clashing = rules.clash(body, others, touches(), str(entry.raw["verb"]))
    if clashing:
        return _conflict(clashing, at)
    try:
        # At the version that was judged: what somebody does between our look and the verb's own must be judged too.
        verb.run(order["_id"], **body, actor=_through(actor, entry, batch, at), now=now, seen=order["version"])
    except Recorded as done:  # the same entry, sent twice at the same time
        _check_author(done.by, actor)
    except RuleBroken as error:
        moved = rules.changed_state(others) if error.code == "not_allowed_now" else []
        return _conflict(moved, at) if moved else _refused(error, at)
    return Judged(rules.result_of(others), at=at)


def _conflict(others: list[Mapping[str, Any]], at: datetime) -> Judged:
    last = others[-1]
    words = rules.CONFLICT.fill(who=last.get("actor_name") or last["actor"])
    return Judged("conflict", "changed_meanwhile", words, theirs=tuple(rules.told(each) for each in others), at=at)


def _check_author(by: str, actor: Actor) -> None:
    if by != actor.code:
        raise RuleBroken("foreign_author", streams.FOREIGN_AUTHOR)


def _through(actor: Actor, entry: Entry, batch: Batch, at: datetime) -> Actor:
    return replace(actor, entry=TabletEntry(entry.id, batch.device, at, entry.device_at))


def _reckoned(entry: Entry, batch: Batch, events: list[Raw], previous: datetime | None, now: datetime) -> datetime:
    elapsed = entry.elapsed_ms
    return rules.reckon(
        now=now,
        same_run=entry.text("run") == batch.run,
        sent_elapsed=since_start(batch.elapsed_ms),
        entry_elapsed=None if elapsed is None else since_start(elapsed),
        sent_device=batch.device_now,
        entry_device=entry.device_at,
        not_before=rules.not_before(events, entry.seen, previous),
    )


def orders_of(outcomes: Sequence[Raw], actor: Actor) -> dict[tuple[str, str], Raw]:
    """The orders that these outcomes are about, as stored, by estate and key; what the actor may not see is not there."""
    named = {(each["estate"], each["order"]) for each in outcomes if each.get("estate") and each.get("order")}
    wanted = [{"estate": estate, "key": key} for estate, key in sorted(named) if actor.sees(estate)]
    if not wanted:
        return {}
    found = WorkOrder._get_collection().find({"$or": wanted}, {"events": 0})
    return {(each["estate"], each["key"]): each for each in found}
