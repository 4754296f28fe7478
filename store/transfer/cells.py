"""Values of fields as cells of a table, and back. Pure.

A cell holds what a person can read and type: `a; b` for several, 是/否 for yes and no, codes for references. What does
not fit its field is passed on as it is, so that the field itself says what is wrong with it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from store.fields import Field
from store.words import LANGUAGES

MANY = frozenset({"choices", "references", "times", "weekdays", "months", "month_days", "integers"})
NUMBERS = frozenset({"integer", "minutes", "money_fen", "weekdays", "months", "month_days", "integers"})
TRUE = frozenset({"是", "yes", "true", "y", "1", "√", "✓"})
FALSE = frozenset({"否", "no", "false", "n", "0", "×"})
# Stands for a personal value in the table of somebody who may not see it; never read back as a value.
MASK = "•••"
_SEPARATOR = re.compile(r"[;；\n]")
_PRECISE = re.compile(r"^-?\d{1,15}\Z")


class Column(NamedTuple):
    """A column of a table: its key in the first row, the field, and where the value lies (`("name", "zh")`)."""

    key: str
    field: Field
    path: tuple[str, ...]


class Table(NamedTuple):
    """The main table (path `""`) or that of a list of groups (`items`, `chapters.clauses`)."""

    path: str
    columns: tuple[Column, ...]

    @property
    def parents(self) -> tuple[str, ...]:
        """The columns that say which row of which list above a row belongs to: `("chapters",)` for its clauses."""
        return tuple(self.path.split(".")[:-1]) if self.path else ()


def tables(fields: Sequence[Field], path: str = "") -> list[Table]:
    """The main table and one for every list of groups, in the order of the fields."""
    nested = [each for each in fields if each.kind == "list" and not is_simple_list(each)]
    found = [Table(path, tuple(_columns(fields, top=not path)))]
    for each in nested:
        found += tables(each.fields, f"{path}.{each.name}".lstrip("."))
    return found


def is_simple_list(field: Field) -> bool:
    """A list whose rows have one plain field each is one readable cell."""
    if field.kind != "list" or len(field.fields) != 1:
        return False
    only = field.fields[0]
    return only.kind not in MANY | {"list", "group"} and not only.translated


def _columns(fields: Sequence[Field], path: tuple[str, ...] = (), top: bool = False) -> Iterator[Column]:
    for each in fields:
        here = (*path, each.name)
        if each.kind == "group":
            yield from _columns(each.fields, here)
        elif each.translated:
            yield from (Column(".".join((*here, language)), each, (*here, language)) for language in LANGUAGES)
        elif each.kind != "list" or is_simple_list(each):
            # `code` is the column that names the entry; a manager's own type may have a field of that name.
            yield Column("field.code" if here == ("code",) and top else ".".join(here), each, here)


def to_cell(field: Field, value: Any) -> str | int | float | None:
    """A stored value as it is written into a table."""
    if value is None or value == []:
        return None
    if is_simple_list(field):
        return "; ".join(str(to_cell(field.fields[0], row.get(field.fields[0].name))) for row in value)
    if field.kind in MANY:
        return "; ".join(str(each) for each in value)
    if field.kind == "boolean":
        return "是" if value else "否"
    return value if isinstance(value, int | float) else str(value)


def from_cell(field: Field, cell: Any) -> Any:
    """What a person typed as a value for the field; None for an empty cell. The field checks it afterwards."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if is_simple_list(field):
        only = field.fields[0]
        return [{only.name: from_cell(only, each)} for each in _split(cell)]
    if field.kind in MANY:
        return [_single(field, each) for each in _split(cell)]
    return _single(field, cell)


def _split(cell: Any) -> list[str]:
    return [each.strip() for each in _SEPARATOR.split(_plain_text(cell)) if each.strip()]


def _single(field: Field, cell: Any) -> Any:
    if field.kind in NUMBERS or field.kind == "decimal":
        return _number(field, cell)
    return _READERS.get(field.kind, _text)(field, cell)


def _number(field: Field, cell: Any) -> Any:
    """Excel keeps every number as a float: 30.0 is 30."""
    if isinstance(cell, str):
        text = cell.strip()
        if _PRECISE.match(text):
            return int(text)
        try:
            return float(text) if field.kind == "decimal" else text
        except ValueError:
            return text
    if isinstance(cell, float) and cell.is_integer() and field.kind in NUMBERS:
        return int(cell)
    return cell


def _boolean(field: Field, cell: Any) -> Any:
    if isinstance(cell, bool):
        return cell
    text = _plain_text(cell).strip().lower()
    return True if text in TRUE else False if text in FALSE else cell


def _choice(field: Field, cell: Any) -> Any:
    """The value itself, or the label that a person sees in either language."""
    text = _plain_text(cell).strip()
    for value, label in field.choices:
        if text in (value, label.zh, label.en):
            return value
    return text


def _date(field: Field, cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = _plain_text(cell).strip()
    parts = re.match(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z", text)
    return f"{parts[1]}-{int(parts[2]):02d}-{int(parts[3]):02d}" if parts else text


def _time(field: Field, cell: Any) -> Any:
    if isinstance(cell, datetime | time):
        return f"{cell:%H:%M}"
    text = _plain_text(cell).strip()
    return f"0{text}" if re.match(r"^\d:\d\d\Z", text) else text


def _text(field: Field, cell: Any) -> Any:
    return _plain_text(cell)


_READERS: Mapping[str, Callable[[Field, Any], Any]] = {
    "boolean": _boolean,
    "choice": _choice,
    "choices": _choice,
    "date": _date,
    "time": _time,
    "times": _time,
}


def _plain_text(cell: Any) -> str:
    """A cell as text: a telephone number that Excel took for a number keeps its digits."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return cell if isinstance(cell, str) else cell.isoformat() if isinstance(cell, date | time) else str(cell)
