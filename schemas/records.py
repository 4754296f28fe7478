"""What all records show: their number, state, clocks and history."""

from marshmallow import Schema, fields

from schemas.shapes import Id, anything, integer, mapping, moment, text, texts
from store.fields.spec import Field
from store.words import Words

DEVICE_AT = Field("device_at", "datetime", Words("设备时间", "The device's time"))


class ClockSchema(Schema):
    """A promise's time. `state` is one of running, due_soon, overdue, paused, met, late, withdrawn, missed.

    The last two ended without being kept: nothing was owed any more, or the time for it went by.
    """

    name = text()
    state = text()
    minutes = integer("Working minutes that were promised.")
    days = integer("Working days that were promised, where it was days: `minutes` are what they have of working time.")
    started_at = moment()
    due_at = moment("Null while the clock stands still.")
    paused_at = moment()
    stopped_at = moment()
    acknowledged_at = moment()
    acknowledged_by = text()
    steps = anything("Escalation steps that have happened.")


class RecordSchema(Schema):
    id = Id(attribute="_id")
    number = fields.String()
    estate = fields.String()
    state = fields.String()
    title = text()
    clause = text("The clause of the policy that it carries out.")
    clocks = fields.List(fields.Nested(ClockSchema), dump_default=[])
    version = fields.Integer(metadata={"description": "What If-Match names."})
    created_at = moment()
    changed_at = moment()
    allowed_verbs = texts("What the state allows now; roles are asked when it is done.")


class EventSchema(Schema):
    """One change: `n` is the version after it."""

    n = fields.Integer()
    at = moment()
    actor = text()
    actor_name = text()
    verb = text()
    detail = mapping()
    device_at = moment("What the clock of the device said.")
    happened_at = moment("When it took place, where that is earlier than when we heard of it.")
    device = text()


class PinSchema(Schema):
    """A revision that a record runs under."""

    code = text()
    revision = integer()


class SourceSchema(Schema):
    kind = text()
    id = text()
    code = text()
    number = text()


class SlotSchema(Schema):
    local = text("The plan's nominal time on the estate's clock.")
    at = moment()
    reason = text()
    late_minutes = integer()
    moved_from = text()
