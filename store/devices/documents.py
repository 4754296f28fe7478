"""Tablets: who is enrolled on them, when they were heard of last, and what they said of themselves."""

from mongoengine import Document
from mongoengine.fields import BooleanField, DateTimeField, IntField, StringField

from store.plain import PlainDict, PlainList
from store.versioned import Versioned
from store.words import Words


class Device(Versioned):
    """One tablet. `code` is the id that the tablet made for itself; what it reports makes no version and no event,
    because it says nothing that anybody decided."""

    LABEL = Words("设备", "Device")

    code = StringField(required=True)
    name = StringField(required=True)
    state = StringField(required=True, default="active")
    # Where its people work; none for a tablet of somebody of the whole company.
    estates = PlainList(StringField())
    # [{"code", "name", "enrolled_at", "last_contact", "unsent"}]
    people = PlainList(PlainDict())
    last_contact = DateTimeField()
    app_version = StringField()
    # The device's clock less ours when it was measured last.
    clock_offset_ms = IntField()
    persisted = BooleanField()
    run = StringField()
    restarts = IntField(default=0)
    clock_jumps = IntField(default=0)
    revoked_at = DateTimeField()
    revoked_by = StringField()

    meta = {
        "collection": "devices",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["code"], "unique": True},
            ["estates", "state", "-last_contact", "-_id"],
            ["-last_contact", "-_id"],
            "people.code",
        ],
    }


KEPT_SECONDS = 14 * 24 * 60 * 60


class SentList(Document):
    """What one person's tablet was sent last, as marks: the next answer is what differs from it.

    `now` and `before` are `{"cursor", "orders": [[estate, key, mark]], "parts": {name: mark}, "pinned": [text]}`.
    `before` is kept because an answer may be lost on its way: who asks with its cursor again never got `now`.
    """

    key = StringField(primary_key=True)
    now = PlainDict()
    before = PlainDict()
    at = DateTimeField(required=True)

    meta = {
        "collection": "sent_lists",
        "auto_create_index": False,
        "indexes": [{"fields": ["at"], "expireAfterSeconds": KEPT_SECONDS}],
    }
