"""Mutes: for a time that always ends, nobody is told of what is late somewhere (ADR 21). They are content, `mute`."""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from store.alone import is_alone, kept
from store.content import reading
from store.content.documents import Revision
from store.deadlines.chain import MUTED
from store.first import first
from store.words import Words, translated

log = logging.getLogger(__name__)

KIND = "mute"
LONGEST = timedelta(days=30)
# How often a record that was muted is looked at again, so that a mute which is ended early is noticed.
AGAIN = timedelta(minutes=10)


class Mute(NamedTuple):
    """One in force. Without a plan and a place it is for the whole estate; `by` is who published it."""

    code: str
    name: Words
    by: str
    estate: str
    plan: str | None
    place: str | None
    starts_at: datetime
    ends_at: datetime
    reason: str

    def covers(self, raw: Mapping[str, Any]) -> bool:
        if _is_of_life(raw):
            return False
        if raw.get("estate") != self.estate or (self.plan and (raw.get("plan") or {}).get("code") != self.plan):
            return False
        return not self.place or _is_in(str(raw.get("place") or ""), self.place)

    def said(self) -> dict[str, Any]:
        """What the history says of it."""
        return {"skipped": MUTED, "mute": self.code, "by": self.by, "until": self.ends_at, "reason": self.reason}


def _is_in(place: str, named: str) -> bool:
    """`3号楼2单元` is in `3号楼`; `B12` is not in `B1`, and whoever mutes the one does not silence the other."""
    return place.startswith(named) and not (named[-1:].isdigit() and place[len(named) :][:1].isdigit())


def _is_of_life(raw: Mapping[str, Any]) -> bool:
    """An emergency, a call for help, and what endangers life is never muted."""
    return bool((raw.get("source") or {}).get("kind") == "incident" or raw.get("priority", 3) <= 1)


def active(now: datetime) -> list[Mute]:
    """The mutes in force at `now`, those that end last first."""
    if is_alone() and not kept(("is there any", KIND), lambda: first(Revision._get_collection(), {"type": KIND})):
        return []
    found = filter(None, map(_sound, reading.live_all(KIND, now)))
    return sorted((each for each in found if each.starts_at <= now < each.ends_at), key=lambda each: each.ends_at)[::-1]


def covering(mutes: Iterable[Mute], raw: Mapping[str, Any]) -> Mute | None:
    """The mute under which a record is; of several the one that ends last."""
    return next((each for each in mutes if each.covers(raw)), None)


def _sound(revision: Revision) -> Mute | None:
    """None for a torn one: it silences nobody, and keeps no other from being looked at."""
    try:
        return _mute(revision)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        log.error("mute %s cannot be read: %s", revision.code, type(error).__name__)
        return None


def _mute(revision: Revision) -> Mute:
    body = revision.body
    return Mute(
        revision.code,
        translated(body["name"]),
        revision.by_name or revision.by,
        body["estate"],
        body.get("plan") or None,
        (body.get("place") or "").strip() or None,
        moment_of(body["starts_at"]),
        moment_of(body["ends_at"]),
        body["reason"],
    )


def moment_of(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
