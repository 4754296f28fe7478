"""`/api/v1/deadlines` and `/api/v1/escalations`: explain a deadline, simulate who would be told."""

from typing import Any

from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.records import explained, with_moments
from admin_app.api.routes import add, blueprint
from admin_app.shell.language import say
from schemas.deadlines import EXPLANATION, SIMULATION, ExplanationSchema, SimulationSchema
from store.access import require
from store.calendars.explanation import explain
from store.calendars.operations import calendar_for
from store.calendars.promises import asked_for
from store.calendars.rules import due_after
from store.content.reading import live
from store.deadlines.addressees import Addressees
from store.deadlines.escalation import SimulatedStep, key_words, simulate
from store.errors import NotFound
from store.people.operations import Directory
from store.words import Words

_READ = "content.read"


def _explain(call: Call) -> Answer:
    asked = with_moments(call.body, ("start",))
    calendar = calendar_for(asked.get("calendar"), call.now)
    return Answer(explained(explain(asked["start"], asked_for(asked.get("minutes"), asked.get("days")), calendar)))


def _simulate(call: Call) -> Answer:
    asked = with_moments(call.body, ("start", "acknowledge_at"))
    require(call.actor, _READ, asked["estate"])
    policy = live("escalation_policy", asked["policy"], call.now)
    if policy is None:
        raise NotFound(Words("升级策略", "Escalation policy"), asked["policy"])
    calendar = calendar_for(asked.get("calendar"), call.now)
    people = Directory.load()
    whom = Addressees(people.recipients, asked["estate"], asked.get("assignee"), asked.get("department"))
    start, within = asked["start"], asked_for(asked.get("minutes"), asked.get("days"))
    steps = simulate(policy.body, start, within, calendar, whom, asked.get("acknowledge_at"), whom.fired)
    shown = {"due_at": due_after(start, within, calendar), "steps": [_line(each, people) for each in steps]}
    return Answer(SimulationSchema().dump(shown))


def _line(step: SimulatedStep[str], people: Directory) -> dict[str, Any]:
    return {
        "key": step.key,
        "words": say(key_words(step.key)),
        "at": step.at,
        "action": step.action,
        "template": step.template,
        "recipients": [{"code": code, "name": people.name(code)} for code in step.recipients],
        "skipped": step.skipped,
        "reason": say(step.reason) if step.reason else None,
    }


def make() -> Blueprint:
    made = blueprint("deadlines", Words("时限", "Deadlines"))
    words = Words("解释时限", "Explain a deadline")
    takes = Body.of("ExplainDeadline", EXPLANATION)
    operation = Operation(
        "explain_deadline", "POST", "/explanations", _READ, words, ExplanationSchema, takes=takes, writes=False
    )
    add(made, operation, _explain)
    return made


def make_escalations() -> Blueprint:
    made = blueprint("escalations", Words("升级", "Escalations"))
    words = Words("模拟升级", "Simulate an escalation")
    takes = Body.of("SimulateEscalation", SIMULATION)
    operation = Operation(
        "simulate_escalation", "POST", "/simulations", _READ, words, SimulationSchema, takes=takes, writes=False
    )
    add(made, operation, _simulate)
    return made
