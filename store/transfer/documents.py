"""What somebody has said of the files that he imports."""

from mongoengine import Document
from mongoengine.fields import DateTimeField, StringField

from store.plain import PlainDict, PlainList
from store.words import Words


class ImportMapping(Document):
    """One person's columns of one kind of file: `targets` are `{table, header, target}`, headers folded."""

    LABEL = Words("列对应", "Column mapping")

    owner = StringField(required=True)
    kind = StringField(required=True)
    targets = PlainList(PlainDict())
    # Values for all rows, where the file has no column for them.
    fixed = PlainDict()
    changed_at = DateTimeField(required=True)

    meta = {
        "collection": "import_mappings",
        "auto_create_index": False,
        "indexes": [{"fields": ["owner", "kind"], "unique": True}],
    }
