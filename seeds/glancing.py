"""The next moment at which a simulated worker has something to do, asked in one command."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from store.clock import earliest
from store.content.documents import Content
from store.emergencies.documents import Drill
from store.findings.documents import Finding
from store.incidents.documents import Incident
from store.requests.documents import ServiceRequest
from store.watch import Watch
from store.work.documents import WorkOrder

TIMED = (WorkOrder, ServiceRequest, Drill)
# Their deadlines are looked at when something else happens.
BESIDE = (Finding, Incident)

Look = tuple[str, Any]
Stages = list[dict[str, Any]]


class Glance(NamedTuple):
    """The first moment of each kind at which a worker has something to do, and of which documents there are new ones."""

    check: datetime | None
    beside: datetime | None
    generation: datetime | None
    publication: datetime | None
    new: frozenset[Any]


class Glances:
    """Where a `watch` has heard of no write, nothing is asked again."""

    def __init__(self, watch: Watch | None) -> None:
        self._watch = watch
        self._known: dict[Look, datetime | None] = {}

    def look(self, known: Mapping[Any, datetime], now: datetime) -> Glance:
        """`known` are the moments up to which each document's new ones have been seen."""
        touched = self._watch.take() if self._watch else None
        looks = _lasting() | {("new", document): _created(since, now) for document, since in known.items()}
        asked = {
            look: stages
            for look, stages in looks.items()
            if touched is None or look not in self._known or look[1]._get_collection_name() in touched
        }
        answers = _all_at_once(asked) if asked else {}
        self._known |= {look: answers.get(look) for look in asked}
        return _glance(self._known, frozenset(document for what, document in answers if what == "new"))


def _glance(known: Mapping[Look, datetime | None], new: frozenset[Any]) -> Glance:
    return Glance(
        earliest(*(known["check", document] for document in TIMED)),
        earliest(*(known["check", document] for document in BESIDE)),
        known["generation", Content],
        known["publication", Content],
        new,
    )


def _lasting() -> dict[Look, Stages]:
    looks: dict[Look, Stages] = {("check", document): _first(document, "next_check_at") for document in TIMED + BESIDE}
    looks["generation", Content] = _first(Content, "next_generate_at")
    looks["publication", Content] = _first(Content, "publish_at")
    return looks


def _first(document: Any, name: str) -> Stages:
    return [
        {"$match": {name: {"$type": "date"}}},
        {"$sort": {name: 1}},
        {"$limit": 1},
        {"$project": {"at": f"${name}"}},
    ]


def _created(since: datetime, now: datetime) -> Stages:
    return [{"$match": {"created_at": {"$gt": since, "$lte": now}}}, {"$limit": 1}, {"$project": {"at": "$created_at"}}]


def _all_at_once(looks: Mapping[Look, Stages]) -> dict[Look, datetime]:
    """The moments that are found: ten questions at every turn would be half of all that the database is asked."""
    asked = list(looks)
    pipeline: Stages = []
    for number, look in enumerate(asked):
        stages = [*looks[look], {"$set": {"_id": number}}]
        union = {"$unionWith": {"coll": look[1]._get_collection_name(), "pipeline": stages}}
        pipeline += [union] if pipeline else stages
    found = asked[0][1]._get_collection().aggregate(pipeline)
    return {asked[each["_id"]]: each["at"] for each in found}
