"""How well rounds were walked over a period, by route and by person, against the threshold of the standard (clause 3.5).

On time is what was reached in its window and looks like walking; what is marked counts as expected and not as on time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.access import require
from store.actor import Actor
from store.content.reading import live_all
from store.work.documents import WorkOrder
from store.work.rules import ROUND_OVER
from store.work.scans import unusual

INDICATOR = "checkpoint_on_time_rate"
_READ = {"estate": 1, "route": 1, "assignee": 1, "checkpoints": 1, "photos": 1}


@dataclass
class Figures:
    """Checkpoints that were to be reached, and what became of them."""

    on_time: int = 0
    marked: int = 0
    late: int = 0
    missed: int = 0

    @property
    def expected(self) -> int:
        return self.on_time + self.marked + self.late + self.missed

    @property
    def percent(self) -> float | None:
        """Never rounded up to a threshold that was not reached; None where nothing was expected."""
        return self.on_time * 1000 // self.expected / 10 if self.expected else None

    def count(self, outcome: str) -> None:
        setattr(self, outcome, getattr(self, outcome) + 1)


@dataclass(frozen=True)
class Compliance:
    """`by_route` is by estate and route, `by_person` by the member of staff; None is nobody."""

    total: Figures
    by_route: Mapping[tuple[str, str], Figures]
    by_person: Mapping[str | None, Figures]
    # In percent; None where no standard in force names the indicator.
    threshold: float | None

    def is_kept(self, figures: Figures) -> bool | None:
        """None where there is nothing to judge by, or nothing to judge."""
        if self.threshold is None or figures.percent is None:
            return None
        return figures.percent >= self.threshold


def outcomes(
    points: Sequence[Mapping[str, Any]], photos: Sequence[Mapping[str, Any]] = ()
) -> list[tuple[Mapping[str, Any], str]]:
    """Each checkpoint of a round that is over, with what became of it: a name of `Figures`."""
    marks = unusual(points, photos)
    return [(each, _outcome(each, each["code"] in marks)) for each in points if each["state"] != "pending"]


def _outcome(point: Mapping[str, Any], is_marked: bool) -> str:
    if point["state"] == "missed":
        return "late" if point.get("at") else "missed"
    return "marked" if is_marked else "on_time"


def summed(rounds: Iterable[Mapping[str, Any]], threshold: float | None) -> Compliance:
    """A checkpoint that nobody reached is that of who had the round."""
    total = Figures()
    by_route: dict[tuple[str, str], Figures] = {}
    by_person: dict[str | None, Figures] = {}
    for each in rounds:
        route = each["estate"], (each.get("route") or {}).get("code") or ""
        for point, outcome in outcomes(each.get("checkpoints") or (), each.get("photos") or ()):
            who = point.get("by") or each.get("assignee")
            of_route, of_person = by_route.setdefault(route, Figures()), by_person.setdefault(who, Figures())
            for figures in (total, of_route, of_person):
                figures.count(outcome)
    return Compliance(total, by_route, by_person, threshold)


def compliance(
    since: datetime, until: datetime, *, estate: str | None = None, actor: Actor, now: datetime
) -> Compliance:
    """Of the rounds that began in [`since`, `until`) and are over, in the estates that the actor may see.

    Raises `Forbidden`.
    """
    require(actor, "today.read", estate)
    query: dict[str, Any] = {"kind": "patrol", "state": {"$in": sorted(ROUND_OVER)}}
    query["starts_at"] = {"$gte": since, "$lt": until}
    if estate is not None:
        query["estate"] = estate
    elif actor.estates is not None:
        query["estate"] = {"$in": sorted(actor.estates)}
    return summed(WorkOrder._get_collection().find(query, _READ), threshold(now))


def threshold(now: datetime) -> float | None:
    """The strictest target of the standards in force that name the indicator."""
    targets = [
        float(each.body["target"]) for each in live_all("service_standard", now) if each.body["indicator"] == INDICATOR
    ]
    return max(targets, default=None)
