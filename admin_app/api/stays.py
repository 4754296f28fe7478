"""`/api/v1/households/{code}/moving-out` and `/moving-in`: the end of a stay, and a return."""

from collections.abc import Callable

from flask_smorest import Blueprint
from marshmallow import Schema

from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.routes import add
from store.premises import stays
from store.premises.documents import Household
from store.words import Words

MADE = (
    ("moving_out", stays.move_out, Words("住户迁出", "A household moves out")),
    ("moving_in", stays.move_in, Words("住户迁回", "A household moves in again")),
)


def hang(made: Blueprint, shape: type[Schema], shown: Callable[[Household, Call], Answer]) -> None:
    """Hang them on the routes of households; `shown` is how a household is answered."""
    for name, run, words in MADE:
        takes = Body.of("".join(part.title() for part in name.split("_")), stays.STAY)
        operation = Operation(
            f"household_{name}", "POST", f"/<code>/{name.replace('_', '-')}", Household.WRITE, words, shape,
            takes=takes, version="honoured",
        )  # fmt: skip
        add(made, operation, _verb(run, shown))


def _verb(run: Callable[..., Household], shown: Callable[[Household, Call], Answer]) -> Callable[..., Answer]:
    def view(call: Call, code: str) -> Answer:
        return shown(run(code, call.body, actor=call.actor, now=call.now, seen=call.seen), call)

    return view
