"""What the machine says about itself: the beat of every periodic job, its processes, and the records it could not work on."""

from mongoengine import Document
from mongoengine.fields import DateTimeField, FloatField, IntField, StringField

from store.plain import PlainDict
from store.words import Words


class Beat(Document):
    """One periodic job. `last_finished` is its last success; a run that fails leaves it where it was."""

    name = StringField(primary_key=True)
    every_seconds = FloatField(required=True)
    last_started = DateTimeField()
    last_finished = DateTimeField()
    # By how much the clock of the worker's machine was ahead of MongoDB's, in seconds, when it last began.
    clock_offset = FloatField()
    # How many records each part of the last run was about, e.g. {"done": 12}
    last_counts = PlainDict()
    # The kind and place of the last run's error; None after a success. No values: they may be personal.
    last_error = StringField()
    runs = IntField(default=0)
    failures = IntField(default=0)

    meta = {"collection": "beats", "auto_create_index": False}


class Process(Document):
    """One process of the product, from its first sign of life to its last. Without `ended_at` it lives, or was ended."""

    id = StringField(primary_key=True)
    part = StringField(required=True)
    host = StringField()
    pid = IntField()
    started_at = DateTimeField()
    seen_at = DateTimeField(required=True)
    ended_at = DateTimeField()

    meta = {
        "collection": "processes",
        "auto_create_index": False,
        "indexes": [{"fields": ["seen_at"], "expireAfterSeconds": 7 * 24 * 3600}],
    }


class BadRecord(Document):
    """A record on which a periodic job failed. It is put aside until `until`, then tried again."""

    LABEL = Words("搁置的记录", "Record put aside")

    key = StringField(primary_key=True)
    job = StringField(required=True)
    # {"kind", "id", "number"}
    about = PlainDict(required=True)
    estate = StringField()
    error = StringField(required=True)
    first_at = DateTimeField(required=True)
    last_at = DateTimeField(required=True)
    until = DateTimeField(required=True)
    # By which of its fields it is put aside: {"collection", "id", "field"}; empty where it is tried at every run.
    aside = PlainDict()
    times = IntField(required=True, default=0)

    meta = {"collection": "bad_records", "auto_create_index": False, "indexes": [["-last_at"]]}
