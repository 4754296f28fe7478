"""The columns of record lists. Each says once how a fact is called, how the list shows it and what the export writes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from admin_app.backoffice.records import cells
from admin_app.backoffice.records.names import Place
from admin_app.shell.chips import Chip
from admin_app.shell.formats import NOTHING, local_time
from store.words import Words


class Lister(Protocol):
    """What the list that a row stands in knows."""

    @property
    def now(self) -> datetime: ...
    def places(self) -> dict[str, Place]: ...
    def zone(self, estate: str) -> str: ...
    def estate_name(self, estate: str) -> str: ...
    def person(self, code: str | None) -> str: ...


Value = Callable[[Lister, Any], Any]


class Column(NamedTuple):
    """A fact of a record, under the field's own `name` where it is one.

    `value` is plain – text, a number or a moment – and what the export writes; without it, the field's.
    `cell` is what the list shows; without it, the value. `width` is the export's, in characters.
    """

    name: str
    words: Words
    value: Value | None = None
    cell: Value | None = None
    width: int = 16
    sortable: bool = False
    listed: bool = True
    exported: bool = True

    def value_of(self, lister: Lister, row: Any) -> Any:
        return self.value(lister, row) if self.value else getattr(row, self.name)

    def cell_of(self, lister: Lister, row: Any) -> Any:
        if self.cell:
            return self.cell(lister, row)
        found = self.value_of(lister, row)
        return NOTHING if found is None or found == "" else found


def only_exported(name: str, words: Words, value: Value | None = None, width: int = 16) -> Column:
    """What a workbook is asked for and a screen has no room for."""
    return Column(name, words, value, width=width, listed=False)


def worded(name: str, words: Words, table: Mapping[Any, Words], width: int = 10) -> Column:
    """A field that holds a word's key."""
    return Column(name, words, lambda _, row: cells.words_of(table, getattr(row, name)), width=width)


def state(table: Mapping[Any, Words], chips: Callable[[Any, datetime], Iterable[Chip]]) -> Column:
    """The state's word, and in the list what besides is worth a colour."""
    return Column(
        "state",
        Words("状态", "State"),
        lambda _, row: cells.words_of(table, row.state),
        lambda lister, row: cells.chips(chips(row, lister.now)),
        width=10,
    )


def assignee(may_have: Callable[[Any], bool]) -> Column:
    """Who does it; in amber where nobody does, of rows that may have somebody."""
    return Column(
        "assignee",
        Words("负责人", "Assignee"),
        lambda lister, row: lister.person(row.assignee),
        lambda lister, row: cells.person_cell(row.assignee, lister.person(row.assignee), may_have(row)),
        width=12,
    )


def moment(name: str, words: Words, *, sortable: bool = True) -> Column:
    """A moment, in the estate's own time."""
    return Column(
        name,
        words,
        cell=lambda lister, row: local_time(getattr(row, name), lister.zone(row.estate)),
        sortable=sortable,
    )


def due(words: Words, is_running: Callable[[Any], bool]) -> Column:
    """When it must be done, with the time that is left while the clock runs."""
    return Column(
        "due_at",
        words,
        cell=lambda lister, row: local_time(row.due_at, lister.zone(row.estate), left=is_running(row)),
        sortable=True,
    )


NUMBER = Column("number", Words("编号", "Number"), width=14)
ESTATE = Column(
    "estate", Words("小区", "Estate"), lambda lister, row: lister.estate_name(row.estate) if row.estate else ""
)
DUE = Words("到期", "Due")
CLAUSE = only_exported("clause", Words("条款", "Clause"), width=8)
