"""The rows of a file by its layout: merged cells filled, several columns of one value joined, a list's rows told apart.
Pure."""

from collections.abc import Iterator, Mapping, Sequence

from store.fields.cell import Cell, Kept, is_empty, shown
from store.fields.spec import Field
from store.transfer import bounds, names
from store.transfer.cells import Table, tables
from store.transfer.layout import IGNORED, Layout, SheetLayout, is_flat
from store.transfer.neutral import NEUTRALISED, restored
from store.transfer.raw import Book, Merged, RawSheet, SheetLine
from store.transfer.sheets import Row, Sheet

Cells = dict[str, Cell]


def take(fields: Sequence[Field], book: Book, layout: Layout) -> Sheet:
    """What the file holds, by the keys of columns. Raises `Invalid` `too_many_rows`."""
    raw = {sheet.name: sheet for sheet in book}
    tables_by_path = {table.path: table for table in tables(fields)}
    sheet = Sheet([], [], {}, {}, _left_out(book, layout))
    headers: dict[tuple[str, str], str] = {}
    for each in layout.sheets:
        if each.table is None or each.name not in raw:
            continue
        table = tables_by_path[each.table]
        headers |= {(each.name, target): text for text, target in zip(each.headers, each.targets, strict=False)}
        _add(sheet, table, each, list(_rows(raw[each.name], each, table, layout.fixed)), layout.fixed)
    if len(sheet.rows) > (bounds.MAX_CHILD_ROWS if is_flat(layout) else bounds.MAX_ROWS):
        raise bounds.too_many_rows()
    return Sheet(sheet.columns, sheet.rows, sheet.children, headers, sheet.left_out)


def _left_out(book: Book, layout: Layout) -> tuple[str, ...]:
    read = {each.name for each in layout.sheets if each.table is not None}
    return tuple(
        each.name
        for each in book
        if each.name not in read and each.lines and not each.hidden and each.name != names.HELP_SHEET
    )


def _add(sheet: Sheet, table: Table, layout: SheetLayout, rows: list[Row], fixed: Mapping[str, str]) -> None:
    columns = list(dict.fromkeys(target for target in layout.targets if target not in ("", IGNORED)))
    if table.path:
        sheet.children[table.path] = (columns, rows)
    else:
        sheet.columns.extend(each for each in [*columns, *fixed] if each not in sheet.columns)
        sheet.rows.extend(rows)


def _rows(raw: RawSheet, layout: SheetLayout, table: Table, fixed: Mapping[str, str]) -> Iterator[Row]:
    filled = _Merges(raw)
    restore = NEUTRALISED in layout.headers
    identity = [place for place, target in enumerate(layout.targets) if target in _identity(table)]
    is_mixed = any(":" in target for target in layout.targets)
    above: Cells = {}
    for line in raw.lines:
        if line.number <= layout.header or _texts(line) == layout.headers:
            continue
        goes_on = is_mixed and bool(above) and all(is_empty(_cell(line, place)) for place in identity)
        own = _named(layout, line if goes_on else filled.line(line), restore)
        if all(is_empty(each) for each in own.values()):
            continue
        cells = {**own, **{key: above.get(key) for key in _identity(table) if key in own}} if goes_on else own
        above = cells
        yield Row(line.number, {**dict.fromkeys(fixed), **fixed, **cells} if not table.path else cells, layout.name)


def _identity(table: Table) -> frozenset[str]:
    """What tells one entry from the next in a table that has several rows of each."""
    return frozenset({names.CODE, *(column.key for column in table.columns if column.field.required)})


def _texts(line: SheetLine) -> tuple[str, ...]:
    return tuple(shown(each).strip() for each in line.cells)


def _cell(line: SheetLine, place: int) -> Cell:
    return line.cells[place] if place < len(line.cells) else None


def _named(layout: SheetLayout, line: SheetLine, restore: bool) -> Cells:
    cells: Cells = {}
    for place, target in enumerate(layout.targets):
        if target in ("", IGNORED):
            continue
        cell = _cell(line, place)
        if restore and isinstance(cell, str):
            cell = restored(cell)
        cells[target] = _joined(cells[target], cell) if target in cells else cell
    return cells


def _joined(one: Cell, other: Cell) -> Cell:
    """`3栋` and `1201` of two columns are one place; an error stays one."""
    if is_empty(one) or is_empty(other):
        return other if is_empty(one) else one
    for each in (one, other):
        if isinstance(each, Kept) and each.kind != "number":
            return each
    return f"{shown(one).strip()}-{shown(other).strip()}"


class _Merges:
    """Fills in the cells that are shown as one with the one above or before them."""

    def __init__(self, raw: RawSheet) -> None:
        self._ranges: dict[int, list[Merged]] = {}
        self._first: dict[tuple[int, int], Cell] = {}
        numbers = {line.number for line in raw.lines}
        for each in raw.merged:
            if each.bottom > each.top:
                for number in range(each.top + 1, min(each.bottom, max(numbers, default=0)) + 1):
                    self._ranges.setdefault(number, []).append(each)
        tops = {each.top for each in raw.merged}
        for line in raw.lines:
            if line.number in tops:
                self._first.update({(line.number, place): cell for place, cell in enumerate(line.cells)})

    def line(self, line: SheetLine) -> SheetLine:
        """Downwards only: a title over several columns is no value of each."""
        ranges = self._ranges.get(line.number)
        if not ranges:
            return line
        cells = list(line.cells)
        for each in ranges:
            cells += [None] * (each.left + 1 - len(cells))
            if is_empty(cells[each.left]):
                cells[each.left] = self._first.get((each.top, each.left))
        return SheetLine(line.number, tuple(cells))
