"""The simulator beside the escalation editor: who would be told what and when, by the very code of the sweeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_admin import Admin, expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.content.wording import promised_words
from admin_app.backoffice.forms.parsing import posted
from admin_app.backoffice.forms.references import Labels
from admin_app.backoffice.frame.base import BackofficeView, Choice
from admin_app.shell.formats import moment_typed, zone_named
from admin_app.shell.language import say
from admin_app.shell.preferences import visible_estates
from store import clock
from store.access import require
from store.calendars.operations import calendar_for
from store.calendars.rules import Promised, due_after, promised_in
from store.content import reading
from store.content.documents import Revision
from store.deadlines import fallback
from store.deadlines.addressees import Addressees
from store.deadlines.documents import ACTIONS, ESCALATION_POLICY, TARGET_KINDS
from store.deadlines.escalation import SimulatedStep, check, key_words, simulate
from store.deadlines.operations import chain_name
from store.deadlines.policy import compile_policy
from store.errors import AnjuError, Problem
from store.fields.checking import clean
from store.fields.numbers import minutes_words, whole_typed
from store.fields.posted import parse
from store.people.operations import CHANNEL, Directory
from store.words import Words, translated

Body = Mapping[str, Any]
PROMISES: tuple[tuple[str, Words], ...] = (
    ("response", Words("响应", "respond")),
    ("resolve", Words("办结", "solve")),
    ("reply", Words("书面答复", "reply")),
)
MOST_LINES = 60
SATURDAY, TWO = 5, time(2)
GROUP = Words("群：{name}", "group: {name}")


@dataclass(frozen=True)
class Node:
    """One card on the axis; `offset` in minutes from the deadline, whose own card has no action."""

    offset: int
    when: Words
    action: Words | None = None
    template: str = ""
    targets: tuple[Words, ...] = ()


@dataclass(frozen=True)
class ToldStep:
    at: datetime
    title: Words
    action: Words
    template: str
    recipients: tuple[str, ...]
    reason: Words | None


@dataclass(frozen=True)
class Simulation:
    started_at: datetime
    due_at: datetime
    minutes: Words
    zone: str
    lines: tuple[ToldStep, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Panel:
    nodes: tuple[Node, ...] = ()
    simulation: Simulation | None = None
    problems: tuple[Problem, ...] = field(default_factory=tuple)


class EscalationTools(BackofficeView):
    permission = "content.read"
    title = Words("升级演练", "Escalation simulator")
    endpoint_name = "escalation_tools"

    def _get_view_url(self, admin: Admin, url: str | None) -> str:
        return "/admin/content/-/escalations"

    @expose("/", methods=("POST",))
    def index(self) -> str:
        body, problems = clean(
            ESCALATION_POLICY.fields, parse(ESCALATION_POLICY.fields, posted(request.form), zone_named(None))
        )
        # A policy needs no name to be tried. A step without its time is none yet: read as "when due" it would tell people
        # before they are to be told.
        problems = [*(each for each in problems if (each.field or "").startswith("steps.")), *check(body)]
        nodes = tuple(_axis(body))
        if problems:
            return self.render("escalations/panel.html", it=Panel(nodes, problems=tuple(problems)))
        try:
            panel = Panel(nodes, _simulated(body, clock.now()))
        except AnjuError as error:
            panel = Panel(nodes, problems=getattr(error, "problems", None) or (Problem(error.code, error.words, None),))
        return self.render("escalations/panel.html", it=panel)


def _axis(body: Body) -> list[Node]:
    rows = [row for row in body.get("steps") or () if isinstance(row.get("offset_minutes"), int)]
    names = Labels.of(_codes(rows))
    nodes = [_node(row, names, bool(body.get("working_time"))) for row in rows]
    due = Node(0, Words("到期", "Due"))
    return sorted([*nodes, due], key=lambda each: (each.offset, each.action is not None))


def _codes(rows: Sequence[Body]) -> list[tuple[str, str]]:
    targets = [("target", str(each["ref"])) for row in rows for each in row.get("targets") or () if each.get("ref")]
    return [*targets, *(("notification_template", row["template"]) for row in rows if row.get("template"))]


def _node(row: Body, names: Labels, working_time: bool) -> Node:
    offset = int(row["offset_minutes"])
    return Node(
        offset,
        offset_words(offset, working_time),
        dict(ACTIONS).get(str(row.get("action"))),
        names.name("notification_template", row["template"]) if row.get("template") else "",
        tuple(_target_words(each, names) for each in row.get("targets") or ()),
    )


def _target_words(target: Body, names: Labels) -> Words:
    kind = dict(TARGET_KINDS).get(str(target.get("kind")), Words("？", "?"))
    if not target.get("ref"):
        return kind
    name = names.name("target", str(target["ref"]))
    return Words("{kind}：{name}", "{kind}: {name}").fill(kind=kind, name=name)


def offset_words(offset: int, working_time: bool = False) -> Words:
    if offset == 0:
        return Words("到期时", "when due")
    if offset < 0 and working_time:
        return Words("−{m}（工作时间）", "−{m} (working time)").fill(m=minutes_words(-offset))
    sign = Words("−{m}", "−{m}") if offset < 0 else Words("+{m}", "+{m}")
    return sign.fill(m=minutes_words(abs(offset)))


def _simulated(body: Body, now: datetime) -> Simulation | None:
    """What the panel asks for: estate, service item and promise, moment, perhaps an assignee and an acknowledgement."""
    estate, item = request.form.get("sim_estate", ""), _item(request.form.get("sim_item", ""), now)
    if not estate or item is None:
        return None
    require(current_actor(), "content.read", estate)
    directory = Directory.load()
    zone = ZoneInfo(directory.timezone(estate))
    revision, within = item
    started = _moment(zone, now)
    calendar = calendar_for(revision.body.get("calendar"), now)
    assignee = request.form.get("sim_assignee") or None
    whom = Addressees(directory.recipients, estate, assignee, revision.body.get("department"))
    found = simulate(compile_policy(body), started, within, calendar, whom, _acknowledged(started), whom.fired)
    names = Labels.of(("notification_template", each.template) for each in found if each.template)
    lines = tuple(_line(each, directory, names) for each in found[:MOST_LINES])
    due_at = due_after(started, within, calendar)
    return Simulation(started, due_at, promised_words(within), zone.key, lines, len(found) - len(lines))


def _item(text: str, now: datetime) -> tuple[Revision, Promised] | None:
    code, _, promise = text.partition("/")
    found = reading.live("service_item", code, now)
    if found is None or promise not in dict(PROMISES):
        return None
    within = promised_in(found.body, promise)
    return (found, within) if within else None


def _moment(zone: ZoneInfo, now: datetime) -> datetime:
    moment = moment_typed(request.form.get("sim_at", ""), zone) or next_saturday(now.astimezone(zone))
    return moment.replace(tzinfo=zone).astimezone(UTC)


def next_saturday(local: datetime) -> datetime:
    """Saturday at two in the morning: when nobody expects it."""
    day = local.date() + timedelta(days=(SATURDAY - local.weekday()) % 7 or 7)
    return datetime.combine(day, TWO)


def _acknowledged(started: datetime) -> datetime | None:
    minutes = whole_typed(request.form.get("sim_acknowledge", "").strip())
    return started + timedelta(minutes=minutes) if isinstance(minutes, int) and 0 <= minutes <= 43_200 else None


def _name(code: str, directory: Directory) -> str:
    """Of a member of staff, or of a group by its robot."""
    if not code.startswith(CHANNEL):
        return directory.name(code)
    channel = code.removeprefix(CHANNEL)
    return say(GROUP.fill(name=Labels.of([("channel", channel)]).name("channel", channel)))


def _line(step: SimulatedStep[str], directory: Directory, names: Labels) -> ToldStep:
    return ToldStep(
        step.at,
        key_words(step.key),
        dict(ACTIONS).get(step.action, Words(step.action, step.action)),
        names.name("notification_template", step.template) if step.template else "",
        tuple(_name(each, directory) for each in step.recipients),
        step.reason,
    )


def fallback_words(now: datetime) -> Words:
    """The chain of what names none: 备用升级链：…"""
    return chain_name(fallback.reference(None, now))


def simulator_choices(policy: str, now: datetime) -> dict[str, Any]:
    """What the panel offers: estates, promises of service items – those which use this policy first – and a moment."""
    found = [
        (each.body.get("escalation") != policy, each.code, _promise(each, name, within, words))
        for each in reading.live_all("service_item", now)
        for name, words in PROMISES
        if (within := promised_in(each.body, name))
    ]
    items = [choice for _, _, choice in sorted(found, key=lambda row: row[:2])]
    moment = next_saturday(now.astimezone(zone_named(None)))
    return {
        "estates": [Choice(each.code, translated(each.name)) for each in visible_estates()],
        "items": items,
        "at": moment.isoformat(timespec="minutes"),
    }


def _promise(item: Revision, name: str, within: Promised, words: Words) -> Choice:
    label = Words("{name} · {time}内{what}", "{name} · {what} in {time}")
    filled = label.fill(name=translated(item.body["name"]), time=promised_words(within), what=words)
    return Choice(f"{item.code}/{name}", filled)
