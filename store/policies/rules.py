"""The shape of a policy: chapters with numbers, clauses that belong to them."""

import re

from store.content.types import Body, LookUp
from store.errors import Problem
from store.words import Words

CLAUSE_NUMBER = re.compile(r"^[1-9][0-9]?\.[1-9][0-9]?$")


def check_policy(body: Body, look_up: LookUp) -> list[Problem]:
    """Numbers of chapters and clauses are unique, and a clause carries the number of its chapter (`3.2` is in 3)."""
    problems: list[Problem] = []
    chapters: set[int] = set()
    clauses: set[str] = set()
    for index, chapter in enumerate(body.get("chapters") or ()):
        if chapter["number"] in chapters:
            problems.append(_twice(str(chapter["number"]), f"chapters.{index}.number"))
        chapters.add(chapter["number"])
        for place, clause in enumerate(chapter.get("clauses") or ()):
            path = f"chapters.{index}.clauses.{place}.number"
            problems += _check_number(clause["number"], chapter["number"], clauses, path)
            clauses.add(clause["number"])
    return problems


def _check_number(number: str, chapter: int, seen: set[str], path: str) -> list[Problem]:
    if not CLAUSE_NUMBER.match(number):
        return [Problem("malformed_clause", Words("条款号应如 3.2", "A clause number looks like 3.2"), path)]
    if number in seen:
        return [_twice(number, path)]
    if int(number.split(".")[0]) != chapter:
        words = Words("条款 {number} 不属于第 {chapter} 章", "Clause {number} does not belong to chapter {chapter}")
        return [Problem("clause_outside_chapter", words.fill(number=number, chapter=chapter), path)]
    return []


def _twice(number: str, path: str) -> Problem:
    return Problem(
        "duplicate", Words("编号 {number} 重复", "The number {number} is given twice").fill(number=number), path
    )


def clauses_of(body: Body) -> list[tuple[str, Body]]:
    """Every clause of a policy in order: (number, clause)."""
    return [
        (clause["number"], clause) for chapter in body.get("chapters") or () for clause in chapter.get("clauses") or ()
    ]
