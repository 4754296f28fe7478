"""From the bytes of a CSV to lines. Runs in a process of its own, as all reading of files."""

import csv
import io

from store.fields.cell import is_empty
from store.transfer import bounds, encodings
from store.transfer.raw import Book, RawSheet, SheetLine

DELIMITERS = ",\t;"
_MOST_LOOKED_AT = 1 << 16


def read(data: bytes) -> Book:
    """One sheet without a name. Raises `Invalid`: unknown encoding, quotes that do not match, too many rows."""
    if b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise bounds.wrong_format()
    text = encodings.decoded(data)
    if text is None:
        raise bounds.wrong_format() if _is_rubbish(data) else bounds.unknown_encoding()
    return (RawSheet("", False, tuple(_lines(text))),)


def _is_rubbish(data: bytes) -> bool:
    """No text of any encoding has control characters, but for the ends of lines and pages."""
    return any(each < 0x20 and each not in b"\t\n\r\f\x1b" for each in data)


def _lines(text: str) -> list[SheetLine]:
    found: list[SheetLine] = []
    count = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            count += len(cells)
            _check(number, len(cells), count)
            if not all(is_empty(each) for each in cells):
                found.append(SheetLine(number, tuple(each or None for each in cells)))
    except csv.Error as error:
        if "field limit" in str(error):  # the library has one kind of error for all that it refuses
            raise bounds.wrong_format() from error
        raise bounds.open_quote((found[-1].number if found else 0) + 1) from error
    return found


def _check(number: int, columns: int, cells: int) -> None:
    if number > bounds.MAX_CHILD_ROWS + 1:
        raise bounds.too_many_rows()
    if columns > bounds.MAX_COLUMNS:
        raise bounds.too_many_columns()
    if cells > bounds.MAX_CELLS:
        raise bounds.too_many_cells()


def delimiter_of(text: str) -> str:
    """What stands most often between the cells of the first line that has any; a comma where none has.

    Quoted text is left out, line ends within it too. One pass over the beginning.
    """
    outside = "".join(text[:_MOST_LOOKED_AT].split('"')[::2])
    for line in outside.splitlines():
        counts = [line.count(each) for each in DELIMITERS]
        if any(counts):
            return DELIMITERS[counts.index(max(counts))]
    return ","
