"""From the intents of an event to notices: who is told, by which channel, and when."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from store.notices import rules
from store.notices.readers import ReaderCache
from store.notices.rules import APP, APPRISE, Reader

Values = dict[str, Any]


def notices_of(kind: str, source: Mapping[str, Any], cache: ReaderCache, now: datetime) -> list[Values]:
    """The notices of all events that `source` carries, as they are stored; one per event, reader and channel."""
    found: dict[str, Values] = {}
    for event in source.get("events") or ():
        for intent in event.get("to_notify") or ():
            for notice in _of_intent(kind, source, event, intent, cache, now):
                # One event tells a reader once; of two ways to say it the urgent one is heard.
                if notice["_id"] not in found or (notice["urgent"] and not found[notice["_id"]]["urgent"]):
                    found[notice["_id"]] = notice
    return list(found.values())


def readers_wanted(source: Mapping[str, Any]) -> set[str]:
    events = source.get("events") or ()
    return {code for event in events for intent in event.get("to_notify") or () for code in intent.get("to") or ()}


def _of_intent(
    kind: str,
    source: Mapping[str, Any],
    event: Mapping[str, Any],
    intent: Mapping[str, Any],
    cache: ReaderCache,
    now: datetime,
) -> Iterator[Values]:
    common = _common(kind, source, event, intent, cache, now)
    kinds, robots = rules.wanted_channels(intent.get("channels"))
    zone = cache.estate(common["estate"])[1]
    for url in robots:
        yield _one(common, "", APPRISE, rules.target_id(url), None, zone, now)
    for code in dict.fromkeys(intent.get("to") or ()):
        reader = cache.reader(code)
        if reader is None:
            yield _unreadable(_one(common, code, APP, None, None, zone, now))
            continue
        for channel, target in rules.ways(reader, kinds):
            yield _one(common, code, channel, target, reader, zone, now)


def _common(
    kind: str,
    source: Mapping[str, Any],
    event: Mapping[str, Any],
    intent: Mapping[str, Any],
    cache: ReaderCache,
    now: datetime,
) -> Values:
    revision, urgent = cache.pin(intent["template"])
    number = source.get("number") or source.get("code") or ""
    return {
        "estate": source.get("estate"),
        "about": {"kind": kind, "id": str(source["_id"]), "number": number, "event": event["n"]},
        "template": {"code": intent["template"], "revision": revision},
        "params": dict(intent.get("params") or {}),
        "urgent": bool(intent.get("urgent")) or urgent,
        "attempts": 0,
        "created_at": now,
        "due_at": intent.get("due_at") or event["at"],
    }


def _one(
    common: Values, recipient: str, channel: str, target: str | None, reader: Reader | None, zone: Any, now: datetime
) -> Values:
    about = common["about"]
    when = rules.sending(channel, common["urgent"], reader, zone, now)
    notice = {
        **common,
        "_id": rules.notice_key(about["kind"], about["id"], about["event"], recipient, channel, target),
        "recipient": recipient,
        "channel": channel,
        "target": target,
        "state": "queued",
        "not_before": when.not_before,
    }
    if channel == APP:
        # It lies in the reader's inbox from this write on: nothing is left to be sent.
        notice |= {"state": "sent", "sent_at": now}
    if when.in_digest:
        digest = rules.digest_key(recipient, when.not_before)
        notice |= {"state": "held", "last_error": "in_digest", "digest": digest}
    return {key: value for key, value in notice.items() if value is not None}


def _unreadable(notice: Values) -> Values:
    """For somebody who has left: kept where dead notices are seen, instead of being told to nobody in silence."""
    notice.pop("sent_at", None)
    return notice | {"state": "dead", "last_error": "reader_unknown"}


def digest_of(member: Mapping[str, Any], cache: ReaderCache, now: datetime) -> Values:
    """The digest that `member` goes out with, as it is stored when the first member comes."""
    revision, _ = cache.pin(rules.DIGEST_TEMPLATE)
    digest = {
        "estate": member.get("estate"),
        "about": {"kind": "digest", "id": member["digest"], "number": ""},
        "recipient": member["recipient"],
        "channel": member["channel"],
        "template": {"code": rules.DIGEST_TEMPLATE, "revision": revision},
        "params": {},
        "urgent": False,
        "state": "queued",
        "not_before": member["not_before"],
        "attempts": 0,
        "created_at": now,
        "due_at": member["not_before"],
    }
    return {key: value for key, value in digest.items() if value is not None}
