"""The shapes of what tablets send – entries and photos – and of what they are answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from schemas.field_bundle import FieldOrderSchema
from schemas.shapes import PlainObject, anything, integer, moment, nested, text
from schemas.specified import read, shape_of
from store.errors import Invalid
from store.fields.spec import Field
from store.photos.rules import KINDS, MOST_BYTES, POSITION
from store.photos.voice import MOST_SECONDS, NO_SECONDS
from store.tablet.entries import HIGHEST, LONGEST_RUN_MS, MOST_ENTRIES, Batch, read_entries, read_id, read_moment
from store.tablet.rules import RESULTS
from store.words import Words

ENVELOPE = (
    Field("device", "text", Words("设备编号", "Device"), required=True),
    Field("app_version", "text", Words("应用版本", "Version of the app")),
    Field("device_now", "text", Words("设备时间", "The device's time"), required=True),
    Field("run", "text", Words("应用启动编号", "Run of the app"), required=True),
    Field(
        "elapsed_ms",
        "integer",
        Words("启动后毫秒", "Milliseconds of the run"),
        required=True,
        minimum=0,
        maximum=LONGEST_RUN_MS,
    ),
    Field("unsent", "integer", Words("未发送条数", "Entries not sent yet"), minimum=0, maximum=1_000_000),
)
COMPLETION = (
    Field("size", "integer", Words("字节数", "Bytes"), required=True, minimum=1, maximum=MOST_BYTES),
    Field("kind", "choice", Words("种类", "Kind"), choices=tuple(KINDS.items()), default="photo"),
    Field("seconds", "integer", Words("语音秒数", "Seconds of a voice note"), minimum=1, maximum=MOST_SECONDS),
    Field("taken_at", "datetime", Words("拍摄时间", "Taken at")),
    Field("position", "group", Words("位置", "Position"), fields=POSITION),
)
_LIST = Words("operations 应为列表", "operations must be a list")


class EntrySchema(Schema):
    """One entry (`docs/tablet.md`); `body` depends on the verb. What is wrong here is refused with this entry alone,
    but for `id` and `seq`, which the whole batch needs."""

    id = fields.UUID(required=True)
    seq = fields.Integer(required=True, strict=True, validate=validate.Range(1, HIGHEST))
    estate = fields.String(required=True)
    order = fields.String(allow_none=True)
    verb = fields.String(required=True)
    seen = fields.Integer(allow_none=True)
    device_at = fields.String(metadata={"format": "date-time"})
    run = fields.String()
    elapsed_ms = fields.Integer()
    body = PlainObject(required=True)


class BatchSchema(shape_of("Batch", ENVELOPE)):  # type: ignore[misc]
    """Entries of one person on one tablet, in the order of their numbers."""

    device = fields.UUID(required=True)
    run = fields.UUID(required=True)
    device_now = fields.String(required=True, metadata={"format": "date-time"})
    operations = fields.List(fields.Nested(EntrySchema), required=True, validate=validate.Length(max=MOST_ENTRIES))


class TheirsSchema(Schema):
    """What somebody else did meanwhile."""

    n = integer()
    at = moment()
    happened_at = moment()
    device_at = moment()
    by = text()
    verb = text()
    detail = anything()


class OutcomeSchema(Schema):
    """What became of an entry. `order` stands at the last outcome of each order."""

    id = fields.String()
    seq = fields.Integer()
    result = fields.String(validate=validate.OneOf(list(RESULTS)))
    at = moment("When it took place by the server's reckoning.")
    code = text()
    words = text()
    field = text()
    order = nested(FieldOrderSchema)
    theirs = fields.List(fields.Nested(TheirsSchema))


class ReceiptSchema(Schema):
    server_time = moment()
    next_seq = integer("The first number that the server has no outcome for.")
    outcomes = fields.List(fields.Nested(OutcomeSchema))


class PhotoProgressSchema(Schema):
    """How far a photo is."""

    size = integer()
    received = fields.List(fields.Integer())
    complete = fields.Boolean()


PhotoCompletionSchema = shape_of("PhotoCompletion", COMPLETION)


def read_completion(values: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `Invalid`."""
    cleaned = read(COMPLETION, values)
    taken_at = read_moment(cleaned.pop("taken_at", None))
    if cleaned.get("kind") == "voice" and "seconds" not in cleaned:
        raise Invalid.one("seconds_needed", NO_SECONDS, "seconds")
    return {**cleaned, **({"taken_at": taken_at} if taken_at else {})}


def read_batch(values: Mapping[str, Any]) -> dict[str, Any]:
    """`batch`, and what the tablet says of itself. Raises `Invalid`, `Conflict` `sequence_gap`."""
    head = read(ENVELOPE, {name: value for name, value in values.items() if name != "operations"})
    rows = values.get("operations")
    if not isinstance(rows, list):
        raise Invalid.one("not_a_list", _LIST, "operations")
    device, moment_there = read_id(head["device"], "device"), read_moment(head["device_now"])
    batch = Batch(device, head["run"], head["elapsed_ms"], moment_there, read_entries(rows))
    return {"batch": batch, "app_version": head.get("app_version"), "unsent": head.get("unsent")}
