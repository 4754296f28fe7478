"""The shapes of drills, and of the steps that drills and incidents share."""

from marshmallow import Schema, fields

from schemas.records import PinSchema, RecordSchema
from schemas.shapes import Translated, boolean, integer, moment, nested, rows, text, texts


class FilledRoleSchema(Schema):
    """A role of the plan and who had it when it began; `stand_in`: nobody was there to fill it, so the leads have it."""

    code = text()
    name = nested(Translated)
    people = texts()
    stand_in = boolean()


class EmergencyStepSchema(Schema):
    """A step of the plan; `state` is open, started, done or cancelled, as its work order reports it."""

    code = text()
    name = nested(Translated)
    role = text()
    limit_minutes = integer("From the start.")
    due_at = moment()
    state = text()
    order = text("The number of its work order, once that has reported.")
    by = text()
    started_at = moment()
    ended_at = moment()


class DrillSchema(RecordSchema):
    """A drill of the year's quota."""

    kind = fields.String(metadata={"description": "tabletop or live"})
    plan = nested(PinSchema)
    year = integer()
    ordinal = integer()
    planned_for = moment()
    reason = nested(Translated, "Why this date.")
    began_at = moment()
    roles = rows(FilledRoleSchema)
    steps = rows(EmergencyStepSchema)
    held_at = moment()
    score = integer()
    summary = text()
    participants = texts()


SUMMARY = (
    "id", "number", "estate", "state", "title", "clause", "kind", "plan", "year", "ordinal", "planned_for",
    "held_at", "score", "created_at", "changed_at", "version",
)  # fmt: skip
