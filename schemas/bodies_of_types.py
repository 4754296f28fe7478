"""The bodies of a type of content as JSON schemas: how drafts of them are sent, and how they are read."""

from collections.abc import Sequence
from typing import Any

from store.content.types import ContentType
from store.fields.describing import shown_schema
from store.fields.kind import Schema
from store.fields.spec import Field

# A published body has it; a draft may still lack it.
NEEDED = "x-needed-to-publish"
# What was written before the type changed may break its rules and have fields that it has no more; and texts are counted
# as they are seen: an emoji is one character and stored as several.
_BOUNDS = frozenset({"additionalProperties", "minLength", "maxLength", "pattern", "minItems", "maxItems"})


def sent(content_type: ContentType) -> Schema:
    """What a draft takes: what is missing is asked for when it is published, at every depth."""
    properties = {each.name: shown_schema(each) for each in content_type.fields}
    _mark_needed(properties, content_type.fields)
    return {"type": "object", "properties": properties, "additionalProperties": False}


def read(content_type: ContentType) -> Schema:
    """What a reader is given."""
    found: Schema = _unbounded(sent(content_type))
    return found


def _mark_needed(properties: dict[str, Schema], fields: Sequence[Field]) -> None:
    for each in fields:
        schema = properties[each.name]
        if each.required:
            schema[NEEDED] = True
        if each.fields:
            _mark_needed(schema.get("items", schema)["properties"], each.fields)


def _unbounded(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_unbounded(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: each for name, each in schema.items() if name not in _BOUNDS}
    # The names of properties are no words of JSON Schema.
    parts = {name: _unbounded(each) for name, each in schema.get("properties", {}).items()}
    rest = {name: _unbounded(each) for name, each in found.items() if name != "properties"}
    return {**rest, **({"properties": parts} if "properties" in schema else {})}
