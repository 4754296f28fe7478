"""The shapes of a repair: priced lines, quote, charge, warranty, acceptance, call-back. Money is integer fen."""

from marshmallow import Schema

from schemas.shapes import anything, boolean, integer, moment, number, rows, text


class PricedLineSchema(Schema):
    """A line of the pinned price list and how much of it."""

    line = text()
    name = anything()
    unit = text()
    quantity = number()
    price_fen = integer()
    amount_fen = integer()
    warranty_days = integer()


class QuoteSchema(Schema):
    """`state` is asked, given or refused."""

    state = text()
    lines = rows(PricedLineSchema)
    total_fen = integer()
    at = moment()
    by = text()
    answered_at = moment()
    answered_by = text()
    how = text("signature or told.")
    signature = text("SHA-256 of the photo.")
    note = text()


class QuoteOfRequestSchema(Schema):
    """The newest quote of its orders."""

    order = text()
    state = text()
    lines = rows(PricedLineSchema)
    total_fen = integer()
    at = moment()
    answered_at = moment()


class ChargedLineSchema(PricedLineSchema):
    charged = number("How much of it is paid for.")
    free = text("Why the rest is not: warranty, refused, not_agreed, rework or corrected.")
    order = text()


class ChargeSchema(Schema):
    total_fen = integer()
    lines = rows(ChargedLineSchema)


class WarrantySchema(Schema):
    """The earlier request under whose warranty it is free."""

    request = text()
    until = moment()


class AcceptanceSchema(Schema):
    how = text("signature, told or tacit.")
    at = moment()
    by = text()


class CallbackSchema(Schema):
    number = text("Of the call-back's work order.")
    satisfied = boolean()
    at = moment()
