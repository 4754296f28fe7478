"""What people do to an incident (clause 7.3)."""

from store.fields.spec import Field
from store.incidents.rules import OPEN_STATES
from store.verbs import REASON, Button, Verb
from store.words import Words

_CLOSE = "incidents.close"
_SUMMARY = Field("summary", "long_text", Words("处置经过和结果", "What happened and how it ended"), required=True)
_EARLY = Field("reason", "long_text", Words("提前结束的原因", "Why before all is done"), required=True)

VERBS = (
    Verb(
        "close",
        Words("结束处置", "Close"),
        before=OPEN_STATES,
        after="closed",
        permission=_CLOSE,
        fields=(_SUMMARY,),
        noun="closure",
        button=Button(tone="primary", icon="check"),
    ),
    Verb(
        "force_close",
        Words("提前结束", "Close before all is done"),
        before=OPEN_STATES,
        after="closed",
        permission="incidents.force",
        fields=(_SUMMARY, _EARLY),
        noun="forced-closure",
        button=Button(hint=Words("没有完成的步骤会被收回。", "Steps that are not done are taken back.")),
    ),
    Verb(
        "cancel",
        Words("误报取消", "False alarm"),
        before=OPEN_STATES,
        after="cancelled",
        permission=_CLOSE,
        fields=(REASON,),
        noun="cancellation",
        button=Button(
            tone="danger",
            hint=Words(
                "所有人会立即得到通知，步骤全部收回。", "Everybody is told at once, and all steps are taken back."
            ),
        ),
    ),
)
HAPPENS: dict[str, Words] = {
    "start": Words("启动预案", "Start the plan"),
    "step_started": Words("步骤开始", "Step begun"),
    "step_done": Words("步骤完成", "Step done"),
    "step_cancelled": Words("步骤取消", "Step cancelled"),
    "tell_end": Words("补告知结束", "Told of the end"),
}
