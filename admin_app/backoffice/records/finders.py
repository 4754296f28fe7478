"""What the search box finds: requests, work orders, findings, drills, incidents, households. Content is found by its own part."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, url_for

from admin_app.backoffice.records.cells import title_of
from admin_app.backoffice.records.search import by_number_or_title
from admin_app.shell.language import say
from admin_app.shell.punctuation import listed
from admin_app.shell.search import MOST_HITS, Finder, Hit, provide
from admin_app.shell.sound import each_sound
from store import clock
from store.actor import Actor
from store.emergencies.documents import Drill
from store.emergencies.rules import STATES as DRILL_STATES
from store.findings.documents import Finding
from store.findings.rules import STATES as FINDING_STATES
from store.incidents.documents import Incident
from store.incidents.rules import STATES as INCIDENT_STATES
from store.premises.operations import Found, find_households
from store.requests.documents import ServiceRequest
from store.requests.rules import STATES as REQUEST_STATES
from store.words import Words
from store.work.documents import WorkOrder
from store.work.rules import STATES as WORK_STATES

SLOW_MS = 2_000


def register(app: Flask) -> None:
    provide(app, Finder(Words("诉求", "Requests"), "requests.read", _requests, 10))
    provide(app, Finder(Words("工单", "Work orders"), "work.read", _work, 20))
    provide(app, Finder(Words("整改", "Findings"), "findings.read", _findings, 25))
    provide(app, Finder(Words("住户", "Households"), "households.read", _households, 30))
    provide(app, Finder(Words("演练", "Drills"), "drills.read", _drills, 40))
    provide(app, Finder(Words("应急事件", "Incidents"), "incidents.read", _incidents, 45))


def _requests(text: str, actor: Actor) -> Iterable[Hit]:
    return _records(ServiceRequest, "office_requests.record_view", REQUEST_STATES, text, actor)


def _work(text: str, actor: Actor) -> Iterable[Hit]:
    return _records(WorkOrder, "office_work.record_view", WORK_STATES, text, actor)


def _findings(text: str, actor: Actor) -> Iterable[Hit]:
    return _records(Finding, "office_findings.record_view", FINDING_STATES, text, actor)


def _drills(text: str, actor: Actor) -> Iterable[Hit]:
    return _records(Drill, "office_drills.record_view", DRILL_STATES, text, actor)


def _incidents(text: str, actor: Actor) -> Iterable[Hit]:
    return _records(Incident, "office_incidents.record_view", INCIDENT_STATES, text, actor)


def _records(document: Any, endpoint: str, states: dict[str, Words], text: str, actor: Actor) -> Iterable[Hit]:
    query = document.objects
    if actor.estates is not None:
        query = query.filter(estate__in=sorted(actor.estates))
    found = (
        by_number_or_title(query, text)
        .only("number", "title", "title_en", "state")
        .order_by("-created_at")
        .limit(MOST_HITS)
    )
    # Last: a later `filter` would forget it.
    rows = found.max_time_ms(SLOW_MS).as_pymongo()
    return each_sound(rows, lambda row: _hit(row, endpoint, states))


def _hit(row: Mapping[str, Any], endpoint: str, states: dict[str, Words]) -> Hit:
    words = states.get(row["state"], Words(row["state"], row["state"]))
    return Hit(f"{row['number']} {title_of(row)}", say(words), url_for(endpoint, key=row["number"]))


def _households(text: str, actor: Actor) -> Iterable[Hit]:
    return each_sound(find_households(text, actor, clock.now()), _home)


def _home(home: Found) -> Hit:
    names = listed(member.get("name", "") for member in home.members)
    return Hit(home.room, names, url_for("office_household.view", code=home.code))
