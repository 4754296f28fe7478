"""Import and export of every content type and directory kind, by the same verbs and permissions as on the screens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from store import directory
from store.access import permits, require
from store.actor import Actor
from store.audit.operations import record
from store.content import audience, reading
from store.content import operations as content
from store.content import rules as content_rules
from store.errors import AnjuError, Invalid, Problem
from store.fields.cell import shown
from store.fields.checking import clean, uses
from store.fields.spec import Field
from store.transfer import doubles, flat, layout, layout_checks, mappings, naming, rules, writing
from store.transfer.cells import tables
from store.transfer.comparing import changes
from store.transfer.kinds import Kind, Known, kind_of, known_of, sees
from store.transfer.layout import Layout
from store.transfer.names import CODE, HELP_SHEET, MAIN_SHEET, PARENT, header
from store.transfer.raw import Book
from store.transfer.reports import Report, ReportRow
from store.transfer.sheets import Row, Sheet
from store.transfer.taking import take
from store.words import Words

FILTERS = frozenset({"code", "estate", "state"})


def template(key: str, actor: Actor, now: datetime) -> bytes:
    """An empty workbook with the columns of a kind, and a sheet that explains them."""
    require(actor, "transfer.import")
    kind = kind_of(key, actor, now)
    sheets: dict[str, writing.Table] = {table.path or MAIN_SHEET: (header(table), ()) for table in tables(kind.fields)}
    return writing.xlsx({**sheets, HELP_SHEET: (("column", "名称", "name", "required", "choices"), _help(kind.fields))})


def _help(fields: Sequence[Field]) -> Iterator[list[str]]:
    for table in tables(fields):
        for column in table.columns:
            field, choices = column.field, "; ".join(value for value, _ in column.field.choices)
            key = f"{table.path}: {column.key}" if table.path else column.key
            yield [key, field.label.zh, field.label.en, "是" if field.required else "", choices or field.target or ""]


def export(
    key: str, actor: Actor, now: datetime, filters: Mapping[str, str] | None = None, form: str = "xlsx"
) -> bytes:
    """What the actor may see of a kind, as a workbook or (without lists) a CSV. The export is logged.

    Personal values are hidden from whoever may not write them. Of content it is the drafts. Raises `Forbidden`,
    `Invalid` `unknown_filter`.
    """
    require(actor, "transfer.export")
    kind = kind_of(key, actor, now)
    wanted = _checked_filters(filters or {})
    found = {code: known for code, known in known_of(kind, wanted).items() if sees(actor, known)}
    record("export", f"{key}:*", actor=actor, now=now, detail={"rows": len(found), "filters": dict(wanted)})
    if form == "csv":
        return writing.csv_file(_rows(kind, 0, found, actor))
    names = [table.path or MAIN_SHEET for table in tables(kind.fields)]
    return writing.xlsx({name: _rows(kind, place, found, actor) for place, name in enumerate(names)})


def _checked_filters(filters: Mapping[str, Any]) -> dict[str, str]:
    for name, value in filters.items():
        if name not in FILTERS or not isinstance(value, str):
            words = Words("不能按「{name}」筛选", "“{name}” is no filter").fill(name=name)
            raise Invalid.one("unknown_filter", words, name)
    return dict(filters)


def _rows(kind: Kind, place: int, found: Mapping[str, Known], actor: Actor) -> writing.Table:
    table = tables(kind.fields)[place]
    rows = (
        row
        for code, known in sorted(found.items())
        for row in rules.rows_of(kind.fields, table, code, known.values, _hides(kind, known, actor))
    )
    return header(table), rows


def _hides(kind: Kind, known: Known, actor: Actor) -> bool:
    if kind.document is None:
        return False
    return not all(permits(actor, kind.document.WRITE, estate) for estate in known.estates or [None])


class Choices(NamedTuple):
    """What somebody has said of a file beforehand: where its columns go, and what is meant although it looks odd."""

    layout: Layout | None = None
    # Rows of lists and contents of cells that the file lacks are taken away.
    remove: bool = False
    # A second household in a unit, a member twice: written all the same.
    doubles: bool = False


AS_IT_IS = Choices()


def laid_out(key: str, book: Book, actor: Actor, now: datetime, headers: Mapping[str, int] | None = None) -> Layout:
    """Where the tables of a kind are in a file, as far as it can be told. Raises `Forbidden`.

    `headers` are the numbers of header rows that somebody has named, by sheet.
    """
    require(actor, "transfer.import")
    kept = mappings.kept(actor, key)
    return layout.find(kind_of(key, actor, now).fields, book, kept.targets, kept.fixed, headers)


def dry_run(key: str, book: Book, actor: Actor, now: datetime, choices: Choices = AS_IT_IS) -> Report:
    """What importing the file would do, row by row; nothing is written. Raises `Forbidden`, `Invalid`.

    Rows may refer to each other. Content must be publishable, although it is imported as drafts.
    """
    require(actor, "transfer.import")
    kind = kind_of(key, actor, now)
    found = choices.layout or laid_out(key, book, actor, now)
    problems = layout_checks.check(kind.fields, found)
    sheet = take(kind.fields, book, found) if not problems else Sheet([], [])
    problems += rules.check_columns(kind.fields, sheet, needs_code=_needs_code(kind, sheet)) if not problems else []
    if problems:
        return Report(key, problems=problems)
    sheet, contradictions = _identified(kind, sheet, actor)
    reader = rules.SheetReader(kind.fields, sheet, choices.remove)
    known = known_of(kind, {"code__in": [rules.code_of(row) for row in sheet.rows]})
    report = Report(key, [_compared(kind, row, reader, known, actor) for row in sheet.rows], left_out=sheet.left_out)
    for row, found_row in zip(sheet.rows, report.rows, strict=True):
        found_row.problems += contradictions.get(id(row), [])
        found_row.headers = sheet.headers
    doubles.refuse_codes(report)
    if not choices.doubles:
        doubles.ask(kind, report, known)
    _check_rows(kind, report, actor, now)
    doubles.refuse_taken(kind, report)
    report.problems = [_orphan(path, row) for path, row in reader.orphans({row.code for row in report.rows})]
    return report


def _needs_code(kind: Kind, sheet: Sheet) -> bool:
    """Whoever is known by something else needs no code: a household by its unit."""
    known_by = kind.document.KNOWN_BY if kind.document else ()
    return not known_by or not set(known_by) <= set(sheet.columns)


def _identified(kind: Kind, sheet: Sheet, actor: Actor) -> tuple[Sheet, dict[int, list[Problem]]]:
    """The sheet with codes for names, one row for each entry, and what contradicts itself by the id of the row."""
    sheet = naming.resolved(kind.fields, sheet, actor)
    if kind.document is not None:
        sheet = naming.with_codes(kind.document, sheet)
    return flat.split(sheet)


def _compared(kind: Kind, row: Row, reader: rules.SheetReader, known: Mapping[str, Known], actor: Actor) -> ReportRow:
    code = rules.code_of(row)
    there = known.get(code)
    if there is not None and not sees(actor, there):
        there = None  # foreign is absent: what comes of it is told as for any code that is taken
    read = reader.read(row, there.values if there else None)
    values, problems = clean(kind.fields, read.values)
    told = {each.field for each in read.problems}
    found = ReportRow(row.number, code, "update" if there else "create", list(read.problems), values, sheet=row.sheet)
    found.sources, found.changes = read.sources, list(read.kept)
    found.seen = there.version if there else None
    found.problems += [*_code_problems(kind, row, code), *(each for each in problems if each.field not in told)]
    if there is not None and not found.problems and found.values == there.values:
        found.action = "unchanged"
    found.changes[:0] = changes(kind.fields, there.values if there else {}, values)
    if there is None and code in known:
        words = Words("编号已被使用：{code}", "This code is already taken: {code}").fill(code=code)
        found.problems.append(Problem("code_taken", words, CODE))
    return found


def _code_problems(kind: Kind, row: Row, code: str) -> list[Problem]:
    damaged = rules.check_code_cell(row)
    if damaged or code or kind.document is None or not kind.document.KNOWN_BY:
        return damaged or content_rules.check_code(code)
    name = kind.document.KNOWN_BY[-1]
    words = Words("「{text}」对不上任何一处", "“{text}” is no place that is known").fill(
        text=shown(row.cells.get(name))
    )
    return [Problem("unknown_place", words, name)]


def _orphan(path: str, row: Row) -> Problem:
    words = Words(
        "工作表「{path}」第 {n} 行的编号「{code}」不在主表中",
        "Row {n} of sheet “{path}”: “{code}” is not in the main table",
    )
    return Problem("orphan_row", words.fill(path=path, n=row.number, code=rules.code_of(row, PARENT)), path)


def _check_rows(kind: Kind, report: Report, actor: Actor, now: datetime) -> None:
    assume = {(kind.key, row.code): row.values for row in report.rows if not row.problems}
    look_up = reading.looking_up(now, assume, actor=actor)
    for row in report.rows:
        if not row.problems and row.action != "unchanged":
            row.problems += _allowed(kind, row, actor)
        if not row.problems and row.action != "unchanged":
            if kind.content_type is not None:
                row.problems += content_rules.check_body(kind.content_type, row.values, look_up)[1]
            elif kind.document is not None:
                found = [(path, each, code) for path, each, code in uses(kind.fields, row.values)]
                row.problems += [
                    *kind.document.problems(row.values),
                    *content_rules.missing_references(found, look_up),
                ]
        if row.problems:
            row.action = "error"


def _allowed(kind: Kind, row: ReportRow, actor: Actor) -> list[Problem]:
    try:
        if kind.document is not None:
            for estate in kind.document.estates_of({"code": row.code, **row.values}) or [None]:
                require(actor, kind.document.WRITE, estate)
            kind.document.refuse(row.values, actor)
        else:
            require(actor, "content.write", row.values.get("estate"))
            audience.require_writing(actor, kind.key)
    except AnjuError as error:
        return [Problem(error.code, error.words, error.field)]
    return []


def apply(report: Report, actor: Actor, now: datetime, all_or_nothing: bool = True, publish: bool = False) -> Report:
    """Carry out a dry run; returns what was done. Raises `Invalid` `rows_with_errors` unless only good rows are asked for.

    Each row is a write of its own: one that somebody else changed since the dry run ends as an `error` of the answer
    and leaves the others as they are. Content becomes drafts, published when asked.
    """
    require(actor, "transfer.import")
    if report.problems or (all_or_nothing and report.has_errors):
        raise Invalid(report.problems or [_rows_with_errors(report)])
    kind = kind_of(report.kind, actor, now)
    done = {row.number: row for row in report.rows}
    for row in _in_order(kind, [row for row in report.rows if row.action in ("create", "update")]):
        done[row.number] = _written(kind, row, actor, now, publish)
    result = Report(report.kind, [done[row.number] for row in report.rows], applied=True)
    record("import", f"{report.kind}:*", actor=actor, now=now, detail=result.counts)
    return result


def _rows_with_errors(report: Report) -> Problem:
    words = Words("{n} 行有错误，未导入任何内容", "{n} rows have errors; nothing was imported")
    return Problem("rows_with_errors", words.fill(n=report.counts["error"]))


def _in_order(kind: Kind, rows: list[ReportRow]) -> list[ReportRow]:
    """Rows after those of the same sheet that they refer to; in the order of the sheet where they run in circles."""
    by_code = {row.code: row for row in rows}
    graph: TopologicalSorter[str] = TopologicalSorter()
    for row in rows:
        found = uses(kind.fields, row.values)
        graph.add(
            row.code, *(code for _, each, code in found if each == kind.key and code in by_code and code != row.code)
        )
    try:
        return [by_code[code] for code in graph.static_order()]
    except CycleError:
        return rows


def _written(kind: Kind, row: ReportRow, actor: Actor, now: datetime, publish: bool) -> ReportRow:
    try:
        if kind.document is not None:
            _write_entry(kind.key, row, actor, now)
        else:
            _write_content(kind.key, row, actor, now, publish)
    except AnjuError as error:
        problems = error.problems if isinstance(error, Invalid) else [Problem(error.code, error.words, error.field)]
        return replace(row, action="error", problems=list(problems))
    return row


def _write_entry(key: str, row: ReportRow, actor: Actor, now: datetime) -> None:
    if row.action == "create":
        directory.create(key, row.code, row.values, actor=actor, now=now, doubles_meant=True)
    else:
        directory.update(key, row.code, row.values, actor=actor, now=now, seen=row.seen, doubles_meant=True)


def _write_content(key: str, row: ReportRow, actor: Actor, now: datetime, publish: bool) -> None:
    if row.action == "create":
        content.create(key, row.code, row.values, actor=actor, now=now)
    else:
        content.save_draft(key, row.code, row.values, actor=actor, now=now, seen=row.seen)
    if publish:
        content.publish(key, row.code, actor=actor, now=now)
