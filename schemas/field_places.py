"""The shapes of what a tablet asks while it has a network: a place behind a code, a household at the gate."""

from marshmallow import Schema

from schemas.directory import MemberSchema
from schemas.shapes import Translated, boolean, moment, nested, rows, text


class SpotSchema(Schema):
    """A place with a code on its wall."""

    code = text("As it is printed.")
    kind = text("checkpoint, building or unit.")
    estate = text()
    name = nested(Translated)
    place = text("What a report calls it.")
    within = nested(Translated)


class PlaceRowSchema(Schema):
    """One thing that is open at a place, or was there. Nothing of it is personal but colleagues' names."""

    what = text("visit, work, finding or request.")
    kind = text("Of work and of requests.")
    number = text()
    key = text("Of work: with the estate its name on a tablet.")
    title = nested(Translated)
    state = text()
    state_words = nested(Translated)
    at = moment("When it was, or – of what is open – by when it is due.")
    by = nested(Translated)


class PlaceHistorySchema(Schema):
    """`history` goes 90 days back, the newest first."""

    place = nested(SpotSchema)
    open = rows(PlaceRowSchema)
    history = rows(PlaceRowSchema)
    requests_shown = boolean("Whether the reader may see what residents asked for; else it is left out.")


class GateHouseholdSchema(Schema):
    """A household as it is found: numbers are masked."""

    code = text()
    estate = text()
    room = text()
    members = rows(MemberSchema)


class GateHouseholdsSchema(Schema):
    items = rows(GateHouseholdSchema)
