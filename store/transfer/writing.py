"""From rows to files. Nothing that a person typed may become a formula in somebody's spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter

from store.transfer.reading import FORMULA

Cell = str | int | float | None
Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]
# Excel refuses longer names, and these characters in them.
LONGEST_NAME = 31


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
        if isinstance(cell, str):
            # Always as a string, whatever it begins with: `write` would make a formula of "=…".
            sheet.write_string(number, place, cell)
        elif cell is not None:
            sheet.write_number(number, place, cell)


def csv_file(table: Table) -> bytes:
    """A CSV with a BOM, without which Excel shows Chinese as garbage."""
    columns, rows = table
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(columns)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def neutral(cell: Cell) -> Cell:
    """A CSV has no types: an apostrophe keeps a text that looks like a formula from being one."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
