"""工单: the list of what staff must do, and the page of each (clauses 2.2–2.5, 3.2–3.5)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from markupsafe import Markup
from mongoengine import QuerySet

from admin_app.accounts.current import current_actor
from admin_app.backoffice.findings.rounds import FAILED, PASSED, found_at
from admin_app.backoffice.frame.base import Choice, ListFilter, MenuPlace, field_filter
from admin_app.backoffice.records import cells
from admin_app.backoffice.records.clocks import DEADLINES, clock_results, shown_clocks
from admin_app.backoffice.records.columns import (
    CLAUSE,
    DUE,
    ESTATE,
    NUMBER,
    Column,
    assignee,
    due,
    moment,
    only_exported,
    state,
    worded,
)
from admin_app.backoffice.records.described import bulk, described
from admin_app.backoffice.records.lists import Tab, assignee_filter, estate_filter
from admin_app.backoffice.records.names import department_names, staff_names, zone_of_reader
from admin_app.backoffice.records.parts import asked_part
from admin_app.backoffice.records.timeline import Entries, escalation_facts, late_facts, mute_facts, names_of, timeline
from admin_app.backoffice.records.verbs import VerbForm
from admin_app.backoffice.repairs.cards import order_card, quote_chip
from admin_app.backoffice.work.by_hand import MadeByHand
from admin_app.backoffice.work.evidence import evidence_of
from admin_app.backoffice.work.looks import looks_of
from admin_app.backoffice.work.scan_facts import points_named, scan_facts
from admin_app.backoffice.work.sources import checklist_of, shown_answers, shown_points, source_of
from admin_app.backoffice.work.verbs import with_odd_forms
from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.formats import zone_named
from admin_app.shell.language import say
from store.access import permits
from store.actor import Actor
from store.charges.rules import CONSENT, is_undecided
from store.deadlines.lateness import deadline, due_soon, overdue
from store.fields.numbers import minutes_words, yuan
from store.notices.operations import of_record
from store.requests.rules import CLOCK_NAMES
from store.versioned import Event
from store.words import Words, translated
from store.work import operations as work
from store.work import rules
from store.work.documents import WORK_ORDER, WorkOrder
from store.work.verbs import VERDICTS

UNPROVEN_DAYS = 30
TONES = {
    "create": "open",
    "accept": "open",
    "start": "open",
    "resume": "open",
    "quote": "soon",
    "consent": "open",
    "scan": "done",
    "complete": "done",
    "verdict": "done",
    "raise_finding": "late",
    "supervise": "open",
    "round_over": "done",
    "pause": "soon",
    "remind": "soon",
    "escalate": "late",
    "checkpoint_missed": "late",
    "missed": "late",
}


def _open() -> dict[str, Any]:
    return {"state": {"$in": sorted(rules.OPEN_STATES)}}


def unproven(now: datetime) -> dict[str, Any]:
    """Done lately and without evidence: no answers to its checklist, or a round with holes."""
    return {"state": "done", "due_at": {"$gte": now - timedelta(days=UNPROVEN_DAYS)}, "proven": False}


def midnight_of(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def day_of(text: str) -> datetime | None:
    """The beginning of a day (`2026-11-24`) on the installation's clock; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day, time(), zone_named(None)) if 2000 <= day.year <= 2100 else None


def missed_today(now: datetime) -> dict[str, Any]:
    """Planned for the reader's today, and not walked, or with holes."""
    midnight = midnight_of(now, zone_of_reader())
    return _missed({"$gte": midnight, "$lt": midnight + timedelta(days=1)})


def missed_lately(now: datetime, days: int) -> dict[str, Any]:
    return _missed({"$gte": now - timedelta(days=days)})


def _missed(within: dict[str, datetime]) -> dict[str, Any]:
    return {"starts_at": within, "$or": [{"state": "missed"}, {"missed_count": {"$gt": 0}}]}


TABS = (
    Tab("open", Words("处理中", "Open"), lambda now: _open()),
    Tab("overdue", Words("已超时", "Overdue"), lambda now: overdue(rules.RUNNING, now), "due_at"),
    Tab("soon", Words("2 小时内到期", "Due in 2 h"), lambda now: due_soon(rules.RUNNING, now), "due_at"),
    Tab(
        "unassigned",
        Words("未指派", "Unassigned"),
        lambda now: {**_open(), "assignee": None, "team": {"$in": [None, []]}},
    ),
    Tab("consent", Words("等业主同意", "Waiting for consent"), lambda now: {"state": "paused", "quote.state": "asked"}),
    Tab("missed-today", Words("今日漏检", "Missed today"), missed_today, "-starts_at"),
    Tab("missed", Words("漏检", "Missed"), lambda now: missed_lately(now, 30), "-starts_at"),
    Tab("unproven", Words("未留证", "Unproven"), unproven, "-due_at"),
    Tab("all", Words("全部", "All"), lambda now: {}),
)


def deadline_of(row: Any) -> datetime | None:
    """By when something of the order is owed; None when nothing is, or it rests."""
    return deadline(row.state, row.clocks, row.due_at, rules.RUNNING)


def order_chips(row: Any, now: datetime) -> list[Chip]:
    found = [chip_of(row.state, rules.STATES.get(row.state))]
    asked = quote_chip(row.quote) if is_undecided(row.quote) and row.state == "paused" else None
    if asked:
        found = [asked]
    due = cells.due_chip(deadline_of(row), now)
    if due:
        found.append(due)
    if row.missed_count and row.state != "missed":
        words = Words("漏 {n} 点", "{n} missed").fill(n=row.missed_count)
        found.append(chip_of("missed", words))
    if row.state == "done" and row.proven is False and not row.missed_count:
        found.append(Chip("soon", "photo", Words("未留证", "Unproven")))
    return found


class Work(MadeByHand):
    permission = "work.read"
    endpoint_name = "office_work"
    path = "work"
    title = Words("工单", "Work orders")
    menu_place = MenuPlace("work", 10, Words("全部工单", "All work orders"))
    tabs = TABS
    heavy = ("events", "answers", "reminders", "checkpoints")
    date_words = Words("生成日期", "Made")
    list_sort = "-created_at"
    record_columns = (
        NUMBER,
        Column("title", Words("事项", "What"), cell=lambda _, row: title_cell(row), width=36),
        worded("kind", Words("类型", "Kind"), rules.KINDS, 12),
        only_exported("place", Words("地点", "Place")),
        state(rules.STATES, order_chips),
        due(DUE, lambda row: deadline_of(row) is not None),
        assignee(lambda row: row.state in rules.OPEN_STATES and not row.team),
        only_exported(
            "source", Words("来源", "Source"), lambda _, row: row.source.get("number") or row.plan.get("code")
        ),
        ESTATE,
        moment("created_at", Words("生成时间", "Made")),
        only_exported("starts_at", Words("计划开始", "Planned for")),
        only_exported("finished_at", Words("完成时间", "Finished")),
        only_exported("clocks", DEADLINES, lambda lister, row: clock_results(row.clocks, lister.now), 32),
        only_exported("missed_count", Words("漏检点数", "Checkpoints missed"), width=10),
        only_exported("proven", Words("有证据", "Proven"), width=8),
        CLAUSE,
    )
    search_hint = Words("编号或事项", "Number or title")
    empty = Words("还没有工单", "No work orders yet")
    empty_hint = Words(
        "发布计划或登记报修后，工单会自动生成。",
        "Publish a plan or record a repair, and orders are made by themselves.",
    )
    kept_arguments: Sequence[str] = ("view", "sort", "plan", "day")
    with_assign = True
    assign_permission = "work.dispatch"
    list_template = "work/list.html"
    record_template = "work/record.html"

    def __init__(self) -> None:
        self.list_filters = (
            field_filter("kind", Words("类型", "Kind"), (Choice(k, w) for k, w in rules.KINDS.items())),
            field_filter("state", Words("状态", "State"), (Choice(k, w) for k, w in rules.STATES.items())),
            ListFilter("priority", Words("优先级", "Priority"), _priorities, lambda value: {"priority": int(value)}),
            assignee_filter(self.people),
            estate_filter(),
        )
        self.bulk_verbs = tuple(bulk(WORK_ORDER, name) for name in ("assign", "hand_over", "acknowledge"))
        super().__init__(WorkOrder)

    def _narrowed(self, active: dict[str, str], text: str) -> QuerySet:
        query = super()._narrowed(active, text)
        plan = request.args.get("plan", "")[:64]
        query = query.filter(__raw__={"plan.code": plan}) if plan else query
        day = day_of(request.args.get("day", ""))
        return query.filter(starts_at__gte=day, starts_at__lt=day + timedelta(days=1)) if day else query

    def render(self, template: str, **kwargs: Any) -> str:
        return super().render(template, may_make=permits(current_actor(), "work.dispatch"), **kwargs)

    # The page of one order

    def open_record(self, key: str, actor: Actor) -> Any:
        return work.get(key, actor)

    def verbs(self, record: Any) -> Sequence[VerbForm]:
        checklist = checklist_of(record)
        return with_odd_forms(described(record, looks_of(record, checklist)), record, checklist)

    def allowed(self, record: Any, actor: Actor) -> Sequence[str]:
        return work.allowed(record, actor)

    def context(self, record: Any, actor: Actor) -> Mapping[str, Any]:
        checklist = checklist_of(record)
        walked = [each.get("by") for point in record.checkpoints for each in (point, *(point.get("others") or ()))]
        people = [record.assignee, *record.team, *walked]
        names = staff_names([*people, *(each.get("acknowledged_by") for each in record.clocks)])
        return {
            "chips": order_chips(record, self.now),
            "clocks": shown_clocks(record.clocks),
            "entries": order_timeline(record),
            "names": names,
            "team": names_of([code for code in record.team if code != record.assignee], names),
            "department": department_names([record.department]).get(record.department or "", ""),
            "source": source_of(record),
            "found": found_at(record),
            "instructions": say(translated(record.instructions)) if record.instructions else "",
            "points": shown_points(record, names, self.now),
            "answers": shown_answers(record, checklist),
            "evidence": evidence_of(record, checklist),
            "repair": order_card(record),
            "kind_words": rules.KINDS,
            "priority_words": rules.PRIORITIES,
            "verb_words": WORK_ORDER.event_words,
        }


def _priorities() -> list[Choice]:
    return [Choice(str(number), words) for number, words in rules.PRIORITIES.items()]


def title_cell(row: Any) -> Markup:
    tone = {1: "late", 2: "soon"}.get(row.priority)
    words = cells.words_of(rules.PRIORITIES, row.priority)
    mark = Markup('<span class="urgent {}">{}</span>').format(tone, words) if tone else Markup("")
    late = row.slot.get("late_minutes") if row.slot and row.slot.get("reason") == "caught_up" else None
    note = Markup("")
    if late:
        said = say(Words("补做，晚 {late}", "caught up, {late} late").fill(late=minutes_words(late)))
        note = Markup(' <span class="fact">{}</span>').format(said)
    return Markup('{}<span class="title">{}</span>{}').format(mark, cells.title_of(row) or "—", note)


def order_timeline(record: Any) -> Entries:
    notices = of_record("work_order", record.pk)
    points = {each["code"]: Words(str(_zh(each["name"])), str(_en(each["name"]))) for each in record.checkpoints}

    def facts(event: Event, names: Mapping[str, str]) -> Iterable[str]:
        return _facts(event, names, points)

    return timeline(asked_part(record), notices, WORK_ORDER.event_words, facts=facts, tones=TONES)


def _zh(name: Any) -> Any:
    return name.get("zh") if isinstance(name, Mapping) else name


def _en(name: Any) -> Any:
    return (name.get("en") or name.get("zh")) if isinstance(name, Mapping) else name


def _facts(event: Event, names: Mapping[str, str], points: Mapping[str, Words]) -> list[str]:
    maker = {
        "escalate": lambda: escalation_facts(event, CLOCK_NAMES, names),
        "hand_over": lambda: [say(Words("交给 {who}", "to {who}").fill(who=names_of(event.detail.get("to"), names)))],
        "assign": lambda: [say(Words("交给 {who}", "to {who}").fill(who=names_of(event.detail.get("to"), names)))],
        "scan": lambda: scan_facts(event.detail, points),
        "photograph": lambda: [points_named([str(event.detail.get("checkpoint", ""))], points)],
        "take_back": lambda: [points_named([str(event.detail.get("checkpoint", ""))], points)],
        "complete": lambda: _result_facts(event.detail),
        "quote": lambda: [yuan(event.detail.get("total_fen") or 0)],
        "consent": lambda: [cells.words_of(CONSENT, event.detail.get("answer"))],
        "verdict": lambda: [say(PASSED if event.detail.get("passed") else FAILED)],
        "raise_finding": lambda: [str(event.detail.get("title", ""))],
        "supervise": lambda: [
            cells.words_of(VERDICTS, event.detail.get("verdict", "finding")),
            str(event.detail.get("title", "")),
        ],
        "checkpoint_missed": lambda: [
            points_named(event.detail.get("checkpoints") or (), points),
            *late_facts(event.detail),
            *mute_facts(event.detail),
        ],
        "remind": lambda: [names_of(event.detail.get("to"), names), *mute_facts(event.detail)],
    }.get(event.verb)
    return [each for each in (maker() if maker else []) if each]


def _result_facts(detail: Mapping[str, Any]) -> list[str]:
    said = []
    if detail.get("percent") is not None:
        said.append(say(Words("得分 {n}%", "score {n}%").fill(n=detail["percent"])))
    if detail.get("signed"):
        said.append(say(Words("业主已签字", "signed by the resident")))
    if detail.get("failed"):
        said.append(say(Words("{n} 项不合格", "{n} failed").fill(n=len(detail["failed"]))))
    return said
