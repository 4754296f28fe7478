"""What is there twice: refused where there is only one by nature, asked about where it is probably a mistake."""

from collections.abc import Mapping, Sequence
from typing import Any

from store.errors import Problem
from store.transfer.kinds import Kind, Known, Values
from store.transfer.names import CODE
from store.transfer.reports import Report, ReportRow
from store.words import Words


def refuse_codes(report: Report) -> None:
    first: dict[str, int] = {}
    for row in report.rows:
        if row.code in first:
            words = Words("编号与第 {n} 行重复", "The code is the same as in row {n}").fill(n=first[row.code])
            row.problems.append(Problem("duplicate_code", words, CODE))
        first.setdefault(row.code, row.number)


def ask(kind: Kind, report: Report, known: Mapping[str, Known]) -> None:
    """What is probably there twice by mistake is written only when somebody says so. What is stored was asked about."""
    document = kind.document
    if document is None:
        return
    others = set(document.KNOWN_BY) - {name for names in document.ONCE for name in names}
    for row in report.rows:
        there = known.get(row.code)
        stood = {each.words for each in document.doubles(there.values)} if there else set()
        if row.action != "unchanged":
            row.problems += [each for each in document.doubles(row.values) if each.words not in stood]
    if others:
        names = document.KNOWN_BY
        rows = [row for row in report.rows if row.values and row.action != "unchanged"]
        holders = _holders(kind, names, rows)
        for row in rows:
            there = known.get(row.code)
            claim = _claim(names, row.values)
            holder = holders.setdefault(claim, row.code)
            if holder != row.code and not (there and _claim(names, there.values) == claim):
                row.problems.append(_double(names[-1], str(claim[-1]), holder))


def _double(name: str, value: str, holder: str) -> Problem:
    words = Words("「{value}」已有 {code}", "“{value}” has {code} already").fill(value=value, code=holder)
    return Problem("double_entry", words, name)


def refuse_taken(kind: Kind, report: Report) -> None:
    """What there is once belongs to one entry: to one that is there, or to the first row that claims it. Asked of rows
    that may be written, so that nobody hears what a foreign estate has."""
    for names in kind.document.ONCE if kind.document else ():
        rows = [row for row in report.rows if row.action in ("create", "update")]
        holders = _holders(kind, names, rows)
        for row in rows:
            holder = holders.setdefault(_claim(names, row.values), row.code)
            if holder != row.code:
                words = Words("「{value}」已属于 {code}", "“{value}” belongs to {code}")
                words = words.fill(value=row.values[names[-1]], code=holder)
                row.problems.append(Problem("code_taken", words, names[-1]))
                row.action = "error"


def _claim(names: Sequence[str], values: Values) -> tuple[Any, ...]:
    return tuple(values.get(name) for name in names)


def _holders(kind: Kind, names: Sequence[str], rows: Sequence[ReportRow]) -> dict[tuple[Any, ...], str]:
    """Who has what the rows claim."""
    if kind.document is None:
        return {}
    wanted = {name: {"$in": list({row.values.get(name) for row in rows})} for name in names}
    found = kind.document._get_collection().find(
        {**wanted, "active": {"$ne": False}} if names not in kind.document.ONCE else wanted,
        {"code": 1, **dict.fromkeys(names, 1)},
    )
    return {_claim(names, each): each["code"] for each in found}
