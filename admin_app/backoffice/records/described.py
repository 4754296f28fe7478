"""The verbs of a record's description as buttons and small forms: one control for each field, read as its kind is read."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import request

from admin_app.backoffice.forms.controls import NO_LOOK, Look, Looks, Option
from admin_app.backoffice.frame.base import BulkVerb
from admin_app.backoffice.records.names import assignable, place
from admin_app.backoffice.records.verbs import Posted, Run, VerbForm
from admin_app.shell.formats import moment_typed
from store import clock, lifecycle
from store.actor import Actor
from store.described.operations import make
from store.errors import Invalid
from store.fields.kinds import kind_of
from store.fields.nested import LIST
from store.fields.spec import Field
from store.kinds import RecordKind
from store.photos.operations import bring_all
from store.records import Record
from store.verbs import Button, Verb
from store.words import Words

# What the form that makes a record is called beside the verbs of one that is there.
MAKE = "make"
NO_MOMENT = Words("应为日期和时间", "must be a date and a time")


def described(record: Record, looks: Looks) -> list[VerbForm]:
    """Every verb of the record's kind that the office offers, in the order of the description."""
    zone = place(record.estate).zone
    return [_form(record, verb, verb.button, looks, zone) for verb in record.KIND.verbs if verb.button]


def _form(record: Record, verb: Verb, button: Button, looks: Looks, zone: ZoneInfo) -> VerbForm:
    own = {path.removeprefix(f"{verb.name}."): look for path, look in looks.items() if path.startswith(f"{verb.name}.")}
    fields = [each for each in _asked(verb) if not own.get(each.name, NO_LOOK).absent]
    shown = [_as_shown(each, button) for each in fields]
    return VerbForm(
        verb.name,
        verb.words,
        verb.permission,
        _running(record, verb, shown, own, zone),
        shown,
        {**_usual_looks(record, shown), **own},
        zone,
        button.tone,
        button.icon,
        confirm=button.confirm,
        hint=button.hint,
        wide=button.wide,
    )


def making_form(kind: RecordKind, estate: str, looks: Looks) -> VerbForm:
    """The form that makes a record of the kind in an estate; `looks` are of its fields."""
    making, zone = kind.making, place(estate).zone
    if making is None:
        raise LookupError(kind.name)
    fields = kind.fields_named(making.asks)
    plain = [each for each in fields if not kind_of(each).is_file]

    def run(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        given = {"estate": estate, **values.read(plain, zone), **_brought(fields, values, estate, actor, now)}
        return make(kind, given, actor=actor, now=now, key=values.text("key")[:64] or None)

    return VerbForm(
        MAKE, making.words, making.permission, run, fields, looks, zone, "primary", "plus", hint=making.hint
    )


def _brought(fields: Sequence[Field], values: Posted, estate: str, actor: Actor, now: datetime) -> dict[str, list[str]]:
    """The names of the pictures that came with the form. Raises `Invalid`."""
    found = {each.name: values.files(each.name) for each in fields if kind_of(each).is_file}
    return {name: bring_all(files, estate, actor=actor, now=now) for name, files in found.items() if files}


def _asked(verb: Verb) -> list[Field]:
    """The fields as a desk asks them."""
    button = verb.button or Button()
    asked = (each for each in verb.fields if each.name not in button.leaves_out)
    # What a person must say himself is not guessed for him.
    return [replace(each, required=True, default=None) if each.name in button.demands else each for each in asked]


def _as_shown(field: Field, button: Button) -> Field:
    return replace(field, label=button.labels.get(field.name, field.label), help=button.hints.get(field.name))


def _usual_looks(record: Record, fields: Sequence[Field]) -> dict[str, Look]:
    """People are chosen from those of the estate; a switch is off, a list begins with a row to fill in."""
    people = (
        Look(choices=people_choices([record.estate])) if any(each.target == "staff" for each in fields) else NO_LOOK
    )
    found = {each.name: people for each in fields if each.target == "staff"}
    found |= {each.name: Look(False) for each in fields if kind_of(each).control == "switch"}
    return found | {each.name: Look([{}]) for each in fields if each.kind == LIST}


def people_choices(estates: Iterable[str]) -> tuple[Option, ...]:
    """Who works in one of the estates, by department."""
    return tuple(Option(each.code, each.name, each.department) for each in assignable(estates))


def _running(record: Record, verb: Verb, fields: Sequence[Field], looks: Looks, zone: ZoneInfo) -> Run:
    operation = lifecycle.run_of(record.KIND, verb.name)
    odd = {name: look.read for name, look in looks.items() if look.read}
    plain = [each for each in fields if each.name not in odd and not kind_of(each).is_file]
    # Of a kind that is only described, what stood there and was left empty is taken out: all but what is not shown.
    empty = [each.name for each in plain if record.KIND.making and not each.personal]

    def run(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        # A form that shows no row says that there is none.
        none: dict[str, object] = {**dict.fromkeys(empty), **{each.name: [] for each in plain if each.kind == LIST}}
        given = {**none, **values.read(plain, zone)}
        read = {name: each(values) for name, each in odd.items()}
        given |= {name: value for name, value in read.items() if value is not None}
        given |= _brought(fields, values, record.estate, actor, now)
        return operation(record.pk, **given, actor=actor, now=now, seen=seen)

    return run


def moment_of(values: Posted, name: str, estate: str) -> datetime:
    """`2026-11-24T14:30` by the clocks of the estate. Raises `Invalid`."""
    moment = moment_typed(values.text(name), place(estate).zone)
    if moment is None:
        raise Invalid.one("not_a_moment", NO_MOMENT, name)
    return moment


def bulk(kind: RecordKind, name: str) -> BulkVerb:
    """The verb for several rows at once; what it asks stands in the form below the list."""
    verb = kind[name]

    def run(row: Record, actor: Actor) -> object:
        does = _running(row, verb, _asked(verb), {}, place(row.estate).zone)
        return does(Posted(request.form), actor=actor, now=clock.now(), seen=row.version)

    return BulkVerb(name, verb.words, verb.permission, run)
