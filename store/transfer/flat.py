"""A table that has a row for each member of a household, as the rows of households and those of their members. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from store.errors import Problem
from store.fields.cell import Cell, is_empty, shown
from store.transfer.names import CODE, PARENT
from store.transfer.rules import code_of
from store.transfer.sheets import Row, Sheet
from store.words import Words

DIFFERS = Words("与第 {n} 行不同：{one} / {other}", "Not as in row {n}: {one} / {other}")


def split(sheet: Sheet) -> tuple[Sheet, dict[int, list[Problem]]]:
    """One main row for each code and the others as rows of lists; what contradicts itself, by the id of the main row."""
    paths = dict.fromkeys(path for each in sheet.columns if ":" in each for path in [each.partition(":")[0]])
    if not paths:
        return sheet, {}
    mains: dict[str, Row] = {}
    problems: dict[str, list[Problem]] = {}
    children: dict[str, list[Row]] = {path: [] for path in paths}
    for place, row in enumerate(sheet.rows):
        # A row whose place is unknown is wrong by itself.
        code = code_of(row) or f"?{place}"
        own = {key: cell for key, cell in row.cells.items() if ":" not in key}
        first = mains.setdefault(code, replace(row, cells=own))
        mains[code], found = _merged(first, own)
        problems.setdefault(code, []).extend(found)
        for path in paths:
            part = {key.partition(":")[2]: cell for key, cell in row.cells.items() if key.startswith(f"{path}:")}
            if code_of(row) and not all(is_empty(cell) for cell in part.values()):
                children[path].append(replace(row, cells={PARENT: code, **part}))
    columns = [each for each in sheet.columns if ":" not in each]
    tables = {path: ([PARENT, *_keys(sheet.columns, path)], rows) for path, rows in children.items()}
    whole = replace(sheet, columns=columns, rows=list(mains.values()), children={**sheet.children, **tables})
    return whole, {id(row): problems[code] for code, row in mains.items() if problems[code]}


def _keys(columns: Iterable[str], path: str) -> list[str]:
    return [each.partition(":")[2] for each in columns if each.startswith(f"{path}:")]


def _merged(first: Row, own: dict[str, Cell]) -> tuple[Row, list[Problem]]:
    """What the first row leaves open is told by a later one; what it says otherwise is a problem."""
    cells, problems = dict(first.cells), []
    for key, cell in own.items():
        if is_empty(cells.get(key)):
            cells[key] = cell
        elif not is_empty(cell) and shown(cell).strip() != shown(cells[key]).strip() and key != CODE:
            words = DIFFERS.fill(n=first.number, one=shown(cells[key]), other=shown(cell))
            problems.append(Problem("differs", words, key))
    return replace(first, cells=cells), problems
