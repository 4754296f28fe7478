"""诉求: the list of what residents asked for, and the page of each (clauses 2.1, 3.1, 6.1–6.3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_admin import expose
from markupsafe import Markup
from mongoengine import Q, QuerySet

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import Choice, MenuPlace, field_filter
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
from admin_app.backoffice.records.described import Looks, bulk
from admin_app.backoffice.records.lists import Tab, assignee_filter, estate_filter
from admin_app.backoffice.records.names import department_names, place, staff_names
from admin_app.backoffice.records.pages import NumberedPages
from admin_app.backoffice.records.parts import asked_part
from admin_app.backoffice.records.search import named
from admin_app.backoffice.records.timeline import Entries, escalation_facts, late_facts, names_of, timeline
from admin_app.backoffice.records.verbs import VerbForm
from admin_app.backoffice.repairs.cards import request_card
from admin_app.backoffice.requests.looks import BOX, looks_of, told_by_people
from admin_app.shell import gate
from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.language import say
from store import clock
from store.access import permits, require
from store.actor import Actor
from store.audit.operations import record as audit
from store.catalogue.documents import URGENCIES
from store.charges.rules import CONSENT
from store.content.reading import revision_body
from store.deadlines.lateness import deadline, due_soon, overdue
from store.errors import NotFound
from store.fields.numbers import yuan
from store.notices.operations import of_record
from store.phones import digits_wanted
from store.premises import operations as premises
from store.premises.rules import masked_phone
from store.requests import operations as requests
from store.requests import rules
from store.requests.documents import SERVICE_REQUEST, ServiceRequest
from store.versioned import Event
from store.words import Words, translated
from store.work.documents import WorkOrder
from store.work.rules import PRIORITIES

TONES = {
    "create": "open",
    "accept": "open",
    "responded": "open",
    "answer": "done",
    "answer_meanwhile": "open",
    "record_told": "done",
    "close": "done",
    "work_done": "done",
    "escalate": "late",
    "wait": "soon",
    "reopen": "late",
    "quoted": "soon",
    "approve": "done",
    "accepted_tacitly": "done",
    "called_back": "done",
    "dispute": "late",
}
# Homes whose requests a search shows; digits that are a telephone and no room.
MOST_HOMES, FEWEST_DIGITS = 50, 7
URGENCY_WORDS = dict(URGENCIES)
CORRECTABLE = {field.name: field.label for field in rules.INTAKE}
MERGED_INTO = Words("并入 {number}", "joined to {number}")
LEADS = Words("同一故障 {n} 件", "{n} reports of one fault")
UNTOLD = Words("待告知业主", "Resident not told yet")


def _open_states() -> dict[str, Any]:
    return {"state": {"$in": sorted(rules.OPEN_STATES)}}


TABS = (
    Tab("open", Words("处理中", "Open"), lambda now: _open_states()),
    Tab("overdue", Words("已超时", "Overdue"), lambda now: overdue(rules.UNCLOSED, now), "due_at"),
    Tab("soon", Words("2 小时内到期", "Due in 2 h"), lambda now: due_soon(rules.UNCLOSED, now), "due_at"),
    Tab("unassigned", Words("未指派", "Unassigned"), lambda now: {**_open_states(), "assignee": None}),
    Tab("waiting", Words("等业主", "Waiting"), lambda now: {"state": "waiting"}),
    Tab("untold", Words("待告知", "To be told"), lambda now: {"untold": True}),
    Tab("answered", Words("待关闭", "To close"), lambda now: {"state": "answered"}),
    Tab(
        "acceptance",
        Words("待验收", "To be accepted"),
        lambda now: {"state": "answered", "accept_by": {"$type": "date"}},
        "accept_by",
    ),
    Tab("all", Words("全部", "All"), lambda now: {}),
)


def deadline_of(row: Any) -> datetime | None:
    """By when something is owed to the resident; None when nothing is."""
    return deadline(row.state, row.clocks, row.due_at, rules.UNCLOSED)


def request_chips(row: Any, now: datetime) -> list[Chip]:
    words = rules.STATES.get(row.state)
    tone = {"waiting": "paused", "answered": "answered"}.get(row.state, row.state)
    found = [chip_of(tone, words)]
    if row.waiting_for == "consent" and row.state == "waiting":
        found.append(chip_of("due_soon", CONSENT["asked"]))
    if row.warranty:
        found.append(chip_of("closed", Words("质保", "Warranty")))
    if row.merged_into:
        found.append(Chip("quiet", "forward", MERGED_INTO.fill(number=row.merged_into["number"])))
    if row.merged:
        found.append(Chip("open", "forward", LEADS.fill(n=len(row.merged) + 1)))
    if row.untold:
        found.append(chip_of("due_soon", UNTOLD))
    due = cells.due_chip(deadline_of(row), now)
    return [*found, due] if due else found


class Requests(NumberedPages):
    permission = "requests.read"
    endpoint_name = "office_requests"
    path = "requests"
    title = Words("诉求", "Requests")
    menu_place = MenuPlace("requests", 10, Words("全部诉求", "All requests"))
    tabs = TABS
    heavy = ("events", "replies", "corrections", "words", "contact_name", "contact_phone")
    date_words = Words("登记日期", "Received")
    list_sort = "-created_at"
    record_columns = (
        NUMBER,
        Column("title", Words("事项", "What"), cell=lambda _, row: title_cell(row), width=36),
        worded("kind", Words("类型", "Kind"), rules.KINDS, 8),
        only_exported("place", Words("地点", "Place")),
        only_exported(
            "urgency", Words("紧急程度", "Urgency"), lambda _, row: cells.words_of(URGENCY_WORDS, row.urgency), 10
        ),
        only_exported(
            "channel", Words("渠道", "Channel"), lambda _, row: cells.words_of(rules.CHANNELS, row.channel), 8
        ),
        state(rules.STATES, request_chips),
        due(DUE, lambda row: deadline_of(row) is not None),
        assignee(lambda row: row.state in rules.OPEN_STATES),
        ESTATE,
        moment("created_at", Words("登记时间", "Received")),
        only_exported("answered_at", Words("答复时间", "Answered")),
        only_exported("closed_at", Words("关闭时间", "Closed")),
        only_exported("clocks", DEADLINES, lambda lister, row: clock_results(row.clocks, lister.now), 32),
        only_exported(
            "charge",
            Words("应收（元）", "Charge (yuan)"),
            lambda _, row: row.charge["total_fen"] / 100 if row.charge else None,
            10,
        ),
        CLAUSE,
    )
    search_hint = Words("编号、事项、房号、电话或姓名", "Number, title, room, telephone or name")
    empty = Words("还没有诉求", "No requests yet")
    empty_hint = Words("在“接待”里登记业主的来电和来访。", "Record calls and visits at “Intake”.")
    with_assign = True
    assign_permission = "requests.write"
    list_template = "requests/list.html"
    record_template = "requests/record.html"

    def __init__(self) -> None:
        kinds = (Choice(key, words) for key, words in rules.KINDS.items())
        urgencies = (Choice(key, words) for key, words in URGENCIES)
        self.list_filters = (
            field_filter("kind", Words("类型", "Kind"), kinds),
            field_filter("urgency", Words("紧急程度", "Urgency"), urgencies),
            field_filter("state", Words("状态", "State"), (Choice(k, w) for k, w in rules.STATES.items())),
            assignee_filter(self.people),
            estate_filter(),
        )
        self.bulk_verbs = (bulk(SERVICE_REQUEST, "assign"), bulk(SERVICE_REQUEST, "acknowledge"))
        super().__init__(ServiceRequest)

    def render(self, template: str, **kwargs: Any) -> str:
        return super().render(template, may_take_in=permits(current_actor(), "requests.write"), **kwargs)

    def search(self, query: QuerySet, text: str) -> QuerySet:
        """By number and title, and by whose it is: room, name, pinyin or telephone."""
        actor, wanted = current_actor(), named(text)
        if permits(actor, "households.read"):
            homes = premises.find_households(text, actor, self.now, limit=MOST_HOMES)
            wanted |= Q(household__in=[each.code for each in homes])
            number = digits_wanted(text)
            if len(number) >= FEWEST_DIGITS:
                wanted |= Q(contact_phone__contains=number)
        return query.filter(wanted)

    # The page of one request

    def open_record(self, key: str, actor: Actor) -> Any:
        return requests.get(key, actor)

    def verbs(self, record: Any) -> Sequence[VerbForm]:
        found = super().verbs(record)
        # Of a repair the resident's word is asked for first.
        quiet = "close" if record.kind == "repair" else ""
        return [replace(each, kind="") if each.name == quiet else each for each in found]

    def looks(self, record: Any) -> Looks:
        return looks_of(record)

    def allowed(self, record: Any, actor: Actor) -> Sequence[str]:
        return requests.allowed(record.to_mongo())

    def context(self, record: Any, actor: Actor) -> Mapping[str, Any]:
        entries = request_timeline(record)
        names = staff_names([record.assignee, *(each.get("acknowledged_by") for each in record.clocks)])
        return {
            "chips": request_chips(record, self.now),
            "clocks": shown_clocks(record.clocks),
            "entries": entries,
            "names": names,
            "department": department_names([record.department]).get(record.department or "", ""),
            "orders": orders_of(record, actor),
            "home": home_of(record, actor),
            "item_name": item_name(record),
            "corrections": [shown_correction(each) for each in reversed(record.corrections)],
            "repair": request_card(record, place(record.estate), self.now),
            "kind_words": rules.KINDS,
            "channel_words": rules.CHANNELS,
            "urgency_words": URGENCY_WORDS,
            "verb_words": SERVICE_REQUEST.event_words,
            "box_verbs": BOX,
            "tellings": told_by_people(),
            "can_mail": requests.can_mail(record),
            "untold": rules.untold_answer(record.replies) is not None,
            "keeps": answer_keeps(record.kind),
            "masked": lambda phone: masked_phone(phone) if phone else "",
            "may_reveal": gate.permission("households.reveal").admits(actor),
        }

    @expose("/<key>/contact", methods=("POST",))
    @gate.requires("households.reveal")
    def contact_view(self, key: str) -> Any:
        """The full telephone numbers of the household; who looked, and when, is in the audit."""
        actor = current_actor()
        record = requests.get(key, actor)
        require(actor, "households.reveal", record.estate)
        members = premises.reveal_contact(record.household, actor, clock.now()) if record.household else []
        if record.contact_phone:
            about = f"{record.KIND.name}:{record.number}"
            audit("reveal_contact", about, actor=actor, now=clock.now(), estate=record.estate)
            members = [{"name": record.contact_name or "", "phone": record.contact_phone}, *members]
        return self.render("requests/contact.html", record=record, members=members)


def shown_correction(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What stood before a correction: item, kind, place and clocks."""
    before = entry["before"]
    words = rules.KINDS.get(before["kind"])
    facts = [str(before["item"]), say(words) if words else "", before.get("place") or ""]
    return {**entry, "facts": " · ".join(filter(None, facts)), "clocks": shown_clocks(before["clocks"])}


def answer_keeps(kind: str) -> str:
    """What an answer ends and what runs on, asked before it is given."""
    if kind in rules.ANSWER_IS_ALL:
        return say(Words("答复后时限计时结束，确定答复？", "The clocks end with the answer. Answer now?"))
    words = Words(
        "答复后响应和答复的计时结束，办结计时到关闭为止。确定答复？",
        "Response and reply are kept by the answer; the time to resolve runs until it is closed. Answer now?",
    )
    return say(words)


def title_cell(row: Any) -> Markup:
    urgent = {1: "late", 2: "soon"}.get(row.priority)
    # Its own urgency, or – after an escalation raised it – the priority it has now.
    as_begun = rules.PRIORITY_OF_URGENCY.get(row.urgency or "") == row.priority
    words = cells.words_of(URGENCY_WORDS, row.urgency) if as_begun else cells.words_of(PRIORITIES, row.priority)
    mark = Markup('<span class="urgent {}">{}</span>').format(urgent, words) if urgent and words else Markup("")
    return Markup('{}<span class="title">{}</span>').format(mark, cells.title_of(row) or "—")


def request_timeline(record: Any) -> Entries:
    notices = of_record("service_request", record.pk)
    return timeline(
        asked_part(record), notices, SERVICE_REQUEST.event_words, facts=_facts, tones=TONES, replies=record.replies
    )


def _facts(event: Event, names: Mapping[str, str]) -> Iterable[str]:
    detail = event.detail
    if event.verb == "escalate":
        return escalation_facts(event, rules.CLOCK_NAMES, names)
    if event.verb == "assign":
        return [say(Words("交给 {who}", "to {who}").fill(who=names_of(detail.get("to"), names)))]
    if event.verb == "create" and detail.get("channel") in rules.CHANNELS:
        return [say(rules.CHANNELS[detail["channel"]])]
    if event.verb in ("answer", "answer_meanwhile", "record_told"):
        return [say(rules.TOLD[detail["told"]]) if detail.get("told") in rules.TOLD else say(UNTOLD)]
    if event.verb in ("merge", "separate", "joined", "followed", "released"):
        followed = SERVICE_REQUEST.event_words.get(str(detail.get("verb")))
        numbers = (detail.get(name) for name in ("into", "from", "number"))
        return [*(str(each) for each in numbers if each), *([say(followed)] if followed else [])]
    if event.verb == "correct":
        return [say(CORRECTABLE[name]) for name in detail.get("changed", ()) if name in CORRECTABLE]
    if event.verb == "responded":
        return [str(detail.get("number", "")), names_of(detail.get("by"), names)]
    if event.verb in ("work_done", "quoted", "quote_answered", "called_back", "correct_charge"):
        return [str(detail.get("number", "")), *_repair_facts(detail)]
    return late_facts(detail) if event.verb == "accepted_tacitly" else []


def _repair_facts(detail: Mapping[str, Any]) -> Iterable[str]:
    if "before_fen" in detail:
        yield f"{yuan(detail['before_fen'])} → {yuan(detail['total_fen'])}"
    elif "total_fen" in detail:
        yield yuan(detail["total_fen"])
    if detail.get("answer") in CONSENT:
        yield say(CONSENT[detail["answer"]])
    if "satisfied" in detail:
        yield say(Words("满意", "satisfied") if detail["satisfied"] else Words("不满意", "not satisfied"))


def orders_of(record: Any, actor: Actor) -> list[Any]:
    """The work orders that came from the request. One query by their keys."""
    made = range(1, max(record.orders_made, 1) + 1)
    keys = [*(f"request:{record.pk}:{n}" for n in made), f"request:{record.pk}:callback"]
    query = WorkOrder.objects(estate=record.estate, key__in=keys)
    return (
        list(query.only("number", "kind", "title", "state", "due_at", "assignee", "version"))
        if actor.sees(record.estate)
        else []
    )


def home_of(record: Any, actor: Actor) -> premises.Found | None:
    """The household, masked; None where there is none, or the reader may not see households."""
    if not record.household or not gate.permission("households.read").admits(actor):
        return None
    try:
        return premises.household(record.household, actor)
    except NotFound:
        return None


def item_name(record: Any) -> str:
    """The service item's name in the revision that the request runs under."""
    try:
        return say(translated(revision_body("service_item", record.item["code"], record.item["revision"])["name"]))
    except NotFound:
        return str(record.item.get("code", ""))
