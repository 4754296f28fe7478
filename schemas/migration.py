"""The shapes of a migration: what it would change, what keeps it from being done, how far it is."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from schemas.shapes import PlainObject, anything, boolean, integer, mapping, moment, nested, rows, text, texts
from schemas.specified import read
from store.errors import Invalid
from store.fields.spec import MAX_LONG_TEXT, Field
from store.words import Words


class ValueChangeSchema(Schema):
    """One field of an entry; null where there was nothing, or nothing is left."""

    field = text()
    old = anything()
    new = anything()


class ProblemOfEntrySchema(Schema):
    """What of an entry cannot be read, or is missing."""

    field = text()
    code = text()
    words = mapping()


class EntryChangeSchema(Schema):
    code = text()
    name = mapping()
    estate = text()
    changes = rows(ValueChangeSchema)
    problems = rows(ProblemOfEntrySchema)


class MigrationProgressSchema(Schema):
    """How far a job is; nothing of it is seen by readers before it is done."""

    asked_at = moment()
    total = integer()
    done = integer()


class MigrationSchema(Schema):
    """What publishing the draft of a definition does to the entries of its type."""

    dry_run = boolean("Whether nothing was written.")
    revision = integer("The newest revision of the definition.")
    entries = integer("How many entries change.")
    refused = integer("How many of them cannot be read or lack a value: nothing is migrated while there is one.")
    needs = texts("Fields for which a value to be filled in must be given.")
    changes = rows(EntryChangeSchema, "The next entries by code.")
    next = text("What goes into after for more of them.")
    running = nested(MigrationProgressSchema, "Null when no job is at it.")


class MigrationOrderSchema(Schema):
    fills = PlainObject(metadata={"description": "Field → the value for entries that have none."})
    dry_run = fields.Boolean(metadata={"description": "Only tell what would change; true unless given."})
    after = fields.String(validate=validate.Length(max=64), metadata={"description": "The code behind which to go on."})
    note = fields.String(allow_none=True, validate=validate.Length(max=MAX_LONG_TEXT))


_ORDER = (
    Field("dry_run", "boolean", Words("仅预览", "Dry run"), default=True),
    Field("after", "reference", Words("从此编号之后", "After")),
    Field("note", "long_text", Words("说明", "Note")),
)


def read_order(values: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `Invalid`; what may be filled in is the type's business."""
    fills = values.get("fills", {})
    if not isinstance(fills, dict):
        raise Invalid.one("wrong_shape", Words("请以对象提交 fills", "Give fills as an object"), "fills")
    rest = {name: value for name, value in values.items() if name != "fills"}
    return {"after": "", "note": "", **read(_ORDER, rest), "fills": fills}
