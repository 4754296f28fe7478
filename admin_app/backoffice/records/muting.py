"""What is muted now, as Today and the pages of the records that it covers say it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for

from store.deadlines import mutes
from store.deadlines.mutes import Mute
from store.deadlines.operations import is_open
from store.words import Words


class ShownMute(NamedTuple):
    name: Words
    estate: str
    place: str
    by: str
    until: datetime
    reason: str
    url: str


def mutes_of_estates(sees: Callable[[str], bool], now: datetime) -> list[ShownMute]:
    """The mutes in force in the estates that are looked at."""
    return [_shown(each) for each in mutes.active(now) if sees(each.estate)]


def mutes_of_record(raw: Mapping[str, Any], now: datetime) -> list[ShownMute]:
    """The mutes over a record on which somebody could still be warned."""
    if not any(is_open(clock) for clock in raw.get("clocks") or ()):
        return []
    return [_shown(each) for each in mutes.active(now) if each.covers(raw)]


def _shown(mute: Mute) -> ShownMute:
    url = url_for("content_mute.entry", code=mute.code)
    return ShownMute(mute.name, mute.estate, mute.place or "", mute.by, mute.ends_at, mute.reason, url)
