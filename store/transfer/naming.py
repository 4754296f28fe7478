"""Entries by the names that people give them: 阳光花园 is an estate, 3栋2单元501 a unit of it. Reads, never writes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from store import directory
from store.actor import Actor
from store.content.documents import Content
from store.fields.cell import Cell, items
from store.fields.cell import code as code_text
from store.fields.kinds import kind_of
from store.fields.spec import CODE as A_CODE
from store.fields.spec import Field, Wrong
from store.premises.rooms import as_room
from store.transfer.cells import Table, TableColumn, tables, to_cell
from store.transfer.names import CODE
from store.transfer.sheets import Row, Sheet
from store.words import Words, translated

# Units are called by their rooms.
_BY_ROOM = "unit"
_MANY = Field("codes", "references", Words("编号", "Codes"))
Named = Mapping[str, Sequence["Entry"]]


class Entry(NamedTuple):
    code: str
    estate: str | None


def resolved(fields: Sequence[Field], sheet: Sheet, actor: Actor) -> Sheet:
    """The sheet with codes where a name was typed that one entry has; what none or several have stays as it is."""
    parts = {table.path: table for table in tables(fields)}
    rows = _resolved_rows(parts[""], sheet.rows, actor)
    children = {
        path: (columns, _resolved_rows(parts[path], found, actor)) for path, (columns, found) in sheet.children.items()
    }
    return replace(sheet, rows=rows, children=children)


def _resolved_rows(table: Table, rows: Sequence[Row], actor: Actor) -> list[Row]:
    """Estates first: a room is looked for in the estate of its row."""
    found = list(rows)
    columns = [each for each in table.columns if kind_of(each.field).refers]
    for column in sorted(columns, key=lambda each: each.field.target != "estate"):
        wanted = {text for row in found for text in _texts(row.cells.get(column.key))}
        if wanted and column.field.target:
            named = _entries(column.field.target, wanted, actor)
            found = [_with_codes(row, column, named) for row in found]
    return found


def _texts(cell: Cell) -> list[str]:
    try:
        return items(code_text(cell))
    except Wrong:
        return []


def _with_codes(row: Row, column: TableColumn, named: Named) -> Row:
    texts = _texts(row.cells.get(column.key))
    estate = row.cells.get("estate") if column.key != "estate" else None
    codes = [_code(text, named, estate) for text in texts]
    if codes == texts:
        return row
    return replace(row, cells={**row.cells, column.key: str(to_cell(_MANY, codes))})


def _code(text: str, named: Named, estate: object) -> str:
    hits = {each.code for each in named.get(text, ()) if not estate or each.estate in (None, estate)}
    return text if text in hits or len(hits) != 1 else hits.pop()


def _entries(target: str, texts: Iterable[str], actor: Actor) -> dict[str, list[Entry]]:
    """Who is called what, of those the actor may see."""
    found: dict[str, list[Entry]] = {}
    for name, entry in _raw_entries(target, sorted(texts)):
        if entry.estate is None or actor.sees(entry.estate):
            found.setdefault(name, []).append(entry)
    return found


def _raw_entries(target: str, texts: list[str]) -> Iterator[tuple[str, Entry]]:
    if target == _BY_ROOM:
        yield from _units(texts)
        return
    is_kind = directory.is_kind(target)
    collection = directory.kinds()[target]._get_collection() if is_kind else Content._get_collection()
    names = [{path: {"$in": texts}} for path in ("code", "name.zh", "name.en")]
    query: dict[str, Any] = {"$or": names, **({"active": {"$ne": False}} if is_kind else {"type": target})}
    for raw in collection.find(query, {"code": 1, "name": 1, "estate": 1}):
        estate = raw["code"] if target == "estate" else raw.get("estate")
        for name in {raw["code"], *((raw.get("name") or {}).values())}:
            yield name, Entry(raw["code"], estate)


def _units(texts: Sequence[str]) -> Iterator[tuple[str, Entry]]:
    """By room as people write it; `3栋1单元1201` is 3-1201 where rooms are not counted by entrance."""
    wanted = {text: _rooms(text) for text in texts}
    rooms = sorted({room for each in wanted.values() for room in each})
    query = {"active": {"$ne": False}, "$or": [{"code": {"$in": list(texts)}}, {"room": {"$in": rooms}}]}
    units = list(directory.kinds()[_BY_ROOM]._get_collection().find(query, {"code": 1, "room": 1, "estate": 1}))
    entrances = _entrances(wanted.values())
    for text, likely in wanted.items():
        codes = [unit for unit in units if unit["code"] == text]
        hits = [[unit for unit in units if unit["room"] == room] for room in likely if len(entrances.get(room, ())) < 2]
        for unit in codes or next((each for each in hits if each), []):
            yield text, Entry(unit["code"], unit["estate"])


def _rooms(text: str) -> list[str]:
    """The rooms that a text may mean, the likeliest first."""
    room = as_room(text) or text
    return list(dict.fromkeys([text, room, *filter(None, [_without_entrance(room)])]))


def _without_entrance(room: str) -> str | None:
    parts = room.split("-")
    return f"{parts[0]}-{parts[2]}" if len(parts) == 3 else None


def _entrances(found: Iterable[Sequence[str]]) -> dict[str, set[str]]:
    """The rooms that would become one without their entrances: two of them are two homes."""
    entrances: dict[str, set[str]] = {}
    for room in {room for likely in found for room in likely}:
        short = _without_entrance(room)
        if short:
            entrances.setdefault(short, set()).add(room)
    return entrances


def with_codes(document: type[directory.DirectoryEntry], sheet: Sheet) -> Sheet:
    """Rows without a code get that of the entry that is known by the same values, or a new one."""
    missing = [row for row in sheet.rows if not _texts(row.cells.get(CODE)) and row.cells.get(CODE) in (None, "")]
    if not missing or not document.KNOWN_BY:
        return sheet
    keys = {
        id(row): tuple(next(iter(_texts(row.cells.get(name))), "") for name in document.KNOWN_BY) for row in missing
    }
    there = _known(document, set(keys.values()))
    rows = []
    for row in sheet.rows:
        key = keys.get(id(row))
        if key is not None and all(key):
            values = {name: next(iter(_texts(cell)), "") for name, cell in row.cells.items()}
            codes = there.get(key) or [document.code_for(values)]
            is_code = len(codes) == 1 and A_CODE.fullmatch(codes[0])
            row = replace(row, cells={**row.cells, CODE: codes[0] if is_code else None})
        rows.append(row)
    return replace(sheet, rows=rows)


def _known(document: type[directory.DirectoryEntry], keys: set[tuple[str, ...]]) -> dict[tuple[str, ...], list[str]]:
    query = {name: {"$in": sorted({key[place] for key in keys})} for place, name in enumerate(document.KNOWN_BY)}
    shown = {"code": 1, **dict.fromkeys(document.KNOWN_BY, 1)}
    found: dict[tuple[str, ...], list[str]] = {}
    for raw in document._get_collection().find({**query, "active": {"$ne": False}}, shown):
        found.setdefault(tuple(raw.get(name) for name in document.KNOWN_BY), []).append(raw["code"])
    return found


def offered(target: str, actor: Actor, most: int = 200) -> list[tuple[str, Words]]:
    """Who there is of a kind, by code and name, for a value that all rows of a file have."""
    if not directory.is_kind(target) or target == _BY_ROOM:
        return []
    entries = directory.kinds()[target].objects(active__ne=False).exclude("events").order_by("code").limit(most)
    seen = [each for each in entries if actor.estates is None or directory.values_for(target, each.code, actor)]
    return [(each.code, translated(each.name or each.code)) for each in seen]
