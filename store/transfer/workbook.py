"""From the bytes of an .xlsx to its sheets: values, number formats, errors, hidden sheets and merged cells."""

import io
import posixpath
import re
import zipfile
from typing import NamedTuple, TypeVar

from store.fields.cell import Cell, Kept
from store.transfer import bounds, formats, xml
from store.transfer.raw import Book, Merged, RawSheet, SheetLine

# The days between the two epochs of spreadsheets.
_FROM_1904 = 1_462
_REFERENCE = re.compile(r"^\$?([A-Za-z]{1,3})\$?([0-9]{1,10})\Z")
# How characters that XML does not allow are kept.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WORKBOOK = "xl/workbook.xml"

H = TypeVar("H", bound=xml.Handler)


class Entry(NamedTuple):
    """A sheet as the workbook lists it."""

    name: str
    hidden: bool
    relation: str


def read(data: bytes) -> Book:
    """Every sheet of the workbook. Raises `Invalid` with the reason."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Archive(archive).book()
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, KeyError) as error:
        raise bounds.wrong_format() from error


class _Archive:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._parts = {part.filename.lower(): part for part in archive.infolist()}
        # What all parts together may still hold, unpacked.
        self._left = bounds.MAX_UNPACKED
        if not len(self._parts) == len(archive.infolist()) <= bounds.MAX_PARTS or _WORKBOOK not in self._parts:
            raise bounds.wrong_format()
        if sum(part.file_size for part in self._parts.values()) > bounds.MAX_UNPACKED:
            raise bounds.too_large_unpacked()

    def book(self) -> Book:
        listed = self._parsed(_WORKBOOK, _Listing())
        targets = self._parsed("xl/_rels/workbook.xml.rels", _Relations()).targets
        codes = self._parsed("xl/styles.xml", _Styles()).codes
        texts = self._parsed("xl/sharedstrings.xml", _Texts()).texts
        found = []
        budget = _Budget()
        for entry in listed.entries:
            part = posixpath.normpath(posixpath.join("xl", targets.get(entry.relation, "").lstrip("/"))).lower()
            part = part.removeprefix("xl/") if part.startswith("xl/xl/") else part
            # Sheets of charts have no cells.
            if "worksheet" in part:
                sheet = self._parsed(part, _Cells(texts, codes, listed.days, budget), needed=True)
                found.append(RawSheet(entry.name, entry.hidden, tuple(sheet.lines), tuple(sheet.merged)))
        if not found:
            raise bounds.wrong_format()
        return tuple(found)

    def _parsed(self, name: str, handler: H, needed: bool = False) -> H:
        part = self._parts.get(name)
        if part is None:
            if needed:
                raise bounds.wrong_format()
            return handler
        if part.file_size > self._left:
            raise bounds.too_large_unpacked()
        with self._archive.open(part) as stream:
            xml.parse(stream, handler, self._left)
        self._left -= part.file_size
        return handler


class _Budget:
    """One long text may be named by every cell: what all cells hold together has a limit."""

    def __init__(self) -> None:
        self._text = bounds.MAX_UNPACKED
        self._cells = bounds.MAX_CELLS

    def spend_text(self, size: int) -> None:
        self._text -= size
        if self._text < 0:
            raise bounds.too_large_unpacked()

    def spend_cells(self, count: int) -> None:
        self._cells -= count
        if self._cells < 0:
            raise bounds.too_many_cells()


class _Listing(xml.Handler):
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.days = 0

    def start(self, name: str, attributes: xml.Attributes) -> None:
        if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.days = _FROM_1904
        elif name == "sheet":
            state = attributes.get("state", "visible")
            self.entries.append(Entry(attributes.get("name", ""), state != "visible", attributes.get("id", "")))
            if len(self.entries) > bounds.MAX_SHEETS:
                raise bounds.too_many_sheets()


class _Relations(xml.Handler):
    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: xml.Attributes) -> None:
        if name == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


class _Styles(xml.Handler):
    """`codes[n]` is the number format of cells with the style n."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self._own: dict[str, str] = {}
        self._is_inside = False

    def start(self, name: str, attributes: xml.Attributes) -> None:
        if name == "numFmt":
            self._own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._is_inside = True
        elif name == "xf" and self._is_inside:
            number = attributes.get("numFmtId", "0")
            known = formats.BUILT_IN.get(int(number), formats.GENERAL) if number.isdecimal() else formats.GENERAL
            self.codes.append(self._own.get(number, known))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_inside = False


class _Text:
    """The text of an element that may be cut into pieces with formats of their own; readings (`rPh`) are no text."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._is_text = False
        self._is_reading = False

    def start(self, name: str) -> None:
        self._is_reading = self._is_reading or name == "rPh"
        self._is_text = name == "t" and not self._is_reading

    def end(self, name: str) -> None:
        self._is_reading = self._is_reading and name != "rPh"
        self._is_text = False

    def add(self, data: str) -> None:
        if self._is_text:
            self.pieces.append(data)

    def taken(self) -> str:
        text = "".join(self.pieces)
        self.pieces = []
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


class _Texts(xml.Handler):
    """The texts that cells name by their number."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._text = _Text()

    def start(self, name: str, attributes: xml.Attributes) -> None:
        if name == "si":
            self._text.taken()
        self._text.start(name)

    def end(self, name: str) -> None:
        self._text.end(name)
        if name == "si":
            self.texts.append(self._text.taken())

    def text(self, data: str) -> None:
        self._text.add(data)


class _Cells(xml.Handler):
    """The lines of a sheet. A cell or row without a reference follows the one before it."""

    def __init__(self, texts: list[str], codes: list[str], days: int, budget: _Budget) -> None:
        self.lines: list[SheetLine] = []
        self.merged: list[Merged] = []
        self._texts, self._codes, self._days, self._budget = texts, codes, days, budget
        self._row = 0
        self._column = -1
        self._cells: dict[int, Cell] = {}
        self._cell: xml.Attributes = {}
        self._value: list[str] | None = None
        self._has_formula = False
        self._inline = _Text()

    def start(self, name: str, attributes: xml.Attributes) -> None:
        if name == "row":
            self._start_row(attributes)
        elif name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._value = []
        elif name == "f":
            self._has_formula = True
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        else:
            self._inline.start(name)

    def end(self, name: str) -> None:
        if name == "row":
            self._end_row()
        elif name == "c":
            self._end_cell()
        elif name not in ("v", "f"):
            self._inline.end(name)

    def text(self, data: str) -> None:
        if self._value is not None:
            self._value.append(data)
        else:
            self._inline.add(data)

    def _start_row(self, attributes: xml.Attributes) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if number.isdecimal() else self._row + 1
        self._column = -1
        self._cells = {}
        if len(self.lines) >= bounds.MAX_CHILD_ROWS or self._row > bounds.MAX_CHILD_ROWS + 1:
            raise bounds.too_many_rows()

    def _start_cell(self, attributes: xml.Attributes) -> None:
        place = _REFERENCE.match(attributes.get("r", ""))
        self._column = _column(place[1]) if place else self._column + 1
        if self._column >= bounds.MAX_COLUMNS:
            raise bounds.too_many_columns()
        if place and int(place[2]) != self._row:
            raise bounds.too_many_rows() if int(place[2]) > bounds.MAX_CHILD_ROWS else bounds.wrong_format()
        self._cell, self._value, self._has_formula = attributes, None, False
        self._inline.taken()

    def _end_cell(self) -> None:
        text = None if self._value is None else "".join(self._value)
        cell = self._made(self._cell.get("t", "n"), text)
        self._value = None
        if cell is not None:
            self._budget.spend_text(len(cell) if isinstance(cell, str) else 1)
            self._cells[self._column] = cell

    def _end_row(self) -> None:
        if self._cells:
            cells = tuple(self._cells.get(place) for place in range(max(self._cells) + 1))
            self._budget.spend_cells(len(cells))
            self.lines.append(SheetLine(self._row, cells))

    def _merge(self, reference: str) -> None:
        ends = [_REFERENCE.match(each) for each in reference.split(":")]
        if len(ends) == 2 and ends[0] and ends[1] and len(self.merged) < bounds.MAX_CHILD_ROWS:
            (left, top), (right, bottom) = ((_column(each[1]), int(each[2])) for each in ends if each)
            self.merged.append(Merged(top, left, bottom, right))

    def _made(self, kind: str, text: str | None) -> Cell:
        if kind == "inlineStr":
            return self._inline.taken() or None
        if not text:
            # Written by a program that does not calculate.
            return Kept("error", "formula", "=…") if self._has_formula and kind != "str" else None
        if kind == "s":
            return self._texts[int(text)] or None if text.isdecimal() and int(text) < len(self._texts) else None
        if kind in ("str", "d"):
            return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if kind == "str" else _dated(text)
        if kind == "b":
            return text.strip() in ("1", "true")
        return Kept("error", text, text) if kind == "e" else self._number(text)

    def _number(self, text: str) -> Cell:
        value = float(text)
        style = self._cell.get("s", "0")
        code = self._codes[int(style)] if style.isdecimal() and int(style) < len(self._codes) else formats.GENERAL
        if not abs(value) < float("inf"):
            raise bounds.wrong_format()
        dated = formats.kept_date(value + self._days, code) if formats.is_date(code) else None
        return dated or formats.kept_number(value, code)


def _dated(text: str) -> Kept:
    value = text.strip().removesuffix("Z").removesuffix("T00:00:00").removesuffix("T00:00:00.000")
    return Kept("date", value, value.replace("T", " "))


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
