"""Clause → rule → evidence: what carries out each clause of the policy, and the newest proof that it was done."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from store.access import require
from store.actor import SYSTEM, Actor
from store.content import reading
from store.content.documents import Revision
from store.content.types import ContentType
from store.people.documents import Department
from store.policies.rules import clauses_of
from store.records import Record
from store.words import Words, translated
from store.work import supervision
from store.work.documents import WorkOrder

# What was finished is evidence; what was only begun is not. The first of these that a kind of record has counts.
PROVEN_AT = ("finished_at", "closed_at", "held_at", "created_at")
NO_PROOF = ("cancelled", "missed", "skipped", "withdrawn")
# Purpose, scope, tenet, interpretation and force are carried out by the policy's being published.
DECLARATIONS = frozenset({"1.1", "1.2", "1.3", "9.1", "9.2"})


@dataclass(frozen=True)
class Rule:
    """A piece of content, or of the directory, that carries out a clause."""

    type: str
    code: str
    name: Words
    revision: int | None


@dataclass(frozen=True)
class Evidence:
    """The newest record of a clause in the period; `count` is how many there are."""

    kind: str
    number: str
    at: datetime
    count: int


@dataclass(frozen=True)
class ClauseCoverage:
    policy: str
    chapter: int
    number: str
    title: Words
    rules: list[Rule] = field(default_factory=list)
    evidence: Evidence | None = None

    @property
    def state(self) -> str:
        """`no_rule`, `no_evidence` or `covered`; the first two are shown in red."""
        if not self.rules:
            return "no_rule"
        return "covered" if self.evidence else "no_evidence"


def coverage(moment: datetime, period: timedelta, actor: Actor = SYSTEM) -> list[ClauseCoverage]:
    """Every clause of the policies in force at `moment`, with evidence from the `period` before it.

    Raises `Forbidden`.
    """
    require(actor, "content.read")
    rules, evidence = _rules(moment, actor), _evidence(moment - period, moment, actor)
    return [
        _covered(policy, number, translated(clause["title"]), rules, evidence)
        for policy in reading.live_all("policy", moment)
        for number, clause in clauses_of(policy.body)
    ]


def _covered(
    policy: Revision, number: str, title: Words, rules: dict[str, list[Rule]], evidence: dict[str, Evidence]
) -> ClauseCoverage:
    found, proof = list(rules.get(number, ())), evidence.get(number)
    if number in DECLARATIONS:
        found.insert(0, Rule("policy", policy.code, translated(policy.body["title"]), policy.number))
        proof = proof or Evidence("policy", policy.code, policy.published_at, 1)
    return ClauseCoverage(policy.code, int(number.split(".")[0]), number, title, found, proof)


def _rules(moment: datetime, actor: Actor) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = defaultdict(list)
    for content_type in reading.all_types(moment):
        if _has_clause(content_type):
            for clause, rule in _content_rules(content_type, moment, actor):
                found[clause].append(rule)
    for department in Department.objects(clause__gt="", active__ne=False).order_by("code"):
        rule = Rule(Department.KIND, department.code, translated(department.name), None)
        found[department.clause].append(rule)
    return found


def _has_clause(content_type: ContentType) -> bool:
    return any(each.name == "clause" for each in content_type.fields)


def _content_rules(content_type: ContentType, moment: datetime, actor: Actor) -> Iterator[tuple[str, Rule]]:
    for each in reading.live_all(content_type.key, moment):
        clause = each.body.get("clause")
        if clause and actor.sees(each.estate):
            yield clause, Rule(content_type.key, each.code, translated(each.body.get("name")), each.number)


def _evidence(since: datetime, until: datetime, actor: Actor) -> dict[str, Evidence]:
    found: dict[str, Evidence] = {}
    newest_of_kinds = [row for kind in _proving() for row in _newest(kind, since, until, actor)]
    for clause, evidence in [*newest_of_kinds, *_samples(since, until, actor)]:
        known = found.get(clause)
        newest = evidence if known is None or evidence.at > known.at else known
        count = evidence.count + (known.count if known else 0)
        found[clause] = Evidence(newest.kind, newest.number, newest.at, count)
    return found


def _proving() -> list[type[Record]]:
    """The kinds of records that name the clause they carry out."""
    kinds = [each for each in Record.__subclasses__() if "clause" in each._fields]
    return sorted(kinds, key=lambda each: each.__name__)


def _newest(kind: type[Record], since: datetime, until: datetime, actor: Actor) -> Iterator[tuple[str, Evidence]]:
    at = next(name for name in PROVEN_AT if name in kind._fields)
    wanted: dict[str, object] = {"clause": {"$gt": ""}, at: {"$gt": since, "$lte": until}, "state": {"$nin": NO_PROOF}}
    if actor.estates is not None:
        wanted["estate"] = {"$in": sorted(actor.estates)}
    newest = {"_id": "$clause", "number": {"$last": "$number"}, "at": {"$last": f"${at}"}, "count": {"$sum": 1}}
    fields = {"clause": 1, at: 1, "number": 1}
    stages = [{"$match": wanted}, {"$project": fields}, {"$sort": {at: 1}}, {"$group": newest}]
    for row in kind._get_collection().aggregate(stages):
        yield row["_id"], Evidence(kind.__name__, row["number"], row["at"], row["count"])


def _samples(since: datetime, until: datetime, actor: Actor) -> Iterator[tuple[str, Evidence]]:
    """Finished work that was looked at again, whatever was seen: supervision is proven by looking (clause 8.1)."""
    wanted: dict[str, object] = {"samples": {"$elemMatch": {"at": {"$gt": since, "$lte": until}}}}
    if actor.estates is not None:
        wanted["estate"] = {"$in": sorted(actor.estates)}
    stages = [
        {"$match": wanted},
        {"$project": {"number": 1, "samples.at": 1}},
        {"$unwind": "$samples"},
        {"$match": {"samples.at": {"$gt": since, "$lte": until}}},
        {"$sort": {"samples.at": 1}},
        {"$group": {"_id": None, "number": {"$last": "$number"}, "at": {"$last": "$samples.at"}, "count": {"$sum": 1}}},
    ]
    for row in WorkOrder._get_collection().aggregate(stages):
        yield supervision.CLAUSE, Evidence(WorkOrder.__name__, row["number"], row["at"], row["count"])
