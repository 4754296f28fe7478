"""A member of staff calls for help from his tablet: an incident with one step, for whoever is near enough to go (clause 7.3).

It needs no plan that somebody has published: a button that may find nothing to press is none.
"""

from datetime import datetime
from typing import Any
from uuid import uuid4

from bson import ObjectId

from store.access import require
from store.actor import Actor
from store.content.reading import live_all
from store.directory import values_of
from store.emergencies import steps
from store.errors import Conflict
from store.fields.spec import Field
from store.incidents import rules
from store.incidents.documents import Incident
from store.incidents.operations import MARK, PRIORITY, params
from store.numbering import take
from store.people.operations import Directory
from store.people.rules import DEFAULT_TIMEZONE
from store.versioned import Change
from store.versioned import create as create_document
from store.words import Words

STEP, ROLE = "help", "helpers"
# Whoever goes says so within half of it, or the next are told by the plan's escalation.
LIMIT_MINUTES = 4
CALLED = (
    Field("place", "text", Words("地点", "Place")),
    Field("words", "long_text", Words("情况", "What is known")),
)
GO = Words("前去支援{who}", "Go and help {who}")
HELPERS = Words("支援人员", "Helpers")
INSTRUCTIONS = Words(
    "立即前往；到达前先电话联系。对方可能不便说话，请勿用对讲机大声呼叫。",
    "Go at once, and try to reach the person. He may not be able to speak: do not call out on the radio.",
)
Values = dict[str, Any]


def call_for_help(
    estate: str, *, place: str | None = None, words: str | None = None, actor: Actor, now: datetime
) -> Incident:
    """Tell everybody on duty and the leads at once; the incident of this entry, made once. Its step is begun by whoever
    goes, and that is what the caller is shown. Raises `Forbidden`, `NotFound`."""
    require(actor, "incidents.start", estate)
    key = (actor.entry and actor.entry.operation) or uuid4().hex
    known: Incident | None = Incident.objects(estate=estate, key=key).first()
    if known is not None:
        return known
    incident, body = _new(estate, key, place, words, actor, now)
    started = steps.Started("incident", str(incident.pk), incident.number, "7.3", place, PRIORITY, MARK)
    change = Change(
        "start",
        {"help": True, "steps": 1},
        notify=steps.told_people(incident.roles, incident.steps, "incident-started", params(incident)),
        make=steps.step_orders(body, incident.roles, started, now),
    )
    try:
        return create_document(incident, change, actor=actor, now=now)
    except Conflict:
        made: Incident = Incident.objects.get(estate=estate, key=key)
        return made


def _new(
    estate: str, key: str, place: str | None, words: str | None, actor: Actor, now: datetime
) -> tuple[Incident, Values]:
    body = _body(estate, actor, now)
    zone = (values_of("estate", estate) or {}).get("timezone", DEFAULT_TIMEZONE)
    incident = Incident(
        pk=ObjectId(),
        estate=estate,
        key=key,
        number=take(Incident.KIND.prefix, now, zone)[0],
        state="open",
        title=" · ".join(filter(None, [rules.HELP.zh, actor.name, place])),
        title_en=" · ".join(filter(None, [rules.HELP.en, actor.name, place])),
        kind=rules.HELP_KIND,
        place=place,
        words=words,
        started_by=actor.code,
        roles=[{"code": ROLE, "name": HELPERS._asdict(), "people": _helpers(estate, actor, now), "stand_in": False}],
        steps=steps.begun_steps(body, now),
    )
    # Two people may need help at once: unlike a plan, it never runs already.
    incident.running = f"{STEP}:{key}"
    return incident, body


def _body(estate: str, actor: Actor, now: datetime) -> Values:
    """As an emergency plan has it; it escalates as the estate's plans do."""
    plans = [each for each in live_all("emergency_plan", now) if estate in each.body["estates"]]
    escalation = next((each.body["escalation"] for each in plans if each.body.get("escalation")), None)
    step = {
        "code": STEP,
        "name": GO.fill(who=Words(actor.name, actor.name))._asdict(),
        "role": ROLE,
        "limit_minutes": LIMIT_MINUTES,
        "instructions": INSTRUCTIONS._asdict(),
    }
    return {"name": rules.HELP._asdict(), "escalation": escalation, "steps": [step]}


def _helpers(estate: str, actor: Actor, now: datetime) -> list[str]:
    """Everybody on duty and the supervisors; the managers where that is nobody but the caller himself."""
    directory = Directory.load()
    here = directory.recipients({"kind": "on_duty"}, estate, now)
    leads = directory.recipients({"kind": "role", "ref": "supervisor"}, estate, now)
    found = sorted({*here, *leads} - {actor.code})
    return found or sorted({*directory.recipients({"kind": "role", "ref": "manager"}, estate, now)} - {actor.code})
