"""What proves that a clause is lived: for each kind of evidence the records that count, found by an index each.

A clause says which kind of evidence is its own. What names the clause – an order, a finding, a drill – proves it too; a
mere enquiry proves nothing but that somebody asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.actor import Actor
from store.described.documents import DOCUMENTS
from store.emergencies.documents import Drill
from store.findings.documents import Finding
from store.incidents.documents import Incident
from store.policies.rules import NAMED
from store.premises.documents import Estate
from store.records import Record
from store.requests.documents import ServiceRequest
from store.work.documents import WorkOrder

# More than so many in a period are told as "more than": nobody counts them, and reading them all would cost by the year.
MOST_COUNTED = 100
Stage = Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """The newest record of a clause in the period; `count` is how many there are, at most one more than `MOST_COUNTED`."""

    kind: str
    number: str
    at: datetime
    count: int

    def __add__(self, other: "Evidence | None") -> "Evidence":
        if other is None:
            return self
        newest = max(self, other, key=lambda each: each.at)
        count = min(self.count + other.count, MOST_COUNTED + 1)
        return Evidence(newest.kind, newest.number, newest.at, count)


@dataclass(frozen=True)
class Proof:
    """The records of one kind that match, by the moment `at` which makes them evidence; `each` is a list inside them."""

    document: type[Record]
    match: Mapping[str, Any]
    at: str
    each: str | None = None

    def counted(self, estates: Sequence[str], since: datetime, until: datetime) -> list[Stage]:
        """How many there are, and the moment of the newest: of most kinds from the index alone."""
        return [
            *self._sorted(estates, {"$gt": since, "$lte": until}),
            {"$limit": MOST_COUNTED + 1},
            {"$project": {"_id": 0, "at": f"${self.at}"}},
            {"$group": {"_id": None, "at": {"$first": "$at"}, "count": {"$sum": 1}}},
        ]

    def newest(self, estates: Sequence[str], since: datetime, at: datetime) -> list[Stage]:
        """The number of the newest, of which the moment is known."""
        return [
            *self._sorted(estates, {"$gt": since, "$lte": at}),
            {"$limit": 1},
            {"$project": {"_id": 0, "number": 1, "at": f"${self.at}"}},
        ]

    def _sorted(self, estates: Sequence[str], within: Mapping[str, Any]) -> list[Stage]:
        # The type as the partial index of what is inside a list names it.
        moment = {**within, "$type": "date"} if self.each else within
        match: Stage = {"$match": {**self.match, "estate": {"$in": list(estates)}, self.at: moment}}
        inside: list[Stage] = [{"$unwind": f"${self.each}"}, {"$match": {self.at: moment}}] if self.each else []
        return [match, *inside, {"$sort": {self.at: -1}}]


def _orders(*kinds: str, **match: Any) -> Proof:
    return Proof(WorkOrder, {"kind": {"$in": list(kinds)}, "state": "done", **match}, "finished_at")


def _requests(*kinds: str, at: str) -> Proof:
    return Proof(ServiceRequest, {"kind": {"$in": list(kinds)}, "state": {"$ne": "cancelled"}}, at)


# The kinds that are only described, with what each says that it proves.
_DESCRIBED = [(document, document.KIND.proves) for document in DOCUMENTS.values() if document.KIND.proves]
_EVERY_REQUEST = ("enquiry", "repair", "complaint", "suggestion")
PROOFS: Mapping[str, Proof] = {
    "requests_taken": _requests(*_EVERY_REQUEST, at="created_at"),
    "requests_closed": Proof(ServiceRequest, {"state": "closed"}, "closed_at"),
    "enquiries_answered": _requests("enquiry", "suggestion", at="answered_at"),
    "complaints_taken": _requests("complaint", at="created_at"),
    "complaints_answered": _requests("complaint", at="answered_at"),
    "repairs_done": _orders("repair"),
    "cleaning_done": _orders("cleaning"),
    "greening_done": _orders("greening"),
    "patrols_done": _orders("patrol"),
    "inspections_done": _orders("security"),
    "checks_proven": _orders("cleaning", "greening", "security", proven=True),
    "callbacks_done": _orders("callback"),
    "supervision": Proof(WorkOrder, {}, "samples.at", "samples"),
    "findings_closed": Proof(Finding, {"state": "closed"}, "closed_at"),
    "drills_held": Proof(Drill, {"state": "held"}, "held_at"),
    "incidents_closed": Proof(Incident, {"state": "closed"}, "closed_at"),
    **{each.name: Proof(document, {"state": each.state}, each.at) for document, each in _DESCRIBED},
}
# Whatever was done for a clause by name, of every kind that ends in something done.
_DONE: tuple[tuple[type[Record], str, str], ...] = (
    (WorkOrder, "done", "finished_at"),
    (Finding, "closed", "closed_at"),
    (Incident, "closed", "closed_at"),
    *((document, each.state, each.at) for document, each in _DESCRIBED),
)
# Of a clause that says nothing about its evidence, so do settled cases. Who only asks about a thing has not seen it done.
_CASES = ("repair", "complaint")


def wanted(clauses: Iterable[tuple[str, str | None]]) -> dict[str, list[tuple[str, Proof]]]:
    """`(number, kind of evidence)` of clauses → what is looked for, under a key for each thing that is looked for."""
    found: dict[str, list[tuple[str, Proof]]] = {}
    for number, kind in clauses:
        proofs = [
            (f"{NAMED}:{number}:{document.KIND.name}", _named(document, state, at, number))
            for document, state, at in _DONE
        ]
        if kind in PROOFS:
            proofs.append((str(kind), PROOFS[str(kind)]))
        elif not kind:
            match = {"clause": number, "state": "closed", "kind": {"$in": list(_CASES)}}
            proofs.append((f"{NAMED}:{number}:cases", Proof(ServiceRequest, match, "closed_at")))
        found[number] = proofs
    return found


def _named(document: type[Record], state: str, at: str, number: str) -> Proof:
    return Proof(document, {"clause": number, "state": state}, at)


def newest(
    clauses: Iterable[tuple[str, str | None]], since: datetime, until: datetime, actor: Actor
) -> dict[str, Evidence]:
    """The evidence of each clause that has any, in the estates that the actor sees. Three commands, whatever there is."""
    looked_for = wanted(clauses)
    by_key = {key: proof for proofs in looked_for.values() for key, proof in proofs}
    found = _found(by_key, _estates(actor), since, until)
    evidence: dict[str, Evidence] = {}
    for number, proofs in looked_for.items():
        for key, _ in proofs:
            if key in found:
                evidence[number] = found[key] + evidence.get(number)
    return evidence


def _found(
    proofs: Mapping[str, Proof], estates: Sequence[str], since: datetime, until: datetime
) -> dict[str, Evidence]:
    counted = _asked({key: (each, each.counted(estates, since, until)) for key, each in proofs.items()})
    known = {row["proof"]: row for row in counted}
    newest = _asked({key: (proofs[key], proofs[key].newest(estates, since, row["at"])) for key, row in known.items()})
    return {
        row["proof"]: Evidence(
            proofs[row["proof"]].document.KIND.name, row["number"], row["at"], known[row["proof"]]["count"]
        )
        for row in newest
    }


def _asked(questions: Mapping[str, tuple[Proof, Sequence[Stage]]]) -> Iterator[dict[str, Any]]:
    """The answers to all questions, in one command; each says of which `proof` it is."""
    pipeline: list[Stage] = []
    for key, (proof, asked) in questions.items():
        stages = [*asked, {"$set": {"proof": key}}]
        union: Stage = {"$unionWith": {"coll": proof.document._get_collection_name(), "pipeline": stages}}
        pipeline += [union] if pipeline else stages
    if pipeline:
        first, _ = next(iter(questions.values()))
        yield from first.document._get_collection().aggregate(pipeline)


def _estates(actor: Actor) -> list[str]:
    """Named one by one: an index that begins with the estate then gives the newest of each without reading the rest."""
    return sorted(each.code for each in Estate.objects.only("code") if actor.sees(each.code))
