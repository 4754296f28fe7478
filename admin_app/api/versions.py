"""`ETag` and `If-Match`: every save names the version it saw."""

import re
from hashlib import sha256

from flask import request

from admin_app.api.refusals import Refused
from store.words import Words

_TAG = re.compile(r'^(?:W/)?"([0-9]{1,9})"\Z')
BAD = Words('If-Match 应为读取时的 ETag，如 "3"', 'If-Match is the ETag that was read, such as "3"')
NEEDED = Words("请用 If-Match 说明您看到的版本", "Name the version you saw in If-Match")


def tag(version: int) -> str:
    return f'"{version}"'


def tag_of(data: bytes) -> str:
    """Of an answer that has no version."""
    return f'W/"{sha256(data).hexdigest()[:32]}"'


def asks_for_change() -> bool:
    """Whether the reader has something already, and asks only whether it has changed."""
    return "HTTP_IF_NONE_MATCH" in request.environ


def is_known(known: str) -> bool:
    """Whether the reader has this already (`If-None-Match`): then nothing more need be read for him."""
    return asks_for_change() and request.if_none_match.contains_weak(known.removeprefix("W/").strip('"'))


def seen(*, required: bool) -> int | None:
    """The version that `If-Match` names; None where it is absent or `*`. Raises `Refused`."""
    text = request.headers.get("If-Match", "").strip()
    if not text:
        if required:
            raise Refused(428, "precondition_required", NEEDED)
        return None
    if text == "*":
        return None
    match = _TAG.match(text)
    if match is None:
        raise Refused(400, "bad_if_match", BAD)
    return int(match[1])
