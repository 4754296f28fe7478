"""What the doctor says: a finding, how bad it is, and how to mend it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pymongo.database import Database
from redis import Redis

from store.settings import Settings
from store.words import Words

Level = Literal["sound", "weak", "ill"]


@dataclass(frozen=True)
class Finding:
    """`sound` is as it should be, `weak` wants attention, `ill` must be mended: the exit status is then 1."""

    level: Level
    what: Words
    mend: Words | None = None


@dataclass(frozen=True)
class Patient:
    """One installation, as the doctor meets it."""

    settings: Settings
    database: Database[dict[str, Any]]
    redis: "Redis[bytes]"
    clock: Callable[[], datetime]


def sound(zh: str, en: str, **values: object) -> Finding:
    return Finding("sound", Words(zh, en).fill(**values))


def weak(what: Words, mend: Words) -> Finding:
    return Finding("weak", what, mend)


def ill(what: Words, mend: Words) -> Finding:
    return Finding("ill", what, mend)
