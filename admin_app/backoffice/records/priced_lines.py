"""Lines of a price list and quantities, as a form shows and carries them."""

from collections.abc import Mapping, Sequence
from typing import Any

from admin_app.backoffice.records.verbs import Option
from admin_app.shell.language import say
from store.fields.numbers import yuan
from store.typed_text import number_of
from store.words import translated


def line_choice(line: Mapping[str, Any]) -> Option:
    """A line as it can be chosen: its name and what one unit costs."""
    return Option(line["code"], f"{say(translated(line['name']))} · {yuan(line['price_fen'])}/{line['unit']}")


def rows_of(lines: Sequence[Mapping[str, Any]], quantity: str = "quantity") -> tuple[tuple[str, str], ...]:
    """What stands, as the form begins with it."""
    return tuple((each["line"], f"{each[quantity]:g}") for each in lines)


def read_lines(given: Mapping[str, str]) -> list[dict[str, Any]]:
    """`{"0.line": "valve", "0.quantity": "2"}` as lines; a half-filled row stays, so that the check names what is missing."""
    numbers = sorted({name.partition(".")[0] for name in given}, key=lambda n: (len(n), n))
    return [_row(given.get(f"{n}.line", ""), given.get(f"{n}.quantity", "")) for n in numbers]


def _row(line: str, quantity: str) -> dict[str, Any]:
    row: dict[str, Any] = {"line": line, "quantity": quantity}
    # What is no number stays as typed: the check says what is wrong with it.
    number = number_of(quantity)
    if number is not None:
        row["quantity"] = float(number)
    return {name: value for name, value in row.items() if value != ""}
