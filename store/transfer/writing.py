"""From rows to files. Nothing that a person typed may become a formula in somebody's spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter

from store.errors import Invalid
from store.transfer import neutral
from store.transfer.formats import plain
from store.transfer.names import LONGEST_NAME
from store.words import Words

Cell = str | int | float | None
Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]


def xlsx(tables: Mapping[str, Table]) -> bytes:
    """A workbook with one sheet for each table: (column keys, rows). Rows are written as they come, not kept."""
    stream = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        bold = book.add_format({"bold": True})
        for name, (columns, rows) in tables.items():
            sheet = book.add_worksheet(name[:LONGEST_NAME])
            sheet.freeze_panes(1, 1)
            for place, column in enumerate(columns):
                sheet.write_string(0, place, column, bold)
            for number, row in enumerate(rows, 1):
                _write_row(sheet, number, row)
    return stream.getvalue()


def _write_row(sheet: xlsxwriter.worksheet.Worksheet, number: int, row: Sequence[Cell]) -> None:
    for place, cell in enumerate(row):
        if cell is None:
            continue
        if isinstance(cell, str):
            # Always as a string, whatever it begins with: `write` would make a formula of "=…".
            written = sheet.write_string(number, place, cell)
        elif float(f"{cell:.16G}") == cell:
            written = sheet.write_number(number, place, cell)
        else:
            # The file keeps sixteen digits of a number; text keeps them all.
            written = sheet.write_string(number, place, plain(cell))
        if written < 0:
            words = Words("「{name}」太长，单元格放不下", "“{name}” is too long for a cell")
            raise Invalid.one("too_long_for_cell", words.fill(name=str(cell)[:20]))


def csv_file(table: Table) -> bytes:
    """A CSV with a BOM, without which Excel shows Chinese as garbage.

    Where a text had to be kept from becoming a formula, a last column without content says so.
    """
    columns, rows = table[0], [[_csv_text(cell) for cell in row] for row in table[1]]
    is_neutralised = any(neutral.needs_neutral(row) for row in rows)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([*columns, neutral.NEUTRALISED] if is_neutralised else columns)
    writer.writerows([neutral.neutral(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def _csv_text(cell: Cell) -> Cell:
    return plain(cell) if isinstance(cell, float) else cell
