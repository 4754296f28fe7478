"""Whom an incident has alarmed: who has a step of the plan, and whom escalation, hand-over or assignment drew in."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from store.emergencies.steps import step_key
from store.incidents.documents import Incident
from store.work.documents import WorkOrder

FIELDS = {"assignee": 1, "team": 1, "events.to_notify": 1}


def alarmed(incident: Incident) -> set[str]:
    """Members of staff, and groups as `channel:CODE`. One query."""
    events = [event.to_mongo().to_dict() for event in incident.events]
    people = {code for role in incident.roles for code in role["people"]} | set(_told(events))
    for order in _orders(incident):
        people.update(filter(None, [order.get("assignee"), *(order.get("team") or ())]))
        people.update(_told(order.get("events") or ()))
    return people


def told_of_end(incident: Incident, templates: Iterable[str]) -> set[str]:
    """Who has been told already that it is over."""
    wanted = set(templates)
    return {
        code
        for event in incident.events
        for intent in event.to_notify
        if intent.get("template") in wanted
        for code in intent.get("to") or ()
    }


def _told(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for event in events:
        for intent in event.get("to_notify") or ():
            yield from intent.get("to") or ()


def _orders(incident: Incident) -> Iterable[Mapping[str, Any]]:
    keys = [step_key("incident", incident.pk, step["code"]) for step in incident.steps]
    found: Iterable[Mapping[str, Any]] = WorkOrder._get_collection().find(
        {"estate": incident.estate, "key": {"$in": keys}}, FIELDS
    )
    return found
