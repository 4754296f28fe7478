"""Lines of a price list and quantities, as a form shows and carries them."""

from collections.abc import Mapping, Sequence
from typing import Any

from admin_app.backoffice.forms.controls import Look, Option
from admin_app.shell.language import say
from store.fields.numbers import yuan
from store.words import translated


def line_choice(line: Mapping[str, Any]) -> Option:
    """A line as it can be chosen: its name and what one unit costs."""
    return Option(line["code"], f"{say(translated(line['name']))} · {yuan(line['price_fen'])}/{line['unit']}")


def rows_of(lines: Sequence[Mapping[str, Any]], quantity: str = "quantity") -> list[dict[str, Any]]:
    """What stands, as the form begins with it."""
    return [{"line": each["line"], "quantity": float(each[quantity])} for each in lines]


def of_lines(verb: str, choices: Sequence[Option], rows: Sequence[dict[str, Any]]) -> dict[str, Look]:
    """The looks of a verb's lines: what can be chosen, and the rows that stand – one to fill in where there is none."""
    return {f"{verb}.lines.line": Look(choices=choices), f"{verb}.lines": Look([*rows] or [{}])}
