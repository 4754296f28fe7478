"""Work orders: what a member of staff must do, whatever it comes from. The tablet knows nothing else."""

from mongoengine.fields import BooleanField, DateTimeField, IntField, StringField

from store.kinds import RecordKind
from store.kinds import register as register_kind
from store.plain import PlainDict, PlainList
from store.records import Record
from store.words import Words
from store.work.rules import STATES
from store.work.verbs import HAPPENS, VERBS

WORK_ORDER = register_kind(
    RecordKind(
        name="work_order",
        one=Words("工单", "Work order"),
        many=Words("工单", "Work orders"),
        prefix="W",
        page="work",
        permission="work.read",
        states=STATES,
        search_order=20,
        verbs=VERBS,
        happens=HAPPENS,
    )
)


class WorkOrder(Record):
    KIND = WORK_ORDER
    LABEL = WORK_ORDER.one

    kind = StringField(required=True)
    clause = StringField()
    # Deterministic: one slot of a plan, one step of a drill, one request makes one order, whatever runs how often.
    key = StringField(required=True)
    # {"kind": "plan" | "request" | "drill" | "incident" | "finding" | "person", "id": …, "code": …, "number": …, "round": …}
    source = PlainDict()
    # The revision that it runs under: {"code", "revision"}
    plan = PlainDict()
    route = PlainDict()
    checklist = PlainDict()
    # {"local", "at", "reason": "on_time" | "caught_up" | …, "late_minutes", "moved_from"}
    slot = PlainDict()
    place = StringField()
    priority = IntField(default=3)
    assignee = StringField()
    team = PlainList(StringField())
    department = StringField()
    starts_at = DateTimeField()
    due_at = DateTimeField()
    started_at = DateTimeField()
    finished_at = DateTimeField()
    reminders = PlainList(PlainDict())
    # [{"code", "name", "place", "opens_at", "closes_at", "state": pending|done|missed, "at", "device_at", "method", "by",
    #   "photo_required", …}]
    checkpoints = PlainList(PlainDict())
    missed_count = IntField(default=0)
    # [{"item", "value", "note", "photos": [sha256], "by", "at"}]
    answers = PlainList(PlainDict())
    # What was found while doing it: [{"key", "title", "severity", "item", "checkpoint", "at", "by"}]
    findings = PlainList(PlainDict())
    # Looked at again when it was finished (clause 8.1): [{"verdict": good|finding, "note", "photos", "by", "by_name", "at"}]
    samples = PlainList(PlainDict())
    # Who may not do it: whoever put something right does not judge his own work.
    barred = PlainList(StringField())
    # The verdict of a re-inspection.
    passed = BooleanField()
    # [{"hash", "role", "item", "checkpoint", "taken_at", "position", "by", "at"}]; the pictures are kept by `store/photos`
    photos = PlainList(PlainDict())
    # What was done although the order could not take it any more: [{"about", "note", "answers", "photos", "voice", "by",
    # "at", …}]
    supplements = PlainList(PlainDict())
    note = StringField()
    # What is to be done, where the kind of order does not say it: {"zh", "en"}
    instructions = PlainDict()
    reason = StringField()
    proven = BooleanField()
    # Repair (clause 3.2): lines are priced ones, see `store/charges/rules.py`.
    price_list = PlainDict()
    # {"request": number, "until"}: the home came back within the warranty of that request.
    warranty = PlainDict()
    # Lines of the price list that the request has paid for before: what is done again after a dispute costs nothing.
    paid_before = PlainList(StringField())
    diagnosis = StringField()
    # {"lines", "total_fen", "state": asked|given|refused, "at", "by", "answered_at", "answered_by", "how", "signature", "note"}
    quote = PlainDict()
    materials = PlainList(PlainDict())
    # The photo of the resident's signature, and whose it is: personal, never copied into events or notices.
    signature = StringField()
    signed_by = StringField()
    # What a resident said when he was called back.
    satisfied = BooleanField()

    meta = {
        "collection": "work_orders",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["estate", "key"], "unique": True},
            ["estate", "state", "due_at", "_id"],
            ["assignee", "state", "due_at"],
            ["estate", "starts_at"],
            ["team", "state", "due_at"],
            ["department", "state", "due_at"],
            ["estate", "-finished_at"],
            ["estate", "kind", "-created_at", "-_id"],
            # The newest evidence of a clause, of a kind of work, and of checks that were proven.
            ["clause", "state", "estate", "-finished_at"],
            ["kind", "state", "estate", "-finished_at"],
            {"fields": ["proven", "estate", "-finished_at"], "partialFilterExpression": {"proven": True}},
            {"fields": ["samples.at"], "partialFilterExpression": {"samples.at": {"$type": "date"}}},
            ["plan.code", "-slot.at"],
            # What was at a place, and at a checkpoint.
            ["estate", "place", "-created_at"],
            ["estate", "route.code", "-created_at"],
            ["-created_at", "-_id"],
        ],
    }
