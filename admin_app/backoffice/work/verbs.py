"""The forms of a work order that no list of fields describes: the answers to its checklist, and photos."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from admin_app.backoffice.photos import verbs as photo_verbs
from admin_app.backoffice.records.verbs import Input, Option, Posted, VerbForm
from admin_app.backoffice.work.looks import yes_or_no
from admin_app.shell.language import say
from store.actor import Actor
from store.typed_text import number_of
from store.words import Words, translated
from store.work import operations as work

ANSWERS = "answers."
INPUT_KINDS = {"pass_fail": "pass_fail", "score": "decimal", "number": "decimal", "text": "text", "photo": "text"}


def with_odd_forms(made: Sequence[VerbForm], record: Any, checklist: Mapping[str, Any]) -> list[VerbForm]:
    """The verbs as they were made, these two with their own forms."""
    odd = {"complete": _completing, "add_photos": photo_verbs.adding}
    return [odd[each.name](each, record, checklist) if each.name in odd else each for each in made]


def _completing(verb: VerbForm, record: Any, checklist: Mapping[str, Any]) -> VerbForm:
    shown = photo_verbs.photographed(record)

    def complete(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        answers = read_answers(checklist, values.under(ANSWERS))
        answers += photo_verbs.answers_by_photo(checklist, shown, answers)
        satisfied = yes_or_no(values, "satisfied") if record.kind == "callback" else None
        note = values.text("note")
        return work.complete(
            record.pk, answers=answers, note=note, satisfied=satisfied, actor=actor, now=now, seen=seen
        )

    note = next(each for each in verb.inputs if each.name == "note")
    last = callback_inputs() if record.kind == "callback" else (note,)
    inputs = (*answer_inputs(checklist, shown), *last)
    return replace(verb, run=complete, inputs=inputs, wide=bool(checklist), hint=photo_verbs.still_missing(record))


def callback_inputs() -> tuple[Input, ...]:
    choices = (Option("yes", say(Words("满意", "Satisfied"))), Option("no", say(Words("不满意", "Not satisfied"))))
    hint = Words("不满意时必填", "Needed when not satisfied")
    return (
        Input("satisfied", Words("业主是否满意", "Is the resident satisfied"), "choice", choices=choices),
        Input("note", Words("业主的话", "What the resident said"), required=False, hint=hint),
    )


def answer_inputs(checklist: Mapping[str, Any], shown: Mapping[str, Sequence[str]]) -> list[Input]:
    """The checklist as inputs; `shown` are the photos that items have. An item that depends on a failed one is asked,
    and not demanded, here."""
    return [_answer_input(item, checklist, shown) for item in checklist.get("items") or ()]


def _answer_input(item: Mapping[str, Any], checklist: Mapping[str, Any], shown: Mapping[str, Sequence[str]]) -> Input:
    most = item.get("max_score") or 100
    names = {each["code"]: translated(each["name"]) for each in checklist["items"]}
    hint = photo_verbs.hint_of(item, shown)
    if item["kind"] == "score":
        hint = Words("0–{n} 分", "0–{n} points").fill(n=most)
    if item.get("only_if"):
        hint = Words("仅当“{name}”不合格时填写", "Only if “{name}” failed").fill(name=names[item["only_if"]])
    return Input(
        f"{ANSWERS}{item['code']}",
        translated(item["name"]),
        INPUT_KINDS.get(item["kind"], "text"),
        required=bool(item.get("required")) and not item.get("only_if") and not _is_answered(item, shown),
        hint=hint,
        maximum=most if item["kind"] == "score" else None,
    )


def _is_answered(item: Mapping[str, Any], shown: Mapping[str, Sequence[str]]) -> bool:
    return item["kind"] == "photo" and item["code"] in shown


def read_answers(checklist: Mapping[str, Any], given: Mapping[str, str]) -> list[dict[str, Any]]:
    """What was typed, by item; what cannot be read as a number stays as typed, so that the check names it."""
    kinds = {item["code"]: item["kind"] for item in checklist.get("items") or ()}
    return [{"item": code, "value": _read(kinds.get(code, "text"), text)} for code, text in given.items()]


def _read(kind: str, text: str) -> Any:
    if kind not in ("score", "number"):
        return text
    number = number_of(text)
    if number is None:
        return text
    return int(number) if number == number.to_integral_value() else float(number)
