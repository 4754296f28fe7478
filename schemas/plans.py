"""The shapes of a plan's preview."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from schemas.content import read_saved
from schemas.shapes import PlainObject, moment, text
from schemas.specified import read
from store.fields.spec import Field
from store.words import Words

MOST = 200
USUAL = 20
_ASKED = (
    Field("count", "integer", Words("条数", "How many"), minimum=1, maximum=MOST, default=USUAL),
    Field("code", "text", Words("计划编号", "Code of the plan")),
)


class PreviewRequestSchema(Schema):
    body = PlainObject(required=True, metadata={"description": "A plan's body; it may be unfinished."})
    count = fields.Integer(strict=True, validate=validate.Range(1, MOST))
    code = fields.String(
        metadata={"description": "The plan it is the draft of: a scheduled publication is when the preview begins."}
    )


class SlotLineSchema(Schema):
    at = moment()
    local = text("The nominal time on the estate's clock: the occurrence's key.")
    words = text()


class PreviewSchema(Schema):
    """The plan as a sentence, and its coming times."""

    sentence = text()
    hours_per_week = fields.Float(allow_none=True)
    timezone = text()
    begins_at = moment(allow_none=True)
    cautions = fields.List(text())
    slots = fields.List(fields.Nested(SlotLineSchema))


def read_preview(values: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `Invalid`."""
    rest = {name: value for name, value in values.items() if name != "body"}
    return {**read(_ASKED, rest), "body": read_saved({"body": values.get("body")})["body"]}
