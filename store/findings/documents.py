"""Findings: what was found wrong, until somebody else has seen that it is right (clauses 3.3–3.5, 8.1)."""

from mongoengine.fields import DateTimeField, IntField, StringField

from store.calendars.promises import check_promises, days_field
from store.content.types import CLAUSE, ESCALATION, NAME, Body, ContentType, LookUp, register
from store.errors import Problem
from store.fields.spec import Field
from store.findings import rules
from store.findings.rules import SEVERITIES
from store.findings.verbs import HAPPENS, VERBS
from store.kinds import RecordKind
from store.kinds import register as register_kind
from store.plain import PlainDict, PlainList
from store.records import Record
from store.words import Words

_SEVERITIES = tuple(SEVERITIES.items())
_LONGEST = 525_600


def _minutes(name: str, words: Words) -> Field:
    return Field(name, "minutes", words, minimum=1, maximum=_LONGEST)


def _check(body: Body, look_up: LookUp) -> list[Problem]:
    """Every promise is given, in minutes or in working days."""
    return [*rules.check_given(body), *check_promises(body, rules.PROMISES)]


FINDING_POLICY = register(
    ContentType(
        key="finding_policy",
        label=Words("整改规则", "Finding policy"),
        help=Words(
            "发现的问题多久内整改、多久内复查，超时通知谁，多久内再犯算重复。",
            "How soon a finding is put right and re-inspected, who is told when it is late, and what counts as a repeat.",
        ),
        fields=(
            NAME,
            CLAUSE,
            _minutes("high_minutes", Words("严重：整改时限（分钟）", "High: put right within (minutes)")),
            days_field("high", Words("严重：整改时限（工作日）", "High: put right within (working days)")),
            _minutes("normal_minutes", Words("一般：整改时限（分钟）", "Normal: put right within (minutes)")),
            days_field("normal", Words("一般：整改时限（工作日）", "Normal: put right within (working days)")),
            _minutes("low_minutes", Words("轻微：整改时限（分钟）", "Low: put right within (minutes)")),
            days_field("low", Words("轻微：整改时限（工作日）", "Low: put right within (working days)")),
            _minutes("check_minutes", Words("复查时限（分钟）", "Re-inspect within (minutes)")),
            days_field("check", Words("复查时限（工作日）", "Re-inspect within (working days)")),
            Field(
                "calendar",
                "reference",
                Words("工作日历", "Working calendar"),
                target="working_calendar",
                help=Words("留空表示全天候计时", "Empty: every hour counts"),
            ),
            ESCALATION,
            Field(
                "repeat_days",
                "integer",
                Words("重复问题天数", "Repeat within (days)"),
                minimum=0,
                maximum=366,
                help=Words(
                    "同一地点同一检查项在此天数内再次发现，标为重复；0 表示不标",
                    "The same item at the same place found again within these days is a repeat; 0: never",
                ),
                default=30,
            ),
            Field(
                "repeat_raises",
                "boolean",
                Words("重复问题升一级", "A repeat is one step more severe"),
                help=Words("上次没有真正整改到位", "It was not really put right the last time"),
            ),
            Field(
                "fallback",
                "boolean",
                Words("用于其余问题", "For all other findings"),
                help=Words(
                    "检查表未指定、条款也没有对应规则时采用",
                    "When neither the checklist nor the clause has a policy of its own",
                ),
            ),
        ),
        check=_check,
    )
)

HAZARD = register(
    ContentType(
        key="hazard",
        label=Words("隐患类别", "Kind of hazard"),
        help=Words(
            "现场上报时选择：严重程度、责任部门和整改规则随之确定。",
            "Chosen in a report; decides severity, department and policy.",
        ),
        fields=(
            NAME,
            CLAUSE,
            Field("severity", "choice", Words("严重程度", "Severity"), required=True, choices=_SEVERITIES),
            Field("department", "reference", Words("责任部门", "Department"), target="department"),
            Field("finding_policy", "reference", Words("整改规则", "Finding policy"), target="finding_policy"),
        ),
    )
)


FINDING = register_kind(
    RecordKind(
        name="finding",
        one=Words("整改项", "Finding"),
        many=Words("整改", "Findings"),
        prefix="F",
        page="findings",
        permission="findings.read",
        states=rules.STATES,
        search_order=25,
        verbs=VERBS,
        happens=HAPPENS,
    )
)


class Finding(Record):
    """One thing that was found wrong. The doing is in work orders; this is the promise, the proof and the verdict."""

    KIND = FINDING
    LABEL = FINDING.one

    # Deterministic: one failed item of one order makes one finding, whatever runs how often.
    key = StringField(required=True)
    clause = StringField()
    severity = StringField(required=True, choices=tuple(SEVERITIES))
    # What makes two findings the same: `rules.subject_of`
    subject = StringField()
    place = StringField()
    # {"code", "name"} of what failed, where it was a checklist's item or a route's checkpoint
    item = PlainDict()
    checkpoint = PlainDict()
    hazard = StringField()
    # {"kind": order|report|supervision|drill, "id", "number", "title"}
    source = PlainDict()
    # The revisions that it runs under: {"code", "revision"}
    checklist = PlainDict()
    policy = PlainDict()
    department = StringField()
    note = StringField()
    # SHA-256 of what was said about it; kept by `store/photos` like the photos, and seen by the same people.
    voice = StringField()
    found_by = StringField()
    found_at = DateTimeField()
    due_at = DateTimeField()
    # [{"n", "before": [hash], "after": [hash], "by", "hands": [code], "at", "note", "number",
    #   "check": {"by", "at", "passed", "note", "photos", "number"}}]
    rounds = PlainList(PlainDict())
    # The finding before, of the same thing at the same place: {"id", "number", "found_at"}; and how many there were.
    repeat_of = PlainDict()
    repeats = IntField(default=0)
    closed_at = DateTimeField()
    reason = StringField()

    meta = {
        "collection": "findings",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["estate", "key"], "unique": True},
            ["estate", "state", "due_at", "_id"],
            ["estate", "place", "subject", "-found_at"],
            ["clause", "-closed_at"],
            ["state", "estate", "-closed_at"],
            {"fields": ["repeat_of.id"], "sparse": True},
            ["source.id"],
            ["-created_at", "-_id"],
        ],
    }
