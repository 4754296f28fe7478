"""Rules of repairs: prices, consent, charge, warranty, call-backs. Pure functions over plain values (clauses 2.2, 3.2).

A *priced line* is `{line, name, unit, quantity, price_fen, amount_fen, warranty_days}`: a line of the pinned price list
and how much of it. Money is integer fen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import Any

from store.catalogue.rules import is_divisible
from store.errors import Invalid, Problem, RuleBroken
from store.fields.checking import clean
from store.fields.spec import Field
from store.photos.rules import check_hash
from store.words import Words, translated

PricedLine = dict[str, Any]

CONSENT: dict[str, Words] = {
    "asked": Words("等业主同意", "Waiting for consent"),
    "given": Words("业主同意", "Consent given"),
    "refused": Words("业主不同意", "Consent refused"),
}
# Why a line, or a part of it, costs nothing.
FREE: dict[str, Words] = {
    "warranty": Words("质保期内返修，免费", "Free: under warranty"),
    "refused": Words("业主不同意报价，不收费", "Not charged: the quote was refused"),
    "not_agreed": Words("超出业主同意的报价，不收费", "Not charged: beyond what was agreed"),
    "rework": Words("返工，不重复收费", "Not charged twice: rework"),
    "corrected": Words("收费已更正", "Corrected"),
}
ACCEPTANCE: dict[str, Words] = {
    "signature": Words("业主签字验收", "Accepted by signature"),
    "told": Words("业主确认验收", "Accepted by word"),
    "tacit": Words("逾期未提异议，默认验收", "Accepted tacitly"),
}

LINE = Field("line", "reference", Words("收费项目", "Line"), required=True)
QUANTITY = Field("quantity", "decimal", Words("数量", "Quantity"), required=True, minimum=0.01, maximum=1000)
LINES = Field("lines", "list", Words("收费项目", "Lines"), fields=(LINE, QUANTITY))
# What the verbs take, for the API and for tablets.
DIAGNOSIS = (Field("text", "long_text", Words("故障原因", "What is broken"), required=True),)
QUOTED = (replace(LINES, required=True),)
USED = (
    LINES,
    Field(
        "waived",
        "boolean",
        Words("超出业主同意的部分不收费", "What goes beyond the agreed quote is not charged"),
    ),
)
CORRECTED = (
    replace(LINES, label=Words("仍收费的项目和数量", "What is still charged")),
    Field("reason", "long_text", Words("更正原因", "Why it is corrected"), required=True),
)
_SIGNATURE = Field("signature", "photo", Words("签名照片", "Photo of the signature"))
# The sum under which the resident has put his name; where it is said, it is the sum that counts or nothing.
_SUM = Field("total_fen", "money_fen", Words("签名时的合计", "The sum that was shown"))
ANSWERED = (
    Field("given", "boolean", Words("同意报价", "Agreed"), required=True),
    _SIGNATURE,
    _SUM,
    Field("note", "long_text", Words("备注", "Note")),
)
SIGNED = (_SIGNATURE, Field("signed_by", "text", Words("签字人", "Signed by"), personal=True), _SUM)
SATISFIED = Field("satisfied", "boolean", Words("业主是否满意（回访）", "Is the resident satisfied (call-backs)"))
_HUNDREDTH = Decimal("0.01")
# Two days: while the resident still remembers.
CALLBACK_MINUTES = 2880


def priced(prices: Sequence[Mapping[str, Any]], given: object) -> list[PricedLine]:
    """`[{line, quantity}]` with the prices of the list's lines.

    Raises `Invalid`: a line that the list does not have or that is given twice, a quantity of nothing, in crumbs, or in
    parts of what only comes whole.
    """
    cleaned, problems = clean((LINES,), {"lines": given})
    rows = cleaned.get("lines") or []
    by_code = {each["code"]: each for each in prices}
    problems += [each for n, row in enumerate(rows) for each in _check_row(row, rows[:n], by_code, f"lines.{n}")]
    problems += [each for n, row in enumerate(rows) for each in _check_whole(row, by_code, f"lines.{n}")]
    if problems:
        raise Invalid(problems)
    return [_priced(by_code[row["line"]], row["quantity"]) for row in rows]


def _check_row(
    row: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]], known: Mapping[str, Any], path: str
) -> Iterable[Problem]:
    code, quantity = row.get("line"), row.get("quantity")
    if code is not None and code not in known:
        words = Words("没有这个收费项目：{code}", "There is no such line: {code}").fill(code=code)
        yield Problem("unknown_line", words, f"{path}.line")
    if code is not None and code in {each.get("line") for each in earlier}:
        words = Words("收费项目重复：{code}", "The line is given twice: {code}").fill(code=code)
        yield Problem("duplicate", words, f"{path}.line")
    if quantity is not None and Decimal(str(quantity)) % _HUNDREDTH:
        words = Words("数量最多两位小数", "A quantity has at most two decimal places")
        yield Problem("too_fine", words, f"{path}.quantity")


def _check_whole(row: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], path: str) -> Iterable[Problem]:
    line, quantity = known.get(row.get("line", "")), row.get("quantity")
    if line is not None and quantity is not None and quantity % 1 and not is_divisible(line):
        words = Words("按「{unit}」计的数量应为整数", "What is counted by “{unit}” comes whole").fill(unit=line["unit"])
        yield Problem("not_whole", words, f"{path}.quantity")


def _priced(line: Mapping[str, Any], quantity: float) -> PricedLine:
    shown = {name: line[name] for name in ("name", "unit", "price_fen")}
    days = line.get("warranty_days") or 0
    amount = amount_fen(line["price_fen"], quantity)
    return {"line": line["code"], **shown, "quantity": quantity, "amount_fen": amount, "warranty_days": days}


def amount_fen(price_fen: int, quantity: float) -> int:
    """Half a fen is rounded up, as on a receipt."""
    return int((Decimal(str(quantity)) * price_fen).quantize(Decimal(1), ROUND_HALF_UP))


def total_fen(lines: Iterable[Mapping[str, Any]]) -> int:
    return sum(line["amount_fen"] for line in lines)


def quoted(
    lines: Sequence[PricedLine],
    *,
    by: str,
    at: datetime,
    warranty: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    paid_before: Iterable[str] = (),
) -> dict[str, Any]:
    """The quote that the resident is asked to agree to. Its sum is what `charged` makes of the lines once he has: what
    comes back under warranty, or was paid for once, costs nothing.

    What he agreed to `before` stays agreed to (`agreed`), should he refuse this one.
    """
    costs = charged(lines, quote=None, under_warranty=bool(warranty), paid_before=paid_before, order="")
    total = total_fen(costs)
    quote = {"lines": list(lines), "total_fen": total, "state": "asked", "at": at, "by": by}
    stands = agreed_lines(before)
    return quote if stands is None else {**quote, "agreed": list(stands)}


def agreed_lines(quote: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]] | None:
    """The lines that the resident agreed to last; None when he never did."""
    lines = (quote or {}).get("lines" if (quote or {}).get("state") == "given" else "agreed")
    return lines if lines is None else list(lines)


def is_undecided(quote: Mapping[str, Any] | None) -> bool:
    return bool(quote) and quote is not None and quote.get("state") == "asked"


def is_turned_away(order: Mapping[str, Any]) -> bool:
    """Whether the resident refused the price and nothing was done: then there is no work to look over."""
    quote = order.get("quote") or {}
    return quote.get("state") == "refused" and agreed_lines(quote) is None and not order.get("materials")


def check_decided(quote: Mapping[str, Any] | None) -> None:
    """Work goes on with the resident's answer and not without it. Raises `RuleBroken` `consent_missing`."""
    if is_undecided(quote):
        words = Words(
            "报价还没有业主的答复，请先登记同意或不同意", "The quote has no answer yet: record the consent first"
        )
        raise RuleBroken("consent_missing", words, "quote")


def check_signature(signature: object) -> str:
    """A signature is a photo, named by the hash of its bytes; empty without one. Raises `Invalid` `not_a_hash`."""
    return check_hash(signature) if signature else ""


def charged(
    used: Iterable[PricedLine],
    *,
    quote: Mapping[str, Any] | None,
    under_warranty: bool,
    paid_before: Iterable[str],
    order: str,
) -> list[dict[str, Any]]:
    """What each used line costs: priced lines with `charged` (the quantity paid for), `free` and the order's number.

    Without a quote the list's price holds, for it is public; with one, nothing beyond what was agreed; what was refused,
    comes back under warranty or is done again after a dispute costs nothing.
    """
    lines = agreed_lines(quote)
    agreed = {line["line"]: line["quantity"] for line in lines} if lines is not None else None
    before = set(paid_before)

    def row(line: PricedLine) -> dict[str, Any]:
        quantity, free = line["quantity"], None
        if under_warranty:
            quantity, free = 0, "warranty"
        elif agreed is None and quote:
            quantity, free = 0, "refused"
        elif line["line"] in before:
            quantity, free = 0, "rework"
        elif agreed is not None and agreed.get(line["line"], 0) < quantity:
            quantity, free = agreed.get(line["line"], 0), "not_agreed"
        amount = amount_fen(line["price_fen"], quantity)
        return {**line, "amount_fen": amount, "charged": quantity, "free": free, "order": order}

    return [row(line) for line in used]


def cost_of(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the lines used on an order cost, by what the order itself knows."""
    return charged(
        order.get("materials") or (),
        quote=order.get("quote"),
        under_warranty=bool(order.get("warranty")),
        paid_before=order.get("paid_before") or (),
        order=order.get("number") or "",
    )


def paid_lines(charge: Mapping[str, Any] | None) -> list[str]:
    """The lines that are not paid for again: charged once, or taken off the charge by a manager."""
    lines = (charge or {}).get("lines") or ()
    return [line["line"] for line in lines if line["charged"] or line["free"] == "corrected"]


def check_agreed(rows: Iterable[Mapping[str, Any]]) -> None:
    """More than the resident agreed to is agreed to first, or given away knowingly. Raises `RuleBroken` `beyond_quote`."""
    beyond = [translated(row["name"]) for row in rows if row["free"] == "not_agreed"]
    if beyond:
        words = Words(
            "「{name}」超出业主同意的报价：请重新报价，或选择超出部分不收费",
            "“{name}” goes beyond the agreed quote: quote again, or say that the rest is not charged",
        )
        raise RuleBroken("beyond_quote", words.fill(name=beyond[0]), "lines")


def check_sum(shown: int | None, counted: int) -> None:
    """Nobody signs another sum than is asked of him. Raises `RuleBroken` `other_sum`."""
    if shown is not None and shown != counted:
        words = Words(
            "签名时显示的合计是 ¥{shown}，现在是 ¥{counted}：请业主看过新合计再签名",
            "The sum shown was ¥{shown} and is now ¥{counted}: show the new one and let the resident sign again",
        )
        told = words.fill(shown=f"{shown / 100:.2f}", counted=f"{counted / 100:.2f}")
        raise RuleBroken("other_sum", told, "total_fen")


def corrected(charge: Mapping[str, Any], given: object) -> list[dict[str, Any]]:
    """The lines of a charge of which only `[{line, quantity}]` is paid for: what is left out costs nothing.

    A correction only lowers: for anything more the resident's consent would be missing. Raises `Invalid`: a line that is
    not charged or is given twice, more than is charged, nothing lowered.
    """
    lines: Sequence[Mapping[str, Any]] = charge.get("lines") or ()
    paid = {row["line"]: row for row in lines if row["charged"]}
    cleaned, problems = clean((LINES,), {"lines": given})
    rows = cleaned.get("lines") or []
    problems += [each for n, row in enumerate(rows) for each in _check_row(row, rows[:n], paid, f"lines.{n}")]
    problems += [_too_much(n) for n, row in enumerate(rows) if _exceeds(row, paid)]
    if problems:
        raise Invalid(problems)
    kept = {row["line"]: row["quantity"] for row in rows}
    if all(kept.get(code) == row["charged"] for code, row in paid.items()):
        raise Invalid.one("unchanged", Words("收费没有变化", "The charge stays as it was"), "lines")
    return [_lowered(row, kept.get(row["line"], 0)) for row in lines]


def _exceeds(row: Mapping[str, Any], paid: Mapping[str, Mapping[str, Any]]) -> bool:
    known, quantity = paid.get(row.get("line", "")), row.get("quantity")
    return known is not None and quantity is not None and quantity > known["charged"]


def _too_much(n: int) -> Problem:
    words = Words("更正只能减少收费，增加须重新报价", "A correction only lowers; more needs another quote")
    return Problem("too_much", words, f"lines.{n}.quantity")


def _lowered(row: Mapping[str, Any], quantity: float) -> dict[str, Any]:
    if not row["charged"] or quantity == row["charged"]:
        return dict(row)
    return {**row, "charged": quantity, "amount_fen": amount_fen(row["price_fen"], quantity), "free": "corrected"}


def warranty_of(earlier: Iterable[Mapping[str, Any]], came_in: datetime) -> dict[str, Any]:
    """`{request, until}` of the earlier repair whose warranty holds when the home came back with the same item.

    `earlier` are stored requests. The warranty runs from the acceptance, before it from the answer; empty without one.
    """
    found = [(until, each["number"]) for each in earlier if (until := _warranty_until(each)) and until >= came_in]
    until, number = max(found, default=(None, None))
    return {"request": number, "until": until} if number else {}


def _warranty_until(request: Mapping[str, Any]) -> datetime | None:
    since: datetime | None = request.get("closed_at") or request.get("answered_at")
    days = max((line["warranty_days"] for line in request["charge"]["lines"]), default=0)
    return since + timedelta(days=days) if since and days else None


def accept_by(asked_at: datetime, days: int | None) -> datetime | None:
    """Until when the resident may object; None where silence is never acceptance."""
    return asked_at + timedelta(days=days) if days else None


def is_drawn(name: str, percent: int | None) -> bool:
    """Whether this case is among the share that is called back: drawn by its name, so the draw is the same again."""
    return int.from_bytes(sha256(f"callback:{name}".encode()).digest()[:8]) % 100 < (percent or 0)
