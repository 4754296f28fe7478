"""How an operation is described in `/api/openapi.json`."""

from collections.abc import Callable, Iterator
from typing import Any

from flask_smorest import Blueprint

from admin_app.api import idempotency
from admin_app.api.bodies import LARGEST_INTEGER
from admin_app.api.operation import Operation
from admin_app.api.queries import By, Listing
from schemas.pages import list_of
from store.words import Words

PROBLEM = "Problem"
Parameter = dict[str, Any]

_LANGUAGE = {"type": "string", "enum": ["zh", "en"]}
_LIST_WORDS = {
    "limit": Words("每页条数", "Rows on a page"),
    "after": Words("上一页给出的 page.next", "The page.next of the page before"),
    "sort": Words("排序，前缀 - 为倒序", "Sort; a leading - turns it round"),
    "fields": Words("只要这些字段，以逗号分隔", "Only these fields, separated by commas"),
    "count": Words("是否给出总数（至多 10001）", "Whether to count (at most 10001)"),
}


_QUERY = {"at": {"type": "string", "format": "date-time"}, "unread": {"type": "boolean"}}


def describe(blueprint: Blueprint, operation: Operation) -> Callable[..., Any]:
    """A decorator for the view: summary, parameters, body, answers, problems."""
    answers = operation.answers
    if answers is not None and operation.listing is not None:
        answers = list_of(answers)
    headers = {"ETag": {"schema": {"type": "string"}}} if operation.status != 204 else None

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        manual: dict[str, Any] = {
            "summary": f"{operation.words.zh} · {operation.words.en}",
            "operationId": operation.name,
            "parameters": list(_parameters(operation)),
            "responses": dict.fromkeys(_problem_statuses(operation), PROBLEM),
            "x-permission": operation.permission,
        }
        if operation.method == "GET":
            manual["responses"]["304"] = {"description": "Not modified"}
        if operation.takes is not None:
            content = {"application/json": {"schema": operation.takes.shape()}}
            manual["requestBody"] = {"required": operation.takes.required, "content": content}
        if operation.takes_bytes is not None:
            sent = {operation.takes_bytes: {"schema": {"type": "string", "format": "binary"}}}
            manual["requestBody"] = {"required": True, "content": sent}
        if operation.answers_bytes:
            picture = {each: {"schema": {"type": "string", "format": "binary"}} for each in operation.answers_bytes}
            manual["responses"][str(operation.status)] = {"description": "OK", "content": picture}
            return blueprint.doc(**manual)(view)
        documented = blueprint.response(operation.status, answers, headers=headers)(view)
        return blueprint.doc(**manual)(documented)

    return decorate


def _problem_statuses(operation: Operation) -> Iterator[str]:
    yield from ("400", "401", "403", "404", "429", "503")
    if operation.takes is not None:
        yield from ("413", "415", "422")
    elif operation.takes_bytes is not None:
        yield "413"
    if operation.is_write:
        yield from ("409", "422") if operation.takes is None else ("409",)
    if operation.version != "ignored":
        yield "412"
    if operation.version == "demanded":
        yield "428"


def _parameters(operation: Operation) -> Iterator[Parameter]:
    yield _in_query("lang", Words("错误说明的语言", "The language of sentences"), _LANGUAGE)
    for name, words in operation.query.items():
        yield _in_query(name, words, _QUERY.get(name, {"type": "string", "maxLength": 200}))
    if operation.listing is not None:
        yield from _of_listing(operation.listing)
    if operation.version != "ignored":
        yield _in_header("If-Match", "The ETag that was read", operation.version == "demanded", r'^"[0-9]{1,9}"$')
    if operation.repeatable:
        yield _in_header(
            idempotency.HEADER, "Sent again, the write is answered again and done once", False, r"^[!-~]+$"
        )


def _of_listing(listing: Listing) -> Iterator[Parameter]:
    sorts = [sign + name for name in listing.sorts for sign in ("", "-")]
    fields = {"type": "array", "items": {"type": "string", "enum": list(listing.fields)}, "minItems": 1}
    yield _in_query("limit", _LIST_WORDS["limit"], {"type": "integer", "minimum": 1, "maximum": 200, "default": 50})
    yield _in_query("after", _LIST_WORDS["after"], {"type": "string"})
    yield _in_query("sort", _LIST_WORDS["sort"], {"type": "string", "enum": sorts, "default": listing.sort})
    yield {**_in_query("fields", _LIST_WORDS["fields"], fields), "style": "form", "explode": False}
    yield _in_query("count", _LIST_WORDS["count"], {"type": "boolean", "default": False})
    for name in sorted(listing.extra):
        yield _in_query(name, Words("查找", "Search"), _QUERY.get(name, {"type": "string", "maxLength": 200}))
    for name, by in listing.filters.items():
        yield _in_query(f"filter[{name}]", Words("等于", "Equals"), _schema_of(by))
        for operator in sorted(by.operators):
            words = (
                Words("以逗号分隔的任一值", "Any of these, separated by commas")
                if operator == "in"
                else _RANGE[operator]
            )
            key = f"filter[{name}][{operator}]"
            if operator == "in":
                any_of = {"type": "array", "items": {"minLength": 1, **_schema_of(by)}, "minItems": 1}
                yield {**_in_query(key, words, any_of), "style": "form", "explode": False}
            else:
                yield _in_query(key, words, _schema_of(by))


_RANGE = {
    "lt": Words("小于", "Less than"),
    "lte": Words("不大于", "At most"),
    "gt": Words("大于", "Greater than"),
    "gte": Words("不小于", "At least"),
}


def _schema_of(by: By) -> dict[str, Any]:
    if by.kind == "moment":
        return {"type": "string", "format": "date-time"}
    if by.kind == "text":
        return {"type": "string", "enum": sorted(by.choices)} if by.choices else {"type": "string", "maxLength": 200}
    if by.kind == "integer":
        return {"type": "integer", "minimum": -LARGEST_INTEGER, "maximum": LARGEST_INTEGER}
    return {"type": by.kind}


def _in_query(name: str, words: Words, schema: dict[str, Any]) -> Parameter:
    return {"in": "query", "name": name, "description": f"{words.zh} · {words.en}", "schema": schema}


def _in_header(name: str, about: str, required: bool, pattern: str) -> Parameter:
    schema = {"type": "string", "pattern": pattern, "maxLength": 255}
    return {"in": "header", "name": name, "description": about, "required": required, "schema": schema}
