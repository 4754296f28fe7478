"""The verbs of a repair's order as forms: diagnosis, quote, consent and materials."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from admin_app.backoffice.records.priced_lines import line_choice, read_lines, rows_of
from admin_app.backoffice.records.verbs import Choice, Input, Posted, Verb, simple
from admin_app.backoffice.repairs import price_lines
from admin_app.shell.language import say
from store.actor import Actor
from store.errors import Invalid
from store.repairs import operations as repairs
from store.repairs.rules import USED
from store.words import Words
from store.work.rules import VERBS

LINES = "lines."
YES_NO = {"yes": True, "no": False}


def order_verbs(order: Any) -> Sequence[Verb]:
    if order.kind != "repair":
        return ()
    key = order.pk
    choices = [line_choice(each) for each in price_lines(order)]
    text = Input("text", Words("故障原因", "What is broken"), value=order.diagnosis or "")
    quoted = _lines(choices, (order.quote or {}).get("lines") or ())
    used = _lines(choices, order.materials or (order.quote or {}).get("lines") or (), required=False)
    given = Input("given", Words("业主的答复", "The resident's answer"), "choice", choices=_agreement())
    how = Words("电话答复请写明时间和接听人", "Of a telephone call: when, and who answered")
    note = Input("note", Words("备注", "Note"), required=False, hint=how)
    return (
        Verb("consent", VERBS["consent"], "work.do", _consent(key), (given, note), "primary", "check"),
        Verb("diagnose", VERBS["diagnose"], "work.do", simple(repairs.diagnose, key, "text"), (text,), icon="edit"),
        Verb(
            "quote",
            VERBS["quote"],
            "work.do",
            _with_lines(repairs.quote, key),
            (quoted,),
            wide=True,
            hint=Words(
                "按受理时生效的收费标准。计时暂停，直到登记业主的答复。",
                "By the price list in force when it came in. The clocks rest until the answer is recorded.",
            ),
        ),
        Verb(
            "materials",
            VERBS["materials"],
            "work.do",
            _used(key),
            (used, Input("waived", USED[1].label, "tick", required=False)),
            wide=True,
            hint=Words(
                "登记实际使用的项目和数量，替换之前的登记。", "What was really used; takes the place of what stands."
            ),
        ),
    )


def _agreement() -> tuple[Choice, ...]:
    return (Choice("yes", say(Words("同意", "Agrees"))), Choice("no", say(Words("不同意", "Refuses"))))


def yes_or_no(values: Posted, name: str) -> bool:
    """Raises `Invalid`."""
    answer = YES_NO.get(values.text(name))
    if answer is None:
        raise Invalid.one("required", Words("请选择", "Choose one"), name)
    return answer


def _consent(key: object) -> Callable[..., object]:
    def run(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        given = yes_or_no(values, "given")
        return repairs.consent(key, given=given, note=values.text("note"), actor=actor, now=now, seen=seen)

    return run


def _used(key: object) -> Callable[..., object]:
    def run(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        lines, waived = read_lines(values.under(LINES)), values.ticked("waived")
        return repairs.materials(key, lines=lines, waived=waived, actor=actor, now=now, seen=seen)

    return run


def _with_lines(operation: Callable[..., object], key: object, *names: str) -> Callable[..., object]:
    def run(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        more = {name: values.text(name) for name in names}
        return operation(key, lines=read_lines(values.under(LINES)), **more, actor=actor, now=now, seen=seen)

    return run


def _lines(choices: Sequence[Choice], standing: Sequence[Mapping[str, Any]], *, required: bool = True) -> Input:
    return Input(
        "lines",
        Words("收费项目和数量", "Lines and quantities"),
        "lines",
        required,
        choices=choices,
        rows=rows_of(standing),
    )
