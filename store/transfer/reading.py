"""From a file that somebody uploaded to rows. What is too large is refused before it is opened."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from store.errors import Invalid
from store.words import Words

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_ROWS = 5_000
# Rows of lists (items of a checklist) are many to one row of the main table.
MAX_CHILD_ROWS = 20_000
MAX_COLUMNS = 200
# Only told about; never read.
HELP_SHEET = "help"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ENCODINGS = ("utf-8-sig", "gb18030")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br\s*=\s*["'](\d{1,10})["']""")
_SHARED = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\bt\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v>\s*(\d{1,9})""")
_STRING = re.compile(rb"<(?:\w+:)?si\b.*?</(?:\w+:)?si>", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """`number` is the row as Excel shows it; `cells` are by the text of the first row."""

    number: int
    cells: dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """The main table, and the tables of lists by their path (`items`, `chapters.clauses`)."""

    columns: list[str]
    rows: list[Row]
    children: dict[str, tuple[list[str], list[Row]]] = field(default_factory=dict)


def read(data: bytes, filename: str) -> Sheet:
    """The rows of an .xlsx or .csv file, recognised by its content. Raises `Invalid` with the reason."""
    if len(data) > MAX_BYTES:
        words = Words("文件不能超过 {n} MB", "The file must not be larger than {n} MB").fill(n=MAX_BYTES >> 20)
        raise Invalid.one("file_too_large", words, "file")
    if not data.strip():
        raise Invalid.one("file_empty", Words("文件是空的", "The file is empty"), "file")
    if data.startswith(b"PK"):
        return _read_xlsx(data)
    if data.startswith(b"\xd0\xcf\x11\xe0") or filename.lower().endswith((".xls", ".ods", ".xlsm", ".xlsb", ".xlsx")):
        raise _wrong_format()
    return _read_csv(data)


def _wrong_format() -> Invalid:
    words = Words(
        "请上传 .xlsx 或 .csv 文件（旧格式请另存为 .xlsx）", "Upload an .xlsx or .csv file; save older formats as .xlsx"
    )
    return Invalid.one("wrong_format", words, "file")


def _too_many(what: Words, most: int) -> Invalid:
    return Invalid.one(
        "too_many_rows", Words("{what}不能超过 {n}", "No more than {n} {what} are read").fill(what=what, n=most), "file"
    )


def _read_xlsx(data: bytes) -> Sheet:
    _refuse_bombs(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [name for name in book.sheet_names if name != HELP_SHEET]
        found = {name: _table(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in names}
    except (CalamineError, zipfile.BadZipFile, ValueError, KeyError) as error:
        raise _wrong_format() from error
    if not found:
        raise _wrong_format()
    columns, rows = found.pop(names[0])
    return _bounded(Sheet(columns, rows, found))


def _refuse_bombs(data: bytes) -> None:
    """A small archive may unpack to gigabytes, and one cell in the last corner makes a reader fill in all before it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {part.filename.lower(): part for part in archive.infolist()}
            if len(parts) != len(archive.infolist()) or "xl/workbook.xml" not in parts:
                raise _wrong_format()
            if sum(part.file_size for part in parts.values()) > MAX_UNPACKED:
                raise _bomb()
            shared = parts.pop("xl/sharedstrings.xml", None)
            strings = _string_sizes(_content(archive, shared)) if shared else []
            # All parts, because the workbook may call any of them a sheet.
            for part in parts.values():
                _check_extent(_content(archive, part), strings)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise _wrong_format() from error


def _bomb() -> Invalid:
    words = Words("文件解压后过大，已拒绝", "Unpacked, the file is too large; it was refused")
    return Invalid.one("file_too_large", words, "file")


def _content(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """One part, read no further than allowed: the sizes in the directory are the sender's own words."""
    with archive.open(part) as stream:
        content = stream.read(MAX_UNPACKED + 1)
    if len(content) > MAX_UNPACKED:
        raise _bomb()
    return content


def _string_sizes(shared: bytes) -> list[int]:
    return [len(each.group()) for each in _STRING.finditer(shared)]


def _check_extent(xml: bytes, strings: list[int]) -> None:
    rows = max((int(each.group(1)) for each in _ROW.finditer(xml)), default=0)
    cells = {each.groups() for each in _CELL.finditer(xml)}
    rows = max(rows, max((int(number) for _, number in cells), default=0))
    if rows > MAX_CHILD_ROWS + 1:
        raise _too_many(Words("行数", "rows"), MAX_ROWS)
    if max((_column_number(letters) for letters, _ in cells), default=0) > MAX_COLUMNS:
        raise _too_many(Words("列数", "columns"), MAX_COLUMNS)
    # One long text may be named by every cell.
    used = (int(each.group(1)) for each in _SHARED.finditer(xml))
    if sum(strings[index] for index in used if index < len(strings)) > MAX_UNPACKED:
        raise _bomb()


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _read_csv(data: bytes) -> Sheet:
    text = _decoded(data)
    try:
        dialect: Any = csv.Sniffer().sniff(text.split("\n", 1)[0], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        columns, rows = _table(_limited(csv.reader(io.StringIO(text, newline=""), dialect, strict=True)))
    except csv.Error as error:
        raise _wrong_format() from error
    return _bounded(Sheet(columns, [Row(row.number, _without_apostrophes(row.cells)) for row in rows]))


def _limited(lines: Iterable[list[str]]) -> Iterator[list[str]]:
    for number, line in enumerate(lines):
        if number > MAX_ROWS:
            raise _too_many(Words("行数", "rows"), MAX_ROWS)
        yield line


def _without_apostrophes(cells: dict[str, Any]) -> dict[str, Any]:
    """Our own export puts one before what a spreadsheet would take for a formula."""
    return {key: cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell for key, cell in cells.items()}


def _decoded(data: bytes) -> str:
    for encoding in ("utf-16",) if data.startswith(_UTF_16) else _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _wrong_format()


def _table(lines: Iterable[list[Any]]) -> tuple[list[str], list[Row]]:
    """The first row names the columns; empty rows are left out but counted. Raises `Invalid`."""
    found = iter(lines)
    columns = [str(each).strip() for each in next(found, [])]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MAX_COLUMNS:
        raise _too_many(Words("列数", "columns"), MAX_COLUMNS)
    doubled = sorted({each for each in columns if each and columns.count(each) > 1})
    if doubled:
        words = Words("列「{name}」重复", "The column “{name}” is there twice").fill(name=doubled[0])
        raise Invalid.one("duplicate_column", words, doubled[0])
    rows = []
    for number, line in enumerate(found, 2):
        cells = {name: cell for name, cell in zip(columns, line, strict=False) if name}
        if any(cell not in ("", None) for cell in cells.values()):
            rows.append(Row(number, cells))
    return columns, rows


def _bounded(sheet: Sheet) -> Sheet:
    if len(sheet.rows) > MAX_ROWS:
        raise _too_many(Words("行数", "rows"), MAX_ROWS)
    return sheet
