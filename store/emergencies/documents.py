"""Emergency plans as content, drills as records (clauses 7.1, 7.2)."""

from mongoengine.fields import DateTimeField, IntField, StringField

from store.content.types import CLAUSE, NAME, Body, ContentType, LookUp, register
from store.deadlines.documents import TARGET_FIELDS, target_uses
from store.emergencies import rules
from store.emergencies.verbs import HAPPENS, VERBS
from store.errors import Problem
from store.fields.spec import Field
from store.kinds import RecordKind
from store.kinds import register as register_kind
from store.plain import PlainDict, PlainList
from store.records import Record
from store.words import Words

EVENT_KINDS: tuple[tuple[str, Words], ...] = (
    ("fire", Words("火灾", "Fire")),
    ("lift", Words("电梯困人", "Trapped in a lift")),
    ("burst_pipe", Words("水管爆裂", "Burst pipe")),
    ("power_cut", Words("停电", "Power cut")),
    ("gas_leak", Words("燃气泄漏", "Gas leak")),
    ("flood", Words("台风与内涝", "Typhoon and flood")),
    ("public_order", Words("治安事件", "Public order")),
    ("medical", Words("医疗急救", "Medical emergency")),
    ("falling_object", Words("高空坠物", "Falling objects")),
    ("other", Words("其他", "Other")),
)
DRILL_KINDS: dict[str, Words] = {"tabletop": Words("桌面推演", "Tabletop"), "live": Words("实战演练", "Live")}


def _uses(body: Body) -> list[tuple[str, str, str]]:
    """A draft may have roles for which nobody is named yet."""
    targets = [(i, role["target"]) for i, role in enumerate(body.get("roles") or ()) if role.get("target")]
    return [use for i, target in targets for use in target_uses([target], f"roles.{i}")]


def _check(body: Body, look_up: LookUp) -> list[Problem]:
    return rules.check_plan(body)


EMERGENCY_PLAN = register(
    ContentType(
        key="emergency_plan",
        label=Words("应急预案", "Emergency plan"),
        help=Words(
            "流程、职责、时限、物资，以及每年的演练次数。",
            "Flow, responsibilities, limits, resources, and drills per year.",
        ),
        fields=(
            NAME,
            Field("kind", "choice", Words("事件类型", "Kind of event"), required=True, choices=EVENT_KINDS),
            CLAUSE,
            Field(
                "escalation",
                "reference",
                Words("升级策略", "Escalation"),
                target="escalation_policy",
                help=Words(
                    "步骤超过时限一半仍未开始，或到时限仍未完成时，通知谁；留空采用备用升级链",
                    "Who is told of a step not begun after half of its limit, or not done within it; empty: the fallback",
                ),
            ),
            Field(
                "calendar",
                "reference",
                Words("工作日历", "Working calendar"),
                target="working_calendar",
                help=Words("演练避开其节假日", "Drills keep clear of its holidays"),
            ),
            Field("estates", "references", Words("适用小区", "Estates"), required=True, target="estate"),
            Field(
                "roles",
                "list",
                Words("角色", "Roles"),
                required=True,
                fields=(
                    Field("code", "text", Words("编号", "Code"), required=True),
                    Field("name", "text", Words("名称", "Name"), required=True, translated=True),
                    Field("target", "group", Words("由谁担任", "Filled by"), required=True, fields=TARGET_FIELDS),
                ),
            ),
            Field(
                "steps",
                "list",
                Words("处置步骤", "Steps"),
                required=True,
                fields=(
                    Field("code", "text", Words("编号", "Code"), required=True),
                    Field("name", "text", Words("名称", "Name"), required=True, translated=True),
                    Field("role", "text", Words("执行角色", "Role"), required=True, codes_of="roles"),
                    Field(
                        "limit_minutes",
                        "minutes",
                        Words("时限（分钟）", "Within minutes"),
                        required=True,
                        maximum=10080,
                    ),
                    Field("instructions", "long_text", Words("要求", "Instructions"), translated=True),
                ),
            ),
            Field(
                "resources",
                "list",
                Words("物资", "Resources"),
                fields=(
                    Field("name", "text", Words("名称", "Name"), required=True, translated=True),
                    Field("place", "text", Words("存放处", "Place")),
                    Field("quantity", "integer", Words("数量", "Quantity"), minimum=0),
                ),
            ),
            Field(
                "tabletop_per_year", "integer", Words("每年桌面推演", "Tabletop drills a year"), minimum=0, maximum=12
            ),
            Field("live_per_year", "integer", Words("每年实战演练", "Live drills a year"), minimum=0, maximum=12),
        ),
        check=_check,
        extra_uses=_uses,
    )
)


DRILL = register_kind(
    RecordKind(
        name="drill",
        one=Words("演练", "Drill"),
        many=Words("演练", "Drills"),
        prefix="D",
        page="drills",
        permission="drills.read",
        states=rules.STATES,
        search_order=40,
        verbs=VERBS,
        happens=HAPPENS,
    )
)


class Drill(Record):
    """One drill of the year's quota; `key` is plan, year, kind and ordinal, so that re-planning moves and never doubles."""

    KIND = DRILL
    LABEL = DRILL.one

    key = StringField(required=True)
    clause = StringField(default="7.2")
    kind = StringField(required=True, choices=tuple(DRILL_KINDS))
    plan = PlainDict(required=True)
    year = IntField(required=True)
    ordinal = IntField(required=True)
    planned_for = DateTimeField(required=True)
    # Why this date: {"zh", "en"}
    reason = PlainDict()
    # What the drill has told or made by itself: {"remind" | "dispatch" | "overdue": moment}
    told = PlainDict()
    began_at = DateTimeField()
    # Filled when it begins, as in an incident: [{"code", "name", "people", "stand_in"}]
    roles = PlainList(PlainDict())
    # [{"code", "name", "role", "limit_minutes", "due_at", "state", "order"?, "by"?, "started_at"?, "ended_at"?}]
    steps = PlainList(PlainDict())
    held_at = DateTimeField()
    score = IntField(min_value=0, max_value=100)
    summary = StringField()
    participants = PlainList(StringField())

    meta = {
        "collection": "drills",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["estate", "key"], "unique": True},
            ["estate", "year", "planned_for"],
            ["estate", "state", "planned_for", "_id"],
            ["-created_at", "-_id"],
        ],
    }
