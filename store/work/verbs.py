"""What people do to a work order (clauses 2.2–2.5, 3.2–3.5): first what the office offers, in the order of the work, then
what is done on the spot only."""

from dataclasses import replace

from store.charges.rules import ANSWERED, DIAGNOSIS, QUOTED, SATISFIED, SIGNED, USED
from store.fields.spec import Field
from store.findings.rules import SEVERITIES
from store.photos import voice
from store.verbs import REASON, Button, Touch, Verb
from store.words import Words
from store.work.answers import PHOTOS
from store.work.rules import OPEN_STATES, SCAN_METHODS, STATES

_DO = "work.do"
_ENDED = frozenset({"done", "missed"})
_UNDER_WAY = frozenset({"open", "accepted", "in_progress"})
_NOTE = Field("note", "long_text", Words("备注", "Note"))
_SAID = Field("note", "long_text", Words("说明", "Note"))
_CHECKPOINT = Field("checkpoint", "reference", Words("巡更点", "Checkpoint"), required=True)
_METHOD = Field(
    "method", "choice", Words("打卡方式", "Way of scanning"), required=True, choices=tuple(SCAN_METHODS.items())
)
RAISED: tuple[Field, ...] = (
    Field("title", "text", Words("问题", "What is wrong"), required=True),
    Field(
        "severity",
        "choice",
        Words("严重程度", "Severity"),
        choices=tuple(SEVERITIES.items()),
        help=Words("不填按检查项的严重程度", "Empty: as its checklist item says"),
    ),
    Field("item", "reference", Words("检查项", "Checklist item")),
    Field("checkpoint", "reference", Words("巡更点", "Checkpoint")),
    Field("place", "text", Words("地点", "Place")),
    PHOTOS,
    voice.FIELD,
    _SAID,
)
VERDICTS: dict[str, Words] = {
    "good": Words("抽查合格", "Sampled: good"),
    "finding": Words("发现问题", "Something is wrong"),
}
_VERDICT = Field("verdict", "choice", Words("抽查结论", "Verdict"), choices=tuple(VERDICTS.items()), default="finding")
COMPLETED = (_NOTE, *SIGNED, SATISFIED)
# Unsaid it is the item's own: a choice made beforehand would outvote the checklist.
_OF_ITEM = Words("不选则按检查项的严重程度，否则为一般", "Unsaid: as the checklist's item says, else normal")
_LINES = Words("收费项目和数量", "Lines and quantities")

VERBS = (
    Verb(
        "verdict",
        Words("复查结论", "Verdict"),
        before=_UNDER_WAY,
        after="done",
        permission=_DO,
        fields=(Field("passed", "boolean", Words("合格", "Passed"), required=True), _SAID, PHOTOS),
        noun="verdict",
        tablet=True,
        button=Button(
            tone="primary",
            icon="check",
            leaves_out=("photos",),
            labels={"passed": Words("复查结论", "Verdict")},
            hints={"note": Words("退回时必填", "Needed when it is sent back")},
        ),
    ),
    Verb(
        "accept",
        Words("接单", "Accept"),
        before=frozenset({"open"}),
        after="accepted",
        permission=_DO,
        noun="acceptance",
        device_time=True,
        tablet=True,
        button=Button(tone="primary", icon="check"),
    ),
    Verb(
        "start",
        Words("开始", "Start"),
        before=frozenset({"open", "accepted"}),
        after="in_progress",
        permission=_DO,
        noun="start",
        device_time=True,
        tablet=True,
        button=Button(icon="forward"),
    ),
    Verb(
        "resume",
        Words("继续", "Resume"),
        before=frozenset({"paused"}),
        after="in_progress",
        permission=_DO,
        noun="resumption",
        tablet=True,
        button=Button(tone="primary", icon="forward"),
    ),
    Verb(
        "consent",
        Words("业主答复报价", "Resident's consent"),
        before=frozenset({"paused"}),
        after="in_progress",
        permission=_DO,
        fields=ANSWERED,
        noun="consent",
        tablet=True,
        touches=Touch("quote"),
        button=Button(
            tone="primary",
            icon="check",
            leaves_out=("signature", "total_fen"),
            labels={"given": Words("业主的答复", "The resident's answer")},
            hints={"note": Words("电话答复请写明时间和接听人", "Of a telephone call: when, and who answered")},
        ),
    ),
    Verb(
        "diagnose",
        Words("诊断", "Diagnosis"),
        before=frozenset({"accepted", "in_progress", "paused"}),
        permission=_DO,
        fields=DIAGNOSIS,
        noun="diagnosis",
        tablet=True,
        touches=Touch("diagnosis"),
        button=Button(icon="edit"),
    ),
    Verb(
        "quote",
        Words("报价", "Quote"),
        # Work and clocks rest while the resident decides.
        before=frozenset({"in_progress", "paused"}),
        after="paused",
        permission=_DO,
        fields=QUOTED,
        noun="quote",
        tablet=True,
        touches=Touch("quote"),
        button=Button(
            wide=True,
            hint=Words(
                "按受理时生效的收费标准。计时暂停，直到登记业主的答复。",
                "By the price list in force when it came in. The clocks rest until the answer is recorded.",
            ),
            labels={"lines": _LINES},
        ),
    ),
    Verb(
        "materials",
        Words("登记用料", "Materials used"),
        before=frozenset({"in_progress", "paused"}),
        permission=_DO,
        fields=USED,
        noun="materials",
        tablet=True,
        touches=Touch("materials"),
        button=Button(
            wide=True,
            hint=Words(
                "登记实际使用的项目和数量，替换之前的登记。", "What was really used; takes the place of what stands."
            ),
            labels={"lines": _LINES},
        ),
    ),
    # Photos are no field that a form could describe; each door reads them itself.
    Verb(
        "add_photos",
        Words("添加照片", "Photos added"),
        before=OPEN_STATES,
        permission=_DO,
        tablet=True,
        adds=True,
        button=Button(icon="photo"),
    ),
    # Nor are the answers to a checklist, which the checklist describes.
    Verb(
        "complete",
        Words("完成", "Complete"),
        before=_UNDER_WAY,
        after="done",
        permission=_DO,
        fields=COMPLETED,
        noun="completion",
        device_time=True,
        tablet=True,
        touches=Touch("answers", by="item", each="answers"),
        button=Button(icon="check", leaves_out=("signature", "signed_by", "total_fen")),
    ),
    Verb(
        "assign",
        Words("派单", "Assign"),
        before=OPEN_STATES,
        permission="work.dispatch",
        fields=(Field("to", "reference", Words("派给", "Assign to"), required=True, target="staff"), _NOTE),
        noun="assignment",
        touches=Touch("assignee"),
        button=Button(icon="user"),
    ),
    Verb(
        "acknowledge",
        Words("我来跟进", "Acknowledge"),
        before=OPEN_STATES,
        permission=_DO,
        noun="acknowledgement",
        tablet=True,
        button=Button(icon="shield"),
    ),
    Verb(
        "pause",
        Words("暂停", "Pause"),
        before=_UNDER_WAY,
        after="paused",
        permission=_DO,
        fields=(REASON,),
        noun="pause",
        tablet=True,
        button=Button(
            icon="paused",
            hint=Words(
                "计时暂停，直到继续。例如等配件、业主不在家。", "The clocks pause: a part on order, nobody at home."
            ),
        ),
    ),
    Verb(
        "raise_finding",
        Words("上报问题", "Raise a finding"),
        # Also of a round that has ended: its last scan ends it, and the way back is looked at too.
        before=OPEN_STATES | _ENDED,
        permission="findings.report",
        fields=RAISED,
        noun="findings",
        tablet=True,
        # An item has one finding; of a checkpoint, or of nothing in particular, there may be several.
        touches=Touch("findings", by="item"),
        button=Button(icon="findings", leaves_out=("photos", "voice"), hints={"severity": _OF_ITEM}),
    ),
    Verb(
        "supervise",
        Words("监督抽查", "Supervision check"),
        before=_ENDED,
        permission="findings.write",
        # A good sample has no title: nothing is wrong.
        fields=(_VERDICT, replace(RAISED[0], required=False), *RAISED[1:]),
        noun="supervision",
        button=Button(
            icon="supervision",
            leaves_out=("photos", "voice"),
            # Programs that say nothing have found something; a person says which it is.
            demands=("verdict",),
            hint=Words(
                "抽查已完成的工作：合格也记录在案；发现的问题进入整改。",
                "Finished work is looked at again: a good sample is recorded too; what is wrong becomes a finding.",
            ),
            hints={
                "title": Words("发现问题时必填", "Needed when something is wrong"),
                "severity": _OF_ITEM,
            },
        ),
    ),
    Verb(
        "cancel",
        Words("取消", "Cancel"),
        before=OPEN_STATES,
        after="cancelled",
        permission="work.cancel",
        fields=(REASON,),
        noun="cancellation",
        button=Button(tone="danger"),
    ),
    Verb(
        "scan",
        Words("到点打卡", "Checkpoint scanned"),
        # A guard who scans is walking again, whatever was said before: a paused round goes on.
        before=OPEN_STATES,
        after="in_progress",
        permission=_DO,
        fields=(_CHECKPOINT, _METHOD),
        noun="scans",
        device_time=True,
        tablet=True,
        # Which of several scans counts is a rule of its own, whatever came first: nobody is in another's way.
        adds=True,
    ),
    Verb(
        "take_back",
        Words("撤回打卡", "Scan taken back"),
        before=OPEN_STATES | _ENDED,
        permission=_DO,
        fields=(_CHECKPOINT, replace(REASON, required=False)),
        noun="taken-back-scans",
        device_time=True,
        tablet=True,
        adds=True,
    ),
    Verb(
        "photograph",
        Words("巡更点拍照", "Checkpoint photographed"),
        before=OPEN_STATES | _ENDED,
        permission=_DO,
        fields=(_CHECKPOINT, PHOTOS),
        tablet=True,
        adds=True,
    ),
    Verb(
        "answer",
        Words("填写检查项", "Item answered"),
        before=OPEN_STATES,
        permission=_DO,
        tablet=True,
        touches=Touch("answers", by="item"),
    ),
    Verb(
        "remove_photo",
        Words("删除照片", "Photo removed"),
        before=OPEN_STATES,
        permission=_DO,
        fields=(Field("photo", "reference", Words("照片", "Photo"), required=True),),
        tablet=True,
    ),
    Verb(
        "hand_over",
        Words("转交", "Hand over"),
        before=OPEN_STATES,
        permission=_DO,
        fields=(Field("to", "reference", Words("转交给", "Hand over to"), required=True, target="staff"), _NOTE),
        tablet=True,
        touches=Touch("assignee"),
    ),
    Verb(
        "supplement",
        Words("补充", "Supplement"),
        # What was found is kept whatever has become of the order meanwhile.
        before=frozenset(STATES),
        permission=_DO,
        fields=(_NOTE, voice.FIELD, Field("about", "reference", Words("关于哪条记录", "About the entry"))),
        tablet=True,
        adds=True,
    ),
)
HAPPENS: dict[str, Words] = {
    "create": Words("生成", "Made"),
    "correct": Words("更正", "Corrected"),
    "change_deadline": Words("调整时限", "Deadline changed"),
    "escalate": Words("升级", "Escalated"),
    "remind": Words("提醒", "Reminder"),
    "checkpoint_missed": Words("巡更点漏检", "Checkpoint missed"),
    "missed": Words("整轮漏检", "Round missed"),
    "round_over": Words("本轮结束", "Round over"),
}
