"""Clause → rule → evidence: what carries out each clause of the policy, and the newest proof that it was done."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from store.access import require
from store.actor import SYSTEM, Actor
from store.content import audience, reading
from store.content.documents import Revision
from store.content.types import Body
from store.people.documents import Department
from store.policies import evidence
from store.policies.evidence import Evidence
from store.policies.rules import NAMED, PUBLICATION, clauses_of, evidence_of
from store.words import Words, translated


@dataclass(frozen=True)
class Rule:
    """A piece of content, or of the directory, that carries out a clause."""

    type: str
    code: str
    name: Words
    revision: int | None


@dataclass(frozen=True)
class ClauseCoverage:
    policy: str
    chapter: int
    number: str
    title: Words
    # The kind of evidence that is its own: a key of `rules.EVIDENCE`.
    wants: str
    rules: list[Rule] = field(default_factory=list)
    evidence: Evidence | None = None

    @property
    def state(self) -> str:
        """`no_rule`, `no_evidence` or `covered`; the first two are shown in red."""
        if not self.rules:
            return "no_rule"
        return "covered" if self.evidence else "no_evidence"


def coverage(moment: datetime, period: timedelta, actor: Actor = SYSTEM) -> list[ClauseCoverage]:
    """Every clause of the policies in force at `moment`, with evidence from the `period` before it. Six commands, however
    many rules and records there are.

    Raises `Forbidden`.
    """
    require(actor, "content.read")
    policies = reading.live_all("policy", moment)
    clauses = [(policy, number, clause) for policy in policies for number, clause in clauses_of(policy.body)]
    kinds = [(number, evidence_of(number, clause)) for _, number, clause in clauses]
    rules, proven = _rules(moment, actor), evidence.newest(kinds, moment - period, moment, actor)
    return [_covered(policy, number, clause, rules, proven) for policy, number, clause in clauses]


def _covered(
    policy: Revision, number: str, clause: Body, rules: dict[str, list[Rule]], proven: dict[str, Evidence]
) -> ClauseCoverage:
    found, proof = list(rules.get(number, ())), proven.get(number)
    kind = evidence_of(number, clause)
    if kind == PUBLICATION:
        found.insert(0, Rule("policy", policy.code, translated(policy.body["title"]), policy.number))
        proof = proof or Evidence("policy", policy.code, policy.published_at, 1)
    chapter = int(number.split(".")[0])
    return ClauseCoverage(policy.code, chapter, number, translated(clause["title"]), kind or NAMED, found, proof)


def _rules(moment: datetime, actor: Actor) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = defaultdict(list)
    for clause, rule in _content_rules(moment, actor):
        found[clause].append(rule)
    for department in Department.objects(clause__gt="", active__ne=False).order_by("code"):
        rule = Rule(Department.KIND, department.code, translated(department.name), None)
        found[department.clause].append(rule)
    return found


def _content_rules(moment: datetime, actor: Actor) -> Iterator[tuple[str, Rule]]:
    """What names a clause in the revision that is in force, of every type that has clauses; one command for all."""
    hidden = audience.hidden_from(actor)
    known = [each for each in reading.all_types(moment) if each.key not in hidden]
    types = [each.key for each in known if any(field.name == "clause" for field in each.fields)]
    shown = {
        "type": 1,
        "code": 1,
        "number": 1,
        "estate": 1,
        "withdrawn": 1,
        "clause": "$body.clause",
        "name": "$body.name",
    }
    newest = {"type": 1, "code": 1, "effective_at": -1, "number": -1}
    pipeline: list[dict[str, Any]] = [
        {"$match": {"type": {"$in": types}, "effective_at": {"$lte": moment}}},
        {"$project": {**shown, "effective_at": 1}},
        {"$sort": newest},
        {"$group": {"_id": {"type": "$type", "code": "$code"}, "live": {"$first": "$$ROOT"}}},
        {"$replaceRoot": {"newRoot": "$live"}},
        {"$match": {"withdrawn": {"$ne": True}, "clause": {"$type": "string", "$gt": ""}}},
    ]
    order = {key: place for place, key in enumerate(types)}
    rows = Revision._get_collection().aggregate(pipeline)
    for each in sorted(rows, key=lambda row: (order[row["type"]], row["code"])):
        if actor.sees(each.get("estate")):
            yield each["clause"], Rule(each["type"], each["code"], translated(each.get("name")), each["number"])
