"""Sign-in accounts. What a person may do is written at the member of staff he is, not here."""

from flask import current_app
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

from store.people.documents import Staff

SECOND_FACTOR_ROLES = "ANJU_SECOND_FACTOR_ROLES"


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
    # The last time step whose code was accepted.
    tf_last_step = IntField()
    mf_recovery_codes = ListField(StringField())
    # Whence its owner has signed in lately: there he is not held up by what others try elsewhere.
    known_addresses = ListField(StringField())
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

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Whether this sign-in asks for a code: wherever one is set up, and of the roles that must have one."""
        return bool(tf_setup_methods) or self.check_tf_required_setup(), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Whether the second factor must not be turned off: one of the person's roles demands it."""
        roles: frozenset[str] = current_app.config[SECOND_FACTOR_ROLES]
        staff = Staff.objects(code=self.staff).only("roles").first() if roles else None
        return staff is not None and not roles.isdisjoint(staff.roles)


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
