"""The verbs of a service request as forms."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from admin_app.backoffice import repair_verbs
from admin_app.backoffice.correction_verbs import correction_verbs
from admin_app.backoffice.records.names import assignable
from admin_app.backoffice.records.verbs import Choice, Input, Posted, Verb, simple
from admin_app.shell.language import say
from store.actor import Actor
from store.requests import operations as requests
from store.requests.rules import TOLD, TOLD_BY_PEOPLE, VERBS
from store.words import Words

# Written in the answer box at the foot of the page, not in a card on top.
BOX = ("answer", "answer_meanwhile", "note")
REASON = Words("原因", "Reason")


def people_choices(estate: str) -> tuple[Choice, ...]:
    return tuple(Choice(each.code, each.name, each.department) for each in assignable([estate]))


def told_by_people() -> tuple[Choice, ...]:
    return tuple(Choice(each, say(TOLD[each])) for each in TOLD_BY_PEOPLE)


def request_verbs(record: Any) -> Sequence[Verb]:
    """All of them, in the order in which a request passes through them."""
    key = record.pk
    people = people_choices(record.estate)

    def assign(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        return requests.assign(key, to=values.text("to"), actor=actor, now=now, seen=seen)

    def answer(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        text, told = values.text("text"), values.text("told")
        return requests.answer(key, text=text, told=told, actor=actor, now=now, seen=seen)

    def answer_meanwhile(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        text, told = values.text("text"), values.text("told")
        return requests.answer(key, text=text, interim=True, told=told, actor=actor, now=now, seen=seen)

    write, close = "requests.write", "requests.close"
    text = Input("text", Words("内容", "Text"))
    reason = Input("reason", REASON)
    to = Input("to", Words("交给", "To"), "choice", choices=people)
    outcome = Input(
        "outcome", Words("处理结果", "Outcome"), hint=Words("业主的意见也写在这里", "The resident's verdict too")
    )
    return (
        Verb("accept", VERBS["accept"], write, simple(requests.accept, key), kind="primary", icon="check"),
        *repair_verbs.request_verbs(record),
        Verb(
            "close",
            VERBS["close"],
            close,
            simple(requests.close, key, "outcome"),
            (outcome,),
            # Of a repair the resident's word is asked for first.
            kind="" if record.kind == "repair" else "primary",
            icon="check",
        ),
        Verb("resume", VERBS["resume"], write, simple(requests.resume, key), kind="primary", icon="forward"),
        Verb("assign", VERBS["assign"], write, assign, (to,), icon="user"),
        Verb("acknowledge", VERBS["acknowledge"], write, simple(requests.acknowledge, key), icon="shield"),
        Verb(
            "wait",
            VERBS["wait"],
            write,
            simple(requests.wait, key, "reason"),
            (reason,),
            icon="paused",
            hint=Words("计时暂停，直到继续处理。", "The clocks pause until it is resumed."),
        ),
        Verb("reopen", VERBS["reopen"], "requests.write", simple(requests.reopen, key, "reason"), (reason,)),
        *correction_verbs(record),
        Verb("cancel", VERBS["cancel"], close, simple(requests.cancel, key, "reason"), (reason,), "danger"),
        Verb(
            "record_told",
            VERBS["record_told"],
            write,
            simple(requests.record_told, key, "how"),
            (Input("how", Words("告知方式", "How"), "choice", choices=told_by_people()),),
            icon="message",
        ),
        Verb("answer", VERBS["answer"], write, answer, (text,), "primary"),
        Verb("answer_meanwhile", VERBS["answer_meanwhile"], write, answer_meanwhile, (text,)),
        Verb("note", VERBS["note"], write, simple(requests.note, key, "text"), (text,)),
    )
