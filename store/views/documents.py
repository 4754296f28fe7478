"""Filters of lists that somebody keeps under a name."""

from mongoengine import Document
from mongoengine.fields import DateTimeField, StringField

from store.words import Words


class SavedFilter(Document):
    """One person's filter of one list; `query` is the query string of its address."""

    LABEL = Words("已存筛选", "Saved filter")

    owner = StringField(required=True)
    listed = StringField(required=True)
    name = StringField(required=True)
    query = StringField(required=True)
    created_at = DateTimeField(required=True)

    meta = {
        "collection": "saved_filters",
        "auto_create_index": False,
        "indexes": [{"fields": ["owner", "listed", "name"], "unique": True}],
    }
