"""Dates that a person leaves out of a plan or adds to it, whatever its rule says (clauses 2.3–2.5)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from store.errors import Problem
from store.words import Words

BAD_DATE = Words("应为日期，如 2026-11-24", "This must be a date such as 2026-11-24")
TWICE = Words("日期 {date} 重复", "The date {date} is given twice")
BOTH = Words("{date} 不能既加做又不做", "{date} cannot be both added and left out")
OUTSIDE = Words("{date} 不在计划的起止日期内", "{date} is outside the plan's first and last day")


class SingleDays(NamedTuple):
    left_out: frozenset[date] = frozenset()
    added: tuple[date, ...] = ()


def read_single_days(body: Mapping[str, Any], start: date | None, end: date | None) -> tuple[SingleDays, list[Problem]]:
    """The dates of `left_out` and `added` (`[{"date", "reason"}]`), and what is wrong with them."""
    problems: list[Problem] = []
    left_out = dict(_dates(body, "left_out", problems))
    added = dict(_dates(body, "added", problems))
    for day, path in added.items():
        if day in left_out:
            problems.append(Problem("added_and_left_out", BOTH.fill(date=day), path))
        elif (start and day < start) or (end and day > end):
            problems.append(Problem("out_of_range", OUTSIDE.fill(date=day), path))
    return SingleDays(frozenset(left_out), tuple(sorted(added))), problems


def _dates(body: Mapping[str, Any], name: str, problems: list[Problem]) -> Iterator[tuple[date, str]]:
    seen: set[date] = set()
    for index, row in enumerate(body.get(name) or ()):
        path = f"{name}.{index}.date"
        try:
            day = date.fromisoformat(str(row.get("date")))
        except ValueError:
            problems.append(Problem("not_a_date", BAD_DATE, path))
            continue
        if day in seen:
            problems.append(Problem("duplicate_date", TWICE.fill(date=day), path))
        seen.add(day)
        yield day, path
