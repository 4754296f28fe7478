"""The verbs of incidents: one press starts a plan, and everybody knows his step (clause 7.3)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from bson import ObjectId

from store import records
from store.access import require
from store.actor import Actor
from store.content.documents import Revision
from store.content.reading import live
from store.directory import values_of
from store.emergencies import steps
from store.emergencies.rules import step_counts
from store.errors import Conflict, Invalid, Problem
from store.fields.checking import needed_text
from store.incidents import rules
from store.incidents.alarmed import alarmed, told_of_end
from store.incidents.documents import INCIDENT, Incident
from store.lifecycle import begin, does
from store.numbering import take
from store.people.operations import Directory
from store.records import told_of
from store.relay import makes
from store.versioned import Change, commit
from store.versioned import create as create_document
from store.words import Words, translated

MARK = Words("【应急】", "[Emergency] ")
PRIORITY = 1
MOST_TRIES = 5
# What a tablet says of it; the estate and the key against doubles are the entry's own.
STARTED = tuple(each for each in rules.START if each.name in ("plan", "place", "words"))
OVER = Words("应急处置已结束", "The incident is over")
FALSE_ALARM = Words("误报，预案已取消", "A false alarm; the plan was called off")
NO_SUMMARY = Words("请写明处置经过和结果", "Write what happened and how it ended")
ENDED = {"close": "incident-closed", "force_close": "incident-closed", "cancel": "incident-cancelled"}


def get(key: object, actor: Actor) -> Incident:
    """Raises `NotFound`."""
    return records.get(Incident, key, actor)


def start(values: Mapping[str, Any], *, actor: Actor, now: datetime) -> Incident:
    """Start a plan: its roles are filled with who is there now, each step becomes a work order with its clock, and
    everybody who has one is told at once.

    `values` as `rules.START`. The same `key` again gives the same incident. A second start of a plan that is running in
    the estate is a `Conflict` `already_running` that names it, unless `another` says that it is another event.
    Raises `Invalid`.
    """
    cleaned, problems = rules.check_start(values)
    if problems:
        raise Invalid(problems)
    require(actor, "incidents.start", cleaned["estate"])
    plan = live("emergency_plan", cleaned["plan"], now)
    estate = values_of("estate", cleaned["estate"])
    if plan is None or estate is None or cleaned["estate"] not in plan.body["estates"]:
        raise Invalid([_no_such_plan(cleaned["plan"])])
    key = cleaned.get("key") or uuid4().hex
    running = f"{plan.code}:{key}" if cleaned["another"] else plan.code
    earlier = _earlier(cleaned["estate"], key, running)
    if earlier is not None:
        return earlier
    incident = _new(cleaned, plan, estate["timezone"], actor, now)
    incident.key, incident.running = key, running
    try:
        return create_document(incident, _creation(incident, plan, now), actor=actor, now=now)
    except Conflict:
        # Somebody pressed at the same moment.
        earlier = _earlier(cleaned["estate"], key, running)
        if earlier is None:
            raise
        return earlier


def start_in(estate: str, *, actor: Actor, now: datetime, **values: Any) -> Incident:
    """The same as `start`, as a tablet says it: made once under the id that the tablet gave it."""
    operation = actor.entry.operation if actor.entry and actor.entry.operation else uuid4().hex
    return start({**values, "estate": estate, "key": operation}, actor=actor, now=now)


def _no_such_plan(code: str) -> Problem:
    words = Words("该小区没有正在生效的预案「{code}」", "No plan “{code}” is in force in this estate")
    return Problem("reference_missing", words.fill(code=code), "plan")


def _earlier(estate: str, key: str, running: str) -> Incident | None:
    """What the same start has made already. Raises `Conflict` where the plan runs by another's."""
    same: Incident | None = Incident.objects(estate=estate, key=key).first()
    other: Incident | None = None if same else Incident.objects(estate=estate, running=running).first()
    if other is not None:
        words = Words(
            "该预案已在处置中：{number}。如果是另一起事件，请选择“另起一起”",
            "This plan is running already: {number}. If this is another event, say so",
        )
        raise Conflict("already_running", words.fill(number=other.number), "another", number=other.number)
    return same


def _new(values: Mapping[str, Any], plan: Revision, timezone: str, actor: Actor, now: datetime) -> Incident:
    name = translated(plan.body["name"])
    return Incident(
        pk=ObjectId(),
        estate=values["estate"],
        number=take(Incident.KIND.prefix, now, timezone)[0],
        state="open",
        # Never from the words: titles go into notices, and words may name people.
        title=" · ".join(filter(None, [name.zh, values.get("place")])),
        title_en=" · ".join(filter(None, [name.en, values.get("place")])),
        kind=plan.body["kind"],
        plan={"code": plan.code, "revision": plan.number},
        place=values.get("place"),
        words=values.get("words"),
        started_by=actor.code,
        roles=steps.filled_roles(plan.body, values["estate"], now, Directory.load()),
        steps=steps.begun_steps(plan.body, now),
    )


def _creation(incident: Incident, plan: Revision, now: datetime) -> Change:
    started = steps.Started("incident", str(incident.pk), incident.number, "7.3", incident.place, PRIORITY, MARK)
    return Change(
        "start",
        {"plan": plan.code, "revision": plan.number, "steps": len(incident.steps)},
        notify=steps.told_people(incident.roles, incident.steps, "incident-started", params(incident)),
        make=steps.step_orders(plan.body, incident.roles, started, now),
    )


@does(INCIDENT, "close")
def close(key: object, *, summary: str, actor: Actor, now: datetime, seen: int | None = None) -> Incident:
    """All steps are done or cancelled, and it is written down what happened. Raises `Invalid`, `RuleBroken`."""
    incident, state = begin(Incident, key, "close", actor, seen)
    summary = needed_text(summary, "summary", NO_SUMMARY)
    rules.check_finished(incident.steps)
    return _end(incident, "close", state, {"summary": summary}, "", actor, now)


@does(INCIDENT, "force_close")
def force_close(
    key: object, *, summary: str, reason: str, actor: Actor, now: datetime, seen: int | None = None
) -> Incident:
    """A manager ends it with steps left undone, and says why; their orders are taken back. Raises `Invalid`."""
    incident, state = begin(Incident, key, "force_close", actor, seen)
    texts = {"summary": needed_text(summary, "summary", NO_SUMMARY), "reason": needed_text(reason, "reason")}
    return _end(incident, "force_close", state, texts, OVER.zh, actor, now)


@does(INCIDENT, "cancel")
def cancel(key: object, *, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> Incident:
    """It was a false alarm: everybody is told, and what nobody has finished is taken back. Raises `Invalid`."""
    incident, state = begin(Incident, key, "cancel", actor, seen)
    return _end(incident, "cancel", state, {"reason": needed_text(reason, "reason")}, FALSE_ALARM.zh, actor, now)


def _end(
    incident: Incident,
    verb: str,
    state: str,
    texts: Mapping[str, str],
    taken_back: str,
    actor: Actor,
    now: datetime,
) -> Incident:
    people = sorted(alarmed(incident) - {actor.code})
    told = {"to": people, "template": ENDED[verb], "urgent": True, "params": params(incident)}
    detail: dict[str, Any] = {"steps": step_counts(incident.steps, now)}
    if "reason" in texts:
        detail["reason"] = texts["reason"]
    back = steps.withdrawals("incident", str(incident.pk), incident.steps, taken_back) if taken_back else []
    if back:
        # Behind the withdrawals: after them nobody is drawn in any more.
        late = {"record": str(incident.pk), "template": ENDED[verb], "by": actor.code}
        back.append({"kind": "incident_end", "key": f"{incident.pk}:end", "values": late})
    fields = {"state": state, "closed_at": now, **texts}
    change = Change(verb, detail, fields, unset=("running",), notify=[told] if people else (), make=back)
    return commit(incident, change, actor=actor, now=now)


@makes("incident_step_progress")
def note_progress(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """The order of a step reports what became of it; the incident shows it, once."""
    for attempt in range(MOST_TRIES):
        incident = get(intent["values"]["record"], actor)
        over = incident.state not in rules.OPEN_STATES
        after = steps.with_report(incident.steps, intent["values"], over=over)
        if after is None:
            return
        change = steps.reported(intent["values"])
        told = [] if over or rules.open_steps(after) else _nothing_left(incident, now)
        try:
            commit(incident, replace(change, set={"steps": after}, notify=told), actor=actor, now=now)
            return
        except Conflict:
            # Other steps report at the same moment, and people write too.
            if attempt == MOST_TRIES - 1:
                raise


@makes("incident_end")
def tell_latecomers(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Whom a step's escalation drew in while the incident was being ended is told the end too, once."""
    values = intent["values"]
    incident = get(values["record"], actor)
    late = alarmed(incident) - told_of_end(incident, ENDED.values()) - {values["by"]}
    if late:
        told = {"to": sorted(late), "template": values["template"], "urgent": True, "params": params(incident)}
        commit(incident, Change("tell_end", {"to": sorted(late)}, notify=[told]), actor=actor, now=now)


def _nothing_left(incident: Incident, now: datetime) -> list[dict[str, Any]]:
    """The last step has ended: who started it, and the leads, are told that it can be closed."""
    leads = Directory.load().recipients({"kind": "role", "ref": "supervisor"}, incident.estate, now)
    people = sorted({incident.started_by, *leads})
    return [{"to": people, "template": "incident-steps-done", "urgent": False, "params": params(incident)}]


def params(incident: Incident) -> dict[str, Any]:
    """What a notification template may say of an incident: nothing personal, so not its words."""
    return told_of(incident)
