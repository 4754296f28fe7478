"""Clause → rule → evidence, and the shape of a policy."""

from datetime import timedelta
from typing import Any

import pytest

from store.actor import SYSTEM
from store.content import operations as content
from store.errors import Conflict, Forbidden, Invalid
from store.kinds import made_kinds
from store.policies.evidence import MOST_COUNTED, PROOFS
from store.policies.operations import ClauseCoverage, coverage
from store.policies.rules import EVIDENCE, check_policy
from store.policies.uses import clause_users
from store.usage import users_of
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
    for estate in (cast.ESTATE, cast.OTHER_ESTATE):
        cast.make_estate(estate, cast.LONG_AGO)
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


# kind of evidence → a record that proves it, and one that does not: (collection, values, the field of its moment)
Stored = tuple[str, dict[str, Any], str]
ORDER, REQUEST = "work_orders", "requests"
PROVEN: dict[str, tuple[Stored, Stored]] = {
    "requests_taken": (
        (REQUEST, {"kind": "repair", "state": "open"}, "created_at"),
        (REQUEST, {"kind": "repair", "state": "cancelled"}, "created_at"),
    ),
    "requests_closed": (
        (REQUEST, {"kind": "repair", "state": "closed"}, "closed_at"),
        (REQUEST, {"kind": "repair", "state": "open"}, "created_at"),
    ),
    "enquiries_answered": (
        (REQUEST, {"kind": "enquiry", "state": "answered"}, "answered_at"),
        (REQUEST, {"kind": "complaint", "state": "answered"}, "answered_at"),
    ),
    "complaints_taken": (
        (REQUEST, {"kind": "complaint", "state": "open"}, "created_at"),
        (REQUEST, {"kind": "enquiry", "state": "open"}, "created_at"),
    ),
    "complaints_answered": (
        (REQUEST, {"kind": "complaint", "state": "closed"}, "answered_at"),
        (REQUEST, {"kind": "complaint", "state": "open"}, "created_at"),
    ),
    "repairs_done": (
        (ORDER, {"kind": "repair", "state": "done"}, "finished_at"),
        (REQUEST, {"kind": "repair", "state": "open"}, "created_at"),
    ),
    "cleaning_done": (
        (ORDER, {"kind": "cleaning", "state": "done", "clause": "9.9"}, "finished_at"),
        (ORDER, {"kind": "greening", "state": "done", "clause": "9.9"}, "finished_at"),
    ),
    "greening_done": (
        (ORDER, {"kind": "greening", "state": "done"}, "finished_at"),
        (ORDER, {"kind": "greening", "state": "cancelled"}, "finished_at"),
    ),
    "patrols_done": (
        (ORDER, {"kind": "patrol", "state": "done"}, "finished_at"),
        (ORDER, {"kind": "patrol", "state": "missed"}, "finished_at"),
    ),
    "inspections_done": (
        (ORDER, {"kind": "security", "state": "done"}, "finished_at"),
        (ORDER, {"kind": "patrol", "state": "done"}, "finished_at"),
    ),
    "checks_proven": (
        (ORDER, {"kind": "cleaning", "state": "done", "proven": True}, "finished_at"),
        (ORDER, {"kind": "cleaning", "state": "done", "proven": False}, "finished_at"),
    ),
    "callbacks_done": (
        (ORDER, {"kind": "callback", "state": "done"}, "finished_at"),
        (REQUEST, {"kind": "repair", "state": "closed"}, "closed_at"),
    ),
    "findings_closed": (
        ("findings", {"state": "closed"}, "closed_at"),
        ("findings", {"state": "open"}, "created_at"),
    ),
    "drills_held": (("drills", {"state": "held"}, "held_at"), ("drills", {"state": "planned"}, "planned_for")),
    "incidents_closed": (
        ("incidents", {"state": "closed"}, "closed_at"),
        ("incidents", {"state": "cancelled"}, "closed_at"),
    ),
    **{
        kind.proves.name: (
            (kind.page.replace("-", "_"), {"state": kind.proves.state}, kind.proves.at),
            (kind.page.replace("-", "_"), {"state": "cancelled"}, kind.proves.at),
        )
        for kind in made_kinds()
        if kind.proves
    },
    "named": (
        (ORDER, {"kind": "other", "state": "done", "clause": "3.6"}, "finished_at"),
        (REQUEST, {"kind": "enquiry", "state": "closed", "clause": "3.6"}, "closed_at"),
    ),
}


def store_one(database: Any, number: str, stored: Stored) -> None:
    collection, values, at = stored
    moments = {"created_at": NOW - timedelta(days=3), at: NOW - timedelta(days=2)}
    database[collection].insert_one({"key": number, "number": number, "estate": cast.ESTATE, **values, **moments})


def publish_with_evidence(kind: str | None) -> None:
    body = policy((3, ["3.6"]))
    body["chapters"][0]["clauses"][0] |= {"evidence": kind} if kind else {}
    cast.make_estate(cast.ESTATE, cast.LONG_AGO)
    cast.publish("policy", "service", body, now=cast.LONG_AGO)
    cast.publish("service_category", "events", {"name": {"zh": "活动"}, "clause": "3.6"}, now=cast.LONG_AGO)


@pytest.mark.parametrize("kind", sorted(PROVEN))
def test_a_clause_is_proven_by_its_own_kind_of_evidence_and_by_no_other(database: Any, kind: str) -> None:
    publish_with_evidence(kind)
    proves, proves_not = PROVEN[kind]
    store_one(database, "N-1", proves_not)
    assert found()["3.6"].state == "no_evidence"
    store_one(database, "Y-1", proves)
    evidence = found()["3.6"].evidence
    assert evidence is not None
    assert (evidence.number, evidence.count) == ("Y-1", 1)


def test_every_kind_of_evidence_is_proven_or_published() -> None:
    assert set(EVIDENCE) == {*PROVEN, "publication", "supervision"}
    assert set(PROOFS) == set(EVIDENCE) - {"publication", "named"}


def test_a_clause_that_says_nothing_is_not_proven_by_who_only_asks(database: Any) -> None:
    publish_with_evidence(None)
    store_one(database, "N-1", PROVEN["named"][1])
    assert found()["3.6"].state == "no_evidence"
    store_one(database, "Y-1", (REQUEST, {"kind": "complaint", "state": "closed", "clause": "3.6"}, "closed_at"))
    assert found()["3.6"].state == "covered"


def test_more_than_can_be_counted_is_told_as_more(database: Any) -> None:
    publish_with_evidence("cleaning_done")
    for number in range(MOST_COUNTED + 20):
        store_one(database, f"W-{number:04}", PROVEN["cleaning_done"][0])
    evidence = found()["3.6"].evidence
    assert evidence is not None
    assert evidence.count == MOST_COUNTED + 1


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
    for estate in (cast.ESTATE, cast.OTHER_ESTATE):
        cast.make_estate(estate, cast.LONG_AGO)
    cast.publish("policy", "service", policy((8, ["8.1"])), now=cast.LONG_AGO)
    cast.publish("service_category", "reception", {"name": {"zh": "监督"}, "clause": "8.1"}, now=cast.LONG_AGO)
    samples = [{"verdict": "good", "at": NOW - timedelta(days=days)} for days in (1, 2, 50)]
    finished(database, "W-1", 60, samples=samples)
    finished(database, "W-2", 3, samples=[{"verdict": "finding", "at": NOW}], estate=cast.OTHER_ESTATE)
    proof = found()["8.1"].evidence
    assert proof is not None
    assert (proof.kind, proof.number, proof.count) == ("work_order", "W-2", 3)
    seen = found(actor=cast.supervisor())["8.1"].evidence
    assert seen is not None
    assert (seen.number, seen.count, seen.at) == ("W-1", 2, NOW - timedelta(days=1))


def test_a_policy_is_used_by_what_carries_out_its_clauses(patrols: Any) -> None:
    cast.make_department("repair", clause="3.6")
    users = {(each.kind, each.code) for each in users_of("policy", "service", SYSTEM)}
    assert users == {("service_category", "reception"), ("service_category", "security"), ("department", "repair")}
    with pytest.raises(Conflict) as refused:
        content.withdraw("policy", "service", actor=cast.manager(), now=NOW)
    assert refused.value.code == "in_use"


def test_a_policy_whose_clauses_stand_in_another_one_is_used_by_nobody(patrols: Any) -> None:
    cast.publish("policy", "service-new", policy((2, ["2.1"]), (3, ["3.5"])), now=cast.LONG_AGO)
    assert list(clause_users("policy", "service")) == users_of("policy", "service", SYSTEM) == []
    content.withdraw("policy", "service", actor=cast.manager(), now=NOW)
    assert {each.code for each in users_of("policy", "service-new", SYSTEM)} == {"reception", "security"}


def test_a_rule_that_was_withdrawn_or_names_another_clause_now_uses_it_no_more(patrols: Any) -> None:
    cast.publish("service_category", "reception", {"name": {"zh": "接待"}, "clause": "9.9"}, now=NOW)
    content.withdraw("service_category", "security", actor=cast.manager(), now=NOW)
    assert users_of("policy", "service", SYSTEM) == []
