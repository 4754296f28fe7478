"""What every list looks like."""

from functools import cache

from marshmallow import Schema, fields


class PageSchema(Schema):
    """`next` goes into `after`; it is null on the last page. `total` is there for `?count=true`, at most 10001."""

    next = fields.String(allow_none=True, required=True)
    total = fields.Integer()


@cache
def list_of(shape: type[Schema]) -> type[Schema]:
    parts = {
        "data": fields.List(fields.Nested(shape), required=True),
        "page": fields.Nested(PageSchema, required=True),
    }
    return type(f"ListOf{shape.__name__}", (Schema,), {**parts, "__doc__": f"A page of {shape.__name__}."})
