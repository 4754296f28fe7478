"""The description with every type of content in it: what its bodies hold stands there by name and kind.

The house describes content once, for all types (`/content/{kind}`, bodies of any shape). From that the same operations are
made for each type, under its own address.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.bodies_of_types import read, sent
from store.content.types import ContentType
from store.words import Words

Plain = dict[str, Any]
_ALL = "/api/v1/content/{kind}"
# Operations on a revision that was are not among them: it has the shape of its time.
_WITH_BODIES = ("", "/{code}", "/{code}/draft")
# The shapes in which a body lies, with the name it has there, and whether it is read or sent.
_READ, _SENT = "Body", "DraftBody"
_AROUND = {
    "Revision": ("body", _READ),
    "Draft": ("draft", _READ),
    "NewDraft": ("body", _SENT),
    "SavedDraft": ("body", _SENT),
}
_LISTS = ("ListOfRevision",)
_METHODS = ("get", "post", "put", "delete")
AT = Words(
    "所示为现行定义；`at` 早于最近一次修改定义时，内容保持当时的字段。",
    "The type as it is defined now; with an `at` before its latest change a body has the fields of that time.",
)


def described(house: Plain, types: Iterable[ContentType]) -> Plain:
    """The house's description with the paths and shapes of these types added to it."""
    schemas, paths = dict(house["components"]["schemas"]), dict(house["paths"])
    for each in types:
        schemas |= _schemas(house, each)
        paths |= {_ALL.replace("{kind}", each.key) + rest: _path(house, each, rest) for rest in _WITH_BODIES}
    return {**house, "paths": paths, "components": {**house["components"], "schemas": schemas}}


def _schemas(house: Plain, content_type: ContentType) -> Plain:
    key, known = content_type.key, house["components"]["schemas"]
    found = {f"{key}.{_READ}": read(content_type), f"{key}.{_SENT}": sent(content_type)}
    for shape, (name, body) in _AROUND.items():
        found[f"{key}.{shape}"] = _holding(known[shape], name, f"{key}.{body}")
    for shape in _LISTS:
        found[f"{key}.{shape}"] = _renamed(known[shape], _names(key))
    return found


def _holding(shape: Plain, name: str, body: str) -> Plain:
    """A shape of the house whose field `name` is this body."""
    reference: Plain = {"$ref": f"#/components/schemas/{body}"}
    nullable = "null" in shape["properties"][name]["type"]
    held = {"anyOf": [reference, {"type": "null"}]} if nullable else reference
    return {**shape, "properties": {**shape["properties"], name: held}}


def _path(house: Plain, content_type: ContentType, rest: str) -> Plain:
    item = _renamed(house["paths"][_ALL + rest], _names(content_type.key))
    item["parameters"] = [each for each in item["parameters"] if each["name"] != "kind"]
    for method in _METHODS:
        if method in item:
            item[method] |= _of_type(item[method], content_type)
    return item


def _of_type(operation: Mapping[str, Any], content_type: ContentType) -> Plain:
    label = f"{content_type.label.zh} · {content_type.label.en}"
    told = (
        {"description": f"{AT.zh} · {AT.en}"} if any(each["name"] == "at" for each in operation["parameters"]) else {}
    )
    return {
        "operationId": f"{operation['operationId']}.{content_type.key}",
        "summary": f"{operation['summary']} ({label})",
        **told,
    }


def _names(key: str) -> Mapping[str, str]:
    return {f"#/components/schemas/{each}": f"#/components/schemas/{key}.{each}" for each in (*_AROUND, *_LISTS)}


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A copy in which references lead to the shapes of a type."""
    if isinstance(value, dict):
        return {
            name: names.get(each, each) if name == "$ref" else _renamed(each, names) for name, each in value.items()
        }
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    return value
