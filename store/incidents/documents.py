"""Incidents: an emergency plan that was started in earnest (clause 7.3)."""

from mongoengine.fields import DateTimeField, StringField

from store.incidents.rules import STATES
from store.incidents.verbs import HAPPENS, VERBS
from store.kinds import RecordKind
from store.kinds import register as register_kind
from store.plain import PlainDict, PlainList
from store.records import Record
from store.words import Words

INCIDENT = register_kind(
    RecordKind(
        name="incident",
        one=Words("应急事件", "Incident"),
        many=Words("应急事件", "Incidents"),
        prefix="I",
        page="incidents",
        permission="incidents.read",
        states=STATES,
        search_order=45,
        verbs=VERBS,
        happens=HAPPENS,
    )
)


class Incident(Record):
    KIND = INCIDENT
    LABEL = INCIDENT.one

    # Of who started it: the same start sent twice is one incident.
    key = StringField(required=True)
    # While it runs: the plan, or the plan and the incident's own key where somebody wanted a second one beside the first.
    running = StringField()
    clause = StringField(default="7.3")
    kind = StringField(required=True)
    # The revision that it runs under: {"code", "revision"}; a call for help has none.
    plan = PlainDict()
    place = StringField()
    # What was said when it was started; it may name people.
    words = StringField()
    started_by = StringField(required=True)
    roles = PlainList(PlainDict())
    # As in a drill (`store/emergencies/documents.py`).
    steps = PlainList(PlainDict())
    summary = StringField()
    reason = StringField()
    closed_at = DateTimeField()

    meta = {
        "collection": "incidents",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["estate", "key"], "unique": True},
            {
                "fields": ["estate", "running"],
                "unique": True,
                "partialFilterExpression": {"running": {"$type": "string"}},
            },
            ["clause", "-closed_at"],
            ["started_by", "-created_at"],
            ["-created_at", "-_id"],
        ],
    }
