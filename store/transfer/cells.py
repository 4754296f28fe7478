"""Values of fields as cells of a table. Pure.

A cell holds what a person can read and type: `a; b` for several, 是/否 for yes and no, codes for references.
`values.py` reads them back.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from store.fields import Field
from store.words import LANGUAGES, Words

MANY = frozenset({"choices", "references", "times", "weekdays", "months", "month_days", "integers"})
# Stands for a personal value in the table of somebody who may not see it; never read back as a value.
MASK = "•••"
_SEPARATORS = re.compile(r"[;；\n]")
_LANGUAGES = {"zh": Words("（中文）", " (Chinese)"), "en": Words("（英文）", " (English)")}


class Column(NamedTuple):
    """A column of a table: its key in the first row, the field, where the value lies (`("name", "zh")`), and its words."""

    key: str
    field: Field
    path: tuple[str, ...]
    label: Words


class Table(NamedTuple):
    """The main table (path `""`) or that of a list of groups (`items`, `chapters.clauses`)."""

    path: str
    columns: tuple[Column, ...]
    label: Words

    @property
    def parents(self) -> tuple[str, ...]:
        """The columns that say which row of which list above a row belongs to: `("chapters",)` for its clauses."""
        return tuple(self.path.split(".")[:-1]) if self.path else ()


def tables(fields: Sequence[Field], path: str = "", label: Words = Words("主表", "Main table")) -> list[Table]:
    """The main table and one for every list of groups, in the order of the fields."""
    nested = [each for each in fields if each.kind == "list" and not is_simple_list(each)]
    found = [Table(path, tuple(_columns(fields, top=not path)), label)]
    for each in nested:
        found += tables(each.fields, f"{path}.{each.name}".lstrip("."), each.label)
    return found


def is_simple_list(field: Field) -> bool:
    """A list whose rows have one plain field each is one readable cell."""
    if field.kind != "list" or len(field.fields) != 1:
        return False
    only = field.fields[0]
    return only.kind not in MANY | {"list", "group"} and not only.translated


def _columns(
    fields: Sequence[Field], path: tuple[str, ...] = (), top: bool = False, above: Words = Words("", "")
) -> Iterator[Column]:
    for each in fields:
        here, label = (*path, each.name), Words(above.zh + each.label.zh, above.en + each.label.en)
        if each.kind == "group":
            yield from _columns(each.fields, here, above=Words(label.zh, f"{label.en}: "))
        elif each.translated:
            for language in LANGUAGES:
                more = _LANGUAGES[language]
                words = Words(label.zh + more.zh, label.en + more.en)
                yield Column(".".join((*here, language)), each, (*here, language), words)
        elif each.kind != "list" or is_simple_list(each):
            # `code` is the column that names the entry; a manager's own type may have a field of that name.
            yield Column("field.code" if here == ("code",) and top else ".".join(here), each, here, label)


def to_cell(field: Field, value: Any) -> str | int | float | None:
    """A stored value as it is written into a table."""
    if value is None or value == []:
        return None
    if is_simple_list(field):
        return "; ".join(_item(to_cell(field.fields[0], row.get(field.fields[0].name))) for row in value)
    if field.kind in MANY:
        return "; ".join(_item(each) for each in value)
    if field.kind == "boolean":
        return "是" if value else "否"
    return value if isinstance(value, int | float) else str(value)


def _item(cell: object) -> str:
    """One of several in a cell; in quotes where it has what stands between them."""
    text = "" if cell is None else str(cell)
    if _SEPARATORS.search(text) or text.startswith('"') or not text.strip():
        return '"{}"'.format(text.replace('"', '""'))
    return text
