"""The shapes of tablets."""

from marshmallow import Schema

from schemas.shapes import Id, boolean, integer, moment, rows, text, texts
from store.devices.rules import LONGEST_NAME
from store.fields.spec import Field
from store.words import Words


class EnrolledSchema(Schema):
    """Somebody who works on the tablet. `unsent` counts his entries that are there only, as it said last."""

    code = text()
    name = text()
    enrolled_at = moment()
    last_contact = moment()
    unsent = integer()


class DeviceSchema(Schema):
    """A tablet, as it was heard of last."""

    id = Id(attribute="_id")
    code = text("The id that the tablet made for itself.")
    name = text()
    state = text("active or revoked.")
    estates = texts()
    people = rows(EnrolledSchema)
    unsent = integer("Entries that are only there, of all its people.")
    last_contact = moment()
    app_version = text()
    clock_offset_ms = integer("The device's clock less ours.")
    clock_jumps = integer("How often its clock was put elsewhere between two contacts.")
    restarts = integer()
    persisted = boolean("Whether its browser promised to keep what is stored.")
    revoked_at = moment()
    revoked_by = text()
    version = integer("What If-Match names.")
    created_at = moment()
    changed_at = moment()


NAME = (Field("name", "text", Words("名称", "Name"), required=True, maximum=LONGEST_NAME),)
