"""Clause → rule → evidence, and the shape of a policy."""

from datetime import timedelta
from typing import Any

import pytest

from store.content import operations as content
from store.errors import Forbidden, Invalid
from store.policies.operations import ClauseCoverage, coverage
from store.policies.rules import check_policy
from tests import cast

NOW = cast.NOW
MONTH = timedelta(days=30)


def clause(number: str) -> dict[str, Any]:
    return {"number": number, "title": {"zh": f"第{number}条"}, "text": {"zh": "正文"}}


def policy(*chapters: tuple[int, list[str]]) -> dict[str, Any]:
    rows = [
        {"number": number, "title": {"zh": "章"}, "clauses": [clause(each) for each in clauses]}
        for number, clauses in chapters
    ]
    return {"title": {"zh": "客户服务管理制度"}, "effective_date": "2026-01-01", "chapters": rows}


def finished(database: Any, number: str, days_ago: int, **changes: Any) -> None:
    at = NOW - timedelta(days=days_ago)
    values = {"estate": cast.ESTATE, "number": number, "state": "done", "clause": "3.5", "finished_at": at, **changes}
    database["work_orders"].insert_one({"key": number, "created_at": at, **values})


@pytest.fixture
def patrols(database: Any) -> Any:
    cast.publish("policy", "service", policy((1, ["1.1"]), (2, ["2.1"]), (3, ["3.5", "3.6"])), now=cast.LONG_AGO)
    cast.publish("service_category", "reception", {"name": {"zh": "接待"}, "clause": "2.1"}, now=cast.LONG_AGO)
    cast.publish("service_category", "security", {"name": {"zh": "安全"}, "clause": "3.5"}, now=cast.LONG_AGO)
    finished(database, "W-1", 40)
    finished(database, "W-2", 20)
    finished(database, "W-3", 10)
    finished(database, "W-4", 1, state="missed")
    finished(database, "W-5", 2, estate=cast.OTHER_ESTATE)
    return database


def found(**changes: Any) -> dict[str, ClauseCoverage]:
    given = {"moment": NOW, "period": MONTH, **changes}
    return {each.number: each for each in coverage(**given)}


def test_every_clause_says_whether_it_lives(patrols: Any) -> None:
    assert {number: each.state for number, each in found().items()} == {
        "1.1": "covered",
        "2.1": "no_evidence",
        "3.5": "covered",
        "3.6": "no_rule",
    }


def test_the_newest_evidence_of_the_period_counts(patrols: Any) -> None:
    evidence = found(actor=cast.desk())["3.5"].evidence
    assert evidence is not None
    assert (evidence.number, evidence.count, evidence.at) == ("W-3", 2, NOW - timedelta(days=10))


def test_what_was_missed_is_no_evidence(patrols: Any) -> None:
    assert found(period=timedelta(days=5), actor=cast.desk())["3.5"].state == "no_evidence"


def test_evidence_of_a_foreign_estate_is_absent(patrols: Any) -> None:
    stranger = found(actor=cast.stranger())["3.5"].evidence
    everybody = found()["3.5"].evidence
    assert stranger is not None
    assert everybody is not None
    assert (stranger.number, stranger.count) == ("W-5", 1)
    assert everybody.count == 3


def test_a_rule_that_was_withdrawn_carries_nothing_out(patrols: Any) -> None:
    content.withdraw("service_category", "security", actor=cast.manager(), now=NOW)
    assert found()["3.5"].state == "no_rule"
    assert found(moment=NOW - timedelta(seconds=1))["3.5"].rules[0].code == "security"


def test_field_staff_do_not_see_it(patrols: Any) -> None:
    with pytest.raises(Forbidden):
        coverage(NOW, MONTH, cast.guard())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (policy((1, ["1.1", "1.2"]), (2, ["2.1"])), []),
        (policy((1, ["1.1"]), (1, ["1.2"])), [("duplicate", "chapters.1.number")]),
        (policy((1, ["1.1", "1.1"])), [("duplicate", "chapters.0.clauses.1.number")]),
        (policy((1, ["2.1"])), [("clause_outside_chapter", "chapters.0.clauses.0.number")]),
        (policy((1, ["1.x"])), [("malformed_clause", "chapters.0.clauses.0.number")]),
        (policy((1, ["1.01"])), [("malformed_clause", "chapters.0.clauses.0.number")]),
    ],
)
def test_clauses_belong_to_their_chapter_once(body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(problem.code, problem.field) for problem in check_policy(body, lambda kind, code: None)] == expected


def test_a_misnumbered_policy_is_not_published(database: Any) -> None:
    with pytest.raises(Invalid):
        cast.publish("policy", "service", policy((1, ["2.1"])))


def test_looking_at_finished_work_again_proves_supervision(database: Any) -> None:
    cast.publish("policy", "service", policy((8, ["8.1"])), now=cast.LONG_AGO)
    cast.publish("service_category", "reception", {"name": {"zh": "监督"}, "clause": "8.1"}, now=cast.LONG_AGO)
    samples = [{"verdict": "good", "at": NOW - timedelta(days=days)} for days in (1, 2, 50)]
    finished(database, "W-1", 60, samples=samples)
    finished(database, "W-2", 3, samples=[{"verdict": "finding", "at": NOW}], estate=cast.OTHER_ESTATE)
    proof = found()["8.1"].evidence
    assert proof is not None
    assert (proof.kind, proof.number, proof.count) == ("WorkOrder", "W-2", 3)
    seen = found(actor=cast.supervisor())["8.1"].evidence
    assert seen is not None
    assert (seen.number, seen.count, seen.at) == ("W-1", 2, NOW - timedelta(days=1))
