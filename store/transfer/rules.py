"""Tables and values: which rows make which entry, and which cells an entry makes. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from store.errors import Problem
from store.fields import Field
from store.transfer.cells import MASK, Column, Table, from_cell, tables, to_cell
from store.transfer.reading import Row, Sheet
from store.words import Words

CODE = "code"
# In the tables of lists: the code of the entry that a row belongs to.
PARENT = "parent"
Values = dict[str, Any]
# The rows of one list, by the code of the entry and the numbers of the rows above them.
Grouped = Mapping[tuple[str, tuple[int, ...]], list[Row]]


def header(table: Table) -> list[str]:
    """The first row of a table: code, the numbers of the rows above, then the fields."""
    return [PARENT if table.path else CODE, *table.parents, *(column.key for column in table.columns)]


def check_columns(fields: Sequence[Field], sheet: Sheet) -> list[Problem]:
    """Every column is known, and the one with the codes is there; children tables too."""
    known = {table.path: header(table) for table in tables(fields)}
    problems = _check_header("", sheet.columns, known[""])
    for path, (columns, rows) in sheet.children.items():
        if path not in known or not path:
            if rows:
                words = Words("没有名为「{name}」的工作表", "There is no sheet named “{name}”").fill(name=path)
                problems.append(Problem("unknown_sheet", words, path))
        else:
            problems += _check_header(path, columns, known[path])
    return problems


def _check_header(path: str, columns: Sequence[str], known: Sequence[str]) -> list[Problem]:
    words = Words("没有名为「{name}」的列", "There is no column named “{name}”")
    problems = [
        Problem("unknown_column", words.fill(name=each), f"{path}.{each}".lstrip("."))
        for each in columns
        if each and each not in known
    ]
    needed = known[: len(path.split(".")) if path else 1]
    missing = Words("缺少「{name}」列", "The column “{name}” is missing")
    problems += [Problem("missing_column", missing.fill(name=name), name) for name in needed if name not in columns]
    return problems


class SheetReader:
    """Reads the values of each row of the main table, lists included."""

    def __init__(self, fields: Sequence[Field], sheet: Sheet) -> None:
        self._fields = fields
        self._main = tables(fields)[0]
        self._sheet = sheet
        self._present = set(sheet.columns)
        self._children: dict[str, Grouped] = {
            path: _grouped(path, rows) for path, (_, rows) in sheet.children.items() if path
        }

    def values(self, row: Row, known: Mapping[str, Any] | None) -> Values:
        """The row's values over what is known of the entry: columns and sheets that are not there change nothing."""
        code = code_of(row)
        found = _take(self._main, row, self._present)
        values = merged(dict(known or {}), found)
        for field in self._fields:
            if field.name in self._children:
                values[field.name] = self._list(field, field.name, code, ())
        return values

    def orphans(self, codes: set[str]) -> list[tuple[str, Row]]:
        """Rows of lists whose code no row of the main table has."""
        return [
            (path, row)
            for path, grouped in self._children.items()
            for (code, _), rows in grouped.items()
            for row in rows
            if code not in codes
        ]

    def _list(self, field: Field, path: str, code: str, above: tuple[int, ...]) -> list[Values]:
        table = next(each for each in tables(self._fields) if each.path == path)
        columns = set(self._sheet.children[path][0])
        found = []
        for number, row in enumerate(self._children[path].get((code, above), ()), 1):
            values = merged({}, _take(table, row, columns))
            for nested in field.fields:
                if f"{path}.{nested.name}" in self._children:
                    values[nested.name] = self._list(nested, f"{path}.{nested.name}", code, (*above, number))
            found.append(values)
        return found


def code_of(row: Row, column: str = CODE) -> str:
    value = row.cells.get(column)
    number = isinstance(value, float) and value.is_integer()
    return str(int(value) if number else value or "").strip()  # type: ignore[arg-type]


def _grouped(path: str, rows: Sequence[Row]) -> Grouped:
    grouped: dict[tuple[str, tuple[int, ...]], list[Row]] = defaultdict(list)
    for row in rows:
        above = tuple(_place(row.cells.get(name)) for name in path.split(".")[:-1])
        grouped[code_of(row, PARENT), above].append(row)
    return grouped


def _place(cell: Any) -> int:
    """The number of a row above; 0, which no row has, for what is no number."""
    try:
        return int(float(cell))
    except (TypeError, ValueError, OverflowError):
        return 0


def _take(table: Table, row: Row, present: set[str]) -> list[tuple[Column, Any]]:
    return [(each, from_cell(each.field, row.cells.get(each.key))) for each in table.columns if each.key in present]


def merged(known: Values, found: Sequence[tuple[Column, Any]]) -> Values:
    """`known` with the found values at their paths; an empty cell takes the value away."""
    for column, value in found:
        place = known
        for step in column.path[:-1]:
            inner = place.get(step)
            place[step] = dict(inner) if isinstance(inner, Mapping) else {}
            place = place[step]
        if value is None:
            place.pop(column.path[-1], None)
        else:
            place[column.path[-1]] = value
    return known


def masked_cells(row: Row) -> list[Problem]:
    """Values that were hidden in the export must not be written over the real ones."""
    words = Words("此值在导出时被隐藏，不能导入", "This value was hidden in the export and cannot be imported")
    return [
        Problem("hidden_value", words, key) for key, cell in row.cells.items() if isinstance(cell, str) and MASK in cell
    ]


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


def _cell(column: Column, values: Mapping[str, Any], hide: bool, personal: bool = False) -> Any:
    value: Any = values
    for step in column.path:
        value = value.get(step) if isinstance(value, Mapping) else None
    cell = to_cell(column.field, value)
    return MASK if cell is not None and hide and (personal or column.field.personal) else cell
