"""A file as it was read, before anybody asks what it means: sheets, lines and cells. Plain values only."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from store.fields.cell import Cell, Kept


class SheetLine(NamedTuple):
    """A row that is not empty; `number` is the row as a spreadsheet shows it."""

    number: int
    cells: tuple[Cell, ...]


class Merged(NamedTuple):
    """Cells that are shown as one, counted from row 1 and column 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


class RawSheet(NamedTuple):
    name: str
    hidden: bool
    lines: tuple[SheetLine, ...]
    merged: tuple[Merged, ...] = ()


Book = tuple[RawSheet, ...]


def book_from(found: Sequence[Sequence[Any]]) -> Book:
    """A book that has come as lists of lists from the process that read it."""
    return tuple(
        RawSheet(
            str(name),
            bool(hidden),
            tuple(SheetLine(int(number), tuple(map(_cell_from, cells))) for number, cells in lines),
            tuple(Merged(*map(int, each)) for each in merged),
        )
        for name, hidden, lines, merged in found
    )


def _cell_from(found: Any) -> Cell:
    if isinstance(found, list):
        kind, value, seen = found
        return Kept(str(kind), value if isinstance(value, float) else str(value), str(seen))
    return found if found is None or isinstance(found, bool) else str(found)
