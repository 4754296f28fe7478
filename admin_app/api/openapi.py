"""`/api/openapi.json`: what the house describes, and the types that managers have published up to now.

Which these are is asked each time, by one query for their revisions: so all web processes tell the same as soon as one is
published, and none has to hear of it. What is told of them is made once and kept, under a tag of the revisions.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

import orjson
from flask import Response
from flask_smorest import Api

from admin_app.api import versions
from admin_app.api.typed import described
from admin_app.shell import answers
from store.content import audience, reading
from store.content.documents import Revision


class Description:
    def __init__(self, api: Api) -> None:
        self._api = api
        self._kept = ("", b"")

    @cached_property
    def house(self) -> dict[str, Any]:
        """What is described without a database: all operations, content of any type."""
        found: dict[str, Any] = self._api.spec.to_dict()
        return found

    def answer(self, now: datetime) -> Response:
        """The description with the types in force; 304 for a reader who has it."""
        # Anybody may ask: what is for some alone is told to nobody.
        found = [each for each in reading.definitions(now) if not audience.names_readers(each.body)]
        tag = self._tag(found)
        if versions.is_known(tag):
            return answers.unchanged(tag)
        kept, text = self._kept
        if kept != tag:
            text = orjson.dumps(described(self.house, reading.types_with(found)))
            self._kept = (tag, text)
        return answers.json(text, 200, {"ETag": tag, "Cache-Control": "no-cache"})

    @cached_property
    def _seal(self) -> bytes:
        """Another version of the house may describe the same types in other words."""
        return sha256(orjson.dumps(described(self.house, reading.types_with(())))).digest()

    def _tag(self, found: Sequence[Revision]) -> str:
        return versions.tag_of(b"\n".join([self._seal, *(each.key.encode() for each in found)]))
