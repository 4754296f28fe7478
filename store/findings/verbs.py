"""What is done to a finding: by people, and – putting right and judging – where the work is (clauses 3.3–3.5, 8.1)."""

from store.fields.spec import Field
from store.findings.rules import OPEN_STATES, SEVERITIES
from store.verbs import REASON, Button, Verb
from store.words import Words

_WRITE = "findings.write"
SEVERITY = Field("severity", "choice", Words("严重程度", "Severity"), required=True, choices=tuple(SEVERITIES.items()))

VERBS = (
    Verb("rectify", Words("整改完成", "Put right"), before=frozenset({"open"}), after="rectified"),
    Verb("close", Words("复查合格，关闭", "Passed and closed"), before=frozenset({"rectified"}), after="closed"),
    Verb("send_back", Words("复查不合格，退回", "Sent back"), before=frozenset({"rectified"}), after="open"),
    Verb(
        "set_severity",
        Words("调整严重程度", "Set severity"),
        before=frozenset({"open"}),
        permission=_WRITE,
        fields=(SEVERITY, REASON),
        noun="severity",
        button=Button(
            icon="edit",
            hint=Words("时限从发现时起按新的严重程度重算。", "The deadline is counted anew from its old start."),
        ),
    ),
    Verb(
        "cancel",
        Words("撤销", "Cancel"),
        before=OPEN_STATES,
        after="cancelled",
        permission=_WRITE,
        fields=(REASON,),
        noun="cancellation",
        button=Button(
            tone="danger",
            hint=Words("未完成的整改或复查工单一并取消。", "Its open order is cancelled with it."),
        ),
    ),
)
HAPPENS: dict[str, Words] = {"raise": Words("发现问题", "Raised")}
