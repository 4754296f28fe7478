"""The verbs of the kinds that are only described: one is made, and what was said of it is kept."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from bson import ObjectId

from store import directory, lifecycle, records
from store.access import require
from store.actor import Actor
from store.audit.operations import record as audit
from store.content.reading import live
from store.described import rules
from store.described.documents import DOCUMENTS
from store.errors import Conflict, Invalid, NotFound, Problem
from store.fields.checking import uses
from store.fields.kinds import kind_of
from store.fields.spec import Field
from store.kinds import MADE, RecordKind, made_kinds
from store.numbering import take
from store.people.operations import Directory
from store.photos import operations as photos
from store.records import Record
from store.usage import User, finds_users, open_records
from store.verbs import Telling
from store.versioned import Change, commit
from store.versioned import create as create_document
from store.words import Words, translated

ESTATE = Field("estate", "reference", Words("小区", "Estate"), required=True, target="estate")
# One sentence for both: what belongs to another estate is absent.
NOT_THERE = Words("该小区没有「{code}」，或尚未发布", "There is no “{code}” in this estate, or it is not published")

MOST_USERS = 200
NOBODY = Words("没有可以通知的人员", "There is nobody to tell")


def asked_of(kind: RecordKind) -> tuple[Field, ...]:
    """The form of who makes one."""
    return (ESTATE, *kind.fields_named(kind.making.asks)) if kind.making else ()


def make(kind: RecordKind, values: Mapping[str, Any], *, actor: Actor, now: datetime, key: str | None = None) -> Record:
    """A new record of what its form asks; the same `key` again gives the same record.

    Raises `Invalid` with every problem.
    """
    making = kind.making
    if making is None:
        raise LookupError(kind.name)
    given = rules.checked(asked_of(kind), values)
    estate = given["estate"]
    require(actor, making.permission, estate)
    _check_references(asked_of(kind), given, estate, now)
    document, key = DOCUMENTS[kind.name], key or uuid4().hex
    known = document.found({"estate": estate, "key": key})
    if known is not None:
        return known
    number = take(kind.prefix, now, Directory.load().timezone(estate))[0]
    values = {**given, **_title(kind, given, now), "number": number, "state": making.state, "key": key}
    _claim(kind.fields, given, estate, actor, now)
    made = Change(MADE, rules.told_in_history(kind.fields, given))
    try:
        return create_document(document(pk=ObjectId(), **values), made, actor=actor, now=now)
    except Conflict:
        known = document.found({"estate": estate, "key": key})
        if known is None:
            raise
        return known


def _check_references(
    fields: Sequence[Field],
    values: Mapping[str, Any],
    estate: str,
    now: datetime,
    stood: Collection[tuple[str, str]] = (),
) -> None:
    """Raises `Invalid` for what is not there, or belongs to another estate, unless it `stood` in the record already: who
    came to a session did so, though he has left since."""
    problems = [
        Problem("reference_missing", NOT_THERE.fill(code=code), path)
        for path, target, code in uses(fields, values)
        if (target, code) not in stood and not _is_there(target, code, estate, now)
    ]
    if problems:
        raise Invalid(problems)


def _is_there(target: str, code: str, estate: str, now: datetime) -> bool:
    if directory.is_kind(target):
        entry = directory.values_of(target, code)
        return entry is not None and (target == "estate" or directory.kinds()[target].fits(entry, estate))
    found = live(target, code, now)
    return found is not None and found.estate in (None, estate)


def _title(kind: RecordKind, values: Mapping[str, Any], now: datetime) -> dict[str, str]:
    fields = kind.fields_named(kind.making.title) if kind.making else ()
    return rules.title_of(words_of(each, values.get(each.name), now) for each in fields)


def words_of(field: Field, value: Any, now: datetime) -> Words:
    """What stands in a field as it is read in a title; empty for nothing."""
    if value is None:
        return Words("", "")
    if kind_of(field).chooses:
        return dict(field.choices).get(value, Words(value, value))
    if not kind_of(field).refers or not field.target:
        return translated(value)
    if directory.is_kind(field.target):
        return translated((directory.values_of(field.target, value) or {}).get("name") or value)
    found = live(field.target, value, now)
    return translated(found.body.get("name") if found else value)


def run(
    kind: RecordKind,
    name: str,
    key: object,
    *,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
    **given: Any,
) -> Record:
    """Keeps what was said, as the effect of the verb says. Raises `Invalid`, `RuleBroken`."""
    verb, document = kind[name], DOCUMENTS[kind.name]
    record, state = lifecycle.begin(document, key, name, actor, seen)
    values = rules.checked(verb.fields, given)
    stored = record.to_mongo().to_dict()
    stood = {(target, code) for _, target, code in uses(kind.fields, stored)}
    _check_references(verb.fields, values, record.estate, now, stood)
    rules.check_effect(kind, verb, stored, values, now)
    fields = rules.kept(kind, stored, given, values)
    if verb.effect.stamps:
        fields[verb.effect.stamps] = now
    if kind.making and set(kind.making.title) & set(fields):
        fields |= _title(kind, {**stored, **fields}, now)
    _claim(verb.fields, values, record.estate, actor, now)
    after = {**stored, **fields, "state": state}
    told = _told(verb.effect.tells, kind, after, now)
    fields |= _kept_of_told(verb.effect.tells, told)
    detail = rules.told_in_history(verb.fields, values)
    return commit(record, Change(name, detail, {"state": state, **fields}, notify=told), actor=actor, now=now)


def _claim(fields: Sequence[Field], values: Mapping[str, Any], estate: str, actor: Actor, now: datetime) -> None:
    hashes = rules.pictures_in(fields, values)
    photos.check_named_as(hashes)
    photos.claim(hashes, estate, actor=actor, now=now)


def _told(tells: Telling | None, kind: RecordKind, record: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    if tells is None:
        return []
    company = Directory.load()
    people = sorted({code for name in tells.to for code in _people(kind, name, record, company, now)})
    return (
        [{"to": people, "template": tells.template, "urgent": False, "params": params(kind, record)}] if people else []
    )


def _kept_of_told(tells: Telling | None, told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Raises `Invalid` `nobody_to_tell` where nobody is there to be kept."""
    if tells is None or not tells.kept:
        return {}
    if not told:
        raise Invalid.one("nobody_to_tell", NOBODY, tells.to[0])
    return {tells.kept: told[0]["to"]}


def _people(kind: RecordKind, name: str, record: Mapping[str, Any], company: Directory, now: datetime) -> Iterator[str]:
    """Who is meant by what stands in the field: people, or everybody with a role or of a department in the estate."""
    field = kind.fields_named([name])[0]
    value = record.get(name) or []
    for code in value if isinstance(value, list) else [value]:
        target = {"kind": field.target or "role", "ref": code}
        yield from company.recipients(target, record["estate"], now)


def params(kind: RecordKind, record: Mapping[str, Any]) -> dict[str, Any]:
    """What a notification template may say of it: nothing personal."""
    at = record.get(kind.due.field) if kind.due else None
    return {**records.told_of(record), **({"date": at, "due": at} if at else {})}


def revealing(kind: RecordKind) -> str:
    """The permission of who may see what is personal: that of who writes it down."""
    return kind.making.permission if kind.making else kind.permission


def reveal(kind: RecordKind, key: object, *, actor: Actor, now: datetime) -> Record:
    """The record, with a line in the audit before anybody sees what is personal in it. Raises `NotFound`, also where
    nothing is, `Forbidden`."""
    if not any(each.personal for each in kind.fields):
        raise NotFound(kind.one, key)
    record = records.get(DOCUMENTS[kind.name], key, actor)
    require(actor, revealing(kind), record.estate)
    audit("reveal_contact", f"{kind.name}:{record.number}", actor=actor, now=now, estate=record.estate)
    return record


def _names_one(field: Field, kind: str) -> bool:
    return field.target == kind and not kind_of(field).several


@finds_users
def described_users(kind: str, code: str) -> list[User]:
    """What is not at its end and refers to it alone: a session needs its course, and not everybody who was told of it."""
    found: list[User] = []
    for document in DOCUMENTS.values():
        own = document.KIND
        names = [each.name for each in own.fields if _names_one(each, kind)]
        if names:
            query = {"state": {"$in": sorted(own.open_states)}, "$or": [{name: code} for name in names]}
            rows = document.objects(__raw__=query).only("number", "title", "title_en", "estate").limit(MOST_USERS)
            found += open_records(rows, own.name)
    return found


def described(kinds: Iterable[RecordKind]) -> None:
    for each in kinds:
        lifecycle.otherwise(each, partial(_doing, each))


def _doing(kind: RecordKind, verb: str) -> lifecycle.Run:
    return partial(run, kind, verb)


described(made_kinds())
