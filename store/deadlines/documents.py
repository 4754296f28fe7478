"""Escalation policies and mutes as content. Clocks themselves are plain values inside records (`store/records.py`)."""

from collections.abc import Sequence
from datetime import timedelta

from store.content.types import CLAUSE, NAME, Body, ContentType, LookUp, register
from store.deadlines import escalation, mutes
from store.errors import Problem
from store.fields.spec import Field
from store.words import Words

TARGET_KINDS: tuple[tuple[str, Words], ...] = (
    ("assignee", Words("负责人", "Assignee")),
    ("supervisor", Words("负责人的主管", "Supervisor")),
    ("role", Words("角色", "Role")),
    ("department", Words("部门", "Department")),
    ("staff", Words("指定员工", "Member of staff")),
    ("on_duty", Words("当班人员", "Whoever is on duty")),
    ("channel", Words("群通道", "Channel")),
)
TARGET_FIELDS = (
    Field("kind", "choice", Words("对象", "Kind"), required=True, choices=TARGET_KINDS),
    Field(
        "ref",
        "text",
        Words("编号", "Code"),
        help=Words("角色、部门、员工或群通道的编号", "Code of role, department, member of staff or channel"),
        lookup="target",
        lookup_by="kind",
    ),
)
ACTIONS: tuple[tuple[str, Words], ...] = (
    ("notify", Words("通知", "Notify")),
    ("reassign", Words("改派", "Reassign")),
    ("raise_priority", Words("提高优先级", "Raise priority")),
)
# "On duty" names a department: a policy serves many estates, and each has rosters of its own.
_DIRECTORY_TARGETS = {"department": "department", "staff": "staff", "on_duty": "department", "channel": "channel"}


def target_uses(targets: Sequence[Body], path: str) -> list[tuple[str, str, str]]:
    """References inside targets, whose kind depends on the row."""
    return [
        (f"{path}.{index}.ref", _DIRECTORY_TARGETS[row["kind"]], row["ref"])
        for index, row in enumerate(targets)
        if row.get("kind") in _DIRECTORY_TARGETS and row.get("ref")
    ]


def _uses(body: Body) -> list[tuple[str, str, str]]:
    steps = body.get("steps") or ()
    return [use for i, step in enumerate(steps) for use in target_uses(step.get("targets") or (), f"steps.{i}.targets")]


def _check(body: Body, look_up: LookUp) -> list[Problem]:
    return escalation.check(body)


ESCALATION_POLICY = register(
    ContentType(
        key="escalation_policy",
        label=Words("升级策略", "Escalation policy"),
        help=Words(
            "到期前后依次通知谁，直到有人处理。", "Who is told before and after the deadline, until somebody acts."
        ),
        fields=(
            NAME,
            CLAUSE,
            Field(
                "steps",
                "list",
                Words("步骤", "Steps"),
                required=True,
                fields=(
                    Field(
                        "offset_minutes",
                        "offset",
                        Words("相对到期（分钟）", "Minutes from due"),
                        required=True,
                        minimum=-43200,
                        maximum=43200,
                        help=Words("负数为到期前", "Negative is before the deadline"),
                    ),
                    Field(
                        "action", "choice", Words("动作", "Action"), required=True, choices=ACTIONS, default="notify"
                    ),
                    Field("template", "reference", Words("通知模板", "Template"), target="notification_template"),
                    Field("targets", "list", Words("对象", "Targets"), required=True, fields=TARGET_FIELDS),
                ),
            ),
            Field(
                "acknowledge_minutes",
                "minutes",
                Words("确认有效时长", "Acknowledgement lasts"),
                maximum=43200,
                help=Words("0 表示确认后不再升级", "0: an acknowledgement never times out"),
                default=0,
            ),
            Field("repeat_minutes", "minutes", Words("重复间隔", "Repeat every"), maximum=43200),
            Field("repeat_times", "integer", Words("重复次数", "Repeat times"), minimum=0, maximum=100),
            Field(
                "fallback",
                "boolean",
                Words("备用升级链", "Fallback chain"),
                help=Words(
                    "未指定升级策略的时限都按它升级；勾选多个时，以最近生效的为准",
                    "For every promise that names no policy; of several the one that came into force last counts",
                ),
            ),
            Field(
                "working_time",
                "boolean",
                Words("提前提醒按工作时间计", "Warnings count working time"),
                help=Words(
                    "周一 08:45 到期的事，提前 30 分钟的提醒在周五下班前发出；到期之后的步骤仍按钟点",
                    "Of what is due on Monday 08:45 one is warned on Friday; steps after the deadline keep to the clock",
                ),
            ),
        ),
        check=_check,
        extra_uses=_uses,
    )
)


def _check_mute(body: Body, look_up: LookUp) -> list[Problem]:
    """It ends, and soon enough; and its plan is one of its estate."""
    problems = []
    length = mutes.moment_of(body["ends_at"]) - mutes.moment_of(body["starts_at"])
    if length <= timedelta(0):
        words = Words("结束应晚于开始", "The end must be after the start")
        problems.append(Problem("ends_before_start", words, "ends_at"))
    elif length > mutes.LONGEST:
        words = Words("最长静音 {n} 天", "A mute lasts {n} days at most").fill(n=mutes.LONGEST.days)
        problems.append(Problem("too_long", words, "ends_at"))
    plan = look_up("plan", body["plan"]) if body.get("plan") else None
    if plan is not None and plan.get("estate") != body["estate"]:
        words = Words("该计划属于其他小区", "This plan belongs to another estate")
        problems.append(Problem("other_estate", words, "plan"))
    return problems


MUTE = register(
    ContentType(
        key=mutes.KIND,
        label=Words("升级静音", "Mute"),
        help=Words(
            "停电、停梯检修等期间不发提醒和升级；时限照常计算，到期结束时仍未办的只告知一次。撤回即提前结束。",
            "No warnings and escalations during maintenance; deadlines run on, and what is still open at the end is told "
            "once. To end it early, withdraw it.",
        ),
        fields=(
            NAME,
            Field("estate", "reference", Words("小区", "Estate"), required=True, target="estate"),
            Field(
                "plan",
                "reference",
                Words("仅此计划", "This plan only"),
                target="plan",
                help=Words("留空为所有计划和诉求", "Empty: all plans and requests"),
            ),
            Field(
                "place",
                "text",
                Words("仅此地点", "This place only"),
                help=Words("地点以此开头的记录，如「2号楼」；留空为整个小区", "Places that begin so, such as “2号楼”"),
            ),
            Field("starts_at", "datetime", Words("开始", "From"), required=True),
            Field(
                "ends_at",
                "datetime",
                Words("结束", "Until"),
                required=True,
                help=Words("最长 30 天", "30 days at most"),
            ),
            Field("reason", "text", Words("原因", "Reason"), required=True),
        ),
        check=_check_mute,
    )
)
