"""The figures of today: what is late, due, missed, nobody's. Each is a view of a list, counted by that view's own filter:
a number opens what it counted."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import url_for

from admin_app.backoffice.emergencies import drills
from admin_app.backoffice.findings import pages as findings
from admin_app.backoffice.frame.lists import COUNT_CAP
from admin_app.backoffice.records.lists import Tab
from admin_app.backoffice.requests import pages as requests
from admin_app.backoffice.work import pages as work
from store.access import permits
from store.actor import Actor
from store.emergencies.documents import Drill
from store.findings.documents import Finding
from store.requests.documents import ServiceRequest
from store.words import Words
from store.work.documents import WorkOrder

DAYS = 30


class Source(NamedTuple):
    """A list that figures are views of."""

    words: Words
    document: Any
    endpoint: str
    permission: str
    tabs: tuple[Tab, ...]


SOURCES: dict[str, Source] = {
    "requests": Source(
        Words("诉求", "Requests"), ServiceRequest, "office_requests.index_view", "requests.read", requests.TABS
    ),
    "work": Source(Words("工单", "Work orders"), WorkOrder, "office_work.index_view", "work.read", work.TABS),
    "findings": Source(
        Words("整改", "Findings"), Finding, "office_findings.index_view", "findings.read", findings.TABS
    ),
    "drills": Source(Words("演练", "Drills"), Drill, "office_drills.index_view", "drills.read", drills.TABS),
}


class Counted(NamedTuple):
    """What is counted: `parts` are (list, view)."""

    name: str
    words: Words
    tone: str
    parts: tuple[tuple[str, str], ...]


# A finding belongs to a department: nobody in particular is no fault.
FIGURES: tuple[Counted, ...] = (
    Counted(
        "overdue",
        Words("已超时", "Overdue"),
        "late",
        (("requests", "overdue"), ("work", "overdue"), ("findings", "overdue"), ("drills", "overdue")),
    ),
    Counted(
        "soon",
        Words("2 小时内到期", "Due in 2 h"),
        "soon",
        (("requests", "soon"), ("work", "soon"), ("findings", "soon")),
    ),
    Counted("missed", Words("今日漏检", "Missed today"), "missed", (("work", "missed-today"),)),
    Counted("unassigned", Words("未指派", "Unassigned"), "soon", (("requests", "unassigned"), ("work", "unassigned"))),
    Counted("waiting", Words("等业主", "Waiting for residents"), "", (("requests", "waiting"),)),
    Counted("untold", Words("待告知业主", "Residents to be told"), "soon", (("requests", "untold"),)),
    Counted("unproven", Words("未留证", "Unproven"), "soon", (("work", "unproven"),)),
)


class Part(NamedTuple):
    """One link of a figure: how many, of what, and the list that shows exactly these. Beyond `COUNT_CAP` the list itself
    says no more than "more"."""

    source: str
    view: str
    number: int

    @property
    def words(self) -> Words:
        return SOURCES[self.source].words

    @property
    def url(self) -> str:
        return url_for(SOURCES[self.source].endpoint, view=self.view)

    @property
    def shown(self) -> str:
        return f"{COUNT_CAP}+" if self.number > COUNT_CAP else str(self.number)


class Figure(NamedTuple):
    name: str
    words: Words
    tone: str
    parts: list[Part]

    @property
    def total(self) -> int:
        return sum(part.number for part in self.parts)

    @property
    def shown(self) -> str:
        return f"{COUNT_CAP}+" if any(part.number > COUNT_CAP for part in self.parts) else str(self.total)

    @property
    def url(self) -> str:
        """The list that shows the whole of it: where it stands in several, the one that brings them together."""
        counted = [part for part in self.parts if part.number]
        if len(counted) == 1 or len(self.parts) == 1:
            return (counted or self.parts)[0].url
        return url_for("office_together.index", figure=self.name)


class OnTime(NamedTuple):
    """How much of a day's work was on time; `percent` is None on a day without any."""

    day: date
    total: int
    met: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.met / self.total) if self.total else None


Scope = Mapping[str, Any]


def scope_of(estates: Iterable[str] | None, chosen: str | None) -> Scope:
    """The filter of the reader's estates."""
    if chosen:
        return {"estate": chosen}
    return {} if estates is None else {"estate": {"$in": sorted(estates)}}


def figures(actor: Actor, scope: Scope, now: datetime) -> list[Figure]:
    """Every figure of the lists that the reader may open. One command for each list."""
    may_open = {name for name, source in SOURCES.items() if permits(actor, source.permission)}
    counts = {name: _counts(name, scope, now) for name in sorted(may_open)}
    found = [
        Figure(
            each.name,
            each.words,
            each.tone,
            [Part(name, view, counts[name][view]) for name, view in each.parts if name in may_open],
        )
        for each in FIGURES
    ]
    return [figure for figure in found if figure.parts]


def _counts(name: str, scope: Scope, now: datetime) -> dict[str, int]:
    """How many rows each view of the list has, at most one more than a list counts."""
    views = sorted({view for figure in FIGURES for each, view in figure.parts if each == name})
    wheres = {tab.name: tab.where(now) for tab in SOURCES[name].tabs if tab.name in views}
    collection = SOURCES[name].document._get_collection()
    pipeline: list[Mapping[str, Any]] = []
    for view in views:
        counted: list[Mapping[str, Any]] = [
            {"$match": {"$and": [dict(scope), dict(wheres[view])]}},
            {"$limit": COUNT_CAP + 1},
            {"$count": "n"},
            {"$set": {"view": view}},
        ]
        # Each view looks by its own index.
        pipeline += [{"$unionWith": {"coll": collection.name, "pipeline": counted}}] if pipeline else counted
    found = {each["view"]: int(each["n"]) for each in collection.aggregate(pipeline)}
    return {view: found.get(view, 0) for view in views}


def on_time(scope: Scope, now: datetime, zone: ZoneInfo) -> list[OnTime]:
    """Work that fell due, day by day for 30 days: on time is finished by its due moment, and not missed."""
    today = now.astimezone(zone).date()
    since = datetime.combine(today - timedelta(days=DAYS - 1), datetime.min.time(), zone)
    met = {"$and": [{"$eq": ["$state", "done"]}, {"$lte": ["$finished_at", "$due_at"]}]}
    pipeline: list[Mapping[str, Any]] = [
        {"$match": {**scope, "state": {"$in": ["done", "missed"]}, "due_at": {"$gte": since, "$lte": now}}},
        {"$project": {"_id": 0, "state": 1, "due_at": 1, "finished_at": 1}},
        {
            "$group": {
                "_id": {"$dateToString": {"date": "$due_at", "format": "%Y-%m-%d", "timezone": zone.key}},
                "total": {"$sum": 1},
                "met": _sum(met),
            }
        },
    ]
    found = {each["_id"]: each for each in WorkOrder._get_collection().aggregate(pipeline)}
    days = [since.date() + timedelta(days=n) for n in range(DAYS)]
    return [_on_time(day, found.get(day.isoformat(), {})) for day in days]


def _sum(condition: Mapping[str, Any]) -> dict[str, Any]:
    return {"$sum": {"$cond": [condition, 1, 0]}}


def _on_time(day: date, counted: Mapping[str, Any]) -> OnTime:
    return OnTime(day, counted.get("total", 0), counted.get("met", 0))
