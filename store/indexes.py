"""Indexes of versions before that nobody asks any more: each write would still be entered into them."""

from typing import Any

from pymongo.collection import Collection
from pymongo.errors import OperationFailure

# `NamespaceNotFound` and `IndexNotFound`.
_NOT_THERE = frozenset({26, 27})


def drop(collection: Collection[Any], *names: str) -> None:
    """Those that are gone, or never were, are no fault."""
    for name in names:
        try:
            collection.drop_index(name)
        except OperationFailure as error:
            if error.code not in _NOT_THERE:
                raise
