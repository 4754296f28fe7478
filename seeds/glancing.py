"""The next moment at which a simulated worker has something to do, asked in one command."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from store import alone
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
MARKED_BY = {"check": "next_check_at", "generation": "next_generate_at", "publication": "publish_at"}
LOOKS: tuple[Look, ...] = (
    *(("check", document) for document in TIMED + BESIDE),
    ("generation", Content),
    ("publication", Content),
)
Stages = list[dict[str, Any]]


class Glance(NamedTuple):
    """The first moment of each kind at which a worker has something to do, and of which documents there are new ones."""

    check: datetime | None
    beside: datetime | None
    generation: datetime | None
    publication: datetime | None
    new: frozenset[Any]


class Glances:
    """A process that hears what it writes knows the answers, and asks nothing."""

    def __init__(self, watch: Watch | None) -> None:
        self._watch = watch

    def look(self, known: Mapping[Any, datetime], now: datetime) -> Glance:
        """`known` are the moments up to which each document's new ones have been seen."""
        if self._watch:
            new = self._watch.take_new()
            moments = {look: alone.first(look[1]._get_collection(), MARKED_BY[look[0]]) for look in LOOKS}
            return _glance(moments, frozenset(each for each in known if each._get_collection_name() in new))
        looks = {look: _first(look[1], MARKED_BY[look[0]]) for look in LOOKS}
        answers = _all_at_once(looks | {("new", document): _created(since, now) for document, since in known.items()})
        return _glance(answers, frozenset(document for what, document in answers if what == "new"))

    def check(self, *, with_beside: bool) -> datetime | None:
        """When the first deadline is, by a process that hears what it writes."""
        documents = TIMED + BESIDE if with_beside else TIMED
        return earliest(*(alone.first(each._get_collection(), "next_check_at") for each in documents))


def _glance(moments: Mapping[Look, datetime | None], new: frozenset[Any]) -> Glance:
    return Glance(
        earliest(*(moments.get(("check", document)) for document in TIMED)),
        earliest(*(moments.get(("check", document)) for document in BESIDE)),
        moments.get(("generation", Content)),
        moments.get(("publication", Content)),
        new,
    )


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
