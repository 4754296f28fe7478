"""What a file holds of a kind: a main table and the tables of its lists, with columns by their keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from store.fields.cell import Cell


@dataclass(frozen=True)
class Row:
    """`number` is the row as a spreadsheet shows it, in the sheet of that name; `cells` are by the keys of columns."""

    number: int
    cells: Mapping[str, Cell]
    sheet: str = ""


@dataclass(frozen=True)
class Sheet:
    """The main table, and the tables of lists by their path (`items`, `chapters.clauses`).

    `headers` are the file's own words for a column, by sheet and key; `left_out` the sheets that are not read.
    """

    columns: list[str]
    rows: list[Row]
    children: dict[str, tuple[list[str], list[Row]]] = field(default_factory=dict)
    headers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
