"""Tables and values: which rows make which entry, and which cells an entry makes. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from store.errors import Problem
from store.fields.cell import Kept
from store.fields.cell import code as code_text
from store.fields.spec import Field, Wrong
from store.transfer.cells import MASK, Table, TableColumn, from_cell, tables, to_cell
from store.transfer.comparing import Change, joined, shown_value, summary
from store.transfer.lists import ordered, paired
from store.transfer.names import CODE, PARENT
from store.transfer.sheets import Row, Sheet
from store.words import Words

Values = dict[str, Any]
# The rows of one list, by the code of the entry and the numbers of the rows above them.
Grouped = Mapping[tuple[str, tuple[int, ...]], list[Row]]
_NOTHING = Words("", "")


def check_columns(fields: Sequence[Field], sheet: Sheet, needs_code: bool = True) -> list[Problem]:
    """The columns that name the entry, and the rows of lists, are there."""
    needed = [("", CODE, sheet.columns)] if needs_code else []
    for path, (columns, _) in sheet.children.items():
        table = next(each for each in tables(fields) if each.path == path)
        needed += [(path, name, columns) for name in (PARENT, *table.parents)]
    words = Words("缺少「{name}」列", "The column “{name}” is missing")
    return [
        Problem("missing_column", words.fill(name=name), name) for _, name, columns in needed if name not in columns
    ]


class Found:
    """What the file says of one entry: its values over the stored ones, what is wrong with cells, where it stands."""

    def __init__(self, row: Row) -> None:
        self.values: Values = {}
        self.problems: list[Problem] = []
        self.sources: dict[str, tuple[str, int]] = {"": (row.sheet, row.number)}
        # What is stored and the file lacks; it stays.
        self.kept: list[Change] = []


class SheetReader:
    """Reads the values of each row of the main table, lists included.

    Columns, sheets and rows that are not there change nothing. What is there no more – a row of a list, the content of
    a cell – is removed only when `remove` says so.
    """

    def __init__(self, fields: Sequence[Field], sheet: Sheet, remove: bool = False) -> None:
        self._fields = fields
        self._tables = {table.path: table for table in tables(fields)}
        self._sheet = sheet
        self._remove = remove
        self._children: dict[str, Grouped] = {
            path: _grouped(path, rows) for path, (_, rows) in sheet.children.items() if path
        }

    def read(self, row: Row, known: Mapping[str, Any] | None) -> Found:
        found = Found(row)
        found.values = self._over(dict(known or {}), row, found, "", _NOTHING)
        for field in self._fields:
            stored = found.values.get(field.name) or []
            rows = self._list(field, field.name, (code_of(row), ()), stored, found, field.name)
            if rows is not None:
                found.values[field.name] = rows
        return found

    def orphans(self, codes: set[str]) -> list[tuple[str, Row]]:
        """Rows of lists whose code no row of the main table has."""
        return [
            (path, row)
            for path, grouped in self._children.items()
            for (code, _), rows in grouped.items()
            for row in rows
            if code not in codes
        ]

    def _over(self, values: Values, row: Row, found: Found, where: str, above: Words, path: str = "") -> Values:
        """The cells of a row over what is stored of it."""
        taken, problems = take_cells(self._tables[path], row, where)
        found.problems += problems
        for column, value in taken:
            _put(values, column, value, None if self._remove else found, above)
        return values

    def _list(
        self,
        field: Field,
        path: str,
        key: tuple[str, tuple[int, ...]],
        stored: Sequence[Values],
        found: Found,
        where: str,
    ) -> list[Values] | None:
        """The rows of a list; None where the file says nothing of it."""
        if path not in self._tables or not any(f"{each}.".startswith(f"{path}.") for each in self._children):
            return None
        if path in self._children:
            rows, numbers = self._own(field, path, key, stored, found, where)
        else:
            rows, numbers = [dict(each) for each in stored], list(range(1, len(stored) + 1))
        code, above = key
        for place, number in enumerate(numbers):
            for nested in field.fields if number else ():
                inner = f"{where}.{place}.{nested.name}"
                deeper = self._list(
                    nested,
                    f"{path}.{nested.name}",
                    (code, (*above, number)),
                    rows[place].get(nested.name) or [],
                    found,
                    inner,
                )
                if deeper is not None:
                    rows[place][nested.name] = deeper
        return rows

    def _own(
        self,
        field: Field,
        path: str,
        key: tuple[str, tuple[int, ...]],
        stored: Sequence[Values],
        found: Found,
        where: str,
    ) -> tuple[list[Values], list[int]]:
        """The rows of a list that has a sheet, and the number of each in the file; 0 for those that it lacks."""
        given = self._children[path].get(key, [])
        plain = [_values(take_cells(self._tables[path], row, "")[0]) for row in given]
        pairs = paired(field, stored, plain)
        missing = [row for place, row in enumerate(stored) if place not in pairs]
        places = list(enumerate(given)) if self._remove else ordered(stored, given, pairs)
        if not self._remove:
            found.kept += [Change("kept", field.label, summary(field, row, hide=True), _NOTHING) for row in missing]
        rows, numbers, left = [], [], iter(missing)
        for at, (place, row) in enumerate(places):
            if place is None:
                rows.append(dict(next(left)))
                numbers.append(0)
                continue
            old = pairs[place]
            here = f"{where}.{at}"
            found.sources[here] = (row.sheet, row.number)
            rows.append(self._over(dict(stored[old]) if old is not None else {}, row, found, here, field.label, path))
            numbers.append(place + 1)
        return rows, numbers


def code_of(row: Row, column: str = CODE) -> str:
    """The code in a row; "" for none, and for what is none."""
    try:
        return code_text(row.cells.get(column))
    except Wrong:
        return ""


def _grouped(path: str, rows: Sequence[Row]) -> Grouped:
    grouped: dict[tuple[str, tuple[int, ...]], list[Row]] = defaultdict(list)
    for row in rows:
        above = tuple(_place(row.cells.get(name)) for name in path.split(".")[:-1])
        grouped[code_of(row, PARENT), above].append(row)
    return grouped


def _place(cell: Any) -> int:
    """The number of a row above; 0, which no row has, for what is no number."""
    try:
        return int(float(cell.value if isinstance(cell, Kept) else cell))
    except (TypeError, ValueError, OverflowError):
        return 0


def take_cells(table: Table, row: Row, where: str) -> tuple[list[tuple[TableColumn, Any]], list[Problem]]:
    """The values of the columns that the row has, and what is wrong with cells already as cells."""
    taken, problems = [], []
    for column in table.columns:
        if column.key not in row.cells:
            continue
        cell, path = row.cells[column.key], f"{where}.{column.key}".lstrip(".")
        if isinstance(cell, str) and MASK in cell:
            problems.append(Problem("hidden_value", HIDDEN, path))
            continue
        try:
            taken.append((column, from_cell(column.field, cell)))
        except Wrong as wrong:
            words = Words("「{label}」{why}", "“{label}” {why}").fill(label=column.label, why=wrong.words)
            problems.append(Problem(wrong.code, words, path))
    return taken, problems


# Values that were hidden in the export must not be written over the real ones.
HIDDEN = Words("此值在导出时被隐藏，不能导入", "This value was hidden in the export and cannot be imported")


def check_code_cell(row: Row) -> list[Problem]:
    """What a spreadsheet has done to a code."""
    try:
        code_text(row.cells.get(CODE))
    except Wrong as wrong:
        words = Words("「编号」{why}", "“Code” {why}").fill(why=wrong.words)
        return [Problem(wrong.code, words, CODE)]
    return []


def _values(taken: Sequence[tuple[TableColumn, Any]]) -> Values:
    values: Values = {}
    for column, value in taken:
        if value is not None:
            _put(values, column, value, None, _NOTHING)
    return values


def _put(values: Values, column: TableColumn, value: Any, keep: Found | None, above: Words) -> None:
    """A value at its path. An empty cell takes away what is there, unless what is not in the file is to be kept."""
    place = values
    for step in column.path[:-1]:
        inner = place.get(step)
        place[step] = dict(inner) if isinstance(inner, Mapping) else {}
        place = place[step]
    stored = place.get(column.path[-1])
    if value is not None:
        place[column.path[-1]] = value
    elif keep is None:
        place.pop(column.path[-1], None)
    elif stored not in (None, "", [], {}):
        label = joined(above, column.label)
        shown = Words(stored, stored) if column.field.translated else shown_value(column.field, stored, hide=True)
        keep.kept.append(Change("kept", label, shown, _NOTHING))


def rows_of(
    fields: Sequence[Field], table: Table, code: str, values: Mapping[str, Any], hide: bool
) -> Iterator[list[Any]]:
    """The rows of an entry in one of its tables; exactly one in the main table. `hide` masks personal values."""
    if not table.path:
        yield [code, *(_cell(column, values, hide) for column in table.columns)]
        return
    personal = hide and _is_personal(fields, table.path)
    for above, row in _list_rows(table.path.split("."), values, ()):
        yield [code, *above, *(_cell(column, row, hide, personal) for column in table.columns)]


def _list_rows(
    path: Sequence[str], values: Mapping[str, Any], above: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], Mapping[str, Any]]]:
    for number, row in enumerate(values.get(path[0]) or (), 1):
        if len(path) == 1:
            yield above, row
        else:
            yield from _list_rows(path[1:], row, (*above, number))


def _is_personal(fields: Sequence[Field], path: str) -> bool:
    name, _, rest = path.partition(".")
    field = next(each for each in fields if each.name == name)
    return field.personal or bool(rest and _is_personal(field.fields, rest))


def _cell(column: TableColumn, values: Mapping[str, Any], hide: bool, personal: bool = False) -> Any:
    value: Any = values
    for step in column.path:
        value = value.get(step) if isinstance(value, Mapping) else None
    cell = to_cell(column.field, value)
    return MASK if cell is not None and hide and (personal or column.field.personal) else cell
