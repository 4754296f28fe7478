"""What the API remembers of writes that carried an `Idempotency-Key`."""

from mongoengine import BinaryField, BooleanField, DateTimeField, DictField, Document, IntField, StringField

KEPT_SECONDS = 24 * 60 * 60


class Attempt(Document):
    """One write under (token, key). Its answer is sealed with the token itself, which nobody has but the caller: what
    a record holds of a person does not lie about in clear where erasing him would not find it."""

    key = StringField(primary_key=True)
    # Of method, address and body: the same key with something else is a mistake.
    fingerprint = StringField(required=True)
    created_at = DateTimeField(required=True)
    # Which run of it is the last, when that began, and that it ended without an answer, where somebody could say so.
    run = StringField()
    begun_at = DateTimeField()
    cut = BooleanField()
    # Absent while it runs, or when it was cut off.
    status = IntField()
    headers = DictField()
    answer = BinaryField()

    # Made by MongoEngine at the first use: `store.connection` makes the indexes of the store's documents only.
    meta = {
        "collection": "api_attempts",
        "indexes": [{"fields": ["created_at"], "expireAfterSeconds": KEPT_SECONDS}],
    }
