"""The shapes of service requests."""

from marshmallow import Schema, fields

from schemas.records import ClockSchema, PinSchema, RecordSchema
from schemas.repairs import (
    AcceptanceSchema,
    CallbackSchema,
    ChargeSchema,
    QuoteOfRequestSchema,
    WarrantySchema,
)
from schemas.shapes import boolean, integer, moment, nested, rows, text, texts


class ToldSchema(Schema):
    how = text("mail, phone or visit.")
    at = moment()
    by = text()


class ReplySchema(Schema):
    at = moment()
    by = text()
    by_name = text()
    text = fields.String()
    internal = boolean("An internal note; the resident never sees it.")
    told = nested(ToldSchema, "How the resident was told; without `how` nobody has told him yet.")


class OrderOfRequestSchema(Schema):
    """A work order that came from the request, as it stands."""

    number = text()
    kind = text()
    state = text()
    assignee = text()
    due_at = moment()


class LinkSchema(Schema):
    id = text()
    number = text()


class BeforeSchema(Schema):
    """What stood before a correction."""

    kind = text()
    item = text()
    household = text()
    place = text()
    due_at = moment()
    clocks = rows(ClockSchema)


class CorrectionSchema(Schema):
    at = moment()
    by = text()
    by_name = text()
    reason = text()
    changed = texts("The names of what was corrected.")
    before = nested(BeforeSchema)


class RequestSchema(RecordSchema):
    """A service request."""

    kind = text()
    item = nested(PinSchema, "The service item's revision whose promises apply.")
    category = text()
    urgency = text()
    channel = text()
    words = text("What was said.")
    place = text()
    household = text()
    contact_name = text()
    contact_phone = text("Masked.")
    priority = integer("1 (critical) to 4.")
    assignee = text()
    department = text()
    due_at = moment("The earliest promise that still runs.")
    replies = rows(ReplySchema)
    untold = boolean("The newest answer still waits for somebody to tell it to the resident.")
    outcome = text()
    answered_at = moment()
    closed_at = moment()
    reopened = integer()
    work_orders = rows(OrderOfRequestSchema)
    price_list = nested(PinSchema, "The price list that was in force when a repair came in.")
    warranty = nested(WarrantySchema)
    quote = nested(QuoteOfRequestSchema)
    charge = nested(ChargeSchema)
    accept_by = moment("Silence until then is acceptance.")
    acceptance = nested(AcceptanceSchema)
    disputed = integer("How often the resident has disputed the result.")
    callback = nested(CallbackSchema)
    corrections = rows(CorrectionSchema)
    merged_into = nested(LinkSchema, "The report of the same fault that leads this one.")
    merged = rows(LinkSchema, "The reports of the same fault that this one leads.")


SUMMARY = (
    "id", "number", "estate", "state", "title", "clause", "kind", "category", "urgency", "channel", "place",
    "household", "priority", "assignee", "department", "due_at", "created_at", "changed_at", "closed_at", "version",
)  # fmt: skip
