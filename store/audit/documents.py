"""Who looked at, or took away, what is not for everybody's eyes. Changes are not here: they are in the events."""

from mongoengine import Document
from mongoengine.fields import DateTimeField, StringField

from store.plain import PlainDict


class AuditEntry(Document):
    """One act that changed nothing and still has to be answered for. Written once, never changed."""

    at = DateTimeField(required=True)
    actor = StringField(required=True)
    actor_name = StringField()
    action = StringField(required=True)
    # "kind:code" of what it was about
    about = StringField(required=True)
    estate = StringField()
    detail = PlainDict()

    meta = {
        "collection": "audit",
        "auto_create_index": False,
        "indexes": [["-at"], ["estate", "-at"], ["actor", "-at"], ["about", "-at"]],
    }
