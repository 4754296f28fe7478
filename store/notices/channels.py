"""How each channel fares – mail, every robot, the tablets – as delivery has met it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from store.notices import rules
from store.notices.documents import ChannelHealth, Notice
from store.notices.rules import APP, APPRISE, CHANNELS
from store.notices.senders import SendFailed
from store.words import Words

NEWLY_REFUSED = timedelta(days=7)
MOST_COUNTED = 10_001
# These say something of a reader or a letter, nothing of the channel.
NO_TROUBLE = frozenset({"unsubscribed"})


@dataclass
class Outcome:
    """What became of the letters of one receiver in one delivery."""

    sent: int = 0
    reason: str = ""
    trouble: bool = False
    # The addresses that were refused for good: many letters to a wrong one say no more than one.
    refused: set[str] = field(default_factory=set)

    def add(self, failure: SendFailed, address: str) -> None:
        if failure.reason in NO_TROUBLE:
            return
        self.reason = failure.reason
        self.trouble = self.trouble or not failure.final
        if failure.final:
            self.refused.add(address)


@dataclass(frozen=True)
class Figures:
    """Of one channel: what waits beyond its moment or for another attempt, what was refused in the last week."""

    waiting: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Trouble:
    """A channel by which nothing gets out. `target` tells which robot."""

    key: str
    channel: str
    since: datetime
    why: Words
    target: str = field(default="", repr=False)

    @property
    def name(self) -> Words:
        return CHANNELS[self.channel]


def key_of(channel: str, receiver: str) -> str:
    return f"{APPRISE}:{rules.target_id(receiver)}" if channel == APPRISE else channel


def note(channel: str, receiver: str, outcome: Outcome, now: datetime) -> None:
    """Write down how it went. A robot that refuses one message for good refuses them all."""
    if outcome.sent:
        update: Any = {
            "$set": {"channel": channel, "last_success": now, "refusals": 0},
            "$unset": {"failing_since": "", "last_reason": ""},
        }
    elif outcome.reason:
        update = _failed(channel, outcome, now)
    else:
        return
    ChannelHealth._get_collection().update_one({"_id": key_of(channel, receiver)}, update, upsert=True)


def _failed(channel: str, outcome: Outcome, now: datetime) -> list[dict[str, Any]]:
    refusals = {"$add": [{"$ifNull": ["$refusals", 0]}, len(outcome.refused)]}
    failing = {
        "$or": [
            outcome.trouble or channel == APPRISE,
            {"$gte": ["$refusals", rules.REFUSALS_ARE_TROUBLE]},
            {"$eq": [{"$type": "$failing_since"}, "date"]},
        ]
    }
    facts = {"channel": channel, "last_failure": now, "last_reason": outcome.reason, "refusals": refusals}
    since = {"$cond": [failing, {"$ifNull": ["$failing_since", now]}, "$$REMOVE"]}
    return [{"$set": facts}, {"$set": {"failing_since": since}}]


def troubles(now: datetime) -> list[Trouble]:
    """Where nothing gets out, the longest first. One query."""
    found = ChannelHealth.objects(__raw__={"failing_since": {"$type": "date"}}).order_by("failing_since", "key")
    return [
        Trouble(each.key, each.channel, each.failing_since, why(each), each.key.partition(":")[2])
        for each in found
        if rules.in_trouble(each.failing_since, each.last_failure, now) and each.channel in CHANNELS
    ]


def why(health: ChannelHealth) -> Words:
    return rules.REASONS.get(health.last_reason, rules.REASONS["refused"])


def all_health() -> Mapping[str, ChannelHealth]:
    return {each.key: each for each in ChannelHealth.objects}


def figures(now: datetime) -> dict[str, Figures]:
    """By channel and by `apprise:target`; what cannot be counted within 10,001 is not counted further."""
    tried = [{"attempts": {"$gt": 0}}, {"not_before": {"$lte": now}}]
    waiting = _counted({"state": {"$in": ["queued", "leased"]}, "$or": tried})
    dead = _counted({"state": "dead", "created_at": {"$gte": now - NEWLY_REFUSED}})
    return {key: Figures(waiting.get(key, 0), dead.get(key, 0)) for key in {*waiting, *dead}}


def _counted(query: Mapping[str, Any]) -> dict[str, int]:
    by = {"channel": "$channel", "target": "$target"}
    pipeline: list[dict[str, Any]] = [
        {"$match": {**query, "channel": {"$ne": APP}}},
        {"$limit": MOST_COUNTED},
        {"$group": {"_id": by, "n": {"$sum": 1}}},
    ]
    found: dict[str, int] = {}
    for each in Notice._get_collection().aggregate(pipeline):
        channel, target = each["_id"]["channel"], each["_id"].get("target")
        found[channel] = found.get(channel, 0) + each["n"]
        if channel == APPRISE and target:
            found[f"{APPRISE}:{target}"] = each["n"]
    return found
