"""A process that is alone with its database, such as a simulation, reads what people write into directory and content
once, until it writes there itself; a record not at all that it has just written; and it knows what there is to do."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from pymongo.collection import Collection

from store.watch import MOMENTS, Watch

T = TypeVar("T")


class _Kept:
    def __init__(self) -> None:
        self.values: dict[object, Any] | None = None
        self.watch: Watch | None = None


_KEPT = _Kept()


@contextmanager
def alone(watch: Watch | None = None) -> Iterator[None]:
    """Nobody else writes meanwhile. `watch` hears every command that this process sends."""
    _KEPT.values, _KEPT.watch = {}, watch
    try:
        yield
    finally:
        _KEPT.values = _KEPT.watch = None


def is_alone() -> bool:
    return _KEPT.values is not None


def kept(key: object, read: Callable[[], T]) -> T:
    """What `read` gives; in a process that is alone, what it gave before."""
    values = _KEPT.values
    if values is None:
        return read()
    if key not in values:
        values[key] = read()
    found: T = values[key]
    return found


def forget() -> None:
    """Directory or content has been written."""
    if _KEPT.values is not None:
        _KEPT.values.clear()


def written(collection: str, raw: Mapping[str, Any]) -> None:
    """A record stands like this now."""
    if _KEPT.watch is not None:
        _KEPT.watch.keep(collection, raw)


def as_written(collection: str, key: object) -> Mapping[str, Any] | None:
    """The record as this process has written it; None when it has to be read."""
    return None if _KEPT.watch is None else _KEPT.watch.kept(collection, key)


def first(collection: Collection[Any], mark: str) -> datetime | None:
    """The earliest moment that a document is marked with, by a process that hears what it writes. Raises `LookupError`
    in any other."""
    return _sure(collection, mark).first(collection.name, mark)


def due(collection: Collection[Any], mark: str, now: datetime) -> list[Any] | None:
    """The ids of those whose moment has come; None where it has to be asked."""
    return None if _KEPT.watch is None else _sure(collection, mark).due(collection.name, mark, now)


def marked(collection: Collection[Any], mark: str) -> list[Any] | None:
    """The ids of those with the mark; None where it has to be asked."""
    return None if _KEPT.watch is None else _sure(collection, mark).marked(collection.name, mark)


def _sure(collection: Collection[Any], mark: str) -> Watch:
    watch = _KEPT.watch
    if watch is None:
        raise LookupError(mark)
    if watch.is_in_doubt(collection.name, mark):
        wanted = {"$type": "date"} if mark in MOMENTS else True
        watch.learn(collection.name, mark, collection.find({mark: wanted}, {mark: 1}))
    return watch
