"""What people do to a drill (clauses 7.1, 7.2)."""

from store.emergencies.rules import MOVABLE, OPEN_STATES
from store.fields.spec import Field
from store.verbs import REASON, Button, Verb
from store.words import Words

_WRITE = "drills.write"

VERBS = (
    Verb(
        "confirm",
        Words("确认日期", "Confirm"),
        before=frozenset({"planned"}),
        after="confirmed",
        permission=_WRITE,
        noun="confirmation",
        button=Button(tone="primary", icon="check"),
    ),
    Verb(
        "begin",
        Words("开始演练", "Begin"),
        before=frozenset({"confirmed"}),
        after="running",
        permission=_WRITE,
        noun="start",
        button=Button(
            tone="primary",
            icon="emergencies",
            confirm=Words(
                "各步骤立即下发给当班人员并开始计时。现在开始演练？",
                "Every step goes out to whoever is on duty, and the clocks start. Begin the drill now?",
            ),
        ),
    ),
    Verb(
        "hold",
        Words("登记演练结果", "Record as held"),
        before=OPEN_STATES,
        after="held",
        permission=_WRITE,
        fields=(
            Field("score", "integer", Words("评分", "Score"), required=True, minimum=0, maximum=100),
            Field("summary", "long_text", Words("演练小结", "What was learnt"), required=True),
            Field("participants", "references", Words("参加人员", "Who took part"), target="staff"),
        ),
        noun="result",
        button=Button(
            icon="check",
            labels={"summary": Words("小结：做得好的和要改进的", "What went well, what must improve")},
            hints={"score": Words("0–100 分", "0–100")},
        ),
    ),
    Verb(
        "move",
        Words("改期", "Move"),
        before=MOVABLE,
        after="confirmed",
        permission=_WRITE,
        fields=(
            Field("to", "datetime", Words("改到", "Move to"), required=True),
            REASON,
            Field("force", "boolean", Words("仍然改期", "Move it all the same"), default=False),
        ),
        noun="move",
        button=Button(
            icon="plans",
            labels={
                "force": Words("我知道有冲突，仍然改到这一天", "I know what speaks against it, and still want this day")
            },
        ),
    ),
    Verb(
        "cancel",
        Words("取消", "Cancel"),
        before=OPEN_STATES,
        after="cancelled",
        permission=_WRITE,
        fields=(REASON,),
        noun="cancellation",
        button=Button(tone="danger"),
    ),
)
HAPPENS: dict[str, Words] = {
    "plan": Words("排定", "Planned"),
    "replan": Words("重新排定", "Re-planned"),
    "remind": Words("提醒确认", "Confirmation asked for"),
    "dispatch": Words("下发工单", "Work order made"),
    "overdue": Words("超期未举行", "Not held in time"),
    "step_started": Words("步骤开始", "Step begun"),
    "step_done": Words("步骤完成", "Step done"),
    "step_cancelled": Words("步骤取消", "Step cancelled"),
}
