"""The verbs of service requests. Desk, mail, web page, API and workers all come through here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from store import lifecycle, records
from store.access import require
from store.actor import Actor, TabletEntry
from store.calendars.rules import promised_in
from store.charges.rules import paid_lines, warranty_of
from store.content.documents import Revision
from store.content.reading import live, revision_body
from store.deadlines import operations as deadlines
from store.deadlines.rules import Clock
from store.directory import values_of
from store.errors import Invalid, Problem, RuleBroken
from store.fields.checking import needed_text
from store.lifecycle import does
from store.numbering import take
from store.people.operations import Directory, check_assignable
from store.records import told_of
from store.relay import makes
from store.requests import following, rules
from store.requests.callbacks import call_back
from store.requests.documents import SERVICE_REQUEST, ServiceRequest
from store.requests.rules import next_own_check
from store.usage import MOST_SHOWN, User, finds_users, open_records
from store.versioned import Change, commit
from store.versioned import create as create_document
from store.words import Words

CANCELLED = Words("诉求已撤销", "The request was cancelled")


@finds_users
def open_requests(kind: str, code: str) -> list[User]:
    """Of a member of staff who answers for them, or of a household that waits for an answer."""
    if kind not in ("staff", "household"):
        return []
    who = {"assignee": code} if kind == "staff" else {"household": code}
    found = ServiceRequest.objects(**who, state__in=sorted(rules.OPEN_STATES)).only(
        "number", "title", "title_en", "estate"
    )
    return open_records(found.limit(MOST_SHOWN), "service_request")


MOST_OFFERED = 50


def could_lead(request: ServiceRequest) -> list[ServiceRequest]:
    """Open requests of the estate that this one could be joined to: first those of the same item, newest first."""
    wanted = {"estate": request.estate, "state": {"$in": sorted(rules.OPEN_STATES)}, "_id": {"$ne": request.pk}}
    query = ServiceRequest.objects(__raw__={**wanted, "merged_into.id": None}).order_by("-created_at")
    found = list(query.only("number", "title", "item", "place").limit(MOST_OFFERED))
    return sorted(found, key=lambda each: each.item["code"] != request.item["code"])


def get(key: object, actor: Actor) -> ServiceRequest:
    """Raises `NotFound`."""
    return records.get(ServiceRequest, key, actor)


def create(values: Mapping[str, Any], *, actor: Actor, now: datetime) -> ServiceRequest:
    """Take in what a resident asks for; its clocks run from now under the service item's revision in force.

    `values` as `rules.INTAKE`. Raises `Invalid` with every problem. Clauses 2.1, 3.1, 6.1.
    """
    cleaned, problems = rules.check_intake(values)
    if problems:
        raise Invalid(problems)
    require(actor, "requests.write", cleaned["estate"])
    estate = values_of("estate", cleaned["estate"])
    item = live("service_item", cleaned["item"], now)
    problems = missing(estate, item, cleaned)
    if problems or item is None or estate is None:
        raise Invalid(problems)
    request = _new(cleaned, item, estate["timezone"], now)
    return create_document(request, _creation(request, item, now), actor=actor, now=now)


def missing(estate: Mapping[str, Any] | None, item: Revision | None, values: Mapping[str, Any]) -> list[Problem]:
    """What an intake names that is not there, or does not go together."""
    gone = Words("「{code}」不存在或未发布", "“{code}” does not exist or is not published")
    problems = []
    if estate is None:
        problems.append(Problem("reference_missing", gone.fill(code=values["estate"]), "estate"))
    if item is None:
        problems.append(Problem("reference_missing", gone.fill(code=values["item"]), "item"))
    else:
        problems += rules.check_item(item.body, values["kind"])
    household = values.get("household")
    if household:
        home = values_of("household", household)
        if home is None or home.get("estate") != values["estate"]:
            problems.append(Problem("reference_missing", gone.fill(code=household), "household"))
    return problems


def _new(values: Mapping[str, Any], item: Revision, timezone: str, now: datetime) -> ServiceRequest:
    clocks = start_clocks(item.body, at=now, moment=now)
    request = ServiceRequest(
        pk=ObjectId(),
        number=take(ServiceRequest.KIND.prefix, now, timezone)[0],
        state="open",
        clocks=clocks,
        due_at=deadlines.next_due(clocks),
        **{key: value for key, value in values.items() if key != "item"},
        **facts_of(item.body, values.get("place")),
    )
    request.item = {"code": item.code, "revision": item.number}
    request.orders_made = int(rules.spawns_work(item.body, request.kind))
    for name, value in pins_of(request, item.body, now).items():
        setattr(request, name, value)
    request.next_check_at = deadlines.next_check({"clocks": clocks}, None)
    return request


def facts_of(item: Mapping[str, Any], place: str | None) -> dict[str, Any]:
    """What a request has from its service item."""
    named = rules.title(item, place)
    return {
        "title": named.zh,
        "title_en": named.en,
        "clause": item.get("clause"),
        "category": item.get("category"),
        "urgency": item.get("urgency"),
        "priority": rules.PRIORITY_OF_URGENCY.get(item.get("urgency", "normal"), 3),
        "department": item.get("department"),
    }


def pins_of(request: ServiceRequest, item: Mapping[str, Any], moment: datetime) -> dict[str, Any]:
    """What a repair runs under: the price list in force at `moment`, and the warranty that it falls under."""
    if request.kind != "repair":
        return {"price_list": {}, "warranty": {}}
    prices = live("price_list", item["price_list"], moment) if item.get("price_list") else None
    pin = {"code": prices.code, "revision": prices.number} if prices else {}
    return {"price_list": pin, "warranty": _warranty(request, moment)}


def _warranty(request: ServiceRequest, now: datetime) -> dict[str, Any]:
    """Under which earlier repair's warranty this one falls: the same home and the same item."""
    if not request.household:
        return {}
    finished = {"state": {"$in": ["answered", "closed"]}, "charge.lines.warranty_days": {"$gt": 0}}
    query = {"household": request.household, "item.code": request.item["code"], "estate": request.estate, **finished}
    shown = {"number": 1, "closed_at": 1, "answered_at": 1, "charge": 1}
    return warranty_of(ServiceRequest._get_collection().find(query, shown), now)


def _creation(request: ServiceRequest, item: Revision, now: datetime) -> Change:
    people = leads_of(request, now)
    told = notice(request, people, "request-new", urgent=request.priority <= 2)
    make = [work_order(request, item.body, request.clocks, 1, now)] if request.orders_made else []
    return Change(
        "create", {"kind": request.kind, "channel": request.channel}, notify=[told] if people else (), make=make
    )


def work_order(
    request: ServiceRequest, item: Mapping[str, Any], clocks: Sequence[Clock], number: int, now: datetime
) -> dict[str, Any]:
    """The intent of its `number`th order, under the given clocks of the request and what is pinned on it."""
    by_name = {clock["name"]: clock for clock in clocks if deadlines.is_open(clock)}
    response, resolve = by_name.get("response"), by_name.get("resolve")
    checklist = live("checklist", item["checklist"], now) if item.get("checklist") else None
    values = {
        "kind": request.kind,
        "state": "open",
        "title": request.title,
        "title_en": rules.title(item, request.place).en,
        "clause": request.clause,
        "place": request.place,
        "priority": request.priority,
        "department": request.department,
        "source": {"kind": "request", "id": str(request.pk), "number": request.number},
        "clocks": [{**c, "name": name} for c, name in ((response, "response"), (resolve, "complete")) if c],
        "due_at": deadlines.next_due([c for c in (response, resolve) if c]),
        "checklist": {"code": checklist.code, "revision": checklist.number} if checklist else None,
        "price_list": request.price_list or None,
        "warranty": request.warranty or None,
        "paid_before": paid_lines(request.charge) or None,
        "dispatch": item.get("dispatch"),
    }
    return {"kind": "work_order", "key": order_key(request, number), "values": values}


def next_order(
    request: ServiceRequest, item: Mapping[str, Any], clocks: Sequence[Clock], now: datetime
) -> tuple[list[dict[str, Any]], int]:
    """The intent of one more order, unless the item wants none or one is still being worked on; and how many there are
    then."""
    made = orders_made(request)
    if not rules.spawns_work(item, request.kind) or made > len(request.work_orders):
        return [], made
    return [work_order(request, item, clocks, made + 1, now)], made + 1


def orders_made(request: ServiceRequest) -> int:
    """Requests of before there was a count have at least the orders that they heard of."""
    return max(request.orders_made, len(request.work_orders))


def order_key(request: ServiceRequest, number: int) -> str:
    return f"request:{request.pk}:{number}"


def start_clocks(item: Mapping[str, Any], *, at: datetime, moment: datetime) -> list[Clock]:
    """The clocks that a service item promises (clause 4.3), under the revisions in force at `moment`."""
    under = deadlines.terms(calendar=item.get("calendar"), policy=item.get("escalation"), moment=moment)
    promised = {name: within for name in rules.CLOCKS if (within := promised_in(item, name))}
    return [deadlines.start(name, within, at=at, under=under) for name, within in promised.items()]


def started_anew(request: ServiceRequest, clocks: Sequence[Clock]) -> list[Clock]:
    """The request's clocks with these besides; a promise that still runs from before is not given twice."""
    running = {clock["name"] for clock in request.clocks if deadlines.is_open(clock)}
    return [*request.clocks, *(clock for clock in clocks if clock["name"] not in running)]


def write(request: ServiceRequest, change: Change, *, actor: Actor, now: datetime) -> ServiceRequest:
    """Commit a change of the request; whoever follows it is told."""
    if request.merged:
        change = following.told(request.to_mongo().to_dict(), change, now)
    return deadlines.write(request, change, next_own_check=next_own_check, actor=actor, now=now)


def begin(key: object, verb: str, actor: Actor, seen: int | None) -> tuple[ServiceRequest, str]:
    """The request and its state after the verb; what is done at the leading request is refused. Raises as `lifecycle.begin`."""
    request = lifecycle.permitted(ServiceRequest, key, verb, actor, seen)
    rules.check_leads_itself(request.merged_into, verb)
    return request, lifecycle.next_state(SERVICE_REQUEST, verb, request.state)


def allowed(raw: Mapping[str, Any]) -> list[str]:
    """What people can do to a request, as stored, now."""
    return rules.possible(raw, lifecycle.allowed(SERVICE_REQUEST, raw["state"]))


@does(SERVICE_REQUEST, "accept")
def accept(key: object, *, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """Take it on: the response promise is kept. Clause 3.1."""
    request, state = begin(key, "accept", actor, seen)
    clocks = deadlines.kept(request.clocks, rules.kept_by("accept", request.kind), now)
    fields = {"state": state, "clocks": clocks, "assignee": request.assignee or actor.code}
    return write(request, Change("accept", {}, fields), actor=actor, now=now)


@does(SERVICE_REQUEST, "assign")
def assign(key: object, *, to: str, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """Raises `Invalid` `not_assignable` for somebody who does not work in the estate."""
    request, _ = begin(key, "assign", actor, seen)
    check_assignable(to, request.estate)
    told = notice(request, [to], "work-assigned", urgent=request.priority <= 2)
    change = Change("assign", {"to": to, "from": request.assignee}, {"assignee": to}, notify=[told])
    return write(request, change, actor=actor, now=now)


@does(SERVICE_REQUEST, "acknowledge")
def acknowledge(key: object, *, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """ "I take care of it": escalation rests until the policy's acknowledgement times out; the clocks run on."""
    request, _ = begin(key, "acknowledge", actor, seen)
    fields = {"clocks": deadlines.acknowledged(request.clocks, actor.code, now)}
    return write(request, Change("acknowledge", {}, fields), actor=actor, now=now)


@does(SERVICE_REQUEST, "wait")
def wait(key: object, *, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """The clocks pause while the resident must do something. Raises `Invalid` without a reason."""
    request, state = begin(key, "wait", actor, seen)
    reason = needed_text(reason, "reason")
    fields = {"state": state, "clocks": deadlines.paused(request.clocks, now)}
    return write(request, Change("wait", {"reason": reason}, fields), actor=actor, now=now)


@does(SERVICE_REQUEST, "resume")
def resume(key: object, *, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    request, state = begin(key, "resume", actor, seen)
    fields = {"state": state, "clocks": deadlines.resumed(request.clocks, now)}
    return write(request, Change("resume", {}, fields, unset=("waiting_for",)), actor=actor, now=now)


@does(SERVICE_REQUEST, "answer")
def answer(
    key: object,
    *,
    text: str,
    interim: bool = False,
    told: str = "",
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> ServiceRequest:
    """Tell the resident the result, or – `interim` – how far it is. It keeps the promises that `rules.kept_by` says, and
    no others. Clauses 4.4, 6.2.

    `told` says how he was told already (`phone`, `visit`); else he gets a letter where an address is known, and where
    none is, the answer stands as told to nobody. Raises `Invalid` without words, and for `mail` without an address.
    """
    verb = "answer_meanwhile" if interim else "answer"
    request, state = begin(key, verb, actor, seen)
    text = needed_text(text, "text", Words("请写明答复内容", "Write the answer"))
    how = _way_to_tell(request, told)
    fields = {
        # Whoever has heard something is taken care of.
        "state": "accepted" if state == "open" else state,
        "clocks": deadlines.kept(request.clocks, rules.kept_by(verb, request.kind), now),
        "answered_at": request.answered_at if interim else now,
        "assignee": request.assignee or actor.code,
        "untold": None if how else True,
    }
    said = {"how": how, "at": now, "by": actor.code} if how else {}
    reply = {"at": now, "by": actor.code, "by_name": actor.name, "text": text, "told": said}
    letters = [letter(request)] if how == "mail" else []
    # The words stay in the record, whose personal data can be erased; the event only says that there was an answer.
    change = Change(verb, {"told": how} if how else {}, fields, push={"replies": reply}, notify=letters)
    return write(request, change, actor=actor, now=now)


@does(SERVICE_REQUEST, "answer_meanwhile")
def answer_meanwhile(
    key: object, *, text: str, told: str = "", actor: Actor, now: datetime, seen: int | None = None
) -> ServiceRequest:
    """The same as an interim `answer`."""
    return answer(key, text=text, interim=True, told=told, actor=actor, now=now, seen=seen)


def _way_to_tell(request: ServiceRequest, told: str) -> str:
    if told in rules.TOLD_BY_PEOPLE:
        return told
    if can_mail(request):
        return "mail"
    if told == "mail":
        words = Words("住户没有邮箱，请致电或上门", "The household has no e-mail address: call or visit")
        raise Invalid.one("no_address", words, "told")
    return ""


def can_mail(request: ServiceRequest) -> bool:
    """Whether an answer reaches the resident by mail."""
    home = values_of("household", request.household) if request.household else None
    asked = {"contact_name": request.contact_name, "contact_phone": request.contact_phone}
    return bool(home) and rules.mail_member(asked, (home or {}).get("members") or ()) is not None


def letter(request: ServiceRequest) -> dict[str, Any]:
    """The intent of the letter to the resident; neither his address nor the words stand in it."""
    return {
        "to": [f"{rules.RESIDENT}{request.pk}"],
        "template": "answer-to-resident",
        "channels": ["email"],
        "urgent": False,
    }


@does(SERVICE_REQUEST, "record_told")
def record_told(key: object, *, how: str, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """Somebody called or visited: the newest answer is told. Raises `Invalid` for an unknown way, `RuleBroken`
    `nothing_to_tell`."""
    request, state = begin(key, "record_told", actor, seen)
    if how not in rules.TOLD_BY_PEOPLE:
        raise Invalid.one("not_a_choice", Words("请选择告知方式", "Choose how the resident was told"), "how")
    place = rules.untold_answer(request.replies)
    if place is None:
        raise RuleBroken("nothing_to_tell", Words("没有待告知的答复", "There is no answer left to tell"), "state")
    replies = [dict(each) for each in request.replies]
    replies[place]["told"] = {"how": how, "at": now, "by": actor.code}
    change = Change("record_told", {"told": how}, {"state": state, "replies": replies, "untold": None})
    return write(request, change, actor=actor, now=now)


@does(SERVICE_REQUEST, "note")
def note(key: object, *, text: str, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """An internal note. Raises `Invalid` without words."""
    request, _ = begin(key, "note", actor, seen)
    text = needed_text(text, "text", Words("请写备注", "Write the note"))
    entry = {"at": now, "by": actor.code, "by_name": actor.name, "text": text, "internal": True}
    return write(request, Change("note", {}, push={"replies": entry}), actor=actor, now=now)


@does(SERVICE_REQUEST, "close")
def close(key: object, *, outcome: str, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """The resident's verdict is in. Raises `Invalid` without an outcome."""
    request, state = begin(key, "close", actor, seen)
    outcome = needed_text(outcome, "outcome", Words("请写明处理结果", "Write the outcome"))
    clocks = deadlines.kept(request.clocks, rules.kept_by("close", request.kind), now)
    fields = {"state": state, "outcome": outcome, "closed_at": now, "clocks": clocks, "untold": None}
    make = call_back(request.to_mongo().to_dict(), now)
    return write(request, Change("close", {}, fields, make=make), actor=actor, now=now)


@does(SERVICE_REQUEST, "reopen")
def reopen(key: object, *, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """Not solved after all: the promises start anew, under the revision that it began with, somebody goes again where an
    order of it was made before, and whoever answers for it is told. Raises `Invalid`."""
    request, state = begin(key, "reopen", actor, seen)
    reason = needed_text(reason, "reason")
    item = revision_body("service_item", request.item["code"], request.item["revision"])
    began = request.created_at or now
    clocks = started_anew(request, [c for c in start_clocks(item, at=now, moment=began) if c["name"] != "response"])
    make, made = next_order(request, item, clocks, now)
    fields = {
        "state": state,
        "clocks": clocks,
        "reopened": request.reopened + 1,
        "orders_made": made,
    }
    entry = {"at": now, "by": actor.code, "by_name": actor.name, "text": reason, "internal": True}
    gone = ("closed_at", "answered_at", "outcome", "accept_by", "acceptance")
    people = [request.assignee] if request.assignee else leads_of(request, now)
    due = deadlines.next_due(clocks)
    told = [notice(request, people, "request-reopened", urgent=True, due=due)] if people else []
    change = Change("reopen", {}, fields, unset=gone, push={"replies": entry}, notify=told, make=make)
    return write(request, change, actor=actor, now=now)


@does(SERVICE_REQUEST, "cancel")
def cancel(key: object, *, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """Withdrawn by the resident, or recorded by mistake: nobody is to come for it any more. Raises `Invalid` without a
    reason."""
    request, state = begin(key, "cancel", actor, seen)
    reason = needed_text(reason, "reason")
    fields = {"state": state, "clocks": deadlines.withdrawn(request.clocks, now), "outcome": reason, "untold": None}
    return write(request, Change("cancel", {}, fields, make=orders_taken_back(request)), actor=actor, now=now)


def pinned_item(request: ServiceRequest) -> Mapping[str, Any]:
    """The service item in the revision that the request runs under."""
    return revision_body("service_item", request.item["code"], request.item["revision"])


def orders_corrected(request: ServiceRequest, item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The orders learn where it is after all."""
    named = rules.title(item, request.place)
    facts = {"title": named.zh, "title_en": named.en, "place": request.place, "warranty": request.warranty or None}
    keys = [order_key(request, number) for number in range(1, orders_made(request) + 1)]
    return [
        {"kind": "order_facts", "key": f"{key}:{request.version + 1}", "values": {"order": key, "facts": facts}}
        for key in keys
    ]


def orders_taken_back(request: ServiceRequest, why: Words = CANCELLED) -> list[dict[str, Any]]:
    """The orders learn that nobody is to come and not why: the reason may be personal, and is erased with the request."""
    keys = [order_key(request, number) for number in range(1, orders_made(request) + 1)]
    return [
        {"kind": "order_withdrawal", "key": f"{key}:withdrawal", "values": {"order": key, "reason": why.zh}}
        for key in keys
    ]


@makes("request_progress")
def note_progress(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """A work order that came from the request has ended: the request shows it and its people are told, once."""
    values = intent["values"]
    request = get(values["request"], actor)
    if any(each["key"] == intent["key"] for each in request.work_orders):
        return
    entry = {"key": intent["key"], "number": values["number"], "state": values["outcome"]}
    people = who_goes_on(request, source, now) if request.assignee and request.state != "cancelled" else []
    told = [notice(request, people, "work-done", urgent=False)] if people else []
    change = Change("work_done", entry, push={"work_orders": entry}, notify=told)
    commit(request, change, actor=actor, now=now)


@makes("request_response")
def hear_response(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Whoever went to work on an order of the request has responded to it, at the moment it happened (clauses 3.2, 4.3).

    A tablet may tell of it late: a promise that was kept then was kept, whatever was escalated meanwhile.
    """
    values = intent["values"]
    request = get(values["request"], actor)
    clocks = deadlines.responded(request.clocks, "response", values["at"])
    fields: dict[str, Any] = {"clocks": clocks}
    if request.state == "open":
        fields |= {"state": "accepted", "assignee": request.assignee or values["by"]}
    elif clocks == request.clocks:
        return
    detail = {"number": values["number"], "by": values["by"]}
    then = replace(actor, entry=TabletEntry(at=values["at"]))
    write(request, Change("responded", detail, fields), actor=then, now=now)


def who_goes_on(request: ServiceRequest, order: Mapping[str, Any], now: datetime) -> list[str]:
    """Who is told of news of an order (as stored): whoever answers for the request, unless it is he who brings the news;
    the leads of its department where there is nobody else."""
    known = request.assignee in (None, order.get("assignee"))
    return leads_of(request, now) if known else [str(request.assignee)]


def leads_of(request: ServiceRequest, now: datetime) -> list[str]:
    target = {"kind": "department", "ref": request.department}
    return Directory.load().recipients(target, request.estate, now)


def notice(
    request: ServiceRequest, people: Sequence[str], template: str, *, urgent: bool, **more: Any
) -> dict[str, Any]:
    """The intent of a message about the request."""
    return {"to": list(people), "template": template, "urgent": urgent, "params": {**params(request), **more}}


def params(request: ServiceRequest) -> dict[str, Any]:
    """What a notification template may say of a request: nothing personal, so not its words either."""
    return {**told_of(request), "due": request.due_at}
