"""Cells that all lists of records share: state, due moment, people. Colour, word and icon; never a colour alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import url_for
from markupsafe import Markup

from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.formats import NOTHING
from admin_app.shell.language import say
from store.deadlines.lateness import SOON
from store.words import Words

NOBODY = Words("未指派", "nobody")


def chip_markup(chip: Chip) -> Markup:
    """The same chip as the macro of `parts/states.html`, for cells that are made in Python."""
    picture = Markup('<svg class="icon small" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        url_for("static", filename="icons.svg"), chip.icon
    )
    return Markup('<span class="chip {}">{}{}</span>').format(chip.tone, picture, say(chip.words))


def chips(row_chips: Iterable[Chip]) -> Markup:
    return Markup(" ").join(chip_markup(each) for each in row_chips)


def due_chip(due: datetime | None, now: datetime) -> Chip | None:
    """Overdue or due soon, by the moment until which something is owed."""
    if due is None:
        return None
    if due < now:
        return chip_of("overdue")
    return chip_of("due_soon") if due - now <= SOON else None


def person_cell(code: str | None, name: str, open_: bool) -> Markup:
    if code:
        return Markup("{}").format(name)
    if open_:
        return Markup('<span class="nobody">{}</span>').format(say(NOBODY))
    return NOTHING


def title_of(row: Any) -> str:
    """What a record is called in the reader's language; empty without a title. Also of plain values of MongoDB."""
    zh, en = (row.get(name) if isinstance(row, Mapping) else getattr(row, name, None) for name in ("title", "title_en"))
    return say(Words(zh or "", en or zh or ""))


def words_of(table: Mapping[Any, Words], key: Any) -> str:
    found = table.get(key)
    return say(found) if found else str(key or "")


__all__ = ["chip_markup", "chips", "due_chip", "person_cell", "title_of", "words_of"]
