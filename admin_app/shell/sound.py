"""One torn document must not take a page from everybody: it is left out, and the log says which it was."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from store.blame import is_of_database
from store.health.rules import place_of

log = logging.getLogger(__name__)
Row = TypeVar("Row")
T = TypeVar("T")


def each_sound(rows: Iterable[Row], make: Callable[[Row], T]) -> Iterator[T]:
    """What `make` makes of each row; of those it cannot be made of, nothing."""
    for row in rows:
        try:
            made = make(row)
        except Exception as error:  # whatever is wrong with one of them
            if is_of_database(error):
                raise
            log.error("left %s out: %s", _id(row), place_of(error))
        else:
            yield made


def _id(row: Any) -> object:
    return row.get("_id", row.get("key")) if isinstance(row, Mapping) else getattr(row, "pk", None)
