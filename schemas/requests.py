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
from store.fields import Field
from store.requests.rules import KINDS, TOLD, TOLD_BY_PEOPLE
from store.words import Words


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

NOTE = (Field("note", "long_text", Words("备注", "Note")),)
REASON = (Field("reason", "long_text", Words("原因", "Reason"), required=True),)
TEXT = (Field("text", "long_text", Words("内容", "Text"), required=True),)
ANSWER = (
    *TEXT,
    Field("interim", "boolean", Words("先行答复", "Interim: nothing is finished by it"), default=False),
    Field("told", "choice", Words("业主如何得知", "How the resident hears of it"), choices=tuple(TOLD.items())),
)
CORRECTION = (
    Field("reason", "long_text", Words("更正原因", "Why it is corrected"), required=True),
    Field("kind", "choice", Words("类型", "Kind"), choices=tuple(KINDS.items())),
    Field("item", "reference", Words("服务事项", "Service item"), target="service_item"),
    Field("household", "reference", Words("住户", "Household"), target="household"),
    Field("place", "text", Words("地点", "Place")),
)
INTO = (Field("into", "reference", Words("主诉求的编号", "The number of the one that leads"), required=True),)
TELLING = (
    Field(
        "how",
        "choice",
        Words("告知方式", "How"),
        required=True,
        choices=tuple((each, TOLD[each]) for each in TOLD_BY_PEOPLE),
    ),
)
OUTCOME = (Field("outcome", "long_text", Words("处理结果", "Outcome"), required=True),)
TO = (Field("to", "reference", Words("指派给", "Assign to"), required=True, target="staff"),)
