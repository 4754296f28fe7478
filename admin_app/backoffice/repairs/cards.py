"""A repair as the pages of its order and its request show it: prices in yuan, consent, charge, warranty, acceptance."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for

from admin_app.backoffice.records.names import Place
from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.formats import day_and_time
from admin_app.shell.language import say
from store.charges import rules
from store.content.reading import revision_body
from store.errors import NotFound
from store.fields.numbers import yuan
from store.requests.rules import OPEN_STATES
from store.words import Words, translated

TONES = {"asked": "due_soon", "given": "done", "refused": "overdue"}


class ShownLine(NamedTuple):
    """A priced line: `quantity` with its unit; `why` says what of it is free and why."""

    name: str
    quantity: str
    price_fen: int
    amount_fen: int
    why: str = ""


class Sheet(NamedTuple):
    """Lines with their sum; `chip` is what the resident said to it."""

    lines: Sequence[ShownLine]
    total_fen: int
    chip: Chip | None = None


class OrderCard(NamedTuple):
    """The repair on its order; `warranty` is the earlier request's number."""

    diagnosis: str
    quote: Sheet | None
    materials: Sheet | None
    warranty: str
    consent: Mapping[str, Any]
    signed_by: str


class RequestCard(NamedTuple):
    """The repair on its request; `tell` are the sentences for the resident."""

    quote: Sheet | None
    charge: Sheet | None
    warranty: str
    accept_by: datetime | None
    acceptance: str
    accepted_at: datetime | None
    callback: str
    callback_url: str
    disputed: int
    tell: Sequence[str]
    consent_url: str


def order_card(order: Any) -> OrderCard | None:
    """None for what is no repair, or has nothing to show yet."""
    if order.kind != "repair":
        return None
    card = OrderCard(
        order.diagnosis or "",
        _quote(order.quote),
        _sheet(order.materials) if order.materials else None,
        (order.warranty or {}).get("request", ""),
        order.quote or {},
        order.signed_by or "",
    )
    return card if any(card) else None


def request_card(request: Any, place: Place, now: datetime) -> RequestCard | None:
    if request.kind != "repair":
        return None
    acceptance, callback = request.acceptance or {}, request.callback or {}
    number = callback.get("number")
    card = RequestCard(
        _quote(request.quote),
        _sheet(request.charge["lines"]) if request.charge and request.charge["lines"] else None,
        (request.warranty or {}).get("request", ""),
        request.accept_by if request.state == "answered" else None,
        _said(rules.ACCEPTANCE, acceptance.get("how")),
        acceptance.get("at"),
        _verdict(callback),
        url_for("office_work.record_view", key=number) if number else "",
        request.disputed or 0,
        list(_to_tell(request, place, now)),
        url_for("office_work.record_view", key=request.quote["order"]) if _waits_for_consent(request) else "",
    )
    return card if any(card) else None


def quote_chip(quote: Mapping[str, Any] | None) -> Chip | None:
    """What the resident said to a quote."""
    state = (quote or {}).get("state", "")
    return chip_of(TONES[state], rules.CONSENT[state]) if state in TONES else None


def price_lines(order: Any) -> Sequence[Mapping[str, Any]]:
    """The lines that the order may be quoted by; none without a price list."""
    if not order.price_list:
        return ()
    try:
        return list(revision_body("price_list", order.price_list["code"], order.price_list["revision"])["lines"])
    except NotFound:
        return ()


def _quote(quote: Mapping[str, Any] | None) -> Sheet | None:
    if not quote:
        return None
    return _sheet(quote["lines"])._replace(total_fen=quote["total_fen"], chip=quote_chip(quote))


def _sheet(lines: Iterable[Mapping[str, Any]]) -> Sheet:
    shown = [_line(each) for each in lines]
    return Sheet(shown, sum(line.amount_fen for line in shown))


def _line(row: Mapping[str, Any]) -> ShownLine:
    quantity = f"{row['quantity']:g} {row['unit']}"
    why = _said(rules.FREE, row.get("free"))
    if why and row.get("charged"):
        words = Words("计费 {n} {unit}，其余{why}", "{n} {unit} charged; the rest: {why}")
        why = say(words.fill(n=f"{row['charged']:g}", unit=row["unit"], why=why))
    return ShownLine(say(translated(row["name"])), quantity, row["price_fen"], row["amount_fen"], why)


def _said(table: Mapping[str, Words], key: str | None) -> str:
    return say(table[key]) if key is not None and key in table else ""


def _verdict(callback: Mapping[str, Any]) -> str:
    if "satisfied" not in callback:
        return ""
    return say(Words("满意", "satisfied") if callback["satisfied"] else Words("不满意", "not satisfied"))


def _waits_for_consent(request: Any) -> bool:
    return rules.is_undecided(request.quote) and request.state in OPEN_STATES


def _to_tell(request: Any, place: Place, now: datetime) -> Iterable[str]:
    if _waits_for_consent(request):
        words = Words("维修报价 {sum}，您同意后我们再施工。", "The repair is quoted at {sum}; we go on once you agree.")
        yield say(words.fill(sum=yuan(request.quote["total_fen"])))
    if request.state != "answered" or not request.charge:
        return
    total = request.charge["total_fen"]
    words = Words("维修已完成，费用 {sum}。", "The repair is done; it costs {sum}.")
    yield say(
        words.fill(sum=yuan(total)) if total else Words("维修已完成，不收费。", "The repair is done, free of charge.")
    )
    if request.warranty:
        words = Words("这次在 {n} 的质保期内，不收费。", "It is free under the warranty of {n}.")
        yield say(words.fill(n=request.warranty["request"]))
    if request.accept_by:
        words = Words(
            "如有问题请在 {by} 前告诉我们，没有异议即视为验收。",
            "Tell us by {by} if anything is wrong; without a word it counts as accepted.",
        )
        yield say(words.fill(by=day_and_time(request.accept_by, now, place.zone)))
