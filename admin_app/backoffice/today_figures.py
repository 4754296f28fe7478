"""The figures of today: what is late, due, missed, nobody's. A handful of indexed queries, each over what is open."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import url_for

from admin_app.backoffice.records.lists import SOON
from admin_app.backoffice.requests import RUNNING as REQUESTS_RUNNING
from admin_app.backoffice.work import RUNNING as WORK_RUNNING
from admin_app.backoffice.work import unproven
from store.findings import rules as finding_rules
from store.findings.documents import Finding
from store.requests import rules as request_rules
from store.requests.documents import ServiceRequest
from store.words import Words
from store.work import rules as work_rules
from store.work.documents import WorkOrder

# More open records than this are counted as this many: nobody works through them by this page.
MOST_OPEN = 20_000
MOST_COUNTED = 1_000
DAYS = 30


class Part(NamedTuple):
    """One link of a figure: how many, of what, and the list that shows them."""

    words: Words
    number: int
    url: str


class Figure(NamedTuple):
    words: Words
    tone: str
    parts: list[Part]

    @property
    def total(self) -> int:
        return sum(part.number for part in self.parts)


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


def figures(scope: Scope, now: datetime, missed_today: int) -> list[Figure]:
    requests = _open_requests(scope, now)
    work = _open_work(scope, now)
    proofless = WorkOrder._get_collection().count_documents({**scope, **unproven(now)}, limit=MOST_COUNTED)
    both = (
        ("overdue", Words("已超时", "Overdue"), "late"),
        ("soon", Words("2 小时内到期", "Due in 2 h"), "soon"),
        ("unassigned", Words("未指派", "Unassigned"), "soon"),
    )
    wrong = _open_findings(scope, now)
    found = [Figure(words, tone, _parts(name, requests, work, wrong)) for name, words, tone in both]
    found.insert(2, Figure(Words("今日漏检", "Missed today"), "missed", [_work("missed", missed_today)]))
    found.append(Figure(Words("等业主", "Waiting for residents"), "", [_request("waiting", requests["waiting"])]))
    found.append(Figure(Words("未留证", "Unproven"), "soon", [_work("unproven", proofless)]))
    return found


def _parts(name: str, requests: Mapping[str, int], work: Mapping[str, int], findings: Mapping[str, int]) -> list[Part]:
    """Findings belong to a department, so that nobody in particular is never their fault."""
    parts = [_request(name, requests[name]), _work(name, work[name])]
    return [*parts, _finding(name, findings[name])] if name in findings else parts


def _request(view: str, count: int) -> Part:
    return Part(Words("诉求", "Requests"), count, url_for("office_requests.index_view", view=view))


def _work(view: str, count: int) -> Part:
    return Part(Words("工单", "Work orders"), count, url_for("office_work.index_view", view=view))


def _finding(view: str, count: int) -> Part:
    return Part(Words("整改", "Findings"), count, url_for("office_findings.index_view", view=view))


def _open_findings(scope: Scope, now: datetime) -> dict[str, int]:
    states = sorted(finding_rules.OPEN_STATES)
    return _counted(Finding, {**scope, "state": {"$in": states}}, _due(now, states))


def _open_requests(scope: Scope, now: datetime) -> dict[str, int]:
    match = {**scope, "state": {"$in": sorted(request_rules.OPEN_STATES)}}
    counts = {
        **_due(now, sorted(REQUESTS_RUNNING)),
        "waiting": _sum({"$eq": ["$state", "waiting"]}),
        "unassigned": _sum(_empty("$assignee")),
    }
    return _counted(ServiceRequest, match, counts)


def _open_work(scope: Scope, now: datetime) -> dict[str, int]:
    match = {**scope, "state": {"$in": sorted(work_rules.OPEN_STATES)}}
    nobody = {"$and": [_empty("$assignee"), {"$eq": [{"$size": {"$ifNull": ["$team", []]}}, 0]}]}
    return _counted(WorkOrder, match, {**_due(now, sorted(WORK_RUNNING)), "unassigned": _sum(nobody)})


def _due(now: datetime, states: Sequence[str]) -> dict[str, Any]:
    running = {"$in": ["$state", list(states)]}
    # A missing moment sorts before every moment: without the check it would count as long overdue.
    known = {"$gt": ["$due_at", None]}
    return {
        "overdue": _sum({"$and": [running, known, {"$lt": ["$due_at", now]}]}),
        "soon": _sum({"$and": [running, {"$gte": ["$due_at", now]}, {"$lte": ["$due_at", now + SOON]}]}),
    }


def _empty(field: str) -> dict[str, Any]:
    return {"$eq": [{"$ifNull": [field, ""]}, ""]}


def _sum(condition: Mapping[str, Any]) -> dict[str, Any]:
    return {"$sum": {"$cond": [condition, 1, 0]}}


def _counted(document: Any, match: Mapping[str, Any], counts: Mapping[str, Any]) -> dict[str, int]:
    pipeline = [{"$match": match}, {"$limit": MOST_OPEN}, {"$group": {"_id": None, **counts}}]
    found: Mapping[str, Any] = next(iter(document._get_collection().aggregate(pipeline)), {})
    return {name: int(found.get(name, 0)) for name in counts}


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


def _on_time(day: date, counted: Mapping[str, Any]) -> OnTime:
    return OnTime(day, counted.get("total", 0), counted.get("met", 0))
