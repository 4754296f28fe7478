"""等我处理: what only the reader can move on."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from flask import current_app, url_for

from admin_app.backoffice.emergencies.drills import to_confirm
from admin_app.backoffice.records.cells import title_of
from admin_app.shell.formats import ago, distance
from admin_app.shell.language import say
from admin_app.shell.sound import each_sound
from store.access import permits
from store.actor import Actor
from store.calendars.rules import missing_years
from store.content.reading import live_all
from store.emergencies.documents import Drill
from store.incidents.documents import Incident
from store.incidents.rules import open_steps
from store.kinds import RecordKind
from store.notices.documents import Notice
from store.records import Record
from store.requests.documents import ServiceRequest
from store.soundness import Unsound
from store.words import Words, translated
from store.work.documents import WorkOrder

MOST_SHOWN = 8
MOST_NOTICES = 100
# Drills of more plans than this are told in one line.
MOST_PLANS = 3
TO_BE_CLOSED = Words("步骤已了结，待写小结后结束", "every step is over: write the summary and close it")


class Waiting(NamedTuple):
    """One thing to do: `tone` and `icon` as of a chip; `opens` is how many, of what is told in one line and opens a list."""

    tone: str
    icon: str
    text: str
    detail: str
    url: str
    opens: int | None = None


def waiting(actor: Actor, scope: Mapping[str, Any], now: datetime) -> list[Waiting]:
    return [
        *_incidents(actor, scope, now),
        *_escalated(actor, now),
        *_drills(actor, scope, now),
        *_calendars(actor, now),
    ]


def _incidents(actor: Actor, scope: Mapping[str, Any], now: datetime) -> list[Waiting]:
    """Every plan that runs, until somebody who may has closed it (clause 7.3): a finished last step closes nothing."""
    if not permits(actor, "incidents.close"):
        return []
    running = Incident._get_collection().find({**scope, "running": {"$type": "string"}})
    rows = running.sort("created_at", 1).limit(MOST_SHOWN)
    return list(each_sound(rows, lambda row: _running(row, now)))


def _running(row: Mapping[str, Any], now: datetime) -> Waiting:
    left, steps = len(open_steps(row["steps"])), len(row["steps"])
    progress = Words("处置中，已完成 {done}/{steps} 步", "under way, {done} of {steps} steps done")
    words = progress.fill(done=steps - left, steps=steps) if left else TO_BE_CLOSED
    detail = " · ".join([say(words), say(ago(row["created_at"], now))])
    url = url_for("office_incidents.record_view", key=row["number"])
    return Waiting("late", "emergencies", f"{row['number']} {title_of(row)}", detail, url)


def _escalated(actor: Actor, now: datetime) -> list[Waiting]:
    """Open records about which the reader was told, and has not looked; two queries for the records."""
    query = {
        "recipient": actor.code,
        "channel": "app",
        "read_at": None,
        "created_at": {"$gte": now - timedelta(days=14)},
    }
    told = Notice._get_collection().find(query, {"about": 1, "params": 1}).sort("created_at", -1).limit(MOST_NOTICES)
    by_record: dict[tuple[str, str], Mapping[str, Any]] = {}
    for key, notice in each_sound(told, lambda row: (_record_of(row), row)):
        by_record.setdefault(key, notice)
    found = [
        *_open(ServiceRequest, by_record, actor, now),
        *_open(WorkOrder, by_record, actor, now),
    ]
    return found[:MOST_SHOWN]


def _record_of(notice: Mapping[str, Any]) -> tuple[str, str]:
    return str(notice["about"].get("kind", "")), str(notice["about"].get("number"))


def _open(
    document: type[Record],
    told: Mapping[tuple[str, str], Mapping[str, Any]],
    actor: Actor,
    now: datetime,
) -> Iterable[Waiting]:
    kind = document.KIND
    numbers = [number for each, number in told if each == kind.name]
    if not numbers:
        return []
    query: dict[str, Any] = {"number": {"$in": numbers}, "state": {"$in": ["open", "accepted", "in_progress"]}}
    query["estate"] = {"$in": sorted(actor.estates)} if actor.estates is not None else {"$exists": True}
    fields = {"number": 1, "title": 1, "title_en": 1, "due_at": 1}
    # Those without a due moment stand where "now" does.
    rows = each_sound(document._get_collection().find(query, fields), lambda row: (_due(row, now), row))
    found = sorted(rows, key=lambda pair: pair[0])[:MOST_SHOWN]
    return list(each_sound(found, lambda pair: _as_waiting(pair[1], told[kind.name, pair[1]["number"]], kind, now)))


def _due(row: Mapping[str, Any], now: datetime) -> datetime:
    due = row.get("due_at") or now
    if not isinstance(due, datetime):
        raise Unsound("due_at")
    return due


def _as_waiting(row: Mapping[str, Any], notice: Mapping[str, Any], kind: RecordKind, now: datetime) -> Waiting:
    due = row.get("due_at")
    late = due is not None and due < now
    step = str((notice.get("params") or {}).get("step") or "").partition("#")[0]
    words = [say(distance(due, now))] if due else []
    if step:
        words.insert(0, say(Words("{n} 级升级", "step {n}").fill(n=step)))
    return Waiting(
        "late" if late else "soon",
        "late" if late else "soon",
        f"{row['number']} {title_of(row)}",
        " · ".join(words),
        kind.address(row["number"]),
    )


def _drills(actor: Actor, scope: Mapping[str, Any], now: datetime) -> list[Waiting]:
    if not permits(actor, "drills.write"):
        return []
    found = Drill._get_collection().find({**scope, **to_confirm(now)}, {"title": 1, "title_en": 1, "plan": 1})
    coded = sorted(each_sound(found, lambda row: (str(row["plan"].get("code", "")), row)), key=lambda pair: pair[0])
    groups = {code: [row for _, row in grouped] for code, grouped in groupby(coded, key=lambda pair: pair[0])}
    if len(groups) > MOST_PLANS:
        words = Words("{plans} 个预案的演练待确认，共 {n} 次", "{n} drills of {plans} plans to confirm")
        return [_to_confirm(words.fill(plans=len(groups), n=len(coded)), len(coded))]
    words = Words("演练 {name} 待确认 {n} 个", "Drill {name}: {n} to confirm")
    return [
        _to_confirm(words.fill(name=_plan_of(group[0]), n=len(group)), len(group), plan=code)
        for code, group in groups.items()
    ]


def _to_confirm(words: Words, count: int, plan: str | None = None) -> Waiting:
    url = url_for("office_drills.index_view", view="confirm", plan=plan)
    return Waiting("soon", "emergencies", say(words), say(Words("60 天内", "within 60 days")), url, count)


def _plan_of(drill: Mapping[str, Any]) -> str:
    return title_of(drill).partition(" · ")[0]


def _calendars(actor: Actor, now: datetime) -> list[Waiting]:
    if not permits(actor, "content.publish"):
        return []
    made = []
    calendars = each_sound(live_all("working_calendar", now), lambda each: (each, missing_years(each.body, now)))
    for revision, years in calendars:
        if years:
            words = Words("{name} 缺少 {year} 年节假日安排", "{name} has no holidays for {year}")
            text = say(words.fill(name=translated(revision.body["name"]), year=years[0]))
            made.append(
                Waiting(
                    "soon",
                    "plans",
                    text,
                    say(Words("时限会算错", "deadlines would be wrong")),
                    _content_url(revision.code),
                )
            )
    return made


def _content_url(code: str) -> str:
    known = current_app.view_functions
    return url_for("content_working_calendar.entry", code=code) if "content_working_calendar.entry" in known else "#"
