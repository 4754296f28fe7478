"""Entries that follow the definition of their type: first every change is shown, then all of it takes force at once.

The definition and the entries are published by one transaction, under one moment a little ahead of it (`store/content/
swapping.py`): whoever asks for any moment is given the old definition with the old entries or the new with the new, and a
process that is killed leaves nothing half-written. Many entries are the work of a job, which any worker takes up again.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from store.actor import SYSTEM, Actor
from store.content import evolution, operations, rules, swapping
from store.content.conversion import Converted, converted, is_needed
from store.content.documents import Content
from store.content.known import learn
from store.content.migration_plan import Entry, Plan
from store.content.reading import defined, get, looking_up, type_of
from store.content.types import Body, ContentType, LookUp
from store.errors import Conflict, Invalid, Problem, RuleBroken
from store.fields.checking import clean
from store.versioned import Change, commit
from store.words import Words

KIND = evolution.KIND
# More than these a person does not wait for.
AT_ONCE = 200
# Beyond this a busy server would end the transaction before it is done: it allows a minute.
MOST = 10_000
# How far ahead the common moment lies, so that everything stands when it comes.
LEAD, LEAD_EACH = timedelta(milliseconds=250), timedelta(milliseconds=1)
NOTED_EACH = 500
NOTHING = Words("没有需要迁移的内容，直接发布即可", "No entry has to change; just publish it")
FOREIGN = Words(
    "有其他小区的内容，请由能看到所有小区的人迁移", "There are entries of other estates; who sees them all may migrate"
)
TOO_MANY = Words("超过 {n} 条，不能一次迁移", "More than {n} entries cannot be migrated at once").fill(n=MOST)
OVERTAKEN = Words("有人正在修改这些内容，请再试一次", "Somebody is changing these entries; please try again")


def preview(code: str, fills: Mapping[str, Any], *, actor: Actor, now: datetime) -> Plan:
    """Every change that publishing the draft of the definition `code` makes to entries. Nothing is written.

    Raises `Invalid` for a draft that is no definition and for values that do not fit, `RuleBroken` for foreign entries.
    """
    head = operations.for_writing(KIND, code, "publish", actor, None, "content.publish")
    return _planned(head, fills, actor, now)


def migrate(
    code: str, fills: Mapping[str, Any], *, actor: Actor, now: datetime, seen: int | None = None, note: str = ""
) -> Content:
    """Publish the draft of the definition together with a new revision of every entry that changes by it.

    Of many entries it is only asked for, and `carry_on` does it. Raises `Invalid` with what cannot be read or is missing,
    `RuleBroken` `nothing_to_migrate`, `Conflict`.
    """
    head = operations.for_writing(KIND, code, "publish", actor, seen, "content.publish")
    plan = _planned(head, fills, actor, now)
    _refuse(plan, actor)
    if not any(each.is_changed for each in plan.entries):
        raise RuleBroken("nothing_to_migrate", NOTHING)
    asked = {"body": plan.definition, "fills": dict(fills), "note": note, "by": actor.code, "by_name": actor.name}
    if len(plan.entries) <= AT_ONCE:
        return _swapped(head, plan, asked, actor, now)
    intent = {**asked, "asked_at": now, "total": len(plan.entries), "done": 0}
    change = Change("migration_asked", {"entries": len(plan.entries), "note": note}, {"migrating": intent})
    return commit(head, change, actor=actor, now=now)


def carry_on(now: datetime) -> int:
    """Carry out the migrations that were asked for. Returns how many there were."""
    waiting = {"migrating.asked_at": {"$lte": now, "$type": "date"}, "publish_after": {"$not": {"$gt": now}}}
    found: Any = Content.objects(__raw__=waiting).order_by("migrating.asked_at")
    return operations.one_by_one(found, lambda head: _carried_out(head, now), now, limit=1)


def _carried_out(head: Content, now: datetime) -> None:
    asked = head.migrating
    by = Actor(asked["by"], asked.get("by_name", ""), SYSTEM.roles, None)
    try:
        plan = _planned(head, asked["fills"], by, now, asked["body"])
        _refuse(plan, by)
        _swapped(head, plan, asked, by, now)
    except (Invalid, RuleBroken) as error:
        # An entry came meanwhile that cannot be read: it goes back to who asked, and nothing has changed.
        problems = error.problems if isinstance(error, Invalid) else (Problem(error.code, error.words, error.field),)
        operations.tell_refusal(head, problems, "migration_refused", ("migrating",), asked, now)


# What becomes of the entries


def _planned(head: Content, fills: Mapping[str, Any], actor: Actor, now: datetime, body: Body | None = None) -> Plan:
    definition, problems = rules.check_body(type_of(KIND, now), head.draft if body is None else body, looking_up(now))
    problems += evolution.unknown_targets(head.code, definition, now) if not problems else []
    if problems:
        raise Invalid(problems)
    last = learn([f"{head.pk}:{head.revision}"]).get(f"{head.pk}:{head.revision}")
    after = defined(head.code, definition)
    before = after if last is None or last.withdrawn else defined(head.code, last.body)
    given, look_up = _checked(after, fills), looking_up(now)
    plan = Plan(head.code, definition, [], [], last.effective_at if last else None)
    for entry in _entries(plan, actor):
        _convert(entry, before, after, given, look_up)
        _note_needs(plan, entry, after)
        if entry.is_changed or entry.problems:
            plan.entries.append(entry)
            _note_progress(head, len(plan.entries))
    return plan


def _checked(after: ContentType, fills: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `Invalid` for values that do not fit their fields, under `fills.<field>`."""
    known = [each for each in after.fields if each.name in fills]
    values, problems = clean(known, fills, "fills.")
    if problems:
        raise Invalid(problems)
    return values


def _entries(plan: Plan, actor: Actor) -> Iterator[Entry]:
    heads = list(Content.objects(type=plan.code).order_by("code").fields(slice__events=-1).no_cache().limit(MOST + 1))
    if len(heads) > MOST:
        raise RuleBroken("too_many_entries", TOO_MANY)
    if not actor.sees_all(each.estate for each in heads if each.estate):
        raise RuleBroken("foreign_entries", FOREIGN)
    # One whose publication was cut off stands before anything else happens to it.
    heads = [operations.write_revision(each) if each.publishing else each for each in heads]
    found = learn([f"{each.pk}:{each.revision}" for each in heads if each.revision])
    begun = [each.effective_at for each in found.values()]
    plan.begun_at = max([*begun, plan.begun_at] if plan.begun_at else begun, default=None)
    for head in heads:
        revision = found.get(f"{head.pk}:{head.revision}")
        live = None if revision is None or revision.withdrawn else revision.body
        yield Entry(head, live, head.draft, head.scheduled.get("body") if head.scheduled else None)


def _convert(entry: Entry, before: ContentType, after: ContentType, fills: Mapping[str, Any], look_up: LookUp) -> None:
    """What runs, or will run by itself, must be right; a draft stays as it was typed where it cannot be read."""
    for name in ("live", "scheduled"):
        body = getattr(entry, name)
        if body is not None:
            found = converted(before, after, body, fills)
            entry.changes += [each for each in found.changes if each not in entry.changes]
            entry.problems += found.problems or _new_problems(found, body, before, after, look_up)
            setattr(entry, name, found.body)
    entry.draft = converted(before, after, entry.draft, fills).body


def _new_problems(
    found: Converted, body: Body, before: ContentType, after: ContentType, look_up: LookUp
) -> list[Problem]:
    """What is wrong by the new definition and was not by the one before."""
    _, problems = rules.check_body(after, found.body, look_up)
    if not problems:
        return []
    known = {(each.field, each.code) for each in rules.check_body(before, body, look_up)[1]}
    return [each for each in problems if (each.field, each.code) not in known]


def _note_needs(plan: Plan, entry: Entry, after: ContentType) -> None:
    lacking = {each.field for each in entry.problems if each.code == "required"}
    known = {each.name for each in plan.needs}
    plan.needs += [each for each in after.fields if each.name in lacking - known and is_needed(each)]


def _note_progress(head: Content, done: int) -> None:
    """How far a job is, for who looks at the page; it says nothing of what is written, for that is all or nothing."""
    if head.migrating and done % NOTED_EACH == 0:
        here = {"_id": head.pk, "migrating.asked_at": head.migrating["asked_at"]}
        Content._get_collection().update_one(here, {"$max": {"migrating.done": done}})


def _refuse(plan: Plan, actor: Actor) -> None:
    """Raises `Invalid`: `entries_do_not_fit` with the first entries that cannot be read or lack a value."""
    problems = list(evolution.told([evolution.Misfit(each.head, each.problems[0]) for each in plan.refused], actor))
    if problems:
        raise Invalid(problems)


def _swapped(head: Content, plan: Plan, asked: Mapping[str, Any], actor: Actor, now: datetime) -> Content:
    at = now + LEAD + LEAD_EACH * len(plan.entries)
    at = at if plan.begun_at is None else max(at, plan.begun_at)
    try:
        swapping.swap(head, plan, asked["note"], at, actor, now)
    except swapping.Overtaken as error:
        raise Conflict("changed_meanwhile", OVERTAKEN) from error
    return get(KIND, head.code, actor)


__all__ = ["Entry", "Plan", "carry_on", "migrate", "preview"]
