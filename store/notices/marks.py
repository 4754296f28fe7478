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

    def __init__(self, write: Callable[[Sequence[Notice]], object], *, at_the_end: bool = False) -> None:
        """`at_the_end`: all in one command by `finish`, where nothing was handed to anybody who could get it twice."""
        self._write = write
        self._at_the_end = at_the_end
        self._changed = Condition()
        self._gathering = _Load()
        self._is_writing = False

    def add(self, notices: Sequence[Notice]) -> None:
        """Returns when they are marked. Raises what writing raised."""
        with self._changed:
            load = self._gathering
            load.notices += notices
            if self._at_the_end:
                return
            while self._is_writing and not load.is_done:
                self._changed.wait()
            if not load.is_done:
                self._is_writing = True
                self._gathering = _Load()
        if not load.is_done:
            self._write_out(load)
        if load.error:
            raise load.error

    def finish(self) -> None:
        """Write what is still to be marked."""
        if self._gathering.notices:
            self._write(self._gathering.notices)

    def _write_out(self, load: _Load) -> None:
        try:
            self._write(load.notices)
        except Exception as error:
            load.error = error
        with self._changed:
            load.is_done, self._is_writing = True, False
            self._changed.notify_all()
