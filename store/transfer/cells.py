"""Which tables and columns the fields of a kind make, and the values of fields as cells. Pure.

A cell holds what a person can read and type: `a; b` for several, 是/否 for yes and no, codes for references. How one kind
of field is written and read stands in its family (`store/fields/`).
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from store.fields import cell
from store.fields.kinds import kind_of
from store.fields.nested import GROUP, LIST
from store.fields.spec import Field
from store.words import LANGUAGES, Words

# Stands for a personal value in the table of somebody who may not see it; never read back as a value.
MASK = "•••"
_LANGUAGES = {"zh": Words("（中文）", " (Chinese)"), "en": Words("（英文）", " (English)")}


class TableColumn(NamedTuple):
    """A column of a table: its key in the first row, the field, where the value lies (`("name", "zh")`), and its words."""

    key: str
    field: Field
    path: tuple[str, ...]
    label: Words


class Table(NamedTuple):
    """The main table (path `""`) or that of a list of groups (`items`, `chapters.clauses`)."""

    path: str
    columns: tuple[TableColumn, ...]
    label: Words

    @property
    def parents(self) -> tuple[str, ...]:
        """The columns that say which row of which list above a row belongs to: `("chapters",)` for its clauses."""
        return tuple(self.path.split(".")[:-1]) if self.path else ()


def tables(fields: Sequence[Field], path: str = "", label: Words = Words("主表", "Main table")) -> list[Table]:
    """The main table and one for every list of groups, in the order of the fields."""
    nested = [each for each in fields if each.kind == LIST and not is_simple_list(each)]
    found = [Table(path, tuple(_columns(fields, top=not path)), label)]
    for each in nested:
        found += tables(each.fields, f"{path}.{each.name}".lstrip("."), each.label)
    return found


def is_simple_list(field: Field) -> bool:
    """A list whose rows have one plain field each is one readable cell."""
    if field.kind != LIST or len(field.fields) != 1:
        return False
    only = field.fields[0]
    return not kind_of(only).nested and not kind_of(only).several and not only.translated


def _columns(
    fields: Sequence[Field], path: tuple[str, ...] = (), top: bool = False, above: Words = Words("", "")
) -> Iterator[TableColumn]:
    for each in fields:
        here, label = (*path, each.name), Words(above.zh + each.label.zh, above.en + each.label.en)
        if each.kind == GROUP:
            yield from _columns(each.fields, here, above=Words(label.zh, f"{label.en}: "))
        elif each.translated:
            for language in LANGUAGES:
                more = _LANGUAGES[language]
                words = Words(label.zh + more.zh, label.en + more.en)
                yield TableColumn(".".join((*here, language)), each, (*here, language), words)
        elif each.kind != LIST or is_simple_list(each):
            # `code` is the column that names the entry; a manager's own type may have a field of that name.
            yield TableColumn("field.code" if here == ("code",) and top else ".".join(here), each, here, label)


def to_cell(field: Field, value: Any) -> cell.Written:
    """A stored value as it is written into a table."""
    if value is None or value == []:
        return None
    if is_simple_list(field):
        only = field.fields[0]
        return "; ".join(cell.item(to_cell(only, row.get(only.name))) for row in value)
    return kind_of(field).to_cell(value)


def from_cell(field: Field, found: cell.Cell) -> Any:
    """What a person typed, or a spreadsheet made of it, as a value for the field; None for an empty cell.

    What does not fit is passed on as it is: the field says afterwards what is wrong with it. Raises `Wrong` for what a
    spreadsheet has damaged.
    """
    if cell.is_empty(found):
        return None
    cell.refuse_error(found)
    if is_simple_list(field):
        only = field.fields[0]
        text = cell.long_text(found) if kind_of(only).is_long else cell.text(found)
        return [{only.name: from_cell(only, each)} for each in cell.items(text)]
    return kind_of(field).from_cell(field, found)
