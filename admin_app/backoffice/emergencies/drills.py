"""演练: the list of drills, the page of each, and the year (clauses 7.1, 7.2)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import flash, request, url_for
from flask_admin import expose
from mongoengine import QuerySet
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.content.places import url_of
from admin_app.backoffice.emergencies.drill_year import OPEN, year_of
from admin_app.backoffice.emergencies.steps import STEP_TONES, people_in, shown_steps, step_facts
from admin_app.backoffice.frame.base import Choice, MenuPlace, attempt, field_filter
from admin_app.backoffice.records import cells
from admin_app.backoffice.records.cells import title_of
from admin_app.backoffice.records.columns import ESTATE, NUMBER, Column, moment, only_exported, state
from admin_app.backoffice.records.described import Look, Looks, bulk, moment_of
from admin_app.backoffice.records.lists import Tab, estate_filter
from admin_app.backoffice.records.names import staff_names
from admin_app.backoffice.records.pages import NumberedPages
from admin_app.backoffice.records.parts import asked_part
from admin_app.backoffice.records.timeline import timeline
from admin_app.backoffice.records.verbs import Attempt, Posted
from admin_app.shell import gate
from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.formats import day_and_time
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from store.actor import Actor
from store.emergencies import operations as drills
from store.emergencies import rules
from store.emergencies.documents import DRILL, DRILL_KINDS, Drill
from store.errors import NotFound
from store.notices.operations import of_record
from store.premises.documents import Estate
from store.versioned import Event, events_of
from store.words import Words, translated
from store.work.documents import WorkOrder

TONES = {
    **STEP_TONES,
    "begin": "open",
    "plan": "open",
    "confirm": "open",
    "hold": "done",
    "overdue": "late",
    "remind": "soon",
    "move": "soon",
}


CONFIRM_AHEAD = timedelta(days=60)


def to_confirm(now: datetime) -> dict[str, Any]:
    return {"state": "planned", "planned_for": {"$lte": now + CONFIRM_AHEAD}}


TABS = (
    Tab("coming", Words("待举行", "To come"), lambda now: {"state": {"$in": list(OPEN)}}, "planned_for"),
    Tab("confirm", Words("60 天内待确认", "To confirm in 60 days"), to_confirm, "planned_for"),
    Tab("overdue", Words("超期未举行", "Overdue"), rules.overdue, "planned_for"),
    Tab("held", Words("已举行", "Held"), lambda now: {"state": "held"}, "-planned_for"),
    Tab("all", Words("全部", "All"), lambda now: {}, "-planned_for"),
)


def drill_chips(row: Any, now: datetime) -> list[Chip]:
    found = [chip_of(row.state, rules.STATES.get(row.state))]
    if rules.is_overdue(row.state, row.planned_for, now):
        found.append(chip_of("overdue"))
    return found


class Drills(NumberedPages):
    permission = "drills.read"
    endpoint_name = "office_drills"
    path = "drills"
    title = Words("演练", "Drills")
    menu_place = MenuPlace("emergencies", 30, Words("演练记录", "Drills"))
    tabs = TABS
    date_field = "planned_for"
    date_words = Words("计划日期", "Planned for")
    list_sort = "-planned_for"
    record_columns = (
        NUMBER,
        Column("title", Words("演练", "Drill"), lambda _, row: title_of(row), width=36),
        only_exported("kind", Words("形式", "Kind"), lambda _, row: cells.words_of(DRILL_KINDS, row.kind), 10),
        state(rules.STATES, drill_chips),
        moment("planned_for", Words("计划日期", "Planned for")),
        only_exported("held_at", Words("举行日期", "Held on")),
        Column("score", Words("评分", "Score"), width=8),
        ESTATE,
        only_exported("summary", Words("小结", "Summary"), width=60),
    )
    search_hint = Words("编号或预案", "Number or plan")
    empty = Words("还没有演练", "No drills yet")
    empty_hint = Words(
        "在应急预案里填写每年的演练次数，发布后系统自动排期。",
        "Give drills per year in an emergency plan; they are dated by themselves.",
    )
    kept_arguments: Sequence[str] = ("view", "sort", "plan")
    list_template = "emergencies/drills.html"
    record_template = "emergencies/drill.html"

    def __init__(self) -> None:
        self.list_filters = (
            field_filter("kind", Words("形式", "Kind"), (Choice(k, w) for k, w in DRILL_KINDS.items())),
            estate_filter(),
        )
        self.bulk_verbs = (bulk(DRILL, "confirm"),)
        super().__init__(Drill)

    def _narrowed(self, active: dict[str, str], text: str) -> QuerySet:
        query = super()._narrowed(active, text)
        plan = request.args.get("plan", "")[:64]
        return query.filter(__raw__={"plan.code": plan}) if plan else query

    def prepare(self, rows: list[Any]) -> None:
        """Drills have no assignee to be named."""

    # The page of one drill

    def open_record(self, key: str, actor: Actor) -> Any:
        return drills.get(key, actor)

    def looks(self, record: Any) -> Looks:
        zone = self.place_of(record).zone
        planned = record.planned_for.astimezone(zone)

        def day(values: Posted) -> datetime:
            """A date alone was dragged on the year: then at the hour that was planned."""
            moment = moment_of(values, "to", record.estate)
            return moment if "T" in values.text("to") else datetime.combine(moment.date(), planned.time(), zone)

        return {"move.to": Look(planned.isoformat(), read=day)}

    def context(self, record: Any, actor: Actor) -> Mapping[str, Any]:
        zone = self.zone(record.estate)

        def facts(event: Event, _: Mapping[str, str]) -> Iterable[str]:
            where = self.places()[record.estate].zone
            return [*_facts(event, self.now, where), *step_facts(event, record.steps, names, self.now, where)]

        notices = of_record("drill", record.pk)
        names = staff_names([*record.participants, *people_in(events_of(record))])
        over = record.state not in rules.OPEN_STATES
        return {
            "chips": drill_chips(record, self.now),
            "kind_words": DRILL_KINDS,
            "verb_words": DRILL.event_words,
            "reason": say(translated(record.reason)),
            "plan_url": url_of("emergency_plan", "entry", code=record.plan["code"]),
            "participants": say(Words("、", ", ")).join(names.get(code, code) for code in record.participants),
            "entries": timeline(asked_part(record), notices, DRILL.event_words, facts=facts, tones=TONES),
            "orders": WorkOrder.objects(estate=record.estate, kind="drill", key__startswith=f"drill:{record.pk}:").only(
                "number", "state"
            ),
            "steps": shown_steps("drill", record, record.began_at, self.now, over=over),
            "zone_name": zone,
        }

    def refused(self, record: Any, attempt: Attempt, actor: Actor) -> Any:
        """One that was dragged on the year is shown on its own page: what was typed stands there, and the tick that
        overrules what speaks against the day."""
        to = attempt.value("move", "to", "")
        if to and "T" not in to:
            hour = record.planned_for.astimezone(self.place_of(record).zone)
            attempt.values = {**attempt.values, "to": [f"{to}T{hour:%H:%M}"]}
        return self.shown(record, actor, attempt), attempt.status

    # The year

    @expose("/year/")
    def year(self) -> str | Response:
        actor = current_actor()
        places = self.places()
        estate = request.args.get("estate") or chosen_estate() or next(iter(places), "")
        if estate not in places:
            raise NotFound(Estate.LABEL, estate)
        shown = _year(request.args.get("year", ""), self.now.astimezone(places[estate].zone).year)
        year = year_of(estate, shown, self.now, places[estate].zone)
        return self.render(
            "emergencies/drill_year.html",
            year=year,
            names={row.code: row.name for row in year.rows},
            shown=shown,
            place=places[estate],
            places=places,
            kind_words=DRILL_KINDS,
            state_words=rules.STATES,
            may_write=gate.permission("drills.write").admits(actor),
            short=drills.shortfalls(estate, shown, self.now),
            this_page=url_for(".year", estate=estate, year=shown),
            today=self.now.astimezone(places[estate].zone).date(),
        )

    @expose("/year/spread", methods=("POST",))
    @gate.requires("drills.write")
    def spread(self) -> Response:
        """Spread what nobody has confirmed evenly again; what has no day is told."""
        estate, actor = request.form.get("estate", ""), current_actor()
        shown = _year(request.form.get("year", ""), self.now.year)

        def plan() -> None:
            for each in drills.replan(estate, shown, actor=actor, now=self.now):
                flash(say(each.words), "warning")

        back = url_for(".year", estate=estate, year=shown)
        return attempt(plan, done=Words("已重新排期未确认的演练", "What nobody confirmed was dated anew"), back=back)


def _year(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100 else otherwise


def _facts(event: Event, now: datetime, zone: Any) -> list[str]:
    to = event.detail.get("to")
    said = [say(day_and_time(to, now, zone))] if isinstance(to, datetime) else []
    if event.detail.get("score") is not None:
        said.append(say(Words("{n} 分", "score {n}").fill(n=event.detail["score"])))
    return said
