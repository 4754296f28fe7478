"""Fields whose values stay as MongoDB gave them.

MongoEngine copies every nested value when it reads a document and wraps it again at every access, to find out later what
`save()` must write. Nothing here is saved like that (`store/versioned.py`), and a record has hundreds of nested values: it was
most of what a verb cost. As everywhere, a value that was read is not changed in place.
"""

from typing import Any

from mongoengine.fields import DictField, EmbeddedDocumentListField, ListField


class _AsStored:
    """Neither converted nor wrapped nor looked through for references."""

    name: str

    def to_python(self, value: Any) -> Any:
        return value

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else instance._data.get(self.name)


class PlainDict(_AsStored, DictField):
    """A dictionary of plain values."""


class PlainList(_AsStored, ListField):
    """A list of plain values."""


class LazyList(_AsStored, EmbeddedDocumentListField):
    """A list of embedded documents that are made when somebody asks for them: most verbs need none of the history."""

    def __get__(self, instance: Any, owner: type) -> Any:
        value = super().__get__(instance, owner)
        if instance is not None and value and isinstance(value[0], dict):
            value = instance._data[self.name] = [self.field.document_type._from_son(each) for each in value]
        return value
