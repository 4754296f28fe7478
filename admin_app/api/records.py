"""What all records have in common over HTTP: a list, one of them, its history, and its verbs as resources."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for
from flask_smorest import Blueprint
from marshmallow import Schema

from admin_app.api import events, lists
from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.queries import By, Listing, Query
from admin_app.api.routes import add, blueprint
from admin_app.shell.language import say
from schemas.deadlines import ExplanationSchema
from schemas.picking import picker
from schemas.records import DEVICE_AT, EventSchema
from schemas.shapes import as_moment
from store import lifecycle, records
from store.access import require
from store.actor import Actor, TabletEntry
from store.calendars.explanation import Step, explain
from store.calendars.rules import ROUND_THE_CLOCK
from store.deadlines.lateness import due_soon, overdue
from store.deadlines.operations import calendar_of
from store.deadlines.rules import pauses_of, promised_of
from store.deadlines.rules import state as clock_state
from store.errors import NotFound
from store.fields.checking import meant
from store.records import Record
from store.verbs import Verb
from store.versioned import Versioned
from store.words import Words

Raw = dict[str, Any]
RECORD_FILTERS: dict[str, By] = {
    "number": By("number"),
    "estate": By("estate"),
    "clause": By("clause"),
    "created_at": By("created_at", "moment"),
    "changed_at": By("changed_at", "moment"),
}


def lateness(states: Collection[str]) -> dict[str, By]:
    """`overdue` and `due_soon` as the office's lists and figures count them."""
    return {
        "overdue": By("", "boolean", where=lambda now: overdue(states, now)),
        "due_soon": By("", "boolean", where=lambda now: due_soon(states, now)),
    }


# The stored fields behind the computed ones.
NEEDS = {
    "allowed_verbs": (
        "state",
        "kind",
        "quote",
        "price_list",
        "steps",
        "replies.internal",
        "replies.told",
        "merged",
        "merged_into",
        "charge.lines.charged",
    ),
    "work_orders": ("estate", "orders_made", "work_orders"),
    "steps": ("estate", "steps"),
    "rounds": ("estate", "rounds"),
}


@dataclass(frozen=True)
class Resource:
    """A kind of record. `mask` hides what is personal."""

    name: str
    one: str
    words: Words
    document: type[Record]
    permission: str
    shape: type[Schema]
    listing: Listing
    # What its state and what stands in it allow, where the state does not say all.
    allowed: Callable[[Mapping[str, Any]], Sequence[str]] | None = None
    mask: Callable[[Raw], Raw] = lambda raw: raw
    # What stands in other records, for many rows in one query, and the field in which it is shown.
    join: Callable[[Sequence[Raw]], Sequence[Raw]] = lambda rows: rows
    joined: str = ""

    def show(self, raw: Mapping[str, Any], now: datetime, *, verbs: bool = True) -> Raw:
        """A stored record as its shape wants it."""
        clocks = [{**each, "state": clock_state(each, now)} for each in raw.get("clocks") or ()]
        shown = {**raw, "clocks": clocks}
        if verbs:
            shown["allowed_verbs"] = list(self._allowed(raw))
        return self.mask(shown)

    def _allowed(self, raw: Mapping[str, Any]) -> Sequence[str]:
        return self.allowed(raw) if self.allowed else lifecycle.allowed(self.document.KIND, raw["state"])

    def answer(self, record: Record, now: datetime, location: str | None = None) -> Answer:
        stored = record.to_mongo().to_dict()
        joined = self.join([stored])[0]
        shown = self.show(joined, now)
        return Answer(picker(self.shape).dump(shown), record.version, location, by_version=joined == stored)

    def made(self, record: Record, now: datetime) -> Answer:
        """The answer to who has made it: with its address."""
        return self.answer(record, now, address_of(f"api_{self.name}.read_{self.one}", record.number))

    def again(self, record: Versioned, now: datetime) -> Answer | None:
        return self.answer(record, now) if isinstance(record, self.document) else None

    def made_again(self, record: Versioned, now: datetime) -> Answer | None:
        return self.made(record, now) if isinstance(record, self.document) else None


def explained(steps: Sequence[Step]) -> Raw:
    """The steps of a deadline in the reader's language, and the due moment they lead to."""
    due = steps[-1].moment if steps and steps[-1].kind == "due" else None
    lines = [{"kind": s.kind, "at": s.moment, "minutes": s.minutes, "words": say(s.words)} for s in steps]
    dumped: Raw = ExplanationSchema().dump({"due_at": due, "steps": lines})
    return dumped


def fields_of(shape: type[Schema]) -> tuple[str, ...]:
    return tuple(shape._declared_fields)


def resource(kind: Resource, bodies: Mapping[str, Body] | None = None, *, clocks: bool = True) -> Blueprint:
    """The blueprint of a kind of record with the verbs of its description, without what is particular to it. `bodies` are,
    by verb, what specifications cannot say."""
    made = blueprint(kind.name, kind.words)
    _add_list(made, kind)
    _add_one(made, kind)
    _add_events(made, kind)
    if clocks:
        _add_explanation(made, kind)
    for verb in kind.document.KIND.verbs:
        if verb.noun:
            _add_verb(made, kind, verb, (bodies or {}).get(verb.name))
    return made


def _add_list(made: Blueprint, kind: Resource) -> None:
    def view(call: Call) -> Answer:
        collection = kind.document._get_collection()
        return lists.page(
            call, kind.listing, collection, lists.of_estates(call.actor), kind.shape, prepare, needs=NEEDS
        )

    def prepare(rows: Sequence[Raw], call: Call, query: Query) -> Sequence[Raw]:
        rows = kind.join(rows) if kind.joined in query.fields else rows
        return [kind.show(row, call.now, verbs="allowed_verbs" in query.fields) for row in rows]

    words = Words("{what}列表", "List: {what}").fill(what=kind.words)
    add(
        made,
        Operation(f"list_{kind.name}", "GET", "", kind.permission, words, kind.shape, listing=kind.listing),
        view,
    )


def _add_one(made: Blueprint, kind: Resource) -> None:
    def view(call: Call, key: str) -> Answer:
        return kind.answer(_found(kind, key, call), call.now)

    words = Words("{what}详情（编号或 id）", "One of: {what}, by number or id").fill(what=kind.words)
    add(made, Operation(f"read_{kind.one}", "GET", "/<key>", kind.permission, words, kind.shape), view)


def _add_events(made: Blueprint, kind: Resource) -> None:
    listing = Listing({}, {"n": "n"}, "n", fields_of(EventSchema), fields_of(EventSchema))

    def view(call: Call, key: str) -> Answer:
        query = lists.asked(call, listing)
        return events.page(_found(kind, key, call), query)

    words = Words("{what}的历史", "History of: {what}").fill(what=kind.words)
    name = f"list_{kind.one}_events"
    add(made, Operation(name, "GET", "/<key>/events", kind.permission, words, EventSchema, listing=listing), view)


def _add_explanation(made: Blueprint, kind: Resource) -> None:
    def view(call: Call, key: str, clock: str) -> Answer:
        found = [each for each in _found(kind, key, call).clocks if each["name"] == clock]
        if not found:
            raise NotFound(Words("计时", "Clock"), clock)
        newest = found[-1]
        calendar = calendar_of(newest["calendar"]) or ROUND_THE_CLOCK
        return Answer(explained(explain(newest["started_at"], promised_of(newest), calendar, pauses_of(newest))))

    words = Words("解释{what}的时限", "Explain a deadline of: {what}").fill(what=kind.words)
    name = f"explain_{kind.one}_clock"
    rule = "/<key>/clocks/<clock>/explanation"
    add(made, Operation(name, "GET", rule, kind.permission, words, ExplanationSchema), view)


def _add_verb(made: Blueprint, kind: Resource, verb: Verb, body: Body | None) -> None:
    """`POST …/{key}/<noun>` runs the verb; its body's fields are the verb's arguments."""
    fields = (*verb.fields, DEVICE_AT) if verb.device_time else verb.fields
    run = lifecycle.run_of(kind.document.KIND, verb.name)

    def view(call: Call, key: str) -> Answer:
        arguments = meant(fields, call.body)
        actor = _with_device(call.actor, arguments.pop("device_at", None))
        after = run(key, **arguments, actor=actor, now=call.now, seen=call.seen)
        return kind.answer(after, call.now)

    name = f"{kind.one}_{verb.noun.replace('-', '_')}"
    takes = body or Body.of(camel(name), fields)
    operation = Operation(
        name,
        "POST",
        f"/<key>/{verb.noun}",
        verb.permission,
        verb.words,
        kind.shape,
        takes=takes,
        version="honoured",
        again=kind.again,
    )
    add(made, operation, view)


def _with_device(actor: Actor, device_at: datetime | None) -> Actor:
    """What a device says of its own time goes with whoever speaks through it."""
    return replace(actor, entry=TabletEntry(device_at=device_at)) if device_at else actor


def _found(kind: Resource, key: str, call: Call) -> Record:
    record = records.get(kind.document, key, call.actor)
    require(call.actor, kind.permission, record.estate)
    return record


def with_moments(body: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The body with these fields as moments, as the verbs take them. Raises `Invalid`."""
    return {**body, **{name: as_moment(str(body[name]), name) for name in names if name in body}}


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def address_of(endpoint: str, key: str) -> str:
    return url_for(endpoint, key=key)
