"""Whom an incident has alarmed: who has a step of the plan, and whom escalation, hand-over or assignment drew in."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from store import history
from store.emergencies.steps import step_key
from store.incidents.documents import Incident
from store.versioned import events_of, kind_name
from store.work.documents import WorkOrder

FIELDS = {"assignee": 1, "team": 1, "events.to_notify": 1, "in_history": 1}


def alarmed(incident: Incident) -> set[str]:
    """Members of staff, and groups as `channel:CODE`. One query, and one more for each record with a history apart."""
    events = [event.to_mongo().to_dict() for event in events_of(incident)]
    people = {code for role in incident.roles for code in role["people"]} | set(_told(events))
    for order in _orders(incident):
        people.update(filter(None, [order.get("assignee"), *(order.get("team") or ())]))
        people.update(_told(order.get("events") or ()))
        if order.get("in_history"):
            people.update(_told(history.read(kind_name(WorkOrder), order["_id"])))
    return people


def told_of_end(incident: Incident, templates: Iterable[str]) -> set[str]:
    """Who has been told already that it is over."""
    wanted = set(templates)
    return {
        code
        for event in events_of(incident)
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
