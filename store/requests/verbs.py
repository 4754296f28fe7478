"""What people do to a service request, in the order in which it passes through them (clauses 3.1, 3.2, 4.4, 6.2)."""

from store.charges.rules import CORRECTED
from store.fields.spec import Field
from store.requests.rules import KINDS, OPEN_STATES, TOLD, TOLD_BY_PEOPLE, UNCLOSED
from store.verbs import REASON, Button, Verb
from store.words import Words

_WRITE, _CLOSE = "requests.write", "requests.close"
_ANSWERED = frozenset({"answered"})
_TEXT = Field("text", "long_text", Words("内容", "Text"), required=True)
_TOLD = Field("told", "choice", Words("业主如何得知", "How the resident hears of it"), choices=tuple(TOLD.items()))
_BY_PEOPLE = tuple((each, TOLD[each]) for each in TOLD_BY_PEOPLE)

VERBS = (
    Verb(
        "accept",
        Words("受理", "Accept"),
        before=frozenset({"open"}),
        after="accepted",
        permission=_WRITE,
        noun="acceptance",
        button=Button(tone="primary", icon="check"),
    ),
    Verb(
        "approve",
        Words("业主认可", "Resident accepts"),
        before=_ANSWERED,
        after="closed",
        permission=_CLOSE,
        fields=(Field("note", "long_text", Words("备注", "Note")),),
        noun="approval",
        button=Button(tone="primary", icon="check", labels={"note": Words("业主的话", "What the resident said")}),
    ),
    Verb(
        "dispute",
        Words("业主有异议", "Resident disputes"),
        before=_ANSWERED,
        after="accepted",
        permission=_CLOSE,
        fields=(REASON,),
        noun="dispute",
        button=Button(
            icon="late",
            hint=Words("时限重新开始，并再派一张工单。", "The promises start anew, and somebody is sent again."),
            labels={"reason": Words("业主的异议", "What the resident objects to")},
        ),
    ),
    Verb(
        "correct_charge",
        Words("更正收费", "Correct the charge"),
        before=frozenset({"answered", "closed"}),
        permission="requests.charge",
        fields=CORRECTED,
        noun="charge-correction",
        button=Button(
            icon="edit",
            wide=True,
            hint=Words("只能减少；留空的项目不再收费。", "It only lowers; what is left out is not charged."),
        ),
    ),
    Verb(
        "close",
        Words("关闭", "Close"),
        before=_ANSWERED,
        after="closed",
        permission=_CLOSE,
        fields=(Field("outcome", "long_text", Words("处理结果", "Outcome"), required=True),),
        noun="closure",
        button=Button(
            tone="primary",
            icon="check",
            hints={"outcome": Words("业主的意见也写在这里", "The resident's verdict too")},
        ),
    ),
    Verb(
        "resume",
        Words("继续处理", "Resume"),
        before=frozenset({"waiting"}),
        after="accepted",
        permission=_WRITE,
        noun="resumption",
        button=Button(tone="primary", icon="forward"),
    ),
    Verb(
        "assign",
        Words("指派", "Assign"),
        # Also of what was answered: a promise may run on until it is done.
        before=UNCLOSED,
        permission=_WRITE,
        fields=(Field("to", "reference", Words("指派给", "Assign to"), required=True, target="staff"),),
        noun="assignment",
        button=Button(icon="user"),
    ),
    Verb(
        "acknowledge",
        Words("我来跟进", "Acknowledge"),
        before=UNCLOSED,
        permission=_WRITE,
        noun="acknowledgement",
        button=Button(icon="shield"),
    ),
    Verb(
        "wait",
        Words("等业主", "Wait for the resident"),
        before=frozenset({"open", "accepted"}),
        after="waiting",
        permission=_WRITE,
        fields=(REASON,),
        noun="waiting",
        button=Button(icon="paused", hint=Words("计时暂停，直到继续处理。", "The clocks pause until it is resumed.")),
    ),
    Verb(
        "reopen",
        Words("重新打开", "Reopen"),
        before=frozenset({"answered", "closed"}),
        after="accepted",
        permission=_WRITE,
        fields=(REASON,),
        noun="reopening",
        button=Button(),
    ),
    Verb(
        "correct",
        Words("更正登记", "Correct"),
        before=OPEN_STATES,
        permission=_WRITE,
        fields=(
            Field("item", "reference", Words("服务项目", "Service item"), target="service_item"),
            Field("kind", "choice", Words("类型", "Kind"), choices=tuple(KINDS.items())),
            Field("place", "text", Words("地点", "Place")),
            Field("household", "reference", Words("住户", "Household"), target="household"),
            Field("reason", "long_text", Words("更正原因", "Why it is corrected"), required=True),
        ),
        noun="correction",
        button=Button(
            icon="edit",
            wide=True,
            hint=Words(
                "时限从登记时重新计算，更正前的内容和时限保留在历史里。",
                "Deadlines are counted anew from the intake; what stood before stays in the history.",
            ),
            # They stand filled; emptied, they would silently stay what they were.
            demands=("item", "kind"),
            labels={"household": Words("住户（房号）", "Household (room)")},
        ),
    ),
    Verb(
        "merge",
        Words("并入另一件", "Join to another"),
        before=OPEN_STATES,
        permission=_WRITE,
        fields=(Field("into", "reference", Words("主诉求的编号", "The number of the one that leads"), required=True),),
        noun="merge",
        button=Button(
            icon="forward",
            hint=Words(
                "同一故障一起处理、一起答复；每件仍按自己的登记时间计时。",
                "One fault is handled and answered once; each keeps the promises of its own intake.",
            ),
            labels={"into": Words("主诉求", "The one that leads")},
        ),
    ),
    Verb(
        "separate",
        Words("取消合并", "Take apart"),
        before=UNCLOSED,
        permission=_WRITE,
        noun="separation",
        button=Button(icon="back"),
    ),
    Verb(
        "cancel",
        Words("撤销", "Cancel"),
        before=UNCLOSED,
        after="cancelled",
        permission=_CLOSE,
        fields=(REASON,),
        noun="cancellation",
        button=Button(tone="danger"),
    ),
    Verb(
        "record_told",
        Words("登记已告知业主", "Record that the resident was told"),
        before=UNCLOSED,
        permission=_WRITE,
        fields=(Field("how", "choice", Words("告知方式", "How"), required=True, choices=_BY_PEOPLE),),
        noun="telling",
        button=Button(icon="message"),
    ),
    Verb(
        "answer",
        Words("答复", "Answer"),
        before=UNCLOSED,
        after="answered",
        permission=_WRITE,
        fields=(
            _TEXT,
            Field("interim", "boolean", Words("先行答复", "Interim: nothing is finished by it"), default=False),
            _TOLD,
        ),
        noun="answer",
        button=Button(tone="primary", leaves_out=("interim",)),
    ),
    # Word on the way: something is said, and nothing is finished. Programs say `interim`.
    Verb(
        "answer_meanwhile",
        Words("先行答复", "Interim answer"),
        before=UNCLOSED,
        permission=_WRITE,
        fields=(_TEXT, _TOLD),
        button=Button(),
    ),
    Verb(
        "note",
        Words("备注", "Note"),
        before=UNCLOSED,
        permission=_WRITE,
        fields=(_TEXT,),
        noun="notes",
        button=Button(),
    ),
)
HAPPENS: dict[str, Words] = {
    "create": Words("登记", "Recorded"),
    "escalate": Words("升级", "Escalated"),
    "responded": Words("已响应", "Responded"),
    "work_done": Words("工单完成", "Work order finished"),
    "quoted": Words("已报价", "Quoted"),
    "quote_answered": Words("业主答复报价", "Resident answered the quote"),
    "accepted_tacitly": Words("默认验收", "Accepted tacitly"),
    "called_back": Words("已回访", "Called back"),
    "joined": Words("有诉求并入", "Another was joined"),
    "parted": Words("一件取消合并", "One was taken apart"),
    "followed": Words("随主诉求处理", "Followed the leading one"),
    "released": Words("主诉求已撤销，恢复单独处理", "The leading one was cancelled: goes on by itself"),
}
