"""The shapes of a roster's single days."""

from marshmallow import fields

from schemas.shapes import moment, text
from schemas.specified import shape_of
from store.people.exceptions import EXCEPTION


class ExceptionSchema(shape_of("RosterException", EXCEPTION, answer=True)):  # type: ignore[misc]
    """Single days that differ from a roster's cycle; it counts from `at` until `withdrawn_at`."""

    number = fields.Integer()
    at = moment()
    by = text()
    by_name = text()
    withdrawn_at = moment()
    withdrawn_by = text()
    withdrawn_why = text()
