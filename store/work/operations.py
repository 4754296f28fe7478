"""The verbs of work orders (clauses 2.2–2.5, 3.2–3.5). Screens, API, tablet and jobs all come through here.

What is done on the spot has modules of its own; whoever loads this one has all verbs of an order.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import BulkWriteError

from store import lifecycle
from store.actor import Actor, TabletEntry
from store.blame import is_nothing_but_duplicates
from store.calendars.rules import promised
from store.charges import rules as repairs
from store.clock import earliest
from store.deadlines import operations as deadlines
from store.directory import values_of
from store.errors import Conflict, Invalid, NotFound, Recorded, RuleBroken
from store.fields.checking import needed_text
from store.fields.spec import MAX_LONG_TEXT, MAX_TEXT
from store.lifecycle import does
from store.numbering import take
from store.people.operations import check_assignable
from store.relay import makes
from store.usage import MOST_SHOWN, User, finds_users, open_records
from store.versioned import Change, event_values
from store.words import translated
from store.work import evidence as evidence
from store.work import findings, rules
from store.work import point_photos as point_photos
from store.work import rounds as rounds
from store.work.answers import merged, new_photos, photos_of, unphotographed, with_photographed
from store.work.corrections import remembering, taken_back
from store.work.dispatch import dispatched
from store.work.documents import WORK_ORDER, WorkOrder
from store.work.findings import raise_finding as raise_finding
from store.work.findings import verdict as verdict
from store.work.supervision import supervise as supervise
from store.work.writing import begin as begin
from store.work.writing import get as get
from store.work.writing import params as params
from store.work.writing import write as write


@finds_users
def assigned_orders(kind: str, code: str) -> list[User]:
    """Whoever leaves hands his open work over first: nobody would be told that it is nobody's."""
    if kind != "staff":
        return []
    found = WorkOrder.objects(assignee=code, state__in=sorted(rules.OPEN_STATES)).only(
        "number", "title", "title_en", "estate"
    )
    return open_records(found.limit(MOST_SHOWN), "work_order")


def make(values: Sequence[Mapping[str, Any]], *, actor: Actor, now: datetime, timezone: str) -> int:
    """Insert many orders in one go; those whose key exists already are left alone. Returns how many are new.

    `values` are stored shapes without number, version and events; each has `estate`, `key`, `kind`, `title`, `state`.
    """
    if not values:
        return 0
    numbers = take(WorkOrder.KIND.prefix, now, timezone, len(values))
    documents = [_stored(each, number, actor, now) for each, number in zip(values, numbers, strict=True)]
    try:
        WorkOrder._get_collection().insert_many(documents, ordered=False)
    except BulkWriteError as error:
        if not is_nothing_but_duplicates(error):
            raise
        return len(documents) - len(error.details["writeErrors"])
    return len(documents)


def _stored(values: Mapping[str, Any], number: str, actor: Actor, now: datetime) -> dict[str, Any]:
    change = Change("create", {"source": values.get("source", {}).get("number", "")}, notify=values.get("notify") or ())
    stored = {key: value for key, value in values.items() if key != "notify" and value is not None}
    stored |= {
        "_id": ObjectId(),
        "number": number,
        "version": 1,
        "relayed": 0,
        "created_at": now,
        "changed_at": now,
        "events": [event_values(change, n=1, actor=actor, now=now)],
    }
    check = deadlines.next_check(stored, rules.next_own_check(stored))
    moments = {"due_at": deadlines.due_to_show(stored), "next_check_at": check}
    stored |= {name: at for name, at in moments.items() if at is not None}
    if change.notify:
        stored["pending"] = True
    return stored


@makes("work_order")
def make_from_intent(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """The relay's half of a verb that wanted a work order; the key makes it happen once."""
    values = {**intent["values"], "key": intent["key"], "estate": source["estate"]}
    values = dispatched(values, now)
    estate = values_of("estate", source["estate"]) or {}
    make([values], actor=actor, now=now, timezone=estate.get("timezone", "Asia/Shanghai"))


@does(WORK_ORDER, "assign")
def assign(
    order_id: object, *, to: str, actor: Actor, now: datetime, seen: int | None = None, note: str = ""
) -> WorkOrder:
    """Give the order to a member of staff who works in its estate. Raises `Invalid` `not_assignable`."""
    order, _ = begin(order_id, "assign", actor, seen)
    check_assignable(to, order.estate)
    rules.check_not_barred(order.barred, to, "to")
    told = [{"to": [to], "template": "work-assigned", "urgent": order.priority <= 2, "params": params(order)}]
    change = Change("assign", {"to": to, "from": order.assignee, "note": note}, {"assignee": to}, notify=told)
    return write(order, change, actor=actor, now=now)


@does(WORK_ORDER, "hand_over")
def hand_over(
    order_id: object, *, to: str, note: str = "", actor: Actor, now: datetime, seen: int | None = None
) -> WorkOrder:
    """Pass the order on to a colleague who works in its estate, and tell him. Raises `Invalid` `not_assignable`."""
    order, _ = begin(order_id, "hand_over", actor, seen)
    check_assignable(to, order.estate)
    rules.check_not_barred(order.barred, to, "to")
    # The note stays in the order: it may say anything, and notices travel far.
    said = {**params(order), "name": actor.name}
    told = [{"to": [to], "template": "work-handed-over", "urgent": order.priority <= 2, "params": said}]
    change = Change("hand_over", {"to": to, "from": order.assignee, "note": note}, {"assignee": to}, notify=told)
    return write(order, change, actor=actor, now=now)


@makes("order_handed_over")
def take_over_from_shift(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """A shift ended: what was the leaver's own and is still open is his successor's, in the leaver's name.

    Whatever has changed hands or ended meanwhile stays as it is, and so does what the successor may not do. The intent
    stands in the event as a tablet's entry does: once handed over it may come back to the leaver, and stays with him.
    """
    values = intent["values"]
    order = WorkOrder.objects(estate=values["estate"], key=values["order"]).first()
    if order is None or order.assignee != values["by"] or order.state not in rules.OPEN_STATES:
        return
    person = values_of("staff", values["by"])
    name = translated(person["name"]).zh if person else values["by"]
    leaver = replace(actor, code=values["by"], name=name, entry=TabletEntry(operation=intent["key"]))
    # Who takes over has signed for it on the spot: the refusal of a rule leaves the order where it is.
    with suppress(Invalid, RuleBroken, Recorded):
        hand_over(order.pk, to=values["to"], actor=leaver, now=now, seen=order.version)


@does(WORK_ORDER, "accept")
def accept(order_id: object, *, actor: Actor, now: datetime, seen: int | None = None) -> WorkOrder:
    """Take the order oneself. What is somebody else's is taken over, and the history says so."""
    order, state = begin(order_id, "accept", actor, seen)
    at = actor.happened(now)
    clocks = deadlines.stopped(order.clocks, "response", at)
    fields = {"state": state, "assignee": actor.code, "clocks": clocks}
    word = response_to_request(order, "accept", at=at, by=actor.code)
    return write(order, Change("accept", {"from": order.assignee}, fields, make=word), actor=actor, now=now)


@does(WORK_ORDER, "start")
def start(order_id: object, *, actor: Actor, now: datetime, seen: int | None = None) -> WorkOrder:
    """Arrived and at work (clause 3.2): the response promise is kept at the moment it happened."""
    order, state = begin(order_id, "start", actor, seen)
    at = actor.happened(now)
    clocks = deadlines.stopped(order.clocks, "response", at)
    whose = order.assignee or actor.code
    begun = earliest(order.started_at, at)
    fields = {"state": state, "started_at": begun, "assignee": whose, "clocks": clocks}
    words = [*response_to_request(order, "start", at=at, by=whose), *_step_report(order, "started", at, actor)]
    change = Change("start", {}, fields, make=words)
    return write(order, change, actor=actor, now=now)


@does(WORK_ORDER, "pause")
def pause(order_id: object, *, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> WorkOrder:
    """Stop the clocks for a stated reason (part on order, resident away). Raises `Invalid` without one."""
    order, state = begin(order_id, "pause", actor, seen)
    reason = needed_text(reason, "reason")
    fields = {"state": state, "reason": reason, "clocks": deadlines.paused(order.clocks, actor.happened(now))}
    return write(order, Change("pause", {"reason": reason}, fields), actor=actor, now=now)


@does(WORK_ORDER, "resume")
def resume(order_id: object, *, actor: Actor, now: datetime, seen: int | None = None) -> WorkOrder:
    order, state = begin(order_id, "resume", actor, seen)
    repairs.check_decided(order.quote)
    fields = {"state": state, "clocks": deadlines.resumed(order.clocks, actor.happened(now))}
    return write(order, Change("resume", {}, fields, unset=("reason",)), actor=actor, now=now)


@does(WORK_ORDER, "complete")
def complete(
    order_id: object,
    *,
    actor: Actor,
    now: datetime,
    answers: Sequence[Mapping[str, Any]] = (),
    note: str = "",
    signature: str = "",
    signed_by: str = "",
    total_fen: int | None = None,
    satisfied: bool | None = None,
    seen: int | None = None,
) -> WorkOrder:
    """Finish the order; answers given on the way count. Of a repair the resident may sign (`signature` is the hash of a
    picture) under the sum of `total_fen`, of a call-back he is `satisfied` or not.

    Raises `Invalid` when the checklist's required items have no answer, a call-back has no result, or – for whoever has
    a camera, which is whoever speaks through a tablet – there is no photo where one is needed. In the office such an
    order is done, and not proven.
    """
    order, state = begin(order_id, "complete", actor, seen)
    rules.check_completion(order.kind, order.checkpoints)
    rules.check_callback(order.kind, satisfied, note)
    rules.check_pictures(order.kind, order.photos)
    signature = repairs.check_signature(signature)
    stored = order.to_mongo()
    repairs.check_sum(total_fen, repairs.total_fen(repairs.cost_of(stored)))
    body = {} if repairs.is_turned_away(stored) else findings.checklist_body(order)
    photos = new_photos(order.photos, photos_of(answers))
    told = [remembering(order.answers, each) for each in answers]
    given = with_photographed(body, merged(order.answers, told), order.photos)
    missing = unphotographed(body, given, [*order.photos, *photos])
    problems = rules.check_answers(body, given) + (missing if actor.entry and actor.entry.operation else [])
    if problems:
        raise Invalid(problems)
    failed = rules.failed_items(body, given)
    percent = rules.score_percent(body, given)
    at = actor.happened(now)
    fields = {
        "state": state,
        # A colleague's arrival may have come in before an earlier completion: what is done was begun by then.
        "started_at": earliest(order.started_at, at),
        "finished_at": at,
        "note": note[:MAX_LONG_TEXT] or None,
        "answers": given,
        "proven": (bool(given) and not missing) or not order.checklist,
        "clocks": deadlines.all_stopped(order.clocks, at),
        "signature": signature or None,
        "signed_by": signed_by.strip()[:MAX_TEXT] or None,
        "satisfied": satisfied,
    }
    detail: dict[str, Any] = {"failed": failed, "percent": percent}
    detail |= {name: value for name, value in (("signed", bool(signature)), ("satisfied", satisfied)) if value}
    words = progress_for_request(order, "done", at=at, signed=bool(signature), satisfied=satisfied)
    if order.kind == "rectification":
        words = [*words, findings.rectified(order, note=note, actor=actor, at=at)]
    lines, found = findings.of_failed_items(order, body, given, actor=actor, at=at)
    push: dict[str, Any] = {"findings": lines} if lines else {}
    correction = taken_back(order, body, given, actor=actor, at=at)
    if correction:
        # One write cannot both set a list and add to it.
        fields["findings"] = [*correction.findings, *push.pop("findings", [])]
        found = [*correction.intents, *found]
    if photos:
        push["photos"] = [{**each, "by": actor.code, "at": at} for each in photos]
    first = response_to_request(order, "complete", at=at, by=order.assignee or actor.code)
    wanted = [*first, *words, *found, *_step_report(order, "done", at, actor)]
    change = Change("complete", detail, fields, push=push, make=wanted)
    return write(order, change, actor=actor, now=now)


@does(WORK_ORDER, "cancel")
def cancel(order_id: object, *, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> WorkOrder:
    """Raises `Invalid` without a reason."""
    order, state = begin(order_id, "cancel", actor, seen)
    rules.check_cancellation(order.kind)
    reason = needed_text(reason, "reason")
    return write(order, _cancellation(order, state, reason, actor, now), actor=actor, now=now)


def _cancellation(order: WorkOrder, state: str, reason: str, actor: Actor, now: datetime) -> Change:
    fields = {"state": state, "reason": reason, "finished_at": now, "clocks": deadlines.withdrawn(order.clocks, now)}
    words = [*progress_for_request(order, "cancelled"), *_step_report(order, "cancelled", now, actor)]
    return Change("cancel", {"reason": reason}, fields, make=words)


@does(WORK_ORDER, "acknowledge")
def acknowledge(order_id: object, *, actor: Actor, now: datetime, seen: int | None = None) -> WorkOrder:
    """ "I take care of it": the escalation rests until the policy's acknowledgement times out."""
    order, _ = begin(order_id, "acknowledge", actor, seen)
    fields = {"clocks": deadlines.acknowledged(order.clocks, actor.code, now)}
    return write(order, Change("acknowledge", {}, fields), actor=actor, now=now)


# What of an order `allowed` looks at.
ALLOWED_BY = ("state", "kind", "quote", "price_list", "barred")


def allowed(order: WorkOrder, actor: Actor) -> list[str]:
    """The verbs that the state allows now; the route decides which the actor's role allows."""
    never: set[str] = set(rules.DOING) if actor.code in order.barred else set()
    if order.kind == "repair" and not order.price_list:
        never |= {"quote", "consent", "materials"}
    never |= {"resume"} if repairs.is_undecided(order.quote) else {"consent"}
    verbs = lifecycle.allowed(WORK_ORDER, order.state)
    return [verb for verb in verbs if rules.knows(order.kind, verb) and verb not in never]


@makes("order_withdrawal")
def withdraw(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """What wanted the order is over – its finding was cancelled, its drill or incident has ended: so is the order, unless
    it is finished already."""
    values = intent["values"]

    def cancelled(order: WorkOrder) -> Change:
        state = lifecycle.next_state(WORK_ORDER, "cancel", order.state)
        return _cancellation(order, state, values["reason"], actor, now)

    _change_open(source["estate"], values["order"], cancelled, actor, now)


@makes("order_deadline")
def change_deadline(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """The order's promise and urgency follow those of its finding."""
    values = intent["values"]

    def retimed(order: WorkOrder) -> Change | None:
        clocks = deadlines.retimed(order.clocks, "complete", promised(values.get("minutes"), values.get("days")), now)
        if clocks == order.clocks and order.priority == values["priority"]:
            return None
        fields = {"clocks": clocks, "priority": values["priority"]}
        return Change(
            "change_deadline", {name: values[name] for name in ("minutes", "days") if values.get(name)}, fields
        )

    _change_open(source["estate"], values["order"], retimed, actor, now)


@makes("order_facts")
def correct_facts(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Where it is after all, and whose warranty it falls under: the request was recorded wrongly."""
    facts = intent["values"]["facts"]

    def corrected(order: WorkOrder) -> Change | None:
        if all(order[name] == value or (not order[name] and not value) for name, value in facts.items()):
            return None
        return Change("correct", {"place": facts["place"]}, facts)

    _change_open(source["estate"], intent["values"]["order"], corrected, actor, now)


def _change_open(
    estate: str, key: str, change_of: Callable[[WorkOrder], Change | None], actor: Actor, now: datetime
) -> None:
    """Carry out an intent on an order that is still open; what is done with stays as it is. Raises `NotFound`."""
    for last in (False, False, True):
        order = WorkOrder.objects(estate=estate, key=key).first()
        if order is None:
            raise NotFound(WorkOrder.LABEL, key)
        change = change_of(order) if order.state in rules.OPEN_STATES else None
        try:
            if change is not None:
                write(order, change, actor=actor, now=now)
        except Conflict:
            if last:
                raise
        else:
            return


def _step_report(order: WorkOrder, state: str, at: datetime, actor: Actor) -> list[dict[str, Any]]:
    """What a step of a drill or an incident tells the record that it belongs to."""
    if order.kind not in rules.STEP_REPORTS:
        return []
    step = {"record": order.source["id"], "step": order.source["code"], "order": order.number}
    values = {**step, "state": state, "at": at, "by": actor.code}
    return [{"kind": rules.STEP_REPORTS[order.kind], "key": f"{order.key}:{state}", "values": values}]


def progress_for_request(
    order: WorkOrder, outcome: str, *, nth: int | None = None, **more: Any
) -> list[dict[str, Any]]:
    """What the request that an order came from is to hear of it; `nth` tells apart what may happen more than once.

    Repairs and call-backs go on in `store/repairs`; of the rest the request only shows what became of its orders.
    """
    if order.source.get("kind") != "request":
        return []
    kind = "repair_progress" if order.kind in ("repair", "callback") else "request_progress"
    key = f"{order.key}:{outcome}" + (f":{nth}" if nth is not None else "")
    values = {"request": order.source["id"], "number": order.number, "order_kind": order.kind, "outcome": outcome}
    return [{"kind": kind, "key": key, "values": {**values, **more}}]


def response_to_request(order: WorkOrder, verb: str, *, at: datetime, by: str) -> list[dict[str, Any]]:
    """That somebody has taken the order up: the request's promise to respond is kept by whoever is first (clause 3.2)."""
    if order.source.get("kind") != "request" or order.kind == "callback":
        return []
    values = {"request": order.source["id"], "number": order.number, "by": by, "at": at}
    return [{"kind": "request_response", "key": f"{order.key}:{verb}", "values": values}]
