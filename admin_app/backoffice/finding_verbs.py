"""The verbs of findings on the page of the order where something is found, as forms."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from admin_app.backoffice.records.verbs import Choice, Input, Posted, Verb
from admin_app.shell.language import say
from store.actor import Actor
from store.errors import Invalid
from store.findings.rules import SEVERITIES
from store.words import Words, translated
from store.work import operations as work
from store.work import supervision
from store.work.rules import VERBS as ORDER_VERBS


def severity_input(value: str) -> Input:
    choices = tuple(Choice(key, say(words)) for key, words in SEVERITIES.items())
    return Input("severity", Words("严重程度", "Severity"), "choice", choices=choices, value=value)


def judging(record: Any) -> Sequence[Verb]:
    """The verdict of a re-inspection."""
    passed = Input("passed", Words("复查结论", "Verdict"), "pass_fail")
    note = Input("note", Words("说明", "Note"), required=False, hint=Words("退回时必填", "Needed when it is sent back"))
    run = _verdict(record.pk)
    return (Verb("verdict", ORDER_VERBS["verdict"], "work.do", run, (passed, note), kind="primary", icon="check"),)


def raising(record: Any, checklist: Mapping[str, Any]) -> Sequence[Verb]:
    """Raising a finding on the way, and sampling finished work."""

    def raises(verb: Any, *more: str) -> Any:
        def run(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
            names = ("title", "severity", "item", "place", "note")
            given = {name: values.text(name) or None for name in names} | {name: values.text(name) for name in more}
            return verb(
                record.pk, **given, checkpoint=values.text("checkpoint") or None, actor=actor, now=now, seen=seen
            )

        return run

    inputs = raised_inputs(record, checklist)
    choices = tuple(Choice(key, say(words)) for key, words in supervision.VERDICTS.items())
    verdict = Input("verdict", Words("抽查结论", "Verdict"), "choice", choices=choices)
    title = replace(inputs[0], required=False, hint=Words("发现问题时必填", "Needed when something is wrong"))
    sampled = Words(
        "抽查已完成的工作：合格也记录在案；发现的问题进入整改。",
        "Finished work is looked at again: a good sample is recorded too; what is wrong becomes a finding.",
    )
    return (
        Verb(
            "raise_finding",
            ORDER_VERBS["raise_finding"],
            "findings.report",
            raises(work.raise_finding),
            inputs,
            icon="findings",
        ),
        Verb(
            "supervise",
            ORDER_VERBS["supervise"],
            "findings.write",
            raises(work.supervise, "verdict"),
            (verdict, title, *inputs[1:]),
            icon="supervision",
            hint=sampled,
        ),
    )


def raised_inputs(record: Any, checklist: Mapping[str, Any]) -> tuple[Input, ...]:
    title = Input("title", Words("问题", "What is wrong"), "text")
    place = Input("place", Words("地点", "Place"), "text", required=False, value=record.place or "")
    note = Input("note", Words("说明", "Note"), required=False)
    named = (
        ("item", Words("检查项", "Checklist item"), checklist.get("items") or ()),
        ("checkpoint", Words("巡更点", "Checkpoint"), record.checkpoints),
    )
    rows = tuple(
        Input(name, words, "choice", required=False, choices=_named(found)) for name, words, found in named if found
    )
    # Unsaid it is the item's own: a choice made beforehand would outvote the checklist.
    of_item = Words("不选则按检查项的严重程度，否则为一般", "Unsaid: as the checklist's item says, else normal")
    severity = replace(severity_input(""), required=False, hint=of_item)
    return (title, severity, *rows, place, note)


def _named(rows: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    return tuple(Choice(row["code"], say(translated(row["name"]))) for row in rows)


def _verdict(key: object) -> Any:
    def run(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        if values.text("passed") not in ("pass", "fail"):
            raise Invalid.one("required", Words("请选择合格或不合格", "Choose pass or fail"), "passed")
        passed = values.text("passed") == "pass"
        return work.verdict(key, passed=passed, note=values.text("note"), actor=actor, now=now, seen=seen)

    return run
