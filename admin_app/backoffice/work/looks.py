"""What the forms of a work order begin with and offer: prices of a repair, items and checkpoints of what is found."""

from collections.abc import Mapping, Sequence
from typing import Any

from admin_app.backoffice.forms.controls import Look, Looks, Option
from admin_app.backoffice.records.priced_lines import line_choice, of_lines, rows_of
from admin_app.backoffice.repairs.cards import price_lines
from admin_app.shell.language import say
from store.fields.choosing import NO, YES
from store.words import Words, translated
from store.work.documents import WorkOrder

PASS, FAIL = Words("合格", "Pass"), Words("不合格", "Fail")
AGREES, REFUSES = Words("同意", "Agrees"), Words("不同意", "Refuses")


def looks_of(order: WorkOrder, checklist: Mapping[str, Any]) -> Looks:
    found = {"verdict.passed": Look(control="radios", choices=yes_or_no(PASS, FAIL))}
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
        **of_lines("quote", choices, rows_of(quoted)),
        **of_lines("materials", choices, rows_of(order.materials or quoted)),
        "consent.given": Look(control="choice", choices=yes_or_no(AGREES, REFUSES)),
    }


def yes_or_no(yes: Words, no: Words) -> tuple[Option, Option]:
    """The two answers of a field of yes and no, in words that fit the question; neither is chosen at first."""
    return Option(YES, say(yes)), Option(NO, say(no))
