"""What stands against reading a file by a layout. Pure."""

from collections.abc import Iterator, Sequence

from store.errors import Problem
from store.fields.spec import Field
from store.transfer.cells import tables
from store.transfer.layout import IGNORED, Layout, SheetLayout
from store.words import Words

_UNKNOWN = Words("没有名为「{name}」的列", "There is no column named “{name}”")
_GUESSED = Words("请先确认列「{name}」对应哪一项", "Say first what the column “{name}” is")
_DOUBLE = Words("列「{name}」重复", "The column “{name}” is there twice")
_SHEET = Words("没有名为「{name}」的工作表", "There is no sheet named “{name}”")
_NOTHING = Words("文件里没有可以读取的工作表", "The file has no sheet that can be read")
# Fields whose value may stand in several columns: building, entrance and room.
JOINED = frozenset({"unit", "room"})


def check(fields: Sequence[Field], layout: Layout) -> list[Problem]:
    """Unknown, doubtful and doubled columns, and sheets that look like data but are none of the kind's tables."""
    problems: list[Problem] = []
    for sheet in layout.sheets:
        if sheet.table is not None:
            problems += _columns(sheet)
        elif sheet.header:
            problems.append(Problem("unknown_sheet", _SHEET.fill(name=sheet.name), sheet.name))
    paths = {sheet.table for sheet in layout.sheets}
    if paths == {None}:
        problems.append(Problem("no_data", _NOTHING, "file"))
    known = {table.path for table in tables(fields)} | {None}
    return problems + [Problem("unknown_sheet", _SHEET.fill(name=each), str(each)) for each in paths - known]


def _columns(sheet: SheetLayout) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for place, (header, target) in enumerate(zip(sheet.headers, sheet.targets, strict=True)):
        field = f"{sheet.table}.{header}".lstrip(".")
        if not target:
            yield Problem("unknown_column", _UNKNOWN.fill(name=header), field)
        elif place in sheet.guesses:
            yield Problem("unconfirmed_column", _GUESSED.fill(name=header), field)
        elif target in seen and (target not in JOINED or seen[target] == header):
            yield Problem("duplicate_column", _DOUBLE.fill(name=header), field)
        if target not in ("", IGNORED):
            seen[target] = header
