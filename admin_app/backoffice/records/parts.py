"""Which part of a record's history a page shows: the newest, until `?history=` asks for what was before an event."""

from typing import NamedTuple
from urllib.parse import urlencode

from flask import request

from store.parts import Part, part_of
from store.versioned import Versioned

PARAMETER = "history"


class Ways(NamedTuple):
    """The queries of the links under a part: to the part before it and back to the newest; None where there is none."""

    older: str | None = None
    newest: str | None = None


def asked_part(record: Versioned) -> Part:
    """The part of its history that the request asks for; the newest one where it asks for nonsense."""
    return part_of(record, _asked())


def ways_from(part: Part) -> Ways:
    others = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
    older = None if part.older is None else urlencode([*others, (PARAMETER, part.older)])
    return Ways(older, urlencode(others) if _asked() is not None else None)


def _asked() -> int | None:
    text = request.args.get(PARAMETER, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
