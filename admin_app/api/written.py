"""What never changes, written as JSON once and kept in the process."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import orjson
from marshmallow import Schema

from admin_app.api.lists import projection
from schemas.picking import as_json, picker

MOST_BYTES = 16 * 1024 * 1024

Fields = tuple[str, ...]
Read = Callable[[Collection[str], Mapping[str, int]], Sequence[Mapping[str, Any]]]


class Written:
    """`read(keys, projection)` gives the stored values, each with its key as `_id`."""

    def __init__(self, shape: type[Schema], read: Read) -> None:
        self._shape = shape
        self._read = read
        self._kept: dict[tuple[str, Fields], orjson.Fragment] = {}
        self._bytes = 0

    def of(self, keys: Sequence[str], fields: Fields) -> list[orjson.Fragment]:
        """In the order of `keys`; what is not there is left out."""
        found = {key: self._kept.get((key, fields)) for key in keys}
        missing = [key for key, text in found.items() if text is None]
        if missing:
            found |= self._written(missing, fields)
        return [text for text in found.values() if text is not None]

    def _written(self, keys: Sequence[str], fields: Fields) -> dict[str, orjson.Fragment]:
        pick = picker(self._shape, fields)
        rows = self._read(keys, projection(self._shape, fields))
        texts = {str(row["_id"]): as_json(pick.dump(row)) for row in rows}
        self._make_room(sum(map(len, texts.values())))
        made = {key: orjson.Fragment(text) for key, text in texts.items()}
        self._kept.update({(key, fields): text for key, text in made.items()})
        return made

    def _make_room(self, more: int) -> None:
        self._bytes += more
        if self._bytes > MOST_BYTES:
            self._kept.clear()
            self._bytes = more
