"""应急事件: the list of incidents, the page of each, and the page with the one button that starts a plan (clause 7.3)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from flask import flash, redirect, request
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.content.places import url_of
from admin_app.backoffice.emergencies.steps import STEP_TONES, people_in, shown_steps, step_facts
from admin_app.backoffice.frame.base import Choice, MenuPlace, field_filter
from admin_app.backoffice.records.cells import title_of
from admin_app.backoffice.records.columns import ESTATE, NUMBER, Column, moment, state
from admin_app.backoffice.records.lists import Tab, estate_filter
from admin_app.backoffice.records.names import place, staff_names
from admin_app.backoffice.records.pages import NumberedPages
from admin_app.backoffice.records.parts import asked_part
from admin_app.backoffice.records.timeline import timeline
from admin_app.shell import gate
from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.errors import problems_of, status_of
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from store import clock
from store.access import permits
from store.actor import Actor
from store.content.reading import live_all
from store.errors import AnjuError
from store.incidents import operations as incidents
from store.incidents import rules
from store.incidents.documents import INCIDENT, Incident
from store.notices.operations import of_record
from store.versioned import Event, events_of
from store.words import Words, translated

TABS = (
    Tab("open", Words("处置中", "Under way"), lambda now: {"state": "open"}),
    Tab("closed", Words("已结束", "Closed"), lambda now: {"state": "closed"}),
    Tab("cancelled", Words("误报", "False alarms"), lambda now: {"state": "cancelled"}),
    Tab("all", Words("全部", "All"), lambda now: {}),
)
TONES = {"start": "late", "close": "done", "force_close": "done", "cancel": "soon", **STEP_TONES}
STATE_CHIPS = {"open": "overdue", "cancelled": "cancelled", "closed": "closed"}
FIELDS = ("estate", "plan", "place", "words", "key")
STARTED = Words("预案已启动，各步骤已下发：{number}", "The plan is running and its steps are out: {number}")


def incident_chip(row: Any) -> Chip:
    return chip_of(STATE_CHIPS.get(row.state, row.state), rules.STATES.get(row.state))


class Incidents(NumberedPages):
    permission = "incidents.read"
    endpoint_name = "office_incidents"
    path = "incidents"
    title = Words("应急事件", "Incidents")
    menu_place = MenuPlace("emergencies", 20, Words("应急事件", "Incidents"))
    tabs = TABS
    heavy = ("events", "words", "summary")
    date_words = Words("启动日期", "Started")
    list_sort = "-created_at"
    record_columns = (
        NUMBER,
        Column("title", Words("事件", "Incident"), lambda _, row: title_of(row), width=36),
        state(rules.STATES, lambda row, now: [incident_chip(row)]),
        Column("steps", Words("步骤", "Steps"), lambda _, row: _progress(row), width=10),
        moment("created_at", Words("启动", "Started")),
        moment("closed_at", Words("结束", "Ended")),
        ESTATE,
    )
    search_hint = Words("编号、预案或地点", "Number, plan or place")
    empty = Words("没有正在处置的事件", "No incident is under way")
    empty_hint = Words(
        "发生紧急情况时按“启动预案”：当班人员立即收到各自的步骤和时限。",
        "In an emergency press “Start the plan”: whoever is on duty gets his steps and limits at once.",
    )
    list_template = "emergencies/incidents.html"
    record_template = "emergencies/incident.html"

    def __init__(self) -> None:
        self.list_filters = (
            field_filter("kind", Words("事件类型", "Kind of event"), (Choice(k, w) for k, w in rules.KINDS.items())),
            estate_filter(),
        )
        super().__init__(Incident)

    def render(self, template: str, **kwargs: Any) -> str:
        return super().render(template, may_start=permits(current_actor(), "incidents.start"), **kwargs)

    def prepare(self, rows: list[Any]) -> None:
        """Incidents have no assignee to be named."""

    # The page of one incident

    def open_record(self, key: str, actor: Actor) -> Any:
        return incidents.get(key, actor)

    def allowed(self, record: Any, actor: Actor) -> Sequence[str]:
        return rules.allowed_verbs(record.state, record.steps)

    def context(self, record: Any, actor: Actor) -> Mapping[str, Any]:
        names = staff_names([record.started_by, *people_in(events_of(record))])
        zone = place(record.estate).zone

        def facts(event: Event, _: Mapping[str, str]) -> Iterable[str]:
            return step_facts(event, record.steps, names, self.now, zone)

        over = record.state not in rules.OPEN_STATES
        return {
            "chips": [incident_chip(record)],
            "kind_words": rules.KINDS,
            "verb_words": INCIDENT.event_words,
            "steps": shown_steps("incident", record, record.created_at, self.now, over=over),
            "started_by": names.get(record.started_by, record.started_by),
            "plan_url": url_of("emergency_plan", "preview", code=record.plan["code"])
            if record.plan and permits(actor, "content.read")
            else None,
            "entries": timeline(
                asked_part(record), of_record("incident", record.pk), INCIDENT.event_words, facts=facts, tones=TONES
            ),
        }

    # Starting one

    @expose("/start/")
    @gate.requires("incidents.start")
    def start(self) -> str:
        values = {name: request.args.get(name, "")[:200] for name in ("estate", "plan")}
        estate = (
            values["estate"] if values["estate"] in self.places() else chosen_estate() or next(iter(self.places()), "")
        )
        return self._form({**values, "estate": estate, "key": uuid4().hex})

    @expose("/start/", methods=("POST",))
    @gate.requires("incidents.start")
    def start_incident(self) -> Any:
        values: dict[str, Any] = {name: request.form.get(name, "").strip() for name in FIELDS}
        values["another"] = "another" in request.form
        try:
            incident = incidents.start(values, actor=current_actor(), now=clock.now())
        except AnjuError as error:
            return self._form(values, error), status_of(error)
        flash(say(STARTED.fill(number=incident.number)), "success")
        return redirect(self.url_of(incident.number), code=303)

    def _form(self, values: Mapping[str, Any], error: AnjuError | None = None) -> str:
        running = error.details.get("number") if error is not None and error.code == "already_running" else None
        plans = [each for each in live_all("emergency_plan", self.now) if values["estate"] in each.body["estates"]]
        return self.render(
            "emergencies/incident_start.html",
            values=values,
            mistakes=[say(each.words) for each in problems_of(error)] if error else [],
            running=running,
            running_url=self.url_of(running) if running else "",
            places=self.places(),
            plans=[(each.code, say(translated(each.body["name"])), len(each.body["steps"])) for each in plans],
        )


def _progress(row: Any) -> str:
    done = sum(step["state"] == "done" for step in row.steps)
    return f"{done}/{len(row.steps)}"
