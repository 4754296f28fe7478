"""Where in a file the tables of a kind are: which sheets, below which header row, and which column is what. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from store.fields.cell import is_empty, shown
from store.fields.spec import Field
from store.transfer import names
from store.transfer.cells import Table, tables
from store.transfer.neutral import NEUTRALISED
from store.transfer.raw import Book, RawSheet, SheetLine

# A column that somebody left out on purpose; the empty target is one that nobody knows.
IGNORED = "-"
# Rows above a header: titles, notes, a date.
_MOST_ABOVE = 30
# The column of remarks in the file of rows with problems.
PROBLEMS = "problems"
# What somebody said of a header before: by table and folded header.
Remembered = Mapping[tuple[str, str], str]


class SheetLayout(NamedTuple):
    """`table` is "" for the main one and None for a sheet that is not read; `header` is the number of a row, 0 for none.

    `targets` are by place: a key of the table's, `members:phone` for one of a list's, or "".
    """

    name: str
    table: str | None
    header: int
    headers: tuple[str, ...]
    targets: tuple[str, ...]
    # The places of targets that are guesses.
    guesses: tuple[int, ...] = ()


class Layout(NamedTuple):
    """`fixed` are values for all rows, for columns that the file does not have."""

    sheets: tuple[SheetLayout, ...]
    fixed: Mapping[str, str]

    @property
    def is_sure(self) -> bool:
        """No guess is among it, and no column that nobody knows."""
        read = [each for each in self.sheets if each.table is not None]
        return bool(read) and not any(each.guesses or "" in each.targets for each in read)


class _Match(NamedTuple):
    """How well a row would do as the header of a table."""

    score: float
    table: Table
    line: SheetLine


def find(
    fields: Sequence[Field],
    book: Book,
    remembered: Remembered,
    fixed: Mapping[str, str],
    headers: Mapping[str, int] | None = None,
) -> Layout:
    """The layout that fits best; hidden sheets and those with help are no data. `headers` are rows that are said to be."""
    finder = _Finder(fields, remembered, headers or {})
    visible = [each for each in book if not each.hidden and each.name != names.HELP_SHEET and each.lines]
    matches = {sheet.name: match for sheet in visible if (match := finder.best(sheet))}
    if not matches and visible:
        matches = {visible[0].name: finder.unknown(visible[0])}
    mains = [match for match in matches.values() if not match.table.path]
    main = max(mains, key=lambda each: each.score, default=None)
    sheets, taken = [], set()
    for sheet in book:
        match = matches.get(sheet.name)
        if match is None:
            sheets.append(SheetLayout(sheet.name, None, 0, (), ()))
            continue
        path = match.table.path
        # A sheet for each building: what has the same header is the same table.
        is_read = path not in taken if path or main is None else _headers(match.line) == _headers(main.line)
        taken.add(path)
        sheets.append(finder.laid_out(sheet, match) if is_read else _unread(sheet, match))
    return Layout(tuple(sheets), fixed)


def _unread(sheet: RawSheet, match: _Match) -> SheetLayout:
    return SheetLayout(sheet.name, None, match.line.number, _headers(match.line), ())


def _headers(line: SheetLine) -> tuple[str, ...]:
    return tuple(shown(each).strip() for each in line.cells)


class _Finder:
    def __init__(self, fields: Sequence[Field], remembered: Remembered, headers: Mapping[str, int]) -> None:
        self._fields = fields
        self._headers = headers
        self._remembered = remembered
        self._tables = tables(fields)
        self._sure = {table.path: names.sure_names(table) for table in self._tables}
        self._likely = {table.path: names.likely_names(table) for table in self._tables}

    def unknown(self, sheet: RawSheet) -> _Match:
        """A sheet of which nothing is known: its first row with more than one cell may be a header."""
        wide = (line for line in sheet.lines if sum(not is_empty(each) for each in line.cells) > 1)
        return _Match(0, self._tables[0], next(wide, sheet.lines[0]))

    def best(self, sheet: RawSheet) -> _Match | None:
        """The row that names most columns of a table; a sheet that bears a table's name is that table."""
        named = names.table_of_sheet(self._fields, sheet.name)
        wanted = [named] if named else self._tables
        said = [each for each in sheet.lines if each.number == self._headers.get(sheet.name)]
        lines = said or [each for each in sheet.lines if each.number <= _MOST_ABOVE or each is sheet.lines[0]]
        matches = [_Match(self._score(table, line), table, line) for line in lines for table in wanted]
        best = max(matches, key=lambda each: each.score, default=None)
        if best is not None and best.score >= 1:
            return best
        # Nothing in it is known; a sheet that is called as a table must still be told about.
        return _Match(0, wanted[0], lines[0]) if named or said else None

    def _score(self, table: Table, line: SheetLine) -> float:
        found = [self._target(table, each) for each in _headers(line) if each]
        return sum(1 if is_sure else 0.6 for target, is_sure in found if target not in ("", IGNORED))

    def laid_out(self, sheet: RawSheet, match: _Match) -> SheetLayout:
        headers = _headers(match.line)
        found = [self._target(match.table, each) if each else (IGNORED, True) for each in headers]
        guesses = tuple(place for place, (target, is_sure) in enumerate(found) if target and not is_sure)
        targets = tuple(target for target, _ in found)
        return SheetLayout(sheet.name, match.table.path, match.line.number, headers, targets, guesses)

    def _target(self, table: Table, header: str) -> tuple[str, bool]:
        """(target, whether there is no doubt)."""
        if header in (NEUTRALISED, PROBLEMS):
            return IGNORED, True
        name = names.folded(header)
        if name in self._sure[table.path]:
            return self._sure[table.path][name], True
        if (table.path, name) in self._remembered:
            return self._remembered[table.path, name], True
        return self._guess(table, name), False

    def _guess(self, table: Table, name: str) -> str:
        """What offices call so, of the table or – in the main one – of a list whose rows stand in the same sheet."""
        if name in self._likely[table.path]:
            return self._likely[table.path][name]
        for path in () if table.path else self._flat_paths():
            key = self._sure[path].get(name) or self._likely[path].get(name)
            if key and key != names.PARENT:
                return f"{path}:{key}"
        return ""

    def _flat_paths(self) -> Iterator[str]:
        return (table.path for table in self._tables if table.path and not table.parents)


def remarks_of(layout: Layout) -> dict[tuple[str, str], str]:
    """What is worth remembering of a layout that somebody has confirmed: by table and folded header."""
    return {
        (sheet.table, names.folded(header)): target
        for sheet in layout.sheets
        if sheet.table is not None
        for header, target in zip(sheet.headers, sheet.targets, strict=False)
        if header and target
    }


def is_flat(layout: Layout) -> bool:
    """Whether rows of a list stand in the main table."""
    return any(":" in target for sheet in layout.sheets if sheet.table == "" for target in sheet.targets)


def has_content(sheet: RawSheet, place: int, header: int) -> bool:
    """Whether a column has anything below its header."""
    return any(
        place < len(line.cells) and not is_empty(line.cells[place]) for line in sheet.lines if line.number > header
    )
