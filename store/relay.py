"""Who makes the records that another record's verb wants made (`Change.make`).

A verb that concerns two records writes an intent `{"kind": …, "key": …, "values": {…}}` into the first, in the same
update as its own change. The relay (`store/notices/relay.py`) hands it to the maker of that kind, as often as it takes:
makers are idempotent by `key`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from store.actor import Actor

# (intent, the source record as stored, less `notices.relay.NOT_READ`, the relay's actor, now)
Maker = Callable[[Mapping[str, Any], Mapping[str, Any], Actor, datetime], None]
_MAKERS: dict[str, Maker] = {}


class NoMaker(LookupError):
    """An intent of a kind that nobody makes: a programmer's mistake, shown on the jobs page instead of being lost."""


def makes(kind: str) -> Callable[[Maker], Maker]:
    """Register the maker of records of `kind`; the same intent must make one record, however often it comes."""

    def register(maker: Maker) -> Maker:
        _MAKERS[kind] = maker
        return maker

    return register


def maker_of(kind: str) -> Maker:
    """Raises `NoMaker`."""
    if kind not in _MAKERS:
        raise NoMaker(kind)
    return _MAKERS[kind]
