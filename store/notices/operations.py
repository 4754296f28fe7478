"""The verbs of notices: lease, mark, resend, read. A lease is a token; who has lost it can no longer mark anything."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import UpdateMany, UpdateOne

from store.access import require
from store.actor import Actor
from store.errors import NotFound, RuleBroken
from store.notices import rules
from store.notices.documents import Notice
from store.notices.leased import SHOWN, Leased, leased_of
from store.notices.rules import APP, EMAIL
from store.words import Words

# An ordinary notice that has waited so long has its place beside urgent ones.
AGED = timedelta(minutes=10)
# Another worker may be faster; what it took is no longer found, so that the next look is for others.
MOST_LOOKS = 4
# A cursor's first answer holds 101 documents, which costs a second question for most claims.
MOST_AT_ONCE = 2_000


def claim(now: datetime, limit: int, lease_seconds: int, token: str) -> list[Leased]:
    """Lease up to `limit` notices that are to go out by `now`; leases that ran out are taken over.

    Urgent ones come first, but a quarter of the places belongs to ordinary ones that have waited long: who always lets
    others go before never goes. `token` must be new for every call. The update repeats the whole condition, so that of
    two that read the same id one gets it.
    """
    due = {"state": {"$in": ["queued", "leased"]}, "urgent": {"$in": [True, False]}, "not_before": {"$lte": now}}
    ids = _first_due(due, limit + 1)
    taken = 0
    if len(ids) <= limit:  # there is a place for all of them, so nobody has to be chosen
        taken = _lease_these(ids, due, now, lease_seconds, token)
    if taken < len(ids):
        taken += _lease_by_shares(limit - taken, now, lease_seconds, token)
    return _on_lease({"state": "leased", "lease_token": token}, [("urgent", -1), ("due_at", 1)]) if taken else []


def _on_lease(mine: Mapping[str, Any], order: Sequence[tuple[str, int]]) -> list[Leased]:
    found = Notice._get_collection().find(mine, SHOWN, batch_size=MOST_AT_ONCE).sort(order)
    return [leased_of(raw) for raw in found]


def _lease_by_shares(limit: int, now: datetime, lease_seconds: int, token: str) -> int:
    aged = now - AGED
    shares = (
        (limit - limit // 4, True, now),
        (limit, False, aged),
        (limit, True, now),
        (limit, False, now),
    )
    taken = 0
    for most, urgent, by in shares:
        if taken < most:
            due = {"state": {"$in": ["queued", "leased"]}, "urgent": urgent, "not_before": {"$lte": by}}
            taken += _lease(due, most - taken, now, lease_seconds, token)
    return taken


def claim_with(
    readers: Collection[str], held: Collection[str], now: datetime, limit: int, lease_seconds: int, token: str
) -> list[Leased]:
    """Lease what else waits for these readers by ordinary e-mail, under the same token: it may go in one letter."""
    others = {**_waiting_for(readers, now), "letter": None}
    return _lease_more(others, held, limit, now, lease_seconds, token) if readers else []


def claim_letters(
    cut_off: Mapping[str, Collection[str]], held: Collection[str], now: datetime, lease_seconds: int, token: str
) -> list[Leased]:
    """Lease what else belongs to letters that were cut off (reader → letters): they come again as they were."""
    letters = sorted({letter for each in cut_off.values() for letter in each})
    rest = {**_waiting_for(cut_off, now), "letter": {"$in": letters}}
    limit = len(letters) * rules.MOST_IN_A_BUNDLE
    return _lease_more(rest, held, limit, now, lease_seconds, token) if letters else []


def _waiting_for(readers: Collection[str], now: datetime) -> dict[str, Any]:
    return {
        "recipient": {"$in": sorted(readers)},
        "channel": EMAIL,
        "state": {"$in": ["queued", "leased"]},
        "urgent": False,
        "additions": None,
        "not_before": {"$lte": now},
    }


def leased_by(token: str) -> set[str]:
    """The ids of what is on this lease now."""
    found = Notice._get_collection().find(
        {"state": "leased", "lease_token": token}, {"_id": 1}, batch_size=MOST_AT_ONCE
    )
    return {raw["_id"] for raw in found}


def _lease_more(
    due: Mapping[str, Any], held: Collection[str], limit: int, now: datetime, seconds: int, token: str
) -> list[Leased]:
    """`held` are the ids of what is on this lease already."""
    if not _lease(due, limit, now, seconds, token):
        return []
    new = {"state": "leased", "lease_token": token, "_id": {"$nin": list(held)}}
    return _on_lease(new, [("due_at", 1)])


def _lease(due: Mapping[str, Any], limit: int, now: datetime, seconds: int, token: str) -> int:
    taken = 0
    for _ in range(MOST_LOOKS):
        ids = _first_due(due, limit - taken)
        won = _lease_these(ids, due, now, seconds, token)
        taken += won
        if won == len(ids):
            break
    return taken


def _first_due(due: Mapping[str, Any], limit: int) -> list[str]:
    found = Notice._get_collection().find(due, {"_id": 1}, batch_size=MOST_AT_ONCE).sort("not_before", 1).limit(limit)
    return [raw["_id"] for raw in found]


def _lease_these(ids: Sequence[str], due: Mapping[str, Any], now: datetime, seconds: int, token: str) -> int:
    if not ids:
        return 0
    until = now + timedelta(seconds=seconds)
    # While it is leased, `not_before` is the end of the lease: one index finds what is due and what was left lying.
    lease = {"state": "leased", "lease_token": token, "lease_until": until, "not_before": until}
    found = {"_id": {"$in": ids}, **due}
    return Notice._get_collection().update_many(found, {"$set": lease}).modified_count


def fix_letters(letters: Mapping[str, Sequence[Leased]]) -> None:
    """Write down which letter carries these notices (letter's id → notices), before it goes out.

    Whoever is cut off after the receiver took it and before the marks leaves it to others, and they send this letter
    again, whatever else waits for its reader by then.
    """
    writes: list[UpdateOne | UpdateMany] = []
    own = [notice for id_, many in letters.items() for notice in many if notice.letter is None and id_ == notice.key]
    if own:
        writes.append(UpdateMany(_all_leased(own), [{"$set": {"letter": "$_id"}}]))
    for id_, many in letters.items():
        new = [notice for notice in many if notice.letter is None and id_ != notice.key]
        if new:
            writes.append(UpdateMany(_all_leased(new), {"$set": {"letter": id_}}))
        for notice in many:
            if notice.letter not in (None, id_):
                moved = {"$set": {"letter": id_}, "$addToSet": {"former_letters": notice.letter}}
                writes.append(UpdateOne(_leased(notice), moved))
    if writes:
        Notice._get_collection().bulk_write(writes, ordered=False)


def mark_sent(notice: Leased, now: datetime) -> bool:
    """It was handed over. False when the lease is somebody else's by now: then that one will say how it ended."""
    filter_ = _leased(notice)
    if notice.additions is not None:
        filter_["additions"] = notice.additions
    if _write(filter_, {"state": "sent", "sent_at": now}, gone=("last_error",)):
        return True
    # A digest that got another notice while it was on its way goes out again with that one.
    return notice.additions is not None and _write(_leased(notice), {"state": "queued", "not_before": now})


def mark_failed(
    notice: Leased, reason: str, now: datetime, least: timedelta = timedelta(), *, same_letter: bool = False
) -> bool:
    """The attempt failed for `reason` (a key of `rules.REASONS`): try later, or call it dead after the last attempt.

    `same_letter`: the receiver may have it all the same, so that what comes again must be the same letter.
    """
    attempts = notice.attempts + 1
    pause = rules.pause_after(attempts, least)
    values: dict[str, Any] = {"attempts": attempts, "last_error": reason}
    values |= {"state": "dead"} if pause is None else {"state": "queued", "not_before": now + pause}
    return _write(_leased(notice), values, gone=() if same_letter else ("letter",))


def mark_dead(notice: Leased, reason: str) -> bool:
    """No attempt can succeed until a person changes something."""
    return _write(_leased(notice), {"state": "dead", "last_error": reason})


def hold(notice: Leased, reason: str, now: datetime) -> bool:
    """Not sent and not failed: the installation cannot use this channel. `release_held` lets it go when it can."""
    return _write(_leased(notice), {"state": "held", "last_error": reason, "not_before": now})


def release(notice: Leased, not_before: datetime) -> bool:
    """Give the lease back without an attempt."""
    return _write(_leased(notice), {"state": "queued", "not_before": not_before})


def release_held(channel: str, reason: str, since: datetime, now: datetime) -> int:
    """Queue what was held for `reason` after `since`; older ones stay held, for nobody wants last month's reminders."""
    held = {"state": "held", "not_before": {"$gt": since}, "channel": channel, "last_error": reason}
    update = {"$set": {"state": "queued", "not_before": now}, "$unset": {"last_error": ""}}
    return Notice._get_collection().update_many({**held, "urgent": {"$in": [True, False]}}, update).modified_count


def mark_all_sent(notices: Sequence[Leased], now: datetime) -> int:
    """They were handed over, each of its own account. Returns how many were still on our lease."""
    gone = dict.fromkeys(("last_error", "lease_token", "lease_until"), "")
    update = {"$set": {"state": "sent", "sent_at": now}, "$unset": gone}
    return Notice._get_collection().update_many(_all_leased(notices), update).modified_count


def release_all(notices: Sequence[Leased], not_before: datetime) -> None:
    """Give all these leases back without an attempt; what was put into a letter just now is in none again."""
    free = {"lease_token": "", "lease_until": ""}
    new = [notice for notice in notices if notice.letter is None]
    for some, gone in ((new, {**free, "letter": ""}), ([each for each in notices if each.letter is not None], free)):
        if some:
            update = {"$set": {"state": "queued", "not_before": not_before}, "$unset": gone}
            Notice._get_collection().update_many(_all_leased(some), update)


def _all_leased(notices: Sequence[Leased]) -> dict[str, Any]:
    tokens = sorted({notice.lease_token for notice in notices})
    return {"_id": {"$in": [notice.key for notice in notices]}, "state": "leased", "lease_token": {"$in": tokens}}


def members_of(digest: Leased) -> list[Leased]:
    """The notices that a digest still has to tell, oldest first."""
    # The type is named for the partial index, which is not used without it.
    found = {"digest": {"$eq": digest.key, "$type": "string"}, "state": "held"}
    return _on_lease(found, [("due_at", 1), ("_id", 1)])


def mark_told(members: Sequence[Leased], now: datetime) -> None:
    """They went out with their digest."""
    found = {"_id": {"$in": [member.key for member in members]}, "state": "held"}
    Notice._get_collection().update_many(
        found, {"$set": {"state": "sent", "sent_at": now}, "$unset": {"last_error": ""}}
    )


def _leased(notice: Leased) -> dict[str, Any]:
    return {"_id": notice.key, "state": "leased", "lease_token": notice.lease_token}


def _write(filter_: Mapping[str, Any], values: Mapping[str, Any], gone: Sequence[str] = ()) -> bool:
    unset = dict.fromkeys([*gone, "lease_token", "lease_until"], "")
    result = Notice._get_collection().update_one(filter_, {"$set": values, "$unset": unset})
    return bool(result.modified_count)


def get(notice_id: object, actor: Actor) -> Notice:
    """Raises `NotFound`, for a notice of a foreign estate too."""
    notice = Notice.objects(key=notice_id).first() if isinstance(notice_id, str) else None
    if notice is None or not actor.sees(notice.estate):
        raise NotFound(Notice.LABEL, notice_id)
    return notice


def resend(notice_id: object, *, actor: Actor, now: datetime) -> Notice:
    """Queue a dead or held notice again, or one that waits for its next attempt, with all its attempts.

    Raises `RuleBroken` `not_dead`, `NotFound`.
    """
    notice = get(notice_id, actor)
    require(actor, "notices.resend", notice.estate)
    update = {
        "$set": {"state": "queued", "attempts": 0, "not_before": now},
        "$unset": {"last_error": ""},
        "$push": {"events": {"at": now, "actor": actor.code, "verb": "resend"}},
    }
    stuck = [{"state": {"$in": ["dead", "held"]}}, {"state": "queued", "attempts": {"$gt": 0}}]
    again = {"_id": notice.key, "$or": stuck, "channel": {"$ne": APP}}
    if not Notice._get_collection().update_one(again, update).modified_count:
        words = Words("只有未能送达的通知可以重发", "Only what could not be delivered can be sent again")
        raise RuleBroken("not_dead", words)
    return get(notice_id, actor)


def mark_read(notice_id: object, *, actor: Actor, now: datetime) -> None:
    """The reader has seen it. Raises `NotFound` for somebody else's."""
    found = {"_id": notice_id, "recipient": actor.code, "channel": APP}
    notices = Notice._get_collection()
    if not isinstance(notice_id, str) or notices.count_documents(found, limit=1) == 0:
        raise NotFound(Notice.LABEL, notice_id)
    notices.update_one({**found, "read_at": None}, {"$set": {"read_at": now}})


def mark_record_read(notice_id: object, *, actor: Actor, now: datetime) -> None:
    """The reader looks at the record of a notice: so far he knows all about it. Raises `NotFound` for somebody else's."""
    mark_read(notice_id, actor=actor, now=now)
    notice = Notice.objects.get(key=notice_id)
    same = {
        "about.kind": notice.about["kind"],
        "about.id": notice.about["id"],
        "created_at": {"$lte": notice.created_at},
    }
    unread = {"recipient": actor.code, "channel": APP, "read_at": None}
    Notice._get_collection().update_many({**unread, **same}, {"$set": {"read_at": now}})


def mark_all_read(*, actor: Actor, now: datetime) -> int:
    """Everything that came up to `now`; what arrives while the reader clicks stays unread."""
    unread = {"recipient": actor.code, "channel": APP, "read_at": None, "created_at": {"$lte": now}}
    return Notice._get_collection().update_many(unread, {"$set": {"read_at": now}}).modified_count


def of_record(kind: str, record_id: object) -> list[Notice]:
    """Everything that was told about a record, in the order of the events: for its timeline."""
    found = {"about.kind": kind, "about.id": str(record_id)}
    return list(Notice.objects(__raw__=found).order_by("created_at", "key"))


def figures(now: datetime) -> dict[str, int]:
    """For the metrics: how many wait beyond their moment, how many are dead or held, each capped at 10,001."""
    waiting = {"state": {"$in": ["queued", "leased"]}, "urgent": {"$in": [True, False]}, "not_before": {"$lte": now}}
    notices = Notice._get_collection()
    counted = {state: notices.count_documents({"state": state}, limit=10_001) for state in ("dead", "held")}
    return {"due": notices.count_documents(waiting, limit=10_001), **counted}
