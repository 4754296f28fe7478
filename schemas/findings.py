"""The shapes of findings."""

from marshmallow import Schema, fields

from schemas.records import PinSchema, RecordSchema, SourceSchema
from schemas.shapes import anything, boolean, integer, moment, nested, rows, text, texts


class SubjectSchema(Schema):
    """The checklist's item or the route's checkpoint that it is about."""

    code = text()
    name = anything()


class VerdictSchema(Schema):
    by = text()
    at = moment()
    passed = boolean()
    note = text()
    photos = texts()
    number = text("The order of the re-inspection.")


class RoundSchema(Schema):
    """Put right and re-inspected once; a failed verdict begins the next round. Photos are SHA-256 hashes."""

    n = integer()
    before = texts()
    after = texts()
    by = text()
    hands = texts()
    at = moment()
    note = text()
    number = text("The order that put it right.")
    check = nested(VerdictSchema)


class EarlierSchema(Schema):
    id = text()
    number = text()
    found_at = moment()


class FindingSchema(RecordSchema):
    """What was found wrong, until somebody else has seen that it is right."""

    key = text("One failed item of one order makes one finding: this is its key.")
    severity = fields.String(metadata={"description": "low, normal or high"})
    place = text()
    item = nested(SubjectSchema)
    checkpoint = nested(SubjectSchema)
    hazard = text()
    source = nested(SourceSchema)
    checklist = nested(PinSchema)
    policy = nested(PinSchema, "The revision of the finding policy that it runs under.")
    department = text()
    note = text()
    voice = text("SHA-256 of a voice note.")
    found_by = text()
    found_at = moment()
    due_at = moment("When it is to be put right, or re-inspected.")
    rounds = rows(RoundSchema)
    repeat_of = nested(EarlierSchema, "The finding before, of the same thing at the same place.")
    repeats = integer("How often it was found before.")
    closed_at = moment()
    reason = text()


SUMMARY = (
    "id", "number", "estate", "state", "title", "clause", "severity", "place", "department", "source", "found_by",
    "found_at", "due_at", "repeats", "closed_at", "created_at", "changed_at", "version",
)  # fmt: skip
