"""The shapes of a tablet's bundle (`docs/tablet.md`). They are written out of plain values without passing through
marshmallow, because there are hundreds of orders; a test holds shapes and answers together."""

from marshmallow import Schema, fields

from schemas.records import PinSchema
from schemas.repairs import WarrantySchema
from schemas.shapes import Translated, anything, boolean, integer, moment, nested, rows, text, texts
from schemas.work import OrderFactsSchema


class FieldClockSchema(Schema):
    """`state` as of the answer; a tablet works it out from `due_at`."""

    name = text()
    due_at = moment("Null while the clock stands still.")
    state = text()
    why = rows(Translated, "How a calendar led there, line by line; empty where every hour counts.")


class FieldRequestSchema(Schema):
    """What a resident asked for: whole for whoever has the order, number and room where it may be taken."""

    number = text()
    words = text()
    room = text()
    contact_name = text()
    contact_phone = text()
    price_list = nested(PinSchema)
    warranty = nested(WarrantySchema)
    paid_before = texts("Lines of the price list that are not paid for again.")


class FieldIncidentSchema(Schema):
    """What is known of the emergency that a step belongs to."""

    number = text()
    words = text()
    started_by = text()


class FieldOrderSchema(OrderFactsSchema):
    """A work order as a tablet shows it. Lists and the quote are passed on as they are stored."""

    estate = text()
    key = text("With the estate its name, known before it is made.")
    id = text("Null while it is coming.")
    version = integer("Null while it is coming.")
    coming = boolean("Its plan will ask for it; it is not made yet.")
    number = text()
    state = text()
    title = text()
    title_en = text("Where what the order came from has a name in English.")
    clause = text()
    clocks = rows(FieldClockSchema)
    photos = fields.List(anything(), dump_default=[])
    materials = fields.List(anything(), dump_default=[])
    quote = anything()
    findings = fields.List(anything(), dump_default=[])
    supplements = fields.List(anything(), dump_default=[])
    instructions = anything()
    allowed_verbs = texts()
    request = nested(FieldRequestSchema)
    incident = nested(FieldIncidentSchema)


class FieldEstateSchema(Schema):
    code = text()
    name = anything()
    timezone = text()


class FieldPersonSchema(Schema):
    code = text()
    name = anything()
    department = text()
    roles = texts()
    estates = rows(FieldEstateSchema)
    may = texts("Of `households.find` and `households.call`, those that he has.")


class FieldChecklistSchema(Schema):
    code = text()
    revision = integer()
    name = anything()
    items = fields.List(anything())


class FieldPriceListSchema(Schema):
    code = text()
    revision = integer()
    name = anything()
    lines = fields.List(anything())


class ColleagueSchema(Schema):
    code = text()
    name = anything()
    department = text()


class PlaceSchema(Schema):
    estate = text()
    code = text()
    name = anything()


class HazardSchema(Schema):
    code = text()
    name = anything()
    severity = text("What it is called unless somebody says otherwise.")


class FieldPlanSchema(Schema):
    """An emergency plan that can be started here."""

    estate = text()
    code = text()
    name = anything()
    steps = integer()


class FieldCallSchema(Schema):
    """A call for help of this person; `by` and `received_at` once somebody goes."""

    id = text("The operation that made it.")
    estate = text()
    number = text()
    at = moment()
    place = text()
    state = text()
    told = integer("How many people were told.")
    by = anything()
    received_at = moment()


class FieldHandoverSchema(Schema):
    """What this person was left at the last change of shift, until he says that he has read it."""

    id = text()
    estate = text()
    handed_by = anything()
    at = moment()
    note = text()
    open = integer("How many orders came with it.")


class FieldAttendanceSchema(Schema):
    """What he said last of coming and going, and his next shifts."""

    clocked = anything()
    shifts = fields.List(anything())


class FieldFloorPlanSchema(Schema):
    """A floor plan; its picture is at `/api/v1/field/photos/{picture}/image`."""

    code = text()
    name = anything()
    picture = text("SHA-256, as the photos' names.")
    width = integer("In pixels.")
    height = integer()


class AlarmSchema(Schema):
    mark = text("Changes when a step of an emergency becomes this person's, or his call for help is answered.")


class BundleSchema(Schema):
    """All that the tablet needs, or – where `full` is false – what has changed since the cursor: `orders` and pinned
    lists are those that are new or changed, and the other parts are null where they are as they were."""

    cursor = fields.String()
    full = fields.Boolean()
    server_time = moment()
    keep_days = fields.Integer()
    person = nested(FieldPersonSchema)
    orders = rows(FieldOrderSchema)
    gone = fields.List(fields.List(fields.String()), metadata={"description": "[estate, key] of orders to let go."})
    checklists = rows(FieldChecklistSchema)
    price_lists = rows(FieldPriceListSchema)
    colleagues = fields.List(fields.Nested(ColleagueSchema), allow_none=True)
    places = fields.List(fields.Nested(PlaceSchema), allow_none=True)
    hazards = fields.List(fields.Nested(HazardSchema), allow_none=True)
    plans = fields.List(fields.Nested(FieldPlanSchema), allow_none=True)
    calls = fields.List(fields.Nested(FieldCallSchema), allow_none=True)
    handovers = fields.List(fields.Nested(FieldHandoverSchema), allow_none=True)
    attendance = fields.Nested(FieldAttendanceSchema, allow_none=True)
    floor_plans = fields.List(fields.Nested(FieldFloorPlanSchema), allow_none=True)
    push_key = text("The key under which this server sends Web Push.")
