"""Service requests: what a resident asked for (clauses 2.1, 3.1, 3.2, 6.1–6.3)."""

from mongoengine.fields import BooleanField, DateTimeField, IntField, StringField

from store.kinds import RecordKind
from store.kinds import register as register_kind
from store.plain import PlainDict, PlainList
from store.records import Record
from store.requests.rules import STATES
from store.requests.verbs import HAPPENS, VERBS
from store.words import Words

SERVICE_REQUEST = register_kind(
    RecordKind(
        name="service_request",
        one=Words("诉求", "Service request"),
        many=Words("诉求", "Requests"),
        prefix="R",
        page="requests",
        permission="requests.read",
        states=STATES,
        search_order=10,
        formerly=("request",),
        verbs=VERBS,
        happens=HAPPENS,
    )
)


class ServiceRequest(Record):
    KIND = SERVICE_REQUEST
    LABEL = SERVICE_REQUEST.one

    kind = StringField(required=True)
    clause = StringField()
    # The revision of the service item whose promises apply: {"code", "revision"}
    item = PlainDict(required=True)
    category = StringField()
    urgency = StringField()
    channel = StringField(required=True)
    words = StringField(required=True)
    place = StringField()
    # Personal data, erased field by field; never copied into events, notices or job arguments.
    household = StringField()
    contact_name = StringField()
    contact_phone = StringField()
    priority = IntField(default=3)
    assignee = StringField()
    department = StringField()
    due_at = DateTimeField()
    # [{"at", "by", "by_name", "text", "internal", "told": {"how", "at", "by"}}]; told is empty until he was
    replies = PlainList(PlainDict())
    # Whether the newest answer still waits for somebody to tell it to the resident.
    untold = BooleanField()
    outcome = StringField()
    answered_at = DateTimeField()
    closed_at = DateTimeField()
    reopened = IntField(default=0)
    # Orders that came from it and have ended: [{"key", "number", "state"}]
    work_orders = PlainList(PlainDict())
    # Repair (clause 3.2): the price list in force when it came in, and whose warranty it falls under, if any.
    price_list = PlainDict()
    # {"request": number, "until"}
    warranty = PlainDict()
    # The newest quote of its orders: {"order", "lines", "total_fen", "state", "at", "answered_at"}
    quote = PlainDict()
    # Why it waits by itself: "consent".
    waiting_for = StringField()
    # {"lines": priced lines with "charged", "free" and "order", "total_fen"}
    charge = PlainDict()
    # Silence until then is acceptance.
    accept_by = DateTimeField()
    # {"how": signature|told|tacit, "at", "by"}
    acceptance = PlainDict()
    disputed = IntField(default=0)
    # {"number", "satisfied", "at"}
    callback = PlainDict()
    # What was recorded wrongly: [{"at", "by", "by_name", "reason", "changed", "before": {kind, item, household, place, clocks}}]
    corrections = PlainList(PlainDict())
    # The report of the same fault that leads this one: {"id", "number"}; and those that this one leads.
    merged_into = PlainDict()
    merged = PlainList(PlainDict())
    # How many work orders it has asked for, and the keys of the words that these have left: each is heard once.
    orders_made = IntField(default=0)
    heard = PlainList(StringField())

    meta = {
        "collection": "requests",
        "auto_create_index": False,
        "indexes": [
            ["estate", "state", "due_at", "_id"],
            ["assignee", "state", "due_at"],
            ["household", "-created_at"],
            ["household", "item.code", "-created_at"],
            ["estate", "place", "-created_at"],
            ["clause", "-closed_at"],
            # The newest evidence of a kind of request.
            ["kind", "estate", "-created_at"],
            ["kind", "estate", "-answered_at"],
            ["state", "estate", "-closed_at"],
            ["-created_at", "-_id"],
        ],
    }
