"""A notice on lease, as delivery works with it. MongoEngine takes fifty times as long to make a document of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What delivery reads; a history that people have made is not sent.
FIELDS = (
    "estate",
    "about",
    "recipient",
    "channel",
    "target",
    "template",
    "params",
    "urgent",
    "attempts",
    "letter",
    "lease_token",
    "additions",
    "due_at",
)
SHOWN = dict.fromkeys(FIELDS, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Leased:
    """The fields of `Notice` under their names. Values are as MongoDB has them: what is torn is met where it is used."""

    key: str
    estate: str | None
    about: Mapping[str, Any]
    recipient: str | None
    channel: str
    target: str | None
    template: Mapping[str, Any]
    params: Mapping[str, Any]
    urgent: bool
    attempts: int
    letter: str | None
    lease_token: str
    additions: int | None
    due_at: Any


def leased_of(raw: Mapping[str, Any]) -> Leased:
    get = raw.get
    return Leased(
        key=raw["_id"],
        estate=get("estate"),
        about=get("about") or {},
        recipient=get("recipient"),
        channel=get("channel") or "",
        target=get("target"),
        template=get("template") or {},
        params=get("params") or {},
        urgent=bool(get("urgent")),
        attempts=_count(get("attempts")),
        letter=_text(get("letter")),
        lease_token=get("lease_token") or "",
        additions=get("additions"),
        due_at=get("due_at"),
    )


def _count(value: object) -> int:
    """Attempts that are no number are none: the next one counts."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
