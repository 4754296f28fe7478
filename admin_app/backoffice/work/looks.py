"""What the forms of a work order begin with and offer: prices of a repair, items and checkpoints of what is found."""

from collections.abc import Mapping, Sequence
from typing import Any

from admin_app.backoffice.records.described import Look, Looks
from admin_app.backoffice.records.priced_lines import line_choice, rows_of
from admin_app.backoffice.records.verbs import Option, Posted
from admin_app.backoffice.repairs.cards import price_lines
from admin_app.shell.language import say
from store.errors import Invalid
from store.words import Words, translated
from store.work.documents import WorkOrder

ANSWERS = {"yes": True, "no": False, "pass": True, "fail": False}


def looks_of(order: WorkOrder, checklist: Mapping[str, Any]) -> Looks:
    found = {"verdict.passed": Look(kind="pass_fail", read=_passed)}
    for verb in ("raise_finding", "supervise"):
        found[f"{verb}.item"] = _one_of(checklist.get("items") or ())
        found[f"{verb}.checkpoint"] = _one_of(order.checkpoints)
        found[f"{verb}.place"] = Look(order.place or "")
    return {**found, **(_of_repair(order) if order.kind == "repair" else {})}


def _one_of(rows: Sequence[Mapping[str, Any]]) -> Look:
    choices = tuple(Option(row["code"], say(translated(row["name"]))) for row in rows)
    return Look(choices=choices, absent=not choices)


def _of_repair(order: WorkOrder) -> dict[str, Look]:
    choices = [line_choice(each) for each in price_lines(order)]
    quoted = (order.quote or {}).get("lines") or ()
    return {
        "diagnose.text": Look(order.diagnosis or ""),
        "quote.lines": Look(choices=choices, rows=rows_of(quoted)),
        "materials.lines": Look(choices=choices, rows=rows_of(order.materials or quoted)),
        "consent.given": Look(kind="choice", choices=_agreement(), read=lambda values: yes_or_no(values, "given")),
    }


def _agreement() -> tuple[Option, ...]:
    return (Option("yes", say(Words("同意", "Agrees"))), Option("no", say(Words("不同意", "Refuses"))))


def _passed(values: Posted) -> bool:
    return _answer(values, "passed", Words("请选择合格或不合格", "Choose pass or fail"))


def yes_or_no(values: Posted, name: str) -> bool:
    """Raises `Invalid`."""
    return _answer(values, name, Words("请选择", "Choose one"))


def _answer(values: Posted, name: str, words: Words) -> bool:
    answer = ANSWERS.get(values.text(name))
    if answer is None:
        raise Invalid.one("required", words, name)
    return answer
