"""How far a sheet of a workbook reaches, seen in one pass over its XML and without building anything."""

from collections.abc import Iterable, Mapping
from xml.parsers import expat

# What makes a cell hold something; a cell that only has a format is not read.
_CONTENTS = frozenset({"v", "is", "f"})


class Refused(Exception):
    """The XML has what no spreadsheet program writes."""


class Extent:
    """The last row and column that hold something. A cell or row without a place of its own stands after the one
    before it, as every spreadsheet program reads it."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0

    @classmethod
    def of(cls, pieces: Iterable[bytes]) -> "Extent | None":
        """None for what is not well-formed, declares entities, or gives a place that is none."""
        found = cls()
        parser = expat.ParserCreate()
        parser.StartElementHandler = found._element
        parser.StartDoctypeDeclHandler = _refuse
        try:
            for piece in pieces:
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, Refused, ValueError):
            return None
        return found

    def _element(self, name: str, attributes: Mapping[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._cell(attributes.get("r"))
        elif name == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
        elif name in _CONTENTS:
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)

    def _cell(self, place: str | None) -> None:
        if place is None:
            self._column += 1
            return
        letters = place.rstrip("0123456789")
        self._column, self._row = _column_number(letters), int(place[len(letters) :])


def _refuse(*_: object) -> None:
    raise Refused


def _column_number(letters: str) -> int:
    """1 for A. Raises `ValueError` for what is no column."""
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        raise ValueError(letters)
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
