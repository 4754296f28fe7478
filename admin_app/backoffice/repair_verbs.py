"""The verbs of a repair as forms: diagnosis, quote, consent and materials on its order; the verdict on its request."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from admin_app.backoffice.records.verbs import Choice, Input, Posted, Verb, simple
from admin_app.backoffice.repairs import price_lines
from admin_app.shell.formats import yuan
from admin_app.shell.language import say
from store.actor import Actor
from store.errors import Invalid
from store.repairs import operations as repairs
from store.repairs.rules import CORRECTED, USED
from store.requests.rules import VERBS as REQUEST_VERBS
from store.typed_text import number_of
from store.words import Words, translated
from store.work.rules import VERBS

LINES = "lines."
YES_NO = {"yes": True, "no": False}


def order_verbs(order: Any) -> Sequence[Verb]:
    if order.kind != "repair":
        return ()
    key = order.pk
    choices = [_choice(each) for each in price_lines(order)]
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


def request_verbs(request: Any) -> Sequence[Verb]:
    if request.kind != "repair":
        return ()
    key = request.pk
    said = Input("note", Words("业主的话", "What the resident said"), required=False)
    reason = Input("reason", Words("业主的异议", "What the resident objects to"))
    again = Words("时限重新开始，并再派一张工单。", "The promises start anew, and somebody is sent again.")
    approve, dispute = simple(repairs.approve, key, "note"), simple(repairs.dispute, key, "reason")
    paid = [each for each in (request.charge or {}).get("lines") or () if each["charged"]]
    return (
        Verb("approve", REQUEST_VERBS["approve"], "requests.close", approve, (said,), "primary", "check"),
        Verb("dispute", REQUEST_VERBS["dispute"], "requests.close", dispute, (reason,), icon="late", hint=again),
        *([_correction(key, paid)] if paid else []),
    )


def _correction(key: object, paid: Sequence[Mapping[str, Any]]) -> Verb:
    rows = tuple((each["line"], f"{each['charged']:g}") for each in paid)
    choices = [_choice({**each, "code": each["line"]}) for each in paid]
    lines = Input("lines", CORRECTED[0].label, "lines", False, choices=choices, rows=rows)
    hint = Words("只能减少；留空的项目不再收费。", "It only lowers; what is left out is not charged.")
    run = _with_lines(repairs.correct_charge, key, "reason")
    words, icon = REQUEST_VERBS["correct_charge"], "edit"
    return Verb(
        "correct_charge",
        words,
        "requests.charge",
        run,
        (lines, Input("reason", CORRECTED[1].label)),
        icon=icon,
        wide=True,
        hint=hint,
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
    rows = tuple((row["line"], f"{row['quantity']:g}") for row in standing)
    return Input(
        "lines", Words("收费项目和数量", "Lines and quantities"), "lines", required, choices=choices, rows=rows
    )


def _choice(line: Mapping[str, Any]) -> Choice:
    return Choice(line["code"], f"{say(translated(line['name']))} · {yuan(line['price_fen'])}/{line['unit']}")


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
