"""The shape of a policy: chapters with numbers, clauses that belong to them."""

import re

from store import domains
from store.content.types import Body, LookUp
from store.errors import Problem
from store.kinds import made_kinds
from store.words import Words

# What was done for a clause by its name; every clause has this evidence.
NAMED = "named"
PUBLICATION = "publication"
domains.load("kind")
# The kinds of evidence of which a clause may say that one is its own.
EVIDENCE: dict[str, Words] = {
    PUBLICATION: Words("本制度的发布", "The publication of this policy"),
    "requests_taken": Words("受理的诉求", "Requests taken in"),
    "requests_closed": Words("办结的诉求", "Requests closed"),
    "enquiries_answered": Words("答复的咨询和建议", "Enquiries and suggestions answered"),
    "complaints_taken": Words("受理的投诉", "Complaints taken in"),
    "complaints_answered": Words("答复的投诉", "Complaints answered"),
    "repairs_done": Words("完成的维修", "Repairs done"),
    "cleaning_done": Words("完成的保洁检查", "Cleaning inspections done"),
    "greening_done": Words("完成的绿化养护", "Greening care done"),
    "patrols_done": Words("完成的巡更", "Patrols walked"),
    "inspections_done": Words("完成的消防与设备检查", "Safety inspections done"),
    "checks_proven": Words("有记录的检查", "Inspections with evidence"),
    "callbacks_done": Words("完成的回访", "Call-backs made"),
    "supervision": Words("监督抽查", "Supervision checks"),
    "findings_closed": Words("关闭的整改", "Findings closed"),
    "drills_held": Words("举行的演练", "Drills held"),
    "incidents_closed": Words("处置完的应急事件", "Incidents dealt with"),
    **{each.proves.name: each.proves.words for each in made_kinds() if each.proves},
    NAMED: Words(
        "写明本条款的工单、整改、事件和其他记录", "Orders, findings, incidents and other records that name the clause"
    ),
}
# Policies of before clauses said so: purpose, scope, tenet, interpretation and force are carried out by the policy's being
# published, and supervision by looking again.
_BEFORE = {**dict.fromkeys(("1.1", "1.2", "1.3", "9.1", "9.2"), PUBLICATION), "8.1": "supervision"}

CLAUSE_NUMBER = re.compile(r"^[1-9][0-9]?\.[1-9][0-9]?\Z")


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


def evidence_of(number: str, clause: Body) -> str | None:
    """The kind of evidence that is the clause's own; None where it does not say."""
    said: str | None = clause.get("evidence")
    return said or _BEFORE.get(number)
