"""A process that is alone with its database, such as a simulation, reads what people write into directory and content
once, until it writes there itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class _Kept:
    def __init__(self) -> None:
        self.values: dict[object, Any] | None = None


_KEPT = _Kept()


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else writes meanwhile."""
    _KEPT.values = {}
    try:
        yield
    finally:
        _KEPT.values = None


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
