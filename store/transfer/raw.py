"""A file as it was read, before anybody asks what it means: sheets, lines and cells. Plain values only."""

from collections.abc import Sequence
from typing import Any, NamedTuple


class Kept(NamedTuple):
    """A cell that is no text: `kind` is `number`, `date` (`value` is ISO text) or `error`; `shown` is what a person sees."""

    kind: str
    value: float | str
    shown: str


# None is an empty cell.
Cell = str | bool | Kept | None


class Line(NamedTuple):
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
    lines: tuple[Line, ...]
    merged: tuple[Merged, ...] = ()


Book = tuple[RawSheet, ...]


def shown(cell: Cell) -> str:
    """What a person sees in the cell."""
    if cell is None:
        return ""
    if isinstance(cell, Kept):
        return cell.shown
    return ("TRUE" if cell else "FALSE") if isinstance(cell, bool) else cell


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def book_from(found: Sequence[Sequence[Any]]) -> Book:
    """A book that has come as lists of lists from the process that read it."""
    return tuple(
        RawSheet(
            str(name),
            bool(hidden),
            tuple(Line(int(number), tuple(map(_cell_from, cells))) for number, cells in lines),
            tuple(Merged(*map(int, each)) for each in merged),
        )
        for name, hidden, lines, merged in found
    )


def _cell_from(found: Any) -> Cell:
    if isinstance(found, list):
        kind, value, seen = found
        return Kept(str(kind), value if isinstance(value, float) else str(value), str(seen))
    return found if found is None or isinstance(found, bool) else str(found)
