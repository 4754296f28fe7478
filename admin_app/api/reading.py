"""`/api/openapi.json`, and `/api/docs`: the description of the API as a page that a person reads. It is made here from
the specification; it needs no script and nothing from outside, so the house's content security policy stays as strict as
it is."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from flask import Blueprint, Response, render_template, send_from_directory
from flask_smorest import Api

from admin_app.api.codes import CODES
from admin_app.api.openapi import Description
from admin_app.shell import gate
from admin_app.tokens.scopes import WORDS as SCOPES
from store import clock
from store.access import PERMISSIONS, ROLES

_STATIC = Path(__file__).parent / "static"
_METHODS = ("get", "post", "put", "delete")


class Part(NamedTuple):
    """A parameter or a field: its name, type, whether it is needed, what it is."""

    name: str
    type: str
    required: bool
    about: str


class Route(NamedTuple):
    method: str
    path: str
    summary: str
    permission: str
    parameters: list[Part]
    body: list[Part]
    answer: list[Part]
    status: str


class Chapter(NamedTuple):
    tag: str
    about: str
    routes: list[Route]


def chapters(spec: Mapping[str, Any]) -> list[Chapter]:
    """The description, resource by resource."""
    about = {tag["name"]: tag.get("description", "") for tag in spec.get("tags", ())}
    found: dict[str, list[Route]] = {}
    for path, item in spec["paths"].items():
        for method in _METHODS:
            if method in item:
                tag = item[method]["tags"][0]
                found.setdefault(tag, []).append(_route(spec, method, path, item))
    return [Chapter(tag, about.get(f"api_{tag}", ""), routes) for tag, routes in found.items()]


def _route(spec: Mapping[str, Any], method: str, path: str, item: Mapping[str, Any]) -> Route:
    operation = item[method]
    status, response = next(iter(operation["responses"].items()))
    parameters = [each for each in (*item.get("parameters", ()), *operation.get("parameters", ()))]
    return Route(
        method.upper(),
        path,
        operation["summary"],
        operation.get("x-permission", ""),
        [_parameter(each) for each in parameters],
        list(_parts(spec, operation.get("requestBody", {}))),
        list(_parts(spec, response)),
        status,
    )


def _parameter(each: Mapping[str, Any]) -> Part:
    return Part(each["name"], _type_of(each["schema"]), bool(each.get("required")), each.get("description", ""))


def _parts(spec: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Part]:
    content = described.get("content", {}).get("application/json", {})
    schema = _resolved(spec, content.get("schema", {}))
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        yield Part(name, _type_of(each), name in required, each.get("description", ""))


def _resolved(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    resolved: Mapping[str, Any] = spec["components"]["schemas"][name] if name else schema
    return resolved


def _type_of(schema: Mapping[str, Any]) -> str:
    """`integer`, `[Clock]`, `open | closed`: short enough for a table."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"] if each is not None)
    if schema.get("type") == "array" or "array" in (schema.get("type") or ()):
        return f"[{_type_of(schema.get('items', {}))}]"
    kinds = schema.get("type", "")
    plain = [each for each in ([kinds] if isinstance(kinds, str) else kinds) if each != "null"]
    return str(schema.get("format") or " | ".join(plain) or _any_of(schema))


def _any_of(schema: Mapping[str, Any]) -> str:
    options = [_type_of(each) for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return " | ".join(options) or "any"


def make(api: Api) -> Blueprint:
    made = Blueprint("api_reading", __name__, template_folder="templates")
    known: dict[str, list[Chapter]] = {}
    description = Description(api)

    @made.get("/api/openapi.json")
    @gate.public
    def openapi() -> Response:
        return description.answer(clock.now())

    @made.get("/api/docs")
    @gate.public
    def docs() -> str:
        if "chapters" not in known:
            known["chapters"] = chapters(description.house)
        return render_template(
            "api/docs.html",
            chapters=known["chapters"],
            codes=CODES,
            scopes=SCOPES,
            permissions=PERMISSIONS,
            roles=ROLES,
        )

    @made.get("/api/docs/style.css")
    @gate.public
    def style() -> Response:
        return send_from_directory(_STATIC, "docs.css", max_age=3600)

    return made
