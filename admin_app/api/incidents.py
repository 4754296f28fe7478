"""`/api/v1/incidents`: emergency plans that were started in earnest (clause 7.3)."""

from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.orders_of import with_steps
from admin_app.api.queries import By, Listing
from admin_app.api.records import RECORD_FILTERS, Resource, fields_of, resource
from admin_app.api.routes import add
from schemas.incidents import SUMMARY, IncidentSchema
from store.incidents import operations, rules
from store.incidents.documents import INCIDENT, Incident
from store.words import Words

LISTING = Listing(
    filters={
        **RECORD_FILTERS,
        "state": By("state", choices=frozenset(rules.STATES)),
        "kind": By("kind", choices=frozenset(rules.KINDS)),
        "plan": By("plan.code"),
        "started_by": By("started_by"),
        "closed_at": By("closed_at", "moment"),
    },
    sorts={"created_at": "created_at", "closed_at": "closed_at", "number": "number"},
    sort="-created_at",
    fields=fields_of(IncidentSchema),
    usual=SUMMARY,
)

INCIDENTS = Resource(
    name="incidents",
    one="incident",
    words=Words("应急事件", "Incidents"),
    document=Incident,
    permission="incidents.read",
    shape=IncidentSchema,
    listing=LISTING,
    allowed=lambda raw: rules.allowed_verbs(raw["state"], raw.get("steps") or ()),
    join=with_steps("incident"),
    joined="steps",
)


def _start(call: Call) -> Answer:
    incident = operations.start(call.body, actor=call.actor, now=call.now)
    return INCIDENTS.made(incident, call.now)


def make() -> Blueprint:
    made = resource(INCIDENTS, clocks=False)
    takes = Body.of("NewIncident", rules.START)
    add(
        made,
        Operation(
            "start_incident",
            "POST",
            "",
            "incidents.start",
            INCIDENT.happens["start"],
            IncidentSchema,
            201,
            takes,
            again=INCIDENTS.made_again,
        ),
        _start,
    )
    return made
