"""From the bytes of a workbook or a CSV to plain tables. Runs in a process of its own (`store/untrusted/`); what a file
says of its size is checked before a cell is read. What the cells mean is `reading`'s."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from store.transfer import bounds
from store.transfer.extent import Extent

DELIMITERS = ",;\t"
_ENCODINGS = ("utf-8-sig", "gb18030")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOK = "xl/workbook.xml"


def tables_of(data: bytes, filename: str) -> list[dict[str, Any]]:
    """`[{"name", "visible", "rows": [[cell, …], …]}]` of an .xlsx or .csv file, recognised by its content; a CSV is one
    table without a name. Raises `Invalid` with the reason."""
    if data.startswith(b"PK"):
        return _of_workbook(data)
    if data.startswith(b"\xd0\xcf\x11\xe0") or filename.lower().endswith((".xls", ".ods", ".xlsm", ".xlsb", ".xlsx")):
        raise bounds.wrong_format()
    return [{"name": "", "visible": True, "rows": _of_csv(data)}]


def _of_workbook(data: bytes) -> list[dict[str, Any]]:
    _check_archive(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return list(_sheets(book))
    except (CalamineError, zipfile.BadZipFile, ValueError, KeyError) as error:
        raise bounds.wrong_format() from error


def _sheets(book: CalamineWorkbook) -> Iterator[dict[str, Any]]:
    cells = 0
    for sheet in book.sheets_metadata:
        rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        cells += sum(map(len, rows))
        if cells > bounds.MAX_CELLS:  # several sheets may be one and the same part
            raise bounds.too_many_cells()
        visible = sheet.visible == SheetVisibleEnum.Visible
        yield {"name": sheet.name, "visible": visible, "rows": [_trimmed(row) for row in rows]}


def _trimmed(row: Sequence[Any]) -> list[Any]:
    """Without the empty cells at its end."""
    last = len(row)
    while last and row[last - 1] == "":
        last -= 1
    return list(row[:last])


def _check_archive(data: bytes) -> None:
    """A small archive may unpack to gigabytes, and one cell in the last corner makes a reader fill in all before it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {part.filename.lower(): part for part in archive.infolist()}
            if len(parts) != len(archive.infolist()) or _WORKBOOK not in parts or len(parts) > bounds.MAX_PARTS:
                raise bounds.wrong_format()
            if sum(part.file_size for part in parts.values()) > bounds.MAX_UNPACKED:
                raise bounds.too_large_unpacked()
            # All parts, because the workbook may call any of them a sheet.
            cells = sum(_checked_cells(archive, part) for part in parts.values())
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise bounds.wrong_format() from error
    if cells > bounds.MAX_CELLS:
        raise bounds.too_many_cells()


def _checked_cells(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """How many cells the part would fill in. Raises `Invalid`."""
    if not part.filename.lower().endswith((".xml", ".rels")):
        return 0
    with archive.open(part) as stream:
        extent = Extent.of(_bounded(stream))
    if extent is None:
        raise bounds.wrong_format()
    if extent.rows > bounds.MAX_CHILD_ROWS + 1:
        raise bounds.too_many_rows()
    if extent.columns > bounds.MAX_COLUMNS:
        raise bounds.too_many_columns()
    return extent.rows * extent.columns


def _bounded(stream: Any) -> Iterator[bytes]:
    """The content in pieces, no more of it than allowed: the sizes in the directory are the sender's own words."""
    left = bounds.MAX_UNPACKED
    while piece := stream.read(1 << 20):
        left -= len(piece)
        if left < 0:
            raise bounds.too_large_unpacked()
        yield piece


def _of_csv(data: bytes) -> list[list[str]]:
    text = _decoded(data)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        return list(_limited(lines))
    except csv.Error as error:
        raise bounds.wrong_format() from error


def delimiter_of(text: str) -> str:
    """What stands most often between the cells of the first line that is not blank; a comma where nothing does.

    Quoted text is left out. One pass over one line: the library's own guess takes seconds for a line of 16 KB.
    """
    line = text.lstrip("\r\n")
    line = line[: line.find("\n")] if "\n" in line else line
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _limited(lines: Iterable[list[str]]) -> Iterator[list[str]]:
    cells = 0
    for number, line in enumerate(lines):
        cells += len(line)
        if number > bounds.MAX_ROWS:
            raise bounds.too_many_rows()
        if cells > bounds.MAX_CELLS:
            raise bounds.too_many_cells()
        yield line


def _decoded(data: bytes) -> str:
    for encoding in ("utf-16",) if data.startswith(_UTF_16) else _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise bounds.wrong_format()
