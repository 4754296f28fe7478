"""The verbs of a repair (clause 3.2): on its order diagnosis, quote, consent and materials; on its request the verdict.

Orders and requests never change each other: an order leaves word for its request, and the relay carries it here.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from store.actor import Actor
from store.charges import rules
from store.content.reading import revision_body
from store.deadlines import operations as deadlines
from store.errors import Conflict, Invalid, RuleBroken
from store.fields.checking import needed_text
from store.fields.spec import MAX_LONG_TEXT
from store.lifecycle import does
from store.relay import makes
from store.requests import operations as requests
from store.requests import rules as request_rules
from store.requests.callbacks import call_back
from store.requests.documents import SERVICE_REQUEST, ServiceRequest
from store.versioned import Change
from store.words import Words
from store.work import operations as work
from store.work.documents import WORK_ORDER, WorkOrder

NOT_A_REPAIR = Words("只有维修才有此操作", "Only repairs have this")
# A clerk may save the request at the same moment: whoever carries word to it tries again.
TRIES = 5


# The order


@does(WORK_ORDER, "diagnose")
def diagnose(order_id: object, *, text: str, actor: Actor, now: datetime, seen: int | None = None) -> WorkOrder:
    """What is broken and why. Raises `Invalid` without words."""
    order, state = _begin(order_id, "diagnose", actor, seen)
    text = needed_text(text, "text", Words("请写明故障原因", "Write what is broken"))
    return work.write(order, Change("diagnose", {}, {"state": state, "diagnosis": text}), actor=actor, now=now)


@does(WORK_ORDER, "quote")
def quote(
    order_id: object, *, lines: Sequence[Mapping[str, Any]], actor: Actor, now: datetime, seen: int | None = None
) -> WorkOrder:
    """Tell the price before the work, by the price list that was in force when the request came in; every clock rests
    until the resident has answered. A second quote takes the place of the first.

    Raises `Invalid` for lines the list does not have, `RuleBroken` `no_price_list`.
    """
    order, state = _begin(order_id, "quote", actor, seen)
    rows = rules.priced(_prices(order), list(lines))
    if not rows:
        raise Invalid.one("required", Words("请至少选一项收费项目", "Give at least one line"), "lines")
    at = actor.happened(now)
    asked = rules.quoted(
        rows,
        by=actor.code,
        at=at,
        warranty=order.warranty,
        before=order.quote,
        paid_before=order.paid_before,
    )
    fields = {"state": state, "quote": asked, "reason": None, "clocks": deadlines.paused(order.clocks, at)}
    nth = order.version + 1
    word = work.progress_for_request(order, "quoted", nth=nth, at=at, lines=rows, total_fen=asked["total_fen"])
    return work.write(
        order, Change("quote", {"total_fen": asked["total_fen"]}, fields, make=word), actor=actor, now=now
    )


@does(WORK_ORDER, "consent")
def consent(
    order_id: object,
    *,
    given: bool,
    signature: str = "",
    total_fen: int | None = None,
    note: str = "",
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> WorkOrder:
    """The resident's answer to the quote, by signature or told at the desk; the clocks run on.

    After a refusal the work may go on – making safe, another quote – and only what was agreed to earlier is charged.
    `total_fen` is the sum that he was shown. Raises `RuleBroken` `nothing_to_consent`, `other_sum`.
    """
    order, state = _begin(order_id, "consent", actor, seen)
    if not rules.is_undecided(order.quote):
        words = Words("没有等待业主答复的报价", "No quote is waiting for an answer")
        raise RuleBroken("nothing_to_consent", words, "quote")
    if given:
        rules.check_sum(total_fen, order.quote["total_fen"])
    signature = rules.check_signature(signature)
    at, answer = actor.happened(now), "given" if given else "refused"
    how = "signature" if signature else "told"
    said = {"signature": signature, "note": note.strip()[:MAX_LONG_TEXT]}
    decided = {**order.quote, "state": answer, "answered_at": at, "answered_by": actor.code, "how": how}
    decided |= {name: value for name, value in said.items() if value}
    fields = {"state": state, "quote": decided, "clocks": deadlines.resumed(order.clocks, at)}
    word = work.progress_for_request(order, answer, nth=order.version + 1, at=at)
    change = Change("consent", {"answer": answer, "how": how}, fields, make=word)
    return work.write(order, change, actor=actor, now=now)


@does(WORK_ORDER, "materials")
def materials(
    order_id: object,
    *,
    lines: Sequence[Mapping[str, Any]] = (),
    waived: bool | None = None,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> WorkOrder:
    """What was used: in place of what was entered before. Raises as `quote`; no lines at all clears it.

    More than the resident agreed to is quoted again, or `waived`: used and not charged. Raises `RuleBroken`
    `beyond_quote`, but not for a tablet: what it tells has been used already, and the rules never charge it.
    """
    order, state = _begin(order_id, "materials", actor, seen)
    rows = rules.priced(_prices(order), list(lines))
    if not waived and not (actor.entry and actor.entry.operation):
        rules.check_agreed(rules.cost_of({**order.to_mongo().to_dict(), "materials": rows}))
    detail = {"lines": [row["line"] for row in rows]} | ({"waived": True} if waived else {})
    change = Change("materials", detail, {"state": state, "materials": rows})
    return work.write(order, change, actor=actor, now=now)


def _begin(order_id: object, verb: str, actor: Actor, seen: int | None) -> tuple[WorkOrder, str]:
    order, state = work.begin(order_id, verb, actor, seen)
    if order.kind != "repair":
        raise RuleBroken("not_a_repair", NOT_A_REPAIR, "kind")
    return order, state


def _prices(order: WorkOrder) -> Sequence[Mapping[str, Any]]:
    if not order.price_list:
        words = Words(
            "该服务项目没有收费标准，不能报价和登记收费材料", "The service item has no price list: nothing to quote"
        )
        raise RuleBroken("no_price_list", words, "lines")
    lines: Sequence[Mapping[str, Any]] = revision_body("price_list", **_pin(order.price_list))["lines"]
    return lines


def _pin(pinned: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": pinned["code"], "number": pinned["revision"]}


# The request


@does(SERVICE_REQUEST, "approve")
def approve(key: object, *, note: str = "", actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """The resident says that it is well done: the case is closed. Clause 3.2."""
    request, state = _begin_request(key, "approve", actor, seen)
    accepted = {"how": "told", "at": now, "by": actor.code}
    clocks = deadlines.kept(request.clocks, request_rules.kept_by("approve", request.kind), now)
    fields = {"state": state, "acceptance": accepted, "closed_at": now, "clocks": clocks, "untold": None}
    push = {"replies": _said(note, actor, now)} if note.strip() else {}
    change = Change("approve", {"how": "told"}, fields, push=push, make=call_back(request.to_mongo().to_dict(), now))
    return _write_request(request, change, actor, now)


@does(SERVICE_REQUEST, "dispute")
def dispute(key: object, *, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """The resident says that it is not: the promises start anew, and somebody goes again. Raises `Invalid`.

    Everything runs under the revisions that the case began with. What was paid for once is not charged again.
    """
    request, state = _begin_request(key, "dispute", actor, seen)
    reason = needed_text(reason, "reason")
    item = revision_body("service_item", **_pin(request.item))
    clocks = requests.started_anew(request, requests.start_clocks(item, at=now, moment=request.created_at or now))
    make, made = requests.next_order(request, item, clocks, now)
    fields = {
        "state": state,
        "clocks": clocks,
        "disputed": request.disputed + 1,
        "orders_made": made,
    }
    leads = requests.leads_of(request, now)
    due = deadlines.next_due(clocks)
    told = [requests.notice(request, leads, "repair-disputed", urgent=True, due=due)] if leads else []
    # The words stay in the record, whose personal data can be erased.
    push = {"replies": _said(reason, actor, now)}
    gone = ("accept_by", "answered_at", "acceptance", "waiting_for")
    change = Change("dispute", {}, fields, unset=gone, push=push, notify=told, make=make)
    return _write_request(request, change, actor, now)


@does(SERVICE_REQUEST, "correct_charge")
def correct_charge(
    key: object,
    *,
    lines: Sequence[Mapping[str, Any]] = (),
    reason: str,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> ServiceRequest:
    """Charge less than the rules made it: `lines` are what is still paid for, as `[{line, quantity}]`. Clause 3.2.

    Raises `Invalid` as `rules.corrected`, and without a reason.
    """
    request, state = _begin_request(key, "correct_charge", actor, seen)
    reason = needed_text(reason, "reason")
    before: Mapping[str, Any] = request.charge or {}
    rows = rules.corrected(before, list(lines))
    total = rules.total_fen(rows)
    detail = {"before_fen": before["total_fen"], "total_fen": total}
    fields = {"state": state, "charge": {"lines": rows, "total_fen": total}}
    change = Change("correct_charge", detail, fields, push={"replies": _said(reason, actor, now)})
    return _write_request(request, change, actor, now)


def _begin_request(key: object, verb: str, actor: Actor, seen: int | None) -> tuple[ServiceRequest, str]:
    request, state = requests.begin(key, verb, actor, seen)
    if request.kind != "repair":
        raise RuleBroken("not_a_repair", NOT_A_REPAIR, "kind")
    return request, state


def _write_request(request: ServiceRequest, change: Change, actor: Actor, now: datetime) -> ServiceRequest:
    return requests.write(request, change, actor=actor, now=now)


def _said(text: str, actor: Actor, now: datetime) -> dict[str, Any]:
    said = text.strip()[:MAX_LONG_TEXT]
    return {"at": now, "by": actor.code, "by_name": actor.name, "text": said, "internal": True}


# Word from the order to its request


@makes("repair_progress")
def apply_repair_progress(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """The relay's half: the request learns of quote, consent and end, each once."""
    for attempt in range(TRIES):
        request = requests.get(intent["values"]["request"], actor)
        if intent["key"] in request.heard:
            return
        change = _CHANGES[_subject(intent["values"])](request, intent["values"], source, now)
        push = {**change.push, "heard": intent["key"]}
        try:
            _write_request(request, Change(**{**vars(change), "push": push}), actor, now)
        except Conflict:
            if attempt == TRIES - 1:
                raise
        else:
            return


def _subject(values: Mapping[str, Any]) -> str:
    called = values["order_kind"] == "callback"
    return f"callback_{values['outcome']}" if called else str(values["outcome"])


def _quoted(request: ServiceRequest, values: Mapping[str, Any], source: Mapping[str, Any], now: datetime) -> Change:
    asked = {"order": values["number"], "state": "asked", "at": values["at"]}
    fields: dict[str, Any] = {"quote": {**asked, "lines": values["lines"], "total_fen": values["total_fen"]}}
    if request.state in SERVICE_REQUEST["wait"].before:
        # Whoever has quoted has answered.
        kept = request_rules.kept_by("quoted", request.kind)
        clocks = deadlines.paused(deadlines.kept(request.clocks, kept, values["at"]), values["at"])
        fields |= {"state": "waiting", "waiting_for": "consent", "clocks": clocks}
    # Signed on the spot a moment later: then there is nobody to telephone.
    waits = rules.is_undecided(source.get("quote"))
    told = _told(request, "quote-asked", source, now) if waits else []
    return Change("quoted", {"number": values["number"], "total_fen": values["total_fen"]}, fields, notify=told)


def _answered_quote(
    request: ServiceRequest, values: Mapping[str, Any], source: Mapping[str, Any], now: datetime
) -> Change:
    answer = values["outcome"]
    fields: dict[str, Any] = {"quote": {**request.quote, "state": answer, "answered_at": values["at"]}}
    if request.state == "waiting" and request.waiting_for == "consent":
        fields |= {"state": "accepted", "clocks": deadlines.resumed(request.clocks, values["at"])}
    told = _told(request, "quote-refused", source, now) if answer == "refused" else []
    detail = {"number": values["number"], "answer": answer}
    return Change("quote_answered", detail, fields, unset=("waiting_for",), notify=told)


def _done(request: ServiceRequest, values: Mapping[str, Any], source: Mapping[str, Any], now: datetime) -> Change:
    """The repair is finished: the charge is known, and the resident is asked – or has signed already."""
    entry = {"key": source["key"], "number": values["number"], "state": "done"}
    if request.state == "cancelled":
        return Change("work_done", entry, push={"work_orders": entry})
    fields: dict[str, Any] = {"charge": _charge(request, source)}
    if request.state == "closed":
        return Change("work_done", entry, fields, push={"work_orders": entry})
    at = values["at"]
    item = revision_body("service_item", **_pin(request.item))
    fields |= {
        "state": "answered",
        "clocks": deadlines.kept(request.clocks, request_rules.kept_by("repaired", request.kind), at),
        "answered_at": at,
        # From when we hear of it: the desk could not ask the resident before.
        "accept_by": rules.accept_by(now, item.get("acceptance_days")),
    }
    make: list[dict[str, Any]] = []
    if values.get("signed"):
        fields |= {"state": "closed", "closed_at": at, "acceptance": {"how": "signature", "at": at}}
        make = call_back({**request.to_mongo().to_dict(), **fields}, now)
    told = [] if values.get("signed") else _told(request, "repair-answered", source, now, due=fields["accept_by"])
    push = {"work_orders": entry}
    return Change("work_done", entry, fields, unset=("waiting_for",), push=push, notify=told, make=make)


def _charge(request: ServiceRequest, order: Mapping[str, Any]) -> dict[str, Any]:
    """The lines of all its orders; those of this one by the rules."""
    before = (request.charge or {}).get("lines") or []
    # As the order was signed for; one of an earlier version does not know itself what was paid before it.
    known = {"warranty": request.warranty, "paid_before": rules.paid_lines(request.charge)}
    lines = rules.cost_of({**order, **known})
    return {"lines": [*before, *lines], "total_fen": rules.total_fen([*before, *lines])}


def _cancelled(request: ServiceRequest, values: Mapping[str, Any], source: Mapping[str, Any], now: datetime) -> Change:
    entry = {"key": source["key"], "number": values["number"], "state": "cancelled"}
    withdrawn = rules.is_undecided(request.quote) and request.quote["order"] == values["number"]
    fields: dict[str, Any] = {"quote": None} if withdrawn else {}
    if request.state == "waiting" and request.waiting_for == "consent":
        fields |= {"state": "accepted", "clocks": deadlines.resumed(request.clocks, now)}
    # Of a request that was cancelled the order was taken back: that is no news to anybody.
    told = [] if request.state == "cancelled" else _told(request, "work-done", source, now)
    return Change("work_done", entry, fields, unset=("waiting_for",), push={"work_orders": entry}, notify=told)


def _called_back(
    request: ServiceRequest, values: Mapping[str, Any], source: Mapping[str, Any], now: datetime
) -> Change:
    result = {"number": values["number"], "satisfied": values["satisfied"], "at": values["at"]}
    leads = [] if values["satisfied"] else requests.leads_of(request, now)
    told = [requests.notice(request, leads, "callback-unsatisfied", urgent=False)] if leads else []
    return Change("called_back", result, {"callback": result}, notify=told)


def _not_called_back(
    request: ServiceRequest, values: Mapping[str, Any], source: Mapping[str, Any], now: datetime
) -> Change:
    return Change("called_back", {"number": values["number"], "cancelled": True})


def _told(
    request: ServiceRequest, template: str, source: Mapping[str, Any], now: datetime, **more: Any
) -> list[dict[str, Any]]:
    """A message to who goes on with the request."""
    people = requests.who_goes_on(request, source, now)
    return [requests.notice(request, people, template, urgent=False, **more)] if people else []


_CHANGES: dict[str, Callable[[ServiceRequest, Mapping[str, Any], Mapping[str, Any], datetime], Change]] = {
    "quoted": _quoted,
    "given": _answered_quote,
    "refused": _answered_quote,
    "done": _done,
    "cancelled": _cancelled,
    "callback_done": _called_back,
    "callback_cancelled": _not_called_back,
}
