"""One operation of the API in words: who may, what it takes, what it answers. `routes.py` hangs it up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marshmallow import Schema

from admin_app.api import bodies
from admin_app.api.queries import Listing
from schemas.specified import read as read_specified
from schemas.specified import shape_of
from store.actor import Actor
from store.fields.spec import Field
from store.versioned import Versioned
from store.words import Words


@dataclass(frozen=True)
class Call:
    """What a view is given."""

    actor: Actor
    now: datetime
    body: Mapping[str, Any]
    seen: int | None
    query: Mapping[str, str]
    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What a view gives: plain data – or what makes them, for a reader who does not have them yet –, the version for
    `ETag`, the address of what was made."""

    data: Any
    version: int | None = None
    location: str | None = None
    # Whether the version says all: what other records add to an answer changes without it.
    by_version: bool = True
    # The tag of what is no one record's: of a list, as far as it is known before its rows are made.
    tag: str | None = None


# What a write answers whose first answer was lost, from the record that it has written, where that is of its kind.
Again = Callable[[Versioned, datetime], Answer | None]
Reader = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Body:
    """What an operation takes. Without required fields no body at all is a body."""

    shape: type[Schema]
    read: Reader
    required: bool
    largest: int = bodies.LARGEST_BODY
    # The list whose rows stand for themselves (`bodies.read_object`).
    rows_apart: str | None = None

    @classmethod
    def of(cls, name: str, fields: Sequence[Field]) -> "Body":
        needed = any(each.required and each.default is None for each in fields)
        return cls(shape_of(name, fields), lambda values: read_specified(fields, values), needed)


@dataclass(frozen=True)
class Operation:
    """`version`: whether `If-Match` is not looked at, honoured or demanded. `writes` is false for questions that are
    asked by POST because they need a body."""

    name: str
    method: str
    rule: str
    permission: str
    words: Words
    answers: type[Schema] | None
    status: int = 200
    takes: Body | None = None
    listing: Listing | None = None
    query: Mapping[str, Words] = field(default_factory=dict)
    version: str = "ignored"  # ignored, honoured, demanded
    # Media types of a body or an answer that is no JSON; the view reads or makes it itself.
    takes_bytes: str | None = None
    answers_bytes: tuple[str, ...] = ()
    writes: bool = True
    again: Again | None = None

    @property
    def is_write(self) -> bool:
        return self.writes and self.method != "GET"

    @property
    def repeatable(self) -> bool:
        """Whether `Idempotency-Key` is honoured: PUT and DELETE are repeatable by themselves."""
        return self.is_write and self.method == "POST"
