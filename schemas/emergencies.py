"""The shapes of drills."""

from marshmallow import fields

from schemas.records import PinSchema, RecordSchema
from schemas.shapes import Translated, integer, moment, nested, text, texts
from store.fields import Field
from store.words import Words


class DrillSchema(RecordSchema):
    """A drill of the year's quota."""

    kind = fields.String(metadata={"description": "tabletop or live"})
    plan = nested(PinSchema)
    year = integer()
    ordinal = integer()
    planned_for = moment()
    reason = nested(Translated, "Why this date.")
    held_at = moment()
    score = integer()
    summary = text()
    participants = texts()


SUMMARY = (
    "id", "number", "estate", "state", "title", "clause", "kind", "plan", "year", "ordinal", "planned_for",
    "held_at", "score", "created_at", "changed_at", "version",
)  # fmt: skip

MOVE = (
    Field("to", "datetime", Words("改到", "Move to"), required=True),
    Field("reason", "long_text", Words("原因", "Reason"), required=True),
    Field("force", "boolean", Words("仍然改期", "Move it all the same"), default=False),
)
RESULT = (
    Field("score", "integer", Words("评分", "Score"), required=True, minimum=0, maximum=100),
    Field("summary", "long_text", Words("演练小结", "What was learnt"), required=True),
    Field("participants", "references", Words("参加人员", "Who took part"), target="staff"),
)
