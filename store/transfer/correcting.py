"""The rows of a file that have problems, as a file of their own: to be mended and imported again."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

import xlsxwriter

from store.fields.cell import Cell, Kept, shown
from store.transfer.layout import PROBLEMS, Layout, SheetLayout
from store.transfer.names import LONGEST_NAME
from store.transfer.raw import Book, SheetLine
from store.transfer.reports import Report

# By sheet and row.
Remarks = Mapping[tuple[str, int], Sequence[str]]


def wrong_rows(report: Report, book: Book, layout: Layout, language: str) -> bytes:
    """A workbook with the file's own headers, its wrong rows, and a last column that says what is wrong."""
    remarks = _remarks(report, language)
    raw = {sheet.name: sheet for sheet in book}
    stream = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(stream, options) as workbook:
        for each in layout.sheets:
            lines = [line for line in raw[each.name].lines if (each.name, line.number) in remarks]
            if each.table is not None and (lines or each.table == ""):
                _write(workbook.add_worksheet(each.name[:LONGEST_NAME] or None), each, lines, remarks)
    return stream.getvalue()


def _remarks(report: Report, language: str) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for row in report.rows:
        for problem in row.problems:
            place = row.place(problem)
            text = f"{place.column}: {problem.words.text(language)}" if place.column else problem.words.text(language)
            found.setdefault((place.sheet, place.row), []).append(text)
            # The row of the entry goes with those of its lists: without it they belong to nothing.
            found.setdefault((row.sheet, row.number), [])
    return found


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, layout: SheetLayout, lines: Sequence[SheetLine], remarks: Remarks
) -> None:
    for place, header in enumerate([*layout.headers, PROBLEMS]):
        sheet.write_string(0, place, header)
    sheet.freeze_panes(1, 0)
    for number, line in enumerate(lines, 1):
        for place, cell in enumerate(line.cells[: len(layout.headers)]):
            _write_cell(sheet, number, place, cell)
        sheet.write_string(number, len(layout.headers), "\n".join(remarks[layout.name, line.number]))


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, number: int, place: int, cell: Cell) -> None:
    """What became a date stays one: as text it would pass for a room."""
    if isinstance(cell, Kept) and cell.kind == "date" and "-" in str(cell.value):
        sheet.write_datetime(number, place, datetime.fromisoformat(str(cell.value)))
    elif cell is not None:
        sheet.write_string(number, place, shown(cell))
