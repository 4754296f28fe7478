"""整改: the list of what was found wrong, and the page of each with its rounds (clauses 3.3–3.5, 8.1)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import g
from markupsafe import Markup

from admin_app.backoffice.findings.rounds import (
    later_findings,
    people_in,
    said_aloud,
    shown_rounds,
    source_of,
    state_chip,
)
from admin_app.backoffice.frame.base import Choice, MenuPlace, field_filter
from admin_app.backoffice.records import cells
from admin_app.backoffice.records.clocks import DEADLINES, clock_results, shown_clocks
from admin_app.backoffice.records.columns import CLAUSE, DUE, ESTATE, NUMBER, Column, due, moment, only_exported, state
from admin_app.backoffice.records.described import Look, Looks
from admin_app.backoffice.records.lists import Tab, estate_filter
from admin_app.backoffice.records.names import department_names, staff_names
from admin_app.backoffice.records.pages import NumberedPages
from admin_app.backoffice.records.parts import asked_part
from admin_app.backoffice.records.timeline import timeline
from admin_app.shell.chips import Chip
from admin_app.shell.language import say
from store.access import permits
from store.actor import Actor
from store.deadlines.lateness import deadline, due_soon, overdue
from store.findings import operations as findings
from store.findings import rules
from store.findings.documents import FINDING, Finding
from store.notices.operations import of_record
from store.versioned import Event
from store.words import Words

TONES = {"raise": "late", "rectify": "open", "close": "done", "send_back": "late", "set_severity": "soon"}


def _open() -> dict[str, Any]:
    return {"state": {"$in": sorted(rules.OPEN_STATES)}}


TABS = (
    Tab("open", Words("未关闭", "Not closed"), lambda now: _open(), "due_at"),
    Tab("overdue", Words("已超时", "Overdue"), lambda now: overdue(rules.OPEN_STATES, now), "due_at"),
    Tab("soon", Words("2 小时内到期", "Due in 2 h"), lambda now: due_soon(rules.OPEN_STATES, now), "due_at"),
    Tab("check", Words("待复查", "To re-inspect"), lambda now: {"state": "rectified"}, "due_at"),
    Tab("repeats", Words("重复问题", "Repeats"), lambda now: {"repeats": {"$gt": 0}}),
    Tab("all", Words("全部", "All"), lambda now: {}),
)


def deadline_of(row: Any) -> datetime | None:
    return deadline(row.state, row.clocks, row.due_at, rules.OPEN_STATES)


def finding_chips(row: Any, now: datetime) -> list[Chip]:
    found = [state_chip(row.state)]
    due = cells.due_chip(deadline_of(row), now)
    if due:
        found.append(due)
    if len(row.rounds) > 1:
        found.append(Chip("soon", "back", Words("第 {n} 轮", "round {n}").fill(n=len(row.rounds))))
    if row.repeats:
        found.append(repeat_chip(row.repeats))
    return found


def repeat_chip(repeats: int) -> Chip:
    return Chip("missed", "missed", Words("重复第 {n} 次", "found again ({n})").fill(n=repeats))


class Findings(NumberedPages):
    permission = "findings.read"
    endpoint_name = "office_findings"
    path = "findings"
    title = Words("整改", "Findings")
    menu_place = MenuPlace("findings", 10)
    tabs = TABS
    heavy = ("events", "note")
    date_words = Words("发现日期", "Found")
    list_sort = "-created_at"
    record_columns = (
        NUMBER,
        Column("title", Words("问题", "What is wrong"), cell=lambda _, row: title_cell(row), width=36),
        only_exported(
            "severity",
            Words("严重程度", "Severity"),
            lambda _, row: cells.words_of(rules.SEVERITIES, row.severity),
            10,
        ),
        state(rules.STATES, finding_chips),
        Column("place", Words("地点", "Place"), width=24),
        due(DUE, lambda row: deadline_of(row) is not None),
        Column(
            "department",
            Words("责任部门", "Department"),
            lambda _, row: g.department_names.get(row.department, ""),
        ),
        only_exported("source", Words("来源", "Source"), lambda _, row: row.source.get("number") or _source_words(row)),
        only_exported("found_at", Words("发现时间", "Found at")),
        only_exported("rounds", Words("整改轮次", "Rounds"), lambda _, row: len(row.rounds), 10),
        only_exported("repeats", Words("重复次数", "Times found before"), width=10),
        ESTATE,
        moment("created_at", Words("登记时间", "Recorded")),
        only_exported("closed_at", Words("关闭时间", "Closed")),
        only_exported("clocks", DEADLINES, lambda lister, row: clock_results(row.clocks, lister.now), 32),
        CLAUSE,
    )
    search_hint = Words("编号或问题", "Number or what is wrong")
    empty = Words("还没有整改项", "No findings yet")
    empty_hint = Words(
        "检查不合格、巡更上报和监督抽查的问题会自动列在这里。",
        "Failed inspections, hazards and what supervision finds appear here by themselves.",
    )
    record_template = "findings/record.html"

    def __init__(self) -> None:
        self.list_filters = (
            field_filter("severity", Words("严重程度", "Severity"), _choices(rules.SEVERITIES)),
            field_filter("state", Words("状态", "State"), _choices(rules.STATES)),
            field_filter("source", Words("来源", "Source"), _choices(rules.SOURCES), "source__kind"),
            estate_filter(),
        )
        super().__init__(Finding)

    def prepare(self, rows: list[Any]) -> None:
        g.department_names = department_names(row.department for row in rows)

    # The page of one finding

    def open_record(self, key: str, actor: Actor) -> Any:
        return findings.get(key, actor)

    def looks(self, record: Any) -> Looks:
        return {"set_severity.severity": Look(record.severity)}

    def context(self, record: Any, actor: Actor) -> Mapping[str, Any]:
        names = staff_names([record.found_by, *people_in(record)])
        return {
            "chips": finding_chips(record, self.now),
            "clocks": shown_clocks(record.clocks),
            "entries": timeline(
                asked_part(record), of_record("finding", record.pk), FINDING.event_words, facts=event_facts, tones=TONES
            ),
            "names": names,
            "department": department_names([record.department]).get(record.department or "", ""),
            "severity": cells.words_of(rules.SEVERITIES, record.severity),
            "source": source_of(record),
            "reads_content": permits(actor, "content.read"),
            "rounds": shown_rounds(record, names),
            "later": later_findings(record),
            "voice": said_aloud(record),
            "verb_words": FINDING.event_words,
        }


def _choices(table: Mapping[str, Words]) -> Iterable[Choice]:
    return (Choice(key, words) for key, words in table.items())


def _source_words(row: Any) -> str:
    return cells.words_of(rules.SOURCES, row.source.get("kind"))


def title_cell(row: Any) -> Markup:
    words = cells.words_of(rules.SEVERITIES, row.severity)
    mark = Markup('<span class="urgent late">{}</span>').format(words) if row.severity == "high" else Markup("")
    return Markup('{}<span class="title">{}</span>').format(mark, cells.title_of(row))


def event_facts(event: Event, names: Mapping[str, str]) -> list[str]:
    """Round, order and severity beside the verb."""
    detail, said = event.detail, []
    if detail.get("round", 1) > 1:
        said.append(say(Words("第 {n} 轮", "round {n}").fill(n=detail["round"])))
    if detail.get("severity"):
        said.append(cells.words_of(rules.SEVERITIES, detail["severity"]))
    if detail.get("repeat_of"):
        said.append(say(Words("与 {n} 重复", "again after {n}").fill(n=detail["repeat_of"])))
    said += [str(detail[name]) for name in ("source", "order") if detail.get(name)]
    return said
