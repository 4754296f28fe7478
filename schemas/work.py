"""The shapes of work orders."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from schemas.records import DEVICE_AT, PinSchema, RecordSchema, SlotSchema, SourceSchema
from schemas.repairs import PricedLineSchema, QuoteSchema, WarrantySchema
from schemas.shapes import Scalar, Translated, anything, boolean, integer, moment, nested, number, rows, text, texts
from schemas.specified import HASH, read, shape_of
from store.fields.spec import MAX_ROWS, MAX_TEXT
from store.work.answers import read_answers
from store.work.documents import WORK_ORDER


class ScanSchema(Schema):
    """A scan beside the one that counts: a colleague's, one outside the window, or one that was taken back."""

    at = moment()
    device_at = moment()
    method = text()
    by = text()
    withdrawn_at = moment("When its author took it back.")
    withdrawn_by = text()
    reason = text()


class CheckpointSchema(Schema):
    """`state` is pending, done or missed; a late scan stands beside a missed one."""

    code = text()
    name = anything()
    place = text()
    opens_at = moment()
    closes_at = moment()
    state = text()
    at = moment()
    device_at = moment()
    method = text()
    by = text()
    reported_late = boolean("It was reached in time, and had been called missed before the word of it came.")
    closing = boolean("It closes the round: the last to be reached.")
    floor_plan = text("The floor plan that it is on.")
    plan_x = number("How far across the plan it is: 0 left, 1 right.")
    plan_y = number("How far down the plan it is: 0 top, 1 bottom.")
    photo_required = boolean("A photo must be taken at its scan.")
    unusual = texts(
        "early: before its window; fast: too soon after another; not_last: it should have closed the round; "
        "no_photo: it asks for a photo, and nobody took one within ten minutes of the scan."
    )
    others = rows(ScanSchema)


class AnswerSchema(Schema):
    item = text()
    value = anything()
    note = text()
    photos = texts()
    before = fields.List(anything(), dump_default=[], metadata={"description": "What was answered before it."})


class RaisedSchema(Schema):
    """What was found on the way; the finding of this key is made by the relay."""

    key = text()
    title = text()
    severity = text()
    item = text()
    checkpoint = text()
    photos = texts()
    at = moment()
    by = text()
    withdrawn_at = moment("When its item was corrected: the finding was cancelled.")
    withdrawn_by = text()
    reason = text()


class OrderPhotoSchema(Schema):
    """A photo by its name; the picture is at `/api/v1/field/photos/{hash}/image` for tablets."""

    hash = text()
    role = text("before, after or other.")
    item = text("The checklist's item that it shows.")
    checkpoint = text("The checkpoint of the round that it shows.")
    taken_at = moment()
    at = moment()
    by = text()


class SupplementSchema(Schema):
    """What was found although the order could not take it any more."""

    about = text("The operation of the entry that did not stand.")
    note = text()
    answers = rows(AnswerSchema)
    photos = texts()
    voice = text("SHA-256 of a voice note.")
    by = text()
    at = moment()
    received_at = moment()
    device_at = moment()


class SampleSchema(Schema):
    """Finished work that was looked at again."""

    verdict = text("good or finding.")
    note = text()
    photos = texts()
    by = text()
    at = moment()


class OrderFactsSchema(Schema):
    """What everybody sees of an order: the office, programs and tablets."""

    kind = text()
    source = nested(SourceSchema)
    route = nested(PinSchema)
    checklist = nested(PinSchema)
    place = text()
    priority = integer("1 (critical) to 4.")
    assignee = text()
    team = texts()
    department = text()
    starts_at = moment()
    due_at = moment()
    started_at = moment()
    finished_at = moment()
    checkpoints = rows(CheckpointSchema)
    answers = rows(AnswerSchema)
    note = text()
    reason = text()
    diagnosis = text()


class WorkOrderSchema(OrderFactsSchema, RecordSchema):
    """A work order."""

    key = text("One slot of a plan, one request makes one order: this is its key.")
    plan = nested(PinSchema)
    slot = nested(SlotSchema)
    missed_count = integer()
    photos = rows(OrderPhotoSchema)
    supplements = rows(SupplementSchema)
    instructions = nested(Translated, "What is to be done, of a drill's or an incident's step.")
    proven = boolean()
    findings = rows(RaisedSchema)
    samples = rows(SampleSchema, "What a supervision check found; a fault is a finding besides.")
    barred = texts("Who may not do it: nobody re-inspects what he put right.")
    passed = boolean("The verdict of a re-inspection.")
    price_list = nested(PinSchema, "The price list that a repair is quoted and charged by.")
    warranty = nested(WarrantySchema)
    quote = nested(QuoteSchema)
    materials = rows(PricedLineSchema, "What was used.")
    signature = text("SHA-256 of the photo of the resident's signature.")
    signed_by = text()
    satisfied = boolean("What the resident said when he was called back.")


SUMMARY = (
    "id", "number", "estate", "state", "title", "clause", "kind", "place", "priority", "assignee", "department",
    "starts_at", "due_at", "started_at", "finished_at", "missed_count", "proven", "source", "created_at",
    "changed_at", "version",
)  # fmt: skip

COMPLETION = (*WORK_ORDER["complete"].fields, DEVICE_AT)


class GivenAnswerSchema(Schema):
    """`value` is pass or fail, a score, a number or a text: the checklist's item decides."""

    item = fields.String(required=True, validate=validate.Length(min=1, max=64))
    value = Scalar(required=True, allow_none=True)
    note = fields.String(allow_none=True, validate=validate.Length(max=MAX_TEXT))
    photos = fields.List(fields.String(validate=validate.Regexp(HASH)), validate=validate.Length(max=MAX_ROWS))


class CompletionSchema(shape_of("Completion", COMPLETION)):  # type: ignore[misc]
    """What was found and done."""

    answers = fields.List(fields.Nested(GivenAnswerSchema), validate=validate.Length(max=MAX_ROWS))


def read_completion(values: Mapping[str, Any]) -> dict[str, Any]:
    """The note, the device's time and the answers. Raises `Invalid`."""
    rest = {name: value for name, value in values.items() if name != "answers"}
    return {**read(COMPLETION, rest), "answers": read_answers(values.get("answers") or [])}
