"""API tokens. They are kept as hashes: who reads the database cannot use them."""

from mongoengine import BooleanField, DateTimeField, Document, ListField, ObjectIdField, StringField


class Token(Document):
    """One key of one account for programs. It may do what the account's member of staff may, within its scopes."""

    token_hash = StringField(required=True)
    # The first characters, so that a person recognises the token in a list.
    hint = StringField(required=True, max_length=16)
    account = ObjectIdField(required=True)
    name = StringField(required=True, max_length=100)
    scopes = ListField(StringField(), required=True)
    # The tablet it was made for: such a token opens the field's doors there and nothing else.
    device = StringField()
    created_at = DateTimeField(required=True)
    created_by = StringField()
    expires_at = DateTimeField()
    last_used_at = DateTimeField()
    revoked_at = DateTimeField()
    # Its person has signed in anew on the same tablet: nothing there is to be wiped.
    replaced = BooleanField()

    # Made by MongoEngine at the first use: `store.connection` makes the indexes of the store's documents only.
    meta = {
        "collection": "api_tokens",
        "indexes": [{"fields": ["token_hash"], "unique": True}, {"fields": ["account", "-created_at"]}],
    }
