"""The shape of errors (RFC 9457)."""

from marshmallow import INCLUDE, Schema, fields

from schemas.shapes import Plain


class ProblemPartSchema(Schema):
    """One thing that is wrong: the path of the field, a stable code, a sentence in the reader's language."""

    field = fields.String(allow_none=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)


class ProblemSchema(Schema):
    """A problem document. `code` is stable; `title` is in the reader's language."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    field = fields.String()
    errors = fields.List(fields.Nested(ProblemPartSchema))
    instance = fields.String()

    class Meta:
        # A rule may tell more than is listed here.
        unknown = INCLUDE

    version = fields.Integer(metadata={"description": "The version as it is now."})
    permission = fields.String()
    theirs = Plain(metadata={"description": "What somebody else changed meanwhile."})
    users = Plain(metadata={"description": "What still uses the thing."})
