"""Service requests: what a resident asked for (clauses 2.1, 3.1, 3.2, 6.1–6.3)."""

from mongoengine.fields import DateTimeField, DictField, IntField, ListField, StringField

from store.records import Record
from store.words import Words


class ServiceRequest(Record):
    LABEL = Words("诉求", "Service request")

    kind = StringField(required=True)
    clause = StringField()
    # The revision of the service item whose promises apply: {"code", "revision"}
    item = DictField(required=True)
    category = StringField()
    urgency = StringField()
    channel = StringField(required=True)
    words = StringField(required=True)
    place = StringField()
    # Personal data, erased field by field; never copied into events, notices or job arguments.
    household = StringField()
    contact_name = StringField()
    contact_phone = StringField()
    priority = IntField(default=3)
    assignee = StringField()
    department = StringField()
    due_at = DateTimeField()
    replies = ListField(DictField())
    outcome = StringField()
    answered_at = DateTimeField()
    closed_at = DateTimeField()
    reopened = IntField(default=0)
    # Orders that came from it: [{"key", "number", "state"}]
    work_orders = ListField(DictField())

    meta = {
        "collection": "requests",
        "auto_create_index": False,
        "indexes": [
            ["estate", "state", "due_at", "_id"],
            ["assignee", "state", "due_at"],
            ["household", "-created_at"],
            ["clause", "-closed_at"],
            ["-created_at", "-_id"],
        ],
    }
