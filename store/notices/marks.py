"""Marking what was handed over: each sender waits until its own letter is marked, and who waits goes along with others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Condition

from store.notices.documents import Notice


@dataclass(eq=False)
class _Load:
    """What goes into one command."""

    notices: list[Notice] = field(default_factory=list)
    is_done: bool = False
    error: Exception | None = None


class Marks:
    """While one command is under way, the marks of the other senders gather for the next.

    A sender takes its next letter when its mark is written, so that a kill repeats one letter of each at most; and
    eight senders cost little more than one.
    """

    def __init__(self, write: Callable[[Sequence[Notice]], object]) -> None:
        self._write = write
        self._changed = Condition()
        self._gathering = _Load()
        self._is_writing = False

    def add(self, notices: Sequence[Notice]) -> None:
        """Returns when they are marked. Raises what writing raised."""
        with self._changed:
            load = self._gathering
            load.notices += notices
            while self._is_writing and not load.is_done:
                self._changed.wait()
            if not load.is_done:
                self._is_writing = True
                self._gathering = _Load()
        if not load.is_done:
            self._write_out(load)
        if load.error:
            raise load.error

    def _write_out(self, load: _Load) -> None:
        try:
            self._write(load.notices)
        except Exception as error:
            load.error = error
        with self._changed:
            load.is_done, self._is_writing = True, False
            self._changed.notify_all()
