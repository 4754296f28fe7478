"""The shapes of the reader's own inbox."""

from marshmallow import Schema, fields

from schemas.shapes import boolean, moment, nested, text


class AboutSchema(Schema):
    kind = text()
    id = text()
    number = text()


class NoticeSchema(Schema):
    """One notice, written in the reader's language."""

    id = fields.String(attribute="_id")
    estate = text()
    about = nested(AboutSchema)
    urgent = boolean()
    subject = text()
    body = text()
    created_at = moment()
    due_at = moment("The nominal moment of what it tells about.")
    read_at = moment()


FIELDS = ("id", "estate", "about", "urgent", "subject", "body", "created_at", "due_at", "read_at")


class ReadSchema(Schema):
    """How many notices were marked as read."""

    read = fields.Integer()
