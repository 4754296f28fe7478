"""Which column of a file is what: the choices that the screen offers, and what somebody chose."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from admin_app.backoffice.frame.lists import Choice
from store.actor import Actor
from store.fields.cell import shown
from store.fields.kinds import kind_of
from store.fields.spec import Field
from store.transfer import naming
from store.transfer.cells import Table, tables
from store.transfer.layout import IGNORED, Layout, SheetLayout, has_content
from store.transfer.names import CODE, HELP_SHEET, PARENT
from store.transfer.raw import Book, RawSheet
from store.words import Words

MOST_PREVIEWED = 10
_CODE = Words("编号", "Code")
_PARENT = Words("所属编号", "Code of its entry")
# What a field in the form says of a sheet that is not read.
_NOT_READ = "-"


class Group(NamedTuple):
    """The columns of a table, as a group of choices."""

    path: str
    words: Words
    options: tuple[Choice, ...]


class ColumnChoice(NamedTuple):
    header: str
    chosen: str
    is_guess: bool


class SheetChoice(NamedTuple):
    """A sheet on the screen: its place in the file, what it is read as, its columns, and the first rows."""

    place: int
    name: str
    table: str
    header: int
    columns: tuple[ColumnChoice, ...]
    rows: tuple[tuple[str, ...], ...]


class FixedChoice(NamedTuple):
    """A value for all rows, where the file has no column for it."""

    key: str
    words: Words
    options: tuple[Choice, ...]
    chosen: str


def groups(fields: Sequence[Field]) -> list[Group]:
    return [Group(table.path, table.label, tuple(_options(table))) for table in tables(fields)]


def _options(table: Table) -> Iterator[Choice]:
    yield Choice(f"{table.path}:{PARENT if table.path else CODE}", _PARENT if table.path else _CODE)
    yield from (Choice(f"{table.path}:{name}", Words(f"{name} #", f"{name} #")) for name in table.parents)
    yield from (Choice(f"{table.path}:{column.key}", column.label) for column in table.columns)


def sheets(book: Book, layout: Layout) -> list[SheetChoice]:
    """The sheets that somebody sees in his spreadsheet, with what is known of them."""
    known = {each.name: each for each in layout.sheets}
    return [
        _sheet(place, each, known[each.name])
        for place, each in enumerate(book)
        if not each.hidden and each.name != HELP_SHEET and each.lines
    ]


def _sheet(place: int, raw: RawSheet, layout: SheetLayout) -> SheetChoice:
    header = layout.header or raw.lines[0].number
    line = next((each for each in raw.lines if each.number == header), raw.lines[0])
    below = [each for each in raw.lines if each.number > header]
    width = max((len(each.cells) for each in [line, *below[:MOST_PREVIEWED]]), default=0)
    columns = tuple(_column(raw, layout, at, [shown(each) for each in line.cells]) for at in range(width))
    rows = tuple(
        tuple(shown(each.cells[at]) if at < len(each.cells) else "" for at in range(width))
        for each in below[:MOST_PREVIEWED]
    )
    return SheetChoice(place, raw.name, _NOT_READ if layout.table is None else layout.table, header, columns, rows)


def _column(raw: RawSheet, layout: SheetLayout, place: int, headers: Sequence[str]) -> ColumnChoice:
    header = headers[place].strip() if place < len(headers) else ""
    target = layout.targets[place] if place < len(layout.targets) else IGNORED
    if not header and not has_content(raw, place, layout.header):
        target = IGNORED
    chosen = target if target in ("", IGNORED) or ":" in target else f"{layout.table or ''}:{target}"
    return ColumnChoice(header, chosen, place in layout.guesses)


def fixed(fields: Sequence[Field], book: Book, layout: Layout, actor: Actor) -> list[FixedChoice]:
    """What every entry needs and no column gives."""
    given = {target for sheet in layout.sheets if sheet.table == "" for target in sheet.targets}
    found = []
    for field in fields:
        options = _values(field, actor) if field.required and field.default is None and field.name not in given else ()
        if options:
            chosen = layout.fixed.get(field.name) or _likely(options, book)
            found.append(FixedChoice(field.name, field.label, options, chosen))
    return found


def _values(field: Field, actor: Actor) -> tuple[Choice, ...]:
    kind = kind_of(field)
    if kind.several or not (kind.refers and field.target):
        return tuple(Choice(value, words) for value, words in kind.options(field))
    return tuple(Choice(code, words) for code, words in naming.offered(field.target, actor))


def _likely(options: Sequence[Choice], book: Book) -> str:
    """The only one, or the one that a sheet or a title is called after."""
    texts = [each for sheet in book for each in (sheet.name, *map(shown, sheet.lines[0].cells if sheet.lines else ()))]
    named = [each for each in options if any(each.words.zh and each.words.zh in text for text in texts)]
    found = named if len(named) == 1 else options
    return found[0].value if len(found) == 1 else ""


def chosen(form: Mapping[str, str], book: Book) -> Layout:
    """The layout that somebody chose on the screen; what he did not speak of is not read."""
    sheets = tuple(_chosen_sheet(form, place, raw) for place, raw in enumerate(book))
    given = {name.removeprefix("fixed."): value for name, value in form.items() if name.startswith("fixed.") and value}
    return Layout(sheets, given)


def _chosen_sheet(form: Mapping[str, str], place: int, raw: RawSheet) -> SheetLayout:
    table = form.get(f"sheet.{place}", _NOT_READ)
    if table == _NOT_READ or not raw.lines:
        return SheetLayout(raw.name, None, 0, (), ())
    header = form.get(f"header.{place}", "")
    number = int(header) if header.isascii() and header.isdecimal() else raw.lines[0].number
    line = next((each for each in raw.lines if each.number == number), raw.lines[0])
    headers = tuple(shown(each).strip() for each in line.cells)
    width = max(len(each.cells) for each in raw.lines)
    targets = tuple(_target(form.get(f"column.{place}.{at}", IGNORED), table) for at in range(width))
    return SheetLayout(raw.name, table, line.number, headers + ("",) * (width - len(headers)), targets)


def _target(value: str, table: str) -> str:
    """A column of another table than the sheet's is one of a list that stands in the main table."""
    path, colon, key = value.partition(":")
    if not colon:
        return IGNORED if value == IGNORED else ""
    return key if path == table else value if not table else ""


def dumped(layout: Layout) -> str:
    """The layout as a field of the form that is sent back with the file."""
    return json.dumps([[*map(list, layout.sheets)], dict(layout.fixed)], ensure_ascii=False)


def loaded(text: str, book: Book, paths: Iterable[str]) -> Layout | None:
    """The layout that the page sent back; None for what does not fit the file."""
    names, known = [each.name for each in book], {None, *paths}
    try:
        rows, given = json.loads(text)
        sheets = tuple(
            SheetLayout(str(name), table, int(header), tuple(map(str, headers)), tuple(map(str, targets)))
            for name, table, header, headers, targets, _ in rows
        )
        values = {str(key): str(value) for key, value in dict(given).items()}
    except (ValueError, TypeError):
        return None
    fits = all(each.table in known and len(each.headers) == len(each.targets) for each in sheets)
    return Layout(sheets, values) if fits and [each.name for each in sheets] == names else None
