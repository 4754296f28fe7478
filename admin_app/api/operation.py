"""One operation of the API: who may, what it takes, what it answers, how it is described. All routes are made here.

Every operation does the same things in the same order: scope, names in the address, version, body, and – for a write –
the key that makes it happen once. A view is left with calling its verb.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema

from admin_app.accounts.current import current_actor
from admin_app.api import bodies, description, idempotency, problems, queries, versions
from admin_app.api.queries import Listing
from admin_app.shell import gate
from admin_app.tokens.authentication import check_scope
from schemas.specified import read as read_specified
from schemas.specified import shape_of
from store import clock
from store.actor import Actor
from store.fields import Field
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
    """What a view gives: plain data, the version for `ETag`, the address of what was made."""

    data: Any
    version: int | None = None
    location: str | None = None


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
    answers_bytes: str | None = None
    writes: bool = True

    @property
    def is_write(self) -> bool:
        return self.writes and self.method != "GET"

    @property
    def repeatable(self) -> bool:
        """Whether `Idempotency-Key` is honoured: PUT and DELETE are repeatable by themselves."""
        return self.is_write and self.method == "POST"


View = Callable[..., Answer | Response]


def blueprint(name: str, words: Words) -> Blueprint:
    """The blueprint of one resource; its errors are problem documents with all that programs need."""
    made = Blueprint(f"api_{name}", __name__, description=f"{words.zh} · {words.en}")
    problems.register_on(made)
    return made


def add(made: Blueprint, operation: Operation, view: View) -> None:
    """Hang the operation on the blueprint."""

    def run(**path: str) -> Response:
        check_scope(operation.permission, writing=operation.is_write)
        call = _call(operation)
        if operation.repeatable:
            return idempotency.once(lambda: respond(view(call, **path), operation.status))
        return respond(view(call, **path), operation.status)

    run.__name__ = operation.name
    run.__doc__ = f"{operation.words.zh} · {operation.words.en}"
    marked = gate.requires(operation.permission)(run)
    described = description.describe(made, operation)(marked)
    made.add_url_rule(
        operation.rule, operation.name, described, methods=[operation.method], tags=[made.name.removeprefix("api_")]
    )


def _call(operation: Operation) -> Call:
    pairs = list(request.args.items(multi=True))
    given = {} if operation.listing else queries.check_names(pairs, frozenset(operation.query))
    seen = None if operation.version == "ignored" else versions.seen(required=operation.version == "demanded")
    body = _body(operation.takes) if operation.takes else {}
    return Call(current_actor(), clock.now(), body, seen, given, pairs)


def _body(takes: Body) -> dict[str, Any]:
    return takes.read(bodies.read_object(required=takes.required, largest=takes.largest, rows_apart=takes.rows_apart))


def respond(answer: Answer | Response, status: int) -> Response:
    """JSON with `ETag`; 304 for a reader who has it already. What is a response already stays as it is."""
    if isinstance(answer, Response):
        return answer
    if status == 204:
        return Response(status=204)
    response = Response(orjson.dumps(answer.data), status, content_type="application/json")
    if answer.version is not None:
        response.headers["ETag"] = versions.tag(answer.version)
    if answer.location is not None:
        response.headers["Location"] = answer.location
    if request.method in ("GET", "HEAD"):
        if answer.version is None:
            response.add_etag(weak=True)
        response.make_conditional(request.environ)
    return response
