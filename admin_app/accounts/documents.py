"""Sign-in accounts. What a person may do is written at the member of staff he is, not here."""

from flask_security import UserMixin
from mongoengine import (
    BooleanField,
    DateTimeField,
    Document,
    EmailField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)


class Account(Document, UserMixin):
    """One login. `staff` is the code of the member of staff who uses it; `fs_uniquifier` changes with the password."""

    username = StringField(required=True, max_length=64)
    email = EmailField()
    staff = StringField(required=True, max_length=64)
    password = StringField(required=True)
    active = BooleanField(default=True)
    fs_uniquifier = StringField(required=True, max_length=64)
    language = StringField(choices=("zh", "en"))
    created_at = DateTimeField()
    last_sign_in_at = DateTimeField()
    tf_primary_method = StringField()
    tf_totp_secret = StringField()
    mf_recovery_codes = ListField(StringField())
    # The library asks its users for roles; ours are the roles of the member of staff.
    roles: tuple[str, ...] = ()

    meta = {
        "collection": "accounts",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["username"], "unique": True},
            {"fields": ["fs_uniquifier"], "unique": True},
            {"fields": ["staff"]},
        ],
    }


class SignIn(Document):
    """One open session of one account in one browser. Without it the browser's cookie is worth nothing."""

    token_hash = StringField(required=True)
    account = ObjectIdField(required=True)
    opened_at = DateTimeField(required=True)
    seen_at = DateTimeField(required=True)
    expires_at = DateTimeField(required=True)
    idle_minutes = IntField(required=True)
    address = StringField(max_length=64)
    browser = StringField(max_length=200)

    meta = {
        "collection": "sign_ins",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["token_hash"], "unique": True},
            {"fields": ["account"]},
            {"fields": ["expires_at"], "expireAfterSeconds": 0},
        ],
    }


def ensure_indexes() -> None:
    for document in (Account, SignIn):
        document.ensure_indexes()
