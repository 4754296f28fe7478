"""The shapes of incidents."""

from schemas.emergencies import EmergencyStepSchema, FilledRoleSchema
from schemas.records import PinSchema, RecordSchema
from schemas.shapes import moment, nested, rows, text


class IncidentSchema(RecordSchema):
    """An emergency plan that was started in earnest."""

    kind = text("The kind of event.")
    plan = nested(PinSchema)
    place = text()
    words = text("What was said when it was started.")
    started_by = text()
    roles = rows(FilledRoleSchema)
    steps = rows(EmergencyStepSchema)
    summary = text()
    reason = text("Why it was closed before all was done, or that it was a false alarm.")
    closed_at = moment()


SUMMARY = (
    "id", "number", "estate", "state", "title", "clause", "kind", "plan", "place", "started_by", "steps", "closed_at",
    "created_at", "changed_at", "version",
)  # fmt: skip
