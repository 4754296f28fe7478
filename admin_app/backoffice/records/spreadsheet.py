"""Tables as Excel workbooks. Every text is written as text: what a resident typed is never read as a formula."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import quote

import xlsxwriter
from flask import Response

from admin_app.shell.formats import zone_named

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_000
LONGEST_TITLE = 31


class Sheet(NamedTuple):
    """`heads` are (text, width); moments in `rows` are written in the house's time zone."""

    title: str
    heads: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Any]]


def workbook(sheet: Sheet, filename: str) -> Response:
    """The sheet as a download."""
    response = Response(written(sheet), mimetype=MIME)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return response


def written(sheet: Sheet) -> bytes:
    target = BytesIO()
    # Nothing in a cell is guessed: no formulas, no links, no numbers out of text.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        _write(book, book.add_worksheet(sheet.title[:LONGEST_TITLE]), sheet)
    return target.getvalue()


def _write(book: Any, page: Any, sheet: Sheet) -> None:
    head = book.add_format({"bold": True, "bg_color": "#E2F0F1", "bottom": 1})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    zone = zone_named(None)
    for column, (text, width) in enumerate(sheet.heads):
        page.set_column(column, column, width)
        page.write_string(0, column, text, head)
    page.freeze_panes(1, 0)
    last = 0
    for last, row in enumerate(sheet.rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                page.write_datetime(last, column, value.astimezone(zone).replace(tzinfo=None), moment)
            elif isinstance(value, bool) or value is None:
                page.write_string(last, column, "" if value is None else "✓" if value else "")
            elif isinstance(value, int | float):
                page.write_number(last, column, value)
            else:
                page.write_string(last, column, str(value)[:LONGEST_CELL])
    page.autofilter(0, 0, last, max(len(sheet.heads) - 1, 0))
