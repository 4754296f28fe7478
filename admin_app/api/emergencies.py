"""`/api/v1/drills`: drills of the year's quotas."""

from flask_smorest import Blueprint

from admin_app.api.orders_of import with_steps
from admin_app.api.queries import By, Listing
from admin_app.api.records import RECORD_FILTERS, Resource, fields_of, resource
from schemas.emergencies import SUMMARY, DrillSchema
from store.emergencies import rules
from store.emergencies.documents import DRILL_KINDS, Drill
from store.words import Words

LISTING = Listing(
    filters={
        **RECORD_FILTERS,
        "overdue": By("", "boolean", where=rules.overdue),
        "state": By("state", choices=frozenset(rules.STATES)),
        "kind": By("kind", choices=frozenset(DRILL_KINDS)),
        "plan": By("plan.code"),
        "year": By("year", "integer"),
        "planned_for": By("planned_for", "moment"),
        "held_at": By("held_at", "moment"),
    },
    sorts={"planned_for": "planned_for", "created_at": "created_at", "number": "number"},
    sort="planned_for",
    fields=fields_of(DrillSchema),
    usual=SUMMARY,
)

DRILLS = Resource(
    name="drills",
    one="drill",
    words=Words("演练", "Drills"),
    document=Drill,
    permission="drills.read",
    shape=DrillSchema,
    listing=LISTING,
    join=with_steps("drill"),
    joined="steps",
)


def make() -> Blueprint:
    return resource(DRILLS, clocks=False)
