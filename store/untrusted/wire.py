"""Plain values as bytes between a reader and whoever asked it. JSON, because what a reader says is not trusted either:
a pickle could run anything."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

_TAG, _VALUE = "!", "value"
# In this order: a datetime is a date too.
_WRITERS: tuple[tuple[type, str, Callable[[Any], str | float]], ...] = (
    (bytes, "bytes", lambda value: b64encode(value).decode()),
    (datetime, "datetime", lambda value: value.isoformat()),
    (date, "date", lambda value: value.isoformat()),
    (time, "time", lambda value: value.isoformat()),
    (timedelta, "timedelta", lambda value: value.total_seconds()),
)
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "bytes": lambda value: b64decode(value, validate=True),
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda value: timedelta(seconds=value),
}


def pack(value: Any) -> bytes:
    """Texts, numbers, lists and mappings, and in them bytes, dates, times and durations. Raises `TypeError`."""
    return json.dumps(value, default=_tagged, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def _tagged(value: object) -> dict[str, Any]:
    for kind, name, write in _WRITERS:
        if isinstance(value, kind):
            return {_TAG: name, _VALUE: write(value)}
    raise TypeError(type(value).__name__)


def unpack(data: bytes) -> Any:
    """What `pack` was given; tuples come as lists. Raises `ValueError` for anything else."""
    try:
        return json.loads(data.decode("utf-8", "surrogatepass"), object_hook=_untagged)
    except (KeyError, TypeError, RecursionError, OverflowError) as error:
        raise ValueError("not what a reader says") from error


def _untagged(found: dict[str, Any]) -> Any:
    return _READERS[found[_TAG]](found[_VALUE]) if _TAG in found else found
