"""The routes of the API: all of them are made here.

Every operation does the same things in the same order: scope, names in the address, version, body, and – for a write –
the key that makes it happen once. A view is left with calling its verb.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from admin_app.accounts.current import current_actor
from admin_app.api import bodies, description, idempotency, problems, queries, versions
from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.refusals import Refused
from admin_app.shell import answers, gate
from admin_app.tokens.authentication import check_scope
from schemas.picking import as_json
from store import attempts, clock
from store.words import Words

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
            return idempotency.once(
                lambda attempt: respond(view(_named(call, attempt), **path), operation.status),
                lambda attempt, since: _written(operation, attempt, since, list(path.values())),
            )
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


def _named(call: Call, attempt: str | None) -> Call:
    """The write leaves the attempt's name in the history of what it writes."""
    return replace(call, actor=replace(call.actor, attempt=attempt)) if attempt else call


def _written(operation: Operation, attempt: str, since: datetime, keys: list[str]) -> Response | None:
    """The answer of an attempt whose own was lost; None when it has written nothing. Raises `Refused`."""
    record = attempts.trace_of(attempt, since, keys)
    if record is None:
        return None
    answer = operation.again(record, clock.now()) if operation.again else None
    if answer is None:
        raise Refused(409, "idempotency_carried_out", idempotency.CARRIED_OUT, idempotency.HEADER)
    return respond(answer, operation.status)


def _body(takes: Body) -> dict[str, Any]:
    return takes.read(bodies.read_object(required=takes.required, largest=takes.largest, rows_apart=takes.rows_apart))


def respond(answer: Answer | Response, status: int) -> Response:
    """JSON with `ETag`; 304 for a reader who has it already. What is a response already stays as it is."""
    if isinstance(answer, Response):
        return answer
    if status == 204:
        return Response(status=204)
    reading = request.method in ("GET", "HEAD")
    tag = answer.tag if answer.version is None else versions.tag(answer.version)
    if tag is not None and reading and answer.by_version and versions.is_known(tag):
        return answers.unchanged(tag)
    text = as_json(answer.data() if callable(answer.data) else answer.data)
    if tag is None and reading:
        tag = versions.tag_of(text)
        if answer.by_version and versions.is_known(tag):
            return answers.unchanged(tag)
    headers = {"ETag": tag, "Location": answer.location}
    return answers.json(text, status, {name: value for name, value in headers.items() if value is not None})
