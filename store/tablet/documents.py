"""What tablets sent: the streams of entries, and the outcome of every one of them."""

from mongoengine import Document
from mongoengine.fields import DateTimeField, IntField, StringField

from store.plain import PlainDict, PlainList
from store.versioned import Versioned
from store.words import Words


class Stream(Document):
    """The entries of one person on one device, worked through strictly by number, by one request at a time."""

    # `device:person`
    key = StringField(primary_key=True)
    holder = StringField()
    leased_until = DateTimeField()

    meta = {"collection": "field_streams", "auto_create_index": False}


class EntryOutcome(Document):
    """One entry and what became of it. The body of every entry is kept, of those that were refused too: it may be all
    that is left of what somebody found. It holds no personal data but what was typed into notes (`rules.PERSONAL`)."""

    stream = StringField(required=True)
    seq = IntField(required=True)
    operation = StringField(required=True)
    device = StringField(required=True)
    person = StringField(required=True)
    estate = StringField()
    order = StringField()
    verb = StringField()
    body = PlainDict()
    seen = IntField()
    run = StringField()
    elapsed_ms = IntField()
    device_at = DateTimeField()
    # When it took place by our reckoning, and when we heard of it.
    at = DateTimeField(required=True)
    received_at = DateTimeField(required=True)
    result = StringField(required=True)
    code = StringField()
    words = PlainDict()
    field = StringField()
    theirs = PlainList(PlainDict())

    meta = {
        "collection": "field_entries",
        "auto_create_index": False,
        "indexes": [
            # One outcome for each number: the second of two requests that work on one stream cannot write another.
            {"fields": ["stream", "seq"], "unique": True},
            ["operation"],
        ],
    }


class ShiftHandover(Versioned):
    """One shift handed its open work to the next; signed by both."""

    LABEL = Words("交接班记录", "Shift handover")

    estate = StringField(required=True)
    # The operation of the tablet's entry: a handover is recorded once.
    key = StringField(required=True)
    handed_by = StringField(required=True)
    taken_by = StringField(required=True)
    at = DateTimeField(required=True)
    note = StringField()
    # [[estate, key]] of the orders that were open
    open = PlainList(PlainList(StringField()))
    signature = StringField()
    counter_signature = StringField()
    # When who took over said that he has read it.
    read_at = DateTimeField()

    meta = {
        "collection": "shift_handovers",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["estate", "key"], "unique": True},
            ["estate", "-at"],
            ["handed_by", "-at"],
            ["taken_by", "-at"],
        ],
    }


class Attendance(Versioned):
    """Somebody came or went, as he said it himself: one record for each time."""

    LABEL = Words("上下班打卡", "Clocking in and out")

    estate = StringField(required=True)
    # The operation of the tablet's entry.
    key = StringField(required=True)
    person = StringField(required=True)
    direction = StringField(required=True, choices=("in", "out"))
    at = DateTimeField(required=True)

    meta = {
        "collection": "attendance",
        "auto_create_index": False,
        "indexes": [{"fields": ["estate", "key"], "unique": True}, ["estate", "-at"], ["person", "-at"]],
    }
