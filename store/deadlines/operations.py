"""The deadline engine: one sweep for all records, whatever may happen to them by itself (clauses 3.1, 4.3, 6.2).

A sweep reads only what is due, by the index of `next_check_at`, oldest first; it computes by pure rules on plain values
and writes back conditionally on the version it read, in bulk. Any number of sweeps may run at once: the loser's write
matches nothing. The fact is written first; people are told by the relay.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from store import alone, domains
from store.actor import SYSTEM, Actor
from store.blame import is_of_database
from store.calendars.rules import Promised, WorkingTime, compile_calendar
from store.clock import earliest
from store.content.documents import Revision
from store.content.reading import live
from store.deadlines import escalation, fallback, mutes, rules
from store.deadlines.addressees import Addressees, successor
from store.deadlines.escalation import MUTED, Firing, Policy
from store.deadlines.holding import fire_unless_muted
from store.deadlines.mutes import Mute
from store.deadlines.rules import Clock
from store.health import operations as health
from store.people.operations import Directory
from store.records import R, Record, told_of
from store.versioned import Change, commit, event_values, kind_name, place_of
from store.words import Words, translated

logger = logging.getLogger(__name__)

JOB = "sweep_deadlines"
ASIDE = timedelta(hours=1)
ONE_MINUTE = timedelta(minutes=1)
HIGHEST_PRIORITY = 1
# What a sweep never needs; some of it is large, some personal.
NOT_READ = dict.fromkeys(("events", "replies", "words", "contact_name", "contact_phone", "answers", "photos"), 0)


@dataclass(frozen=True)
class Happening:
    """Something that happened to a record by itself. What only `warns` somebody tells nobody under a mute."""

    verb: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    set: Mapping[str, Any] = field(default_factory=dict)
    notify: Sequence[Mapping[str, Any]] = ()
    make: Sequence[Mapping[str, Any]] = ()
    warns: bool = False


class Sweep:
    """What one batch looks up, each thing once: people as they are now, pinned policies and calendars."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    @cached_property
    def directory(self) -> Directory:
        # Most sweeps find nothing due and nobody to tell.
        return Directory.load()

    @cached_property
    def mutes(self) -> list[Mute]:
        return mutes.active(self.now)

    def policy(self, pinned: Mapping[str, Any] | None) -> Policy | None:
        return _policy(pinned["key"]) if pinned else None

    def addressees(self, raw: Mapping[str, Any]) -> Addressees:
        whose = raw["estate"], raw.get("assignee"), raw.get("department")
        # The directory is loaded when somebody has to be told.
        return Addressees(lambda *target: self.directory.recipients(*target), *whose, raw.get("barred") or ())


OwnHappenings = Callable[[Mapping[str, Any], Sweep], Iterable[Happening]]
NextOwnCheck = Callable[[Mapping[str, Any]], datetime | None]


@dataclass(frozen=True)
class TimedKind:
    """A kind of record, what happens to it besides its clocks, and when that is next."""

    document: type[Record]
    happenings: OwnHappenings
    next_own_check: NextOwnCheck


_KINDS: list[TimedKind] = []


def timed(document: type[Record], happenings: OwnHappenings, next_own_check: NextOwnCheck) -> None:
    """Put a kind of record under the engine."""
    _KINDS.append(TimedKind(document, happenings, next_own_check))


def timed_documents() -> list[type[Record]]:
    """The kinds of records under the engine."""
    domains.load("timing")
    return [each.document for each in _KINDS]


# Pinned revisions never change, so what was compiled from one stays true; the key carries the head's id.
_POLICIES: dict[str, Policy] = {}
_CALENDARS: dict[str, WorkingTime] = {}


def chain_name(pinned: Mapping[str, Any]) -> Words:
    """What the chain that a clock has pinned is called, and whether it is the fallback."""
    name = translated(_chain(pinned["key"]).get("name"))
    return Words("{name}（备用升级链）", "{name} (fallback chain)").fill(name=name) if pinned.get("fallback") else name


def _chain(key: str) -> Mapping[str, Any]:
    return fallback.BUILT_IN_CHAIN if key == fallback.BUILT_IN else _pinned_body(key)


def _policy(key: str) -> Policy:
    if key not in _POLICIES:
        _POLICIES[key] = escalation.compile_policy(_chain(key))
    return _POLICIES[key]


def calendar_of(key: str | None) -> WorkingTime | None:
    """The pinned calendar of a clock; None means around the clock."""
    if key is None:
        return None
    if key not in _CALENDARS:
        _CALENDARS[key] = compile_calendar(_pinned_body(key))
    return _CALENDARS[key]


def _pinned_body(key: str) -> Mapping[str, Any]:
    return Revision.objects.get(key=key).body


class Terms(NamedTuple):
    """The revisions of calendar and escalation policy that a clock runs under: pinned once, for many clocks."""

    calendar: str | None
    policy: Mapping[str, Any] | None


def terms(*, calendar: str | None, policy: str | None, moment: datetime) -> Terms:
    """The revisions in force at `moment`; without a calendar a clock runs around the clock, and without a policy it
    escalates by the fallback."""
    days = live("working_calendar", calendar, moment) if calendar else None
    chain = live("escalation_policy", policy, moment) if policy else None
    return Terms(days.key if days else None, fallback.reference(chain, moment))


def start(name: str, within: Promised, *, at: datetime, under: Terms) -> Clock:
    """A clock from its nominal start: a round's planned time, or the moment a request came in. Raises `Invalid`."""
    return rules.start_clock(name, at, within, under.calendar, calendar_of(under.calendar), under.policy)


def is_open(clock: Mapping[str, Any]) -> bool:
    return clock["stopped_at"] is None


def stopped(clocks: Sequence[Clock], name: str, now: datetime) -> list[Clock]:
    return kept(clocks, (name,), now)


def kept(clocks: Sequence[Clock], names: Iterable[str], now: datetime) -> list[Clock]:
    """The clocks with those of these names stopped: what they promised is done."""
    wanted = frozenset(names)
    return [rules.stop_clock(c, now) if c["name"] in wanted and is_open(c) else c for c in clocks]


def withdrawn(clocks: Sequence[Clock], now: datetime) -> list[Clock]:
    """The clocks of what is wanted no more: those that ran end without being kept."""
    return [rules.end_clock(c, now, rules.WITHDRAWN) if is_open(c) else c for c in clocks]


def missed(clocks: Sequence[Clock], now: datetime) -> list[Clock]:
    """The clocks of what can be done no more: those that ran end without being kept."""
    return [rules.end_clock(c, now, rules.MISSED) if is_open(c) else c for c in clocks]


def responded(clocks: Sequence[Clock], name: str, at: datetime) -> list[Clock]:
    """The clock stopped at `at`, of which we may hear late: see `rules.stop_clock_back`."""
    return [rules.stop_clock_back(clock, at) if clock["name"] == name else clock for clock in clocks]


def all_stopped(clocks: Sequence[Clock], now: datetime) -> list[Clock]:
    return [rules.stop_clock(clock, now) if is_open(clock) else clock for clock in clocks]


def paused(clocks: Sequence[Clock], now: datetime) -> list[Clock]:
    return [rules.pause_clock(c, now) if is_open(c) and c["paused_at"] is None else c for c in clocks]


def resumed(clocks: Sequence[Clock], now: datetime) -> list[Clock]:
    return [
        rules.resume_clock(c, now, calendar_of(c["calendar"])) if is_open(c) and c["paused_at"] is not None else c
        for c in clocks
    ]


def acknowledged(clocks: Sequence[Clock], by: str, now: datetime) -> list[Clock]:
    return [{**rules.acknowledge_clock(c, now), "acknowledged_by": by} if is_open(c) else c for c in clocks]


def retimed(clocks: Sequence[Clock], name: str, within: Promised, now: datetime) -> list[Clock]:
    """The clocks with another promise for the one that runs: a finding turned out to be worse, or less bad."""
    return [
        rules.retime_clock(c, within, calendar_of(c["calendar"]), now) if c["name"] == name and is_open(c) else c
        for c in clocks
    ]


def next_due(clocks: Sequence[Mapping[str, Any]]) -> datetime | None:
    """The earliest due moment of the clocks that still run."""
    return earliest(*(clock["due_at"] for clock in clocks if is_open(clock)))


def next_check(raw: Mapping[str, Any], own: datetime | None) -> datetime | None:
    """The earliest moment at which something happens to the record by itself."""
    clocks = raw.get("clocks") or ()
    return earliest(own, *(_next_of(clock) for clock in clocks if is_open(clock)))


def _next_of(clock: Mapping[str, Any]) -> datetime | None:
    policy = _policy_of(clock)
    muted_until = clock.get("muted_until") if escalation.is_running(clock) else None
    return earliest(muted_until, rules.next_check(dict(clock), policy, _warned_by(clock, policy)))


def _warned_by(clock: Mapping[str, Any], policy: Policy | None) -> WorkingTime | None:
    """The calendar by which warnings are counted back, where the policy counts them so."""
    return calendar_of(clock.get("calendar")) if policy is not None and policy.working_time else None


def _policy_of(clock: Mapping[str, Any]) -> Policy | None:
    return _policy(clock["policy"]["key"]) if clock["policy"] else None


def write(record: R, change: Change, *, next_own_check: NextOwnCheck, actor: Actor, now: datetime) -> R:
    """Commit a verb's change together with what follows from it: the next check, and the due moment that lists show."""
    # Without the events: nothing that is computed from a record reads them, and they are its largest part.
    plain = {name: record[name] for name in record._fields if name != "events"}
    after = {**plain, **change.set}
    fields = {"next_check_at": next_check(after, next_own_check(after)), "due_at": due_to_show(after)}
    return commit(record, replace(change, set={**change.set, **fields}), actor=actor, now=now)


def due_to_show(after: Mapping[str, Any]) -> datetime | None:
    """The earliest due moment of the running clocks; of a record that is done with, the last one of all."""
    clocks = after.get("clocks") or ()
    if any(is_open(clock) for clock in clocks):
        return next_due(clocks)
    due: datetime | None = after.get("due_at")
    return max((clock["due_at"] for clock in clocks if clock["due_at"] is not None), default=due)


def sweep(now: datetime, limit: int = 1000) -> int:
    """Carry out what is due. Returns how many records were read; fewer than `limit` of every kind: nothing is left."""
    domains.load("timing")
    context = Sweep(now)
    most = max((_sweep_kind(kind, context, limit) for kind in _kinds_due(now)), default=0)
    if "directory" in vars(context):
        health.report_flaws(JOB, context.directory.flaws, context.directory.codes, now=now)
    return most


def catch_up(document: type[Record], pk: object, now: datetime) -> None:
    """Carry out on one record what a sweep would at `now`: what the clock has done comes before what came after it."""
    domains.load("timing")
    kind = next(each for each in _KINDS if each.document is document)
    raw = document._get_collection().find_one({"_id": pk, **due_by(now)}, NOT_READ)
    if raw is not None:
        document._get_collection().bulk_write([_update(kind, raw, Sweep(now))])


def due_by(now: datetime) -> dict[str, Any]:
    """The filter of records on which something is due.

    The type must be named as the partial index names it: without it MongoDB reads every record instead of the index.
    """
    return {"next_check_at": {"$lte": now, "$type": "date"}}


def _kinds_due(now: datetime) -> list[TimedKind]:
    """The kinds of which something is due, asked in one command: most sweeps find nothing."""
    known = {kind.document: alone.due(kind.document._get_collection(), "next_check_at", now) for kind in _KINDS}
    if None not in known.values():
        return [kind for kind in _KINDS if known[kind.document]]
    pipeline: list[dict[str, Any]] = []
    for number, kind in enumerate(_KINDS):
        stages: list[dict[str, Any]] = [
            {"$match": due_by(now)},
            {"$limit": 1},
            {"$project": {"_id": {"$literal": number}}},
        ]
        union = {"$unionWith": {"coll": kind.document._get_collection_name(), "pipeline": stages}}
        pipeline += [union] if pipeline else stages
    found = _KINDS[0].document._get_collection().aggregate(pipeline)
    return [_KINDS[each["_id"]] for each in found]


def _sweep_kind(kind: TimedKind, context: Sweep, limit: int) -> int:
    collection = kind.document._get_collection()
    found = collection.find(_found(collection, context.now), NOT_READ, batch_size=limit + 1)
    records = list(found.sort("next_check_at", 1).limit(limit))
    if records:
        try:
            collection.bulk_write([_update(kind, raw, context) for raw in records], ordered=False)
        except BulkWriteError as error:
            _put_refused_aside(kind, collection, records, error, context.now)
        health.mended(JOB, kind_name(kind.document), [raw["_id"] for raw in records], context.now)
    return len(records)


def _found(collection: Collection[Any], now: datetime) -> dict[str, Any]:
    known = alone.due(collection, "next_check_at", now)
    # Not by the index: it keeps what was taken out of it for minutes, and a simulated week takes seconds.
    return due_by(now) if known is None else {"_id": {"$in": known}}


def _update(kind: TimedKind, raw: dict[str, Any], context: Sweep) -> UpdateOne:
    """The conditional write for one record. A record that cannot be computed is put aside; it never stops the others."""
    found = {"_id": raw["_id"], "version": raw.get("version"), **place_of(kind.document, raw)}
    try:
        return UpdateOne(found, _effect(kind, raw, context))
    except Exception as error:  # whatever is wrong with one record, the rest must go on
        if is_of_database(error):
            raise  # an hour's delay for all that is due would be the wrong answer
        return UpdateOne(found, _aside(kind, raw, error, context.now))


def _aside(kind: TimedKind, raw: Mapping[str, Any], error: Exception, now: datetime) -> dict[str, Any]:
    name, until = kind_name(kind.document), now + ASIDE
    aside = (kind.document._get_collection_name(), "next_check_at")
    told = health.report_bad(JOB, name, raw, error, now=now, until=until, aside=aside)
    logger.error("sweep put aside %s %s: %s", name, raw["_id"], told)
    return {"$set": {"next_check_at": until}}


def _put_refused_aside(
    kind: TimedKind,
    collection: Collection[Any],
    records: Sequence[Mapping[str, Any]],
    error: BulkWriteError,
    now: datetime,
) -> None:
    """The server itself cannot apply some writes (a field of the wrong type, a record of 16 MB); the others stand."""
    if is_of_database(error):
        raise error
    for each in error.details["writeErrors"]:
        raw = records[each["index"]]
        found = {"_id": raw["_id"], "next_check_at": raw["next_check_at"], **place_of(kind.document, raw)}
        collection.update_one(found, _aside(kind, raw, error, now))


def _effect(kind: TimedKind, raw: dict[str, Any], context: Sweep) -> dict[str, Any]:
    happenings = [_silenced(each, raw, context) for each in kind.happenings(raw, context)]
    after = raw
    for happening in happenings:
        after = {**after, **happening.set}
    escalated, clocks = _escalations(after, context)
    happenings += escalated
    for happening in escalated:
        after = {**after, **happening.set}
    after = {**after, "clocks": clocks}
    return _as_update(raw, after, happenings, kind.next_own_check(after), context.now)


def _as_update(
    raw: Mapping[str, Any],
    after: Mapping[str, Any],
    happenings: Sequence[Happening],
    own: datetime | None,
    now: datetime,
) -> dict[str, Any]:
    check = next_check(after, own)
    fields = {key: after[key] for happening in happenings for key in happening.set}
    if after["clocks"] != (raw.get("clocks") or []):
        fields["clocks"] = after["clocks"]
    if any(clock.get("muted_until") and is_open(clock) for clock in after["clocks"]):
        check = earliest(check, now + mutes.AGAIN)
        if not fields:
            return {
                "$set": {"next_check_at": check}
            }  # it was looked at whether the mute still stands, and nothing changed
    update: dict[str, Any] = {"$set": {**fields, "changed_at": now}, "$inc": {"version": max(len(happenings), 1)}}
    if check is None:
        update["$unset"] = {"next_check_at": ""}
    else:
        update["$set"]["next_check_at"] = check
    if happenings:
        first = raw["version"] + 1
        changes = [Change(h.verb, h.detail, notify=h.notify, make=h.make) for h in happenings]
        events = [event_values(change, n=first + i, actor=SYSTEM, now=now) for i, change in enumerate(changes)]
        update["$push"] = {"events": {"$each": events}}
        if any(happening.notify or happening.make for happening in happenings):
            update["$set"]["pending"] = True
    return update


def _silenced(happening: Happening, raw: Mapping[str, Any], context: Sweep) -> Happening:
    """What only warns, without anybody to tell while a mute covers the record."""
    mute = mutes.covering(context.mutes, raw) if happening.warns else None
    return replace(happening, notify=(), detail={**happening.detail, "to": [], **mute.said()}) if mute else happening


def _escalations(raw: Mapping[str, Any], context: Sweep) -> tuple[list[Happening], list[Clock]]:
    """The due steps of every running clock, each an event of its own, as one record of the clock's steps.

    Several may be due at once. Each meets the record as the one before has left it: raised twice is two higher, and the
    assignee is whoever the last reassignment has named.
    """
    happenings: list[Happening] = []
    record, clocks, whom, mute = dict(raw), list(raw.get("clocks") or ()), None, None
    for index, clock in enumerate(clocks):
        policy = _policy_of(clock)
        if policy is None or not escalation.is_running(clock):
            continue
        whom, mute = whom or context.addressees(raw), mute or mutes.covering(context.mutes, raw)
        until, calendar = mute.ends_at if mute else None, _warned_by(clock, policy)
        clocks[index], firings = fire_unless_muted(clock, policy, context.now, whom, whom.fired, calendar, until)
        for firing in firings:
            happening = _escalated(record, clock, firing, list(clocks), mute)
            record.update(happening.set)
            happenings.append(happening)
    return happenings, clocks


def _escalated(
    raw: Mapping[str, Any], clock: Clock, firing: Firing[str], clocks: list[Clock], mute: Mute | None
) -> Happening:
    due, step = firing.due, firing.due.step
    detail = {"clock": clock["name"], "step": due.key, "at": due.at, "late_minutes": due.late_minutes}
    if due.skipped:
        why = mute.said() if mute and due.skipped == MUTED else {"skipped": due.skipped}
        return Happening("escalate", {**detail, **why}, {"clocks": clocks})
    fields: dict[str, Any] = {"clocks": clocks}
    following = successor(firing, raw.get("barred") or ())
    if following:
        fields["assignee"] = following
    if step.action == "raise_priority":
        fields["priority"] = max(HIGHEST_PRIORITY, raw.get("priority", 3) - 1)
    told = _told(raw, clock, firing) if firing.recipients else []
    return Happening("escalate", {**detail, "action": step.action, "to": list(firing.recipients)}, fields, told)


def _told(raw: Mapping[str, Any], clock: Clock, firing: Firing[str]) -> list[dict[str, Any]]:
    due = firing.due
    # To its reader, "late" is the record and not the message: a step 60 minutes after due says 60.
    overdue = max((due.at - clock["due_at"]) // ONE_MINUTE + due.late_minutes, 0)
    params = {**told_of(raw), "due": clock["due_at"], "late_minutes": overdue, "step": due.key}
    # Once the deadline has passed, nobody's quiet hours hold it back.
    urgent = raw.get("priority", 3) <= 2 or due.step.offset >= timedelta(0)
    template = due.step.template or "overdue"
    return [{"to": list(firing.recipients), "template": template, "urgent": urgent, "params": params, "due_at": due.at}]
