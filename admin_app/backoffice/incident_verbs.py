"""The verbs of an incident as forms."""

from collections.abc import Sequence
from typing import Any

from admin_app.backoffice.records.verbs import Input, Verb, simple
from store.incidents import operations as incidents
from store.incidents.rules import VERBS
from store.words import Words

CLOSE, FORCE = "incidents.close", "incidents.force"
SUMMARY = Input("summary", Words("处置经过和结果", "What happened and how it ended"))
REASON = Input("reason", Words("原因", "Reason"))


def incident_verbs(record: Any) -> Sequence[Verb]:
    key = record.pk
    return (
        Verb("close", VERBS["close"], CLOSE, simple(incidents.close, key, "summary"), (SUMMARY,), "primary", "check"),
        Verb(
            "force_close",
            VERBS["force_close"],
            FORCE,
            simple(incidents.force_close, key, "summary", "reason"),
            (SUMMARY, REASON),
            hint=Words("没有完成的步骤会被收回。", "Steps that are not done are taken back."),
        ),
        Verb(
            "cancel",
            VERBS["cancel"],
            CLOSE,
            simple(incidents.cancel, key, "reason"),
            (REASON,),
            "danger",
            hint=Words(
                "所有人会立即得到通知，步骤全部收回。", "Everybody is told at once, and all steps are taken back."
            ),
        ),
    )
