"""The forms of a work order that no list of fields describes: the answers to its checklist, and photos."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from admin_app.backoffice.forms.controls import Look
from admin_app.backoffice.photos import verbs as photo_verbs
from admin_app.backoffice.records.verbs import Posted, VerbForm
from admin_app.backoffice.work.looks import FAIL, PASS, yes_or_no
from store.actor import Actor
from store.fields.spec import Field
from store.words import Words, translated
from store.work import operations as work

ANSWERS = "answers."
ITEM_KINDS = {"pass_fail": "choice", "score": "decimal", "number": "decimal"}


def with_odd_forms(made: Sequence[VerbForm], record: Any, checklist: Mapping[str, Any]) -> list[VerbForm]:
    """The verbs as they were made, these two with their own forms."""
    odd = {"complete": _completing, "add_photos": photo_verbs.adding}
    return [odd[each.name](each, record, checklist) if each.name in odd else each for each in made]


def _completing(verb: VerbForm, record: Any, checklist: Mapping[str, Any]) -> VerbForm:
    shown = photo_verbs.photographed(record)
    items = checklist.get("items") or ()
    last = CALLBACK if record.kind == "callback" else [each for each in verb.fields if each.name == "note"]
    fields = [*(_asked(item, checklist, shown) for item in items), *last]

    def complete(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        given = values.read(fields, verb.zone)
        answers = answers_in(given)
        answers += photo_verbs.answers_by_photo(checklist, shown, answers)
        plain = {name: value for name, value in given.items() if not name.startswith(ANSWERS)}
        return work.complete(record.pk, answers=answers, **plain, actor=actor, now=now, seen=seen)

    looks = {**{f"{ANSWERS}{item['code']}": _look(item, shown) for item in items}, **_callback_looks()}
    hint = photo_verbs.still_missing(record)
    return replace(verb, run=complete, fields=fields, looks=looks, wide=bool(checklist), hint=hint)


CALLBACK = (
    Field("satisfied", "boolean", Words("业主是否满意", "Is the resident satisfied"), required=True),
    Field(
        "note",
        "long_text",
        Words("业主的话", "What the resident said"),
        help=Words("不满意时必填", "Needed when not satisfied"),
    ),
)


def _callback_looks() -> dict[str, Look]:
    choices = yes_or_no(Words("满意", "Satisfied"), Words("不满意", "Not satisfied"))
    return {"satisfied": Look(control="choice", choices=choices)}


def _asked(item: Mapping[str, Any], checklist: Mapping[str, Any], shown: Mapping[str, Sequence[str]]) -> Field:
    """An item of the checklist as a field; `shown` are the photos that items have."""
    is_score, kind = item["kind"] == "score", ITEM_KINDS.get(item["kind"], "text")
    return Field(
        f"{ANSWERS}{item['code']}",
        kind,
        translated(item["name"]),
        help=_hint(item, checklist, shown),
        choices=(("pass", PASS), ("fail", FAIL)) if kind == "choice" else (),
        minimum=0 if is_score else None,
        maximum=_most(item) if is_score else None,
    )


def _look(item: Mapping[str, Any], shown: Mapping[str, Sequence[str]]) -> Look:
    """An item that depends on a failed one is asked, and not demanded, here."""
    demanded = bool(item.get("required")) and not item.get("only_if") and not _is_answered(item, shown)
    return Look(control="radios" if item["kind"] == "pass_fail" else "", demanded=demanded)


def _hint(item: Mapping[str, Any], checklist: Mapping[str, Any], shown: Mapping[str, Sequence[str]]) -> Words | None:
    if item.get("only_if"):
        names = {each["code"]: translated(each["name"]) for each in checklist["items"]}
        return Words("仅当“{name}”不合格时填写", "Only if “{name}” failed").fill(name=names[item["only_if"]])
    if item["kind"] == "score":
        return Words("0–{n} 分", "0–{n} points").fill(n=_most(item))
    return photo_verbs.hint_of(item, shown)


def _most(item: Mapping[str, Any]) -> int:
    return int(item.get("max_score") or 100)


def _is_answered(item: Mapping[str, Any], shown: Mapping[str, Sequence[str]]) -> bool:
    return item["kind"] == "photo" and item["code"] in shown


def answers_in(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was typed, by item; a number of points is a whole one where it can be."""
    found = {name.removeprefix(ANSWERS): value for name, value in given.items() if name.startswith(ANSWERS)}
    return [{"item": code, "value": _plain(value)} for code, value in found.items()]


def _plain(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value
