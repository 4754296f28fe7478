"""What was taken in wrongly, or twice: correct a request, join reports of one fault, take them apart (clauses 2.1, 3.1).

A correction counts every promise anew from its original moment and keeps what stood before. A report that was joined to
another keeps its own promises; what is done for the leading one is done for it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from store.actor import Actor
from store.content.documents import Revision
from store.content.reading import live, revision_of
from store.deadlines import operations as deadlines
from store.deadlines import rules as clock_rules
from store.deadlines.rules import Clock
from store.directory import values_of
from store.errors import Conflict, Invalid, NotFound, RuleBroken
from store.fields.checking import needed_text
from store.lifecycle import does
from store.relay import makes
from store.requests import following, rules
from store.requests import operations as requests
from store.requests.documents import SERVICE_REQUEST, ServiceRequest
from store.versioned import Change
from store.words import Words

CORRECTED, JOINED = (
    Words("诉求已更正", "The request was corrected"),
    Words("诉求已合并", "The request was joined to another"),
)
# A clerk may save either request at the same moment: whoever carries word between them tries again.
TRIES = 5


# Correcting


@does(SERVICE_REQUEST, "correct")
def correct(
    key: object,
    *,
    reason: str,
    kind: str | None = None,
    item: str | None = None,
    household: str | None = None,
    place: str | None = None,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> ServiceRequest:
    """Put right what was recorded; what is not given stays, an empty household or place is taken out.

    Its promises are those of the right item, from the moment at which the old ones began; what was kept stays kept. What
    stood before – clocks included – stays in `corrections`. Raises `Invalid`, and `RuleBroken` `quoted_already` when a
    price was told for the old item.
    """
    request, _ = requests.begin(key, "correct", actor, seen)
    reason = needed_text(reason, "reason")
    given = {"kind": kind, "item": item, "household": household, "place": place}
    wanted = _wanted(request, {name: value for name, value in given.items() if value is not None})
    revision = _item_of(request, wanted, now)
    changed = _changed(request, wanted)
    fields = _fields(request, wanted, revision, anew=bool({"kind", "item"} & set(changed)))
    made, make = _orders(request, _as_corrected(request, fields), revision.body, "clocks" in fields, now)
    entry = {"at": now, "by": actor.code, "by_name": actor.name, "reason": reason, "changed": changed}
    before = {**_stands(request), "clocks": [dict(each) for each in request.clocks], "due_at": request.due_at}
    # The reason and the household stay in the record, whose personal data can be erased.
    push = {"corrections": {**entry, "before": before}}
    change = Change("correct", {"changed": changed}, {**fields, "orders_made": made}, push=push, make=make)
    return requests.write(request, change, actor=actor, now=now)


def _stands(request: ServiceRequest) -> dict[str, Any]:
    item = request.item["code"]
    return {"kind": request.kind, "item": item, "household": request.household, "place": request.place}


def _wanted(request: ServiceRequest, given: Mapping[str, str]) -> dict[str, Any]:
    """Everything that could be corrected, as it is to be: checked as an intake is. Raises `Invalid`."""
    rest = {"estate": request.estate, "channel": request.channel, "words": request.words}
    values = {name: value for name, value in {**_stands(request), **given, **rest}.items() if value}
    cleaned, problems = rules.check_intake(values)
    if problems:
        raise Invalid(problems)
    return cleaned


def _item_of(request: ServiceRequest, wanted: Mapping[str, Any], now: datetime) -> Revision:
    """The revision whose promises apply: the pinned one, or that of another item in force when the request came in – one
    that was published only since then as it is now. Raises `Invalid` for what an intake would refuse."""
    code = wanted["item"]
    if code == request.item["code"]:
        found: Revision | None = revision_of("service_item", code, request.item["revision"])
    else:
        found = live("service_item", code, request.created_at or now) or live("service_item", code, now)
    problems = requests.missing(values_of("estate", request.estate), found, wanted)
    if problems or found is None:
        raise Invalid(problems)
    return found


def _changed(request: ServiceRequest, wanted: Mapping[str, Any]) -> list[str]:
    """The names of what is another than it was. Raises `Invalid` `unchanged`, `RuleBroken` `quoted_already`."""
    changed = [name for name, value in _stands(request).items() if (wanted.get(name) or None) != (value or None)]
    if not changed:
        raise Invalid.one("unchanged", Words("没有更正任何内容", "Nothing is corrected"), "item")
    if request.quote and {"kind", "item"} & set(changed):
        words = Words("已经报价，不能更正事项；请撤销后重新登记", "A price was told: cancel it and record it again")
        raise RuleBroken("quoted_already", words, "item")
    return changed


def _fields(request: ServiceRequest, wanted: Mapping[str, Any], revision: Revision, *, anew: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {name: wanted.get(name) for name in ("kind", "household", "place")}
    fields |= {"item": {"code": revision.code, "revision": revision.number}}
    fields |= requests.facts_of(revision.body, wanted.get("place"))
    if anew:
        fields["clocks"] = _clocks(request, revision.body)
    else:
        # An escalation may have raised it.
        del fields["priority"]
    pins = requests.pins_of(_as_corrected(request, fields), revision.body, request.created_at)
    return {**fields, **pins}


def _clocks(request: ServiceRequest, item: Mapping[str, Any]) -> list[Clock]:
    """The clocks of the right item in place of the newest ones; those of before a reopening stay as they are."""
    latest = {clock["name"]: clock for clock in request.clocks}
    began = request.created_at
    again = max((clock["started_at"] for clock in latest.values()), default=began)
    earlier = [clock for clock in request.clocks if latest[clock["name"]] is not clock]
    found = []
    for name in rules.promised(item):
        old = latest.get(name)
        at = old["started_at"] if old else again
        fresh = next(c for c in requests.start_clocks(item, at=at, moment=began) if c["name"] == name)
        found.append(clock_rules.carry_over(fresh, old, deadlines.calendar_of(fresh["calendar"])) if old else fresh)
    return [*earlier, *found]


def _as_corrected(request: ServiceRequest, fields: Mapping[str, Any]) -> ServiceRequest:
    raw = request.to_mongo().to_dict()
    raw.update({name: value for name, value in fields.items() if value is not None})
    for name in (name for name, value in fields.items() if value is None):
        raw.pop(name, None)
    after: ServiceRequest = ServiceRequest._from_son(raw)
    return after


def _orders(
    request: ServiceRequest, after: ServiceRequest, item: Mapping[str, Any], anew: bool, now: datetime
) -> tuple[int, list[dict[str, Any]]]:
    """How many orders there are then, and the intents. Another kind of work is another order; another place is the same."""
    made = requests.orders_made(request)
    if not anew:
        return made, requests.orders_corrected(after, item)
    taken_back = requests.orders_taken_back(request, CORRECTED)
    if request.merged_into or not rules.spawns_work(item, after.kind):
        return made, taken_back
    return made + 1, [*taken_back, requests.work_order(after, item, after.clocks, made + 1, now)]


# Joining


@does(SERVICE_REQUEST, "merge")
def merge(key: object, *, into: str, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """Join the request to the one that leads: nobody goes twice for one fault, and both are answered together.

    Raises `Invalid` for a request that cannot lead it, `RuleBroken` `leads_others` for one that others follow.
    """
    request, _ = requests.begin(key, "merge", actor, seen)
    if request.merged:
        words = Words("已有其他诉求并入本件，请反过来合并", "Others are joined to this one: join the other way round")
        raise RuleBroken("leads_others", words, "into")
    leading = _leading(request, into, actor)
    link = {"id": str(leading.pk), "number": leading.number}
    joined = {
        "kind": "request_merged",
        "key": f"request:{request.pk}:{request.version + 1}:merged",
        "values": {"leading": link["id"], "follower": {"id": str(request.pk), "number": request.number}},
    }
    make = [joined, *requests.orders_taken_back(request, JOINED)]
    change = Change("merge", {"into": leading.number}, {"merged_into": link}, make=make)
    return requests.write(request, change, actor=actor, now=now)


def _leading(request: ServiceRequest, into: str, actor: Actor) -> ServiceRequest:
    try:
        leading = requests.get(into, actor)
    except NotFound as error:
        raise Invalid.one("reference_missing", error.words, "into") from error
    if leading.estate != request.estate or leading.pk == request.pk:
        words = Words("只能并入同一小区的另一件诉求", "Only another request of the same estate can lead it")
        raise Invalid.one("cannot_lead", words, "into")
    if leading.merged_into or leading.state not in rules.OPEN_STATES:
        words = Words("该诉求已结束或已并入别的诉求", "That one is over, or joined to another itself")
        raise Invalid.one("cannot_lead", words, "into")
    return leading


@does(SERVICE_REQUEST, "separate")
def separate(key: object, *, actor: Actor, now: datetime, seen: int | None = None) -> ServiceRequest:
    """Not the same fault after all: it goes on by itself, and somebody is sent for it where its item wants that."""
    request, _ = requests.begin(key, "separate", actor, seen)
    if not request.merged_into:
        raise RuleBroken("not_merged", Words("该诉求没有并入别的诉求", "The request is joined to no other"), "state")
    link = request.merged_into
    parted = {
        "kind": "request_separated",
        "key": f"request:{request.pk}:{request.version + 1}:separated",
        "values": {"leading": link["id"], "follower": {"id": str(request.pk)}},
    }
    change = _alone(request, "separate", {"from": link["number"]}, now)
    return requests.write(request, Change(**{**vars(change), "make": [parted, *change.make]}), actor=actor, now=now)


def _alone(request: ServiceRequest, verb: str, detail: Mapping[str, Any], now: datetime) -> Change:
    """The request as one that nobody leads any more, with an order of its own while it is open."""
    item = requests.pinned_item(request)
    made, make = requests.orders_made(request), []
    if request.state in rules.OPEN_STATES and rules.spawns_work(item, request.kind):
        make, made = [requests.work_order(request, item, request.clocks, made + 1, now)], made + 1
    return Change(verb, dict(detail), {"merged_into": None, "orders_made": made}, make=make)


# Word between the leading request and those that follow it


def _change(key: str, actor: Actor, now: datetime, change_of: Any) -> None:
    for attempt in range(TRIES):
        request = requests.get(key, actor)
        change: Change | None = change_of(request)
        if change is None:
            return
        try:
            requests.write(request, change, actor=actor, now=now)
        except Conflict:
            if attempt == TRIES - 1:
                raise
        else:
            return


@makes("request_merged")
def hear_merged(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """The leading request knows its follower, once, and tells it how it stands by now."""
    follower = intent["values"]["follower"]

    def change(leading: ServiceRequest) -> Change | None:
        if any(each["id"] == follower["id"] for each in leading.merged) or intent["key"] in leading.heard:
            return None
        raw = {**leading.to_mongo().to_dict(), "merged": [follower]}
        told = following.word(raw, "joined", {}, nth=leading.version + 1, now=now)
        push = {"merged": follower, "heard": intent["key"]}
        return Change("joined", {"number": follower["number"]}, push=push, make=told)

    _change(intent["values"]["leading"], actor, now, change)


@makes("request_separated")
def hear_separated(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    follower = intent["values"]["follower"]["id"]

    def change(leading: ServiceRequest) -> Change | None:
        if intent["key"] in leading.heard:
            return None
        left = following.without(leading.merged, follower)
        return Change("parted", {}, {"merged": left}, push={"heard": intent["key"]})

    _change(intent["values"]["leading"], actor, now, change)


@makes("request_follow")
def follow(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """What was done for the leading request (`source`) is done for this one, at the moment it was done, once."""
    values = intent["values"]

    def change(request: ServiceRequest) -> Change | None:
        led = (request.merged_into or {}).get("id") == str(source["_id"])
        if not led or intent["key"] in request.heard or request.state not in rules.UNCLOSED:
            return None
        if values["state"] == "cancelled":
            found = _alone(request, "released", {"from": source["number"]}, now)
        else:
            found = _followed(request, values, source)
        return Change(**{**vars(found), "push": {**found.push, "heard": intent["key"]}})

    _change(values["request"], actor, now, change)


def _followed(request: ServiceRequest, values: Mapping[str, Any], source: Mapping[str, Any]) -> Change:
    at, state = values["at"], values["state"]
    clocks = _following_clocks(request, values)
    fields: dict[str, Any] = {"state": state, "clocks": clocks, "assignee": values["assignee"] or request.assignee}
    push: dict[str, Any] = {}
    letter: list[dict[str, Any]] = []
    if state in ("answered", "closed") and not request.answered_at:
        fields["answered_at"] = at
    if state == "closed":
        fields |= {"closed_at": at, "outcome": source.get("outcome"), "untold": None}
    reply = _reply_at(source, at) if values["verb"] in ("answer", "answer_meanwhile") else None
    if reply is not None:
        how = "mail" if requests.can_mail(request) else ""
        told = {"how": how, "at": at, "by": reply["by"]} if how else {}
        push["replies"] = {**reply, "told": told}
        fields["untold"] = None if how else True
        letter = [requests.letter(request)] if how else []
    detail = {"number": source["number"], "verb": values["verb"]}
    return Change("followed", detail, fields, push=push, notify=letter)


def _following_clocks(request: ServiceRequest, values: Mapping[str, Any]) -> Sequence[Clock]:
    at = max(values["at"], request.created_at or values["at"])
    clocks = deadlines.kept(request.clocks, values["kept"], at)
    if values["verb"] == "acknowledge":
        clocks = deadlines.acknowledged(clocks, str(values["assignee"] or ""), at)
    # It rests as long as the leading one does.
    return deadlines.paused(clocks, at) if values["state"] == "waiting" else deadlines.resumed(clocks, at)


def _reply_at(source: Mapping[str, Any], at: datetime) -> Mapping[str, Any] | None:
    """The words stand in the leading request only until they are copied: an intent carries none."""
    said = [each for each in source.get("replies") or () if each["at"] == at and not each.get("internal")]
    return dict(said[-1]) if said else None


__all__ = ["correct", "merge", "separate"]
