"""What a backup says of itself: format, moment, and of every collection its count, hash and indexes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson.json_util import CANONICAL_JSON_OPTIONS, dumps, loads

FORMAT = 1
# The image carries no package metadata; a test holds this against pyproject.toml.
APP_VERSION = "0.1.0"


@dataclass(frozen=True)
class Part:
    """One collection. `sha256` is of its documents as BSON, one after another in the order of `_id`."""

    name: str
    count: int
    length: int
    sha256: str
    indexes: Sequence[Mapping[str, Any]]
    options: Mapping[str, Any]

    @property
    def member(self) -> str:
        """Its name inside the archive."""
        return f"data/{self.name}.bson"


@dataclass(frozen=True)
class Manifest:
    database: str
    made_at: datetime
    parts: tuple[Part, ...]
    # Views are calculated from collections and hold nothing; they are named, not kept.
    views: tuple[str, ...] = ()
    format: int = FORMAT
    app_version: str = APP_VERSION

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)

    def to_json(self) -> str:
        """MongoDB's canonical extended JSON, so that index and collection options come back as they were."""
        return dumps(asdict(self), json_options=CANONICAL_JSON_OPTIONS, indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Raises `ValueError`, `TypeError` or `KeyError` for something else."""
        values = loads(text, json_options=CANONICAL_JSON_OPTIONS.with_options(tz_aware=True))
        parts = tuple(Part(**part) for part in values.pop("parts"))
        return cls(**{**values, "parts": parts, "views": tuple(values.pop("views"))})
