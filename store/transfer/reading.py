"""From a file that somebody uploaded to rows. It is opened in a process of its own; here is what its cells stand for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from store.errors import Invalid
from store.transfer import bounds
from store.untrusted.running import run
from store.untrusted.tasks import TABLES
from store.words import Words

# Only told about; never read.
HELP_SHEET = "help"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
    """The rows of an .xlsx or .csv file, recognised by its content. Raises `Invalid` with the reason, `Busy`."""
    if len(data) > bounds.MAX_BYTES:
        words = Words("文件不能超过 {n} MB", "The file must not be larger than {n} MB")
        raise Invalid.one("file_too_large", words.fill(n=bounds.MAX_BYTES >> 20), "file")
    if not data.strip():
        raise Invalid.one("file_empty", Words("文件是空的", "The file is empty"), "file")
    found = run(TABLES, data, filename=filename)
    return _bounded(_of_csv(found) if found[0]["name"] == "" else _of_workbook(found))


def _of_workbook(found: Sequence[Mapping[str, Any]]) -> Sheet:
    tables = {each["name"]: _table(each["rows"]) for each in found if each["name"] != HELP_SHEET}
    if not tables:
        raise bounds.wrong_format()
    columns, rows = tables.pop(next(iter(tables)))
    return Sheet(columns, rows, tables)


def _of_csv(found: Sequence[Mapping[str, Any]]) -> Sheet:
    columns, rows = _table(found[0]["rows"])
    return Sheet(columns, [Row(row.number, _without_apostrophes(row.cells)) for row in rows])


def _without_apostrophes(cells: dict[str, Any]) -> dict[str, Any]:
    """Our own export puts one before what a spreadsheet would take for a formula."""
    return {key: cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell for key, cell in cells.items()}


def _table(lines: Iterable[list[Any]]) -> tuple[list[str], list[Row]]:
    """The first row names the columns; empty rows are left out but counted. Raises `Invalid`."""
    found = iter(lines)
    columns = [str(each).strip() for each in next(found, [])]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > bounds.MAX_COLUMNS:
        raise bounds.too_many_columns()
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
    if len(sheet.rows) > bounds.MAX_ROWS:
        raise bounds.too_many_rows()
    return sheet
