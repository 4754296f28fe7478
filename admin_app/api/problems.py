"""Errors of the API as problem documents: the shell writes them, here they get what programs need besides."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from pymongo.errors import ExecutionTimeout

from admin_app.api.refusals import Refused
from admin_app.shell.errors import problem_document, problems_of, status_of
from admin_app.shell.gate import NotSignedIn
from admin_app.shell.language import say
from schemas.shapes import plain
from store.errors import AnjuError, Conflict
from store.words import Words

TOO_EXPENSIVE = Words("查询过于宽泛，请缩小范围", "This query takes too long; narrow it down")


def register_on(blueprint: Blueprint) -> None:
    blueprint.register_error_handler(AnjuError, answer)
    blueprint.register_error_handler(ExecutionTimeout, lambda error: answer(_too_expensive()))


def answer(error: AnjuError) -> Response:
    """The problem document; `errors` always lists every problem with field, code and sentence."""
    problems = problems_of(error)
    errors = [{"field": each.field, "code": each.code, "detail": say(each.words)} for each in problems]
    details = {**_told(error.details), "errors": errors}
    response = problem_document(_status(error), error.code, error.words, problems=problems[:1], details=details)
    if isinstance(error, NotSignedIn):
        response.headers["WWW-Authenticate"] = 'Bearer realm="anju"'
    return response


def _status(error: AnjuError) -> int:
    own: int | None = getattr(error, "status", None)
    if own is not None:
        return own
    if isinstance(error, Conflict) and error.code == "changed_meanwhile" and request.headers.get("If-Match"):
        return 412
    return status_of(error)


def _told(details: Mapping[str, Any]) -> dict[str, Any]:
    """Moments as ISO 8601, sentences in the reader's language."""
    return {name: plain(_in_language(value)) for name, value in details.items()}


def _in_language(value: Any) -> Any:
    if isinstance(value, Words):
        return say(value)
    if isinstance(value, Mapping):
        return {name: _in_language(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_in_language(each) for each in value]
    return value


def _too_expensive() -> Refused:
    return Refused(400, "query_too_expensive", TOO_EXPENSIVE)
