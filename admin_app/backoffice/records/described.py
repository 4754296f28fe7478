"""The verbs of a record's description as buttons and small forms: one input for each field, read as its kind is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import request

from admin_app.backoffice.frame.base import BulkVerb
from admin_app.backoffice.records.names import assignable, place
from admin_app.backoffice.records.priced_lines import read_lines
from admin_app.backoffice.records.verbs import Input, Option, Posted, Run, VerbForm
from admin_app.shell.formats import moment_typed
from admin_app.shell.language import say
from store import clock, lifecycle
from store.actor import Actor
from store.errors import Invalid
from store.fields.spec import Field
from store.kinds import RecordKind
from store.records import Record
from store.verbs import Button, Verb
from store.words import Words

NO_MOMENT = Words("应为日期和时间", "must be a date and a time")
INPUTS = {
    "text": "text",
    "photo": "text",
    "long_text": "long",
    "choice": "choice",
    "reference": "choice",
    "references": "several",
    "integer": "number",
    "datetime": "moment",
    "boolean": "tick",
    "list": "lines",
}


@dataclass(frozen=True)
class Look:
    """What one input has on the page of this record: what stands in it, what can be chosen – and, where the kind of its field
    does not say so, how it is shown and read. One that is `absent` has nothing to ask here."""

    value: str = ""
    choices: Sequence[Option] | None = None
    rows: Sequence[tuple[str, str]] = ()
    kind: str = ""
    absent: bool = False
    read: Callable[[Posted], object] | None = None


# `verb.field` → its look; most inputs have none.
Looks = Mapping[str, Look]


def described(record: Record, looks: Looks) -> list[VerbForm]:
    """Every verb of the record's kind that the office offers, in the order of the description."""
    return [_form(record, verb, verb.button, looks) for verb in record.KIND.verbs if verb.button]


def _form(record: Record, verb: Verb, button: Button, looks: Looks) -> VerbForm:
    all_looks = ((each, looks.get(f"{verb.name}.{each.name}", Look())) for each in _asked(verb))
    asked = [each for each in all_looks if not each[1].absent]
    return VerbForm(
        verb.name,
        verb.words,
        verb.permission,
        _running(record, verb, asked),
        tuple(_input(record, each, button, look) for each, look in asked),
        button.tone,
        button.icon,
        confirm=button.confirm,
        hint=button.hint,
        wide=button.wide,
    )


def _asked(verb: Verb) -> list[Field]:
    """The fields as a desk asks them."""
    button = verb.button or Button()
    asked = (each for each in verb.fields if each.name not in button.leaves_out)
    return [replace(each, required=each.required or each.name in button.demands) for each in asked]


def _input(record: Record, field: Field, button: Button, look: Look) -> Input:
    return Input(
        field.name,
        button.labels.get(field.name, field.label),
        look.kind or INPUTS[field.kind],
        required=field.required,
        hint=button.hints.get(field.name),
        choices=_choices(record, field) if look.choices is None else look.choices,
        value=look.value,
        maximum=None if field.maximum is None else int(field.maximum),
        rows=look.rows,
    )


def _choices(record: Record, field: Field) -> Sequence[Option]:
    if field.target == "staff":
        return people_choices(record.estate)
    return [Option(value, say(words)) for value, words in field.choices]


def people_choices(estate: str) -> tuple[Option, ...]:
    """Who works in the estate, by department."""
    return tuple(Option(each.code, each.name, each.department) for each in assignable([estate]))


def _running(record: Record, verb: Verb, asked: Sequence[tuple[Field, Look]]) -> Run:
    operation = lifecycle.run_of(record.KIND, verb.name)

    def run(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        read = {each.name: _read(record, each, look, values) for each, look in asked}
        given = {name: value for name, value in read.items() if value is not None}
        return operation(record.pk, **given, actor=actor, now=now, seen=seen)

    return run


def _read(record: Record, field: Field, look: Look, values: Posted) -> object:
    """What was typed, as the verb takes it; None for what was left empty and need not be said. Raises `Invalid`."""
    if look.read is not None:
        return look.read(values)
    if field.kind == "boolean":
        return values.ticked(field.name)
    if field.kind == "references":
        return values.several(field.name)
    if field.kind == "integer":
        return values.whole(field.name)
    if field.kind == "list":
        return read_lines(values.under(f"{field.name}."))
    if field.kind == "datetime":
        return moment_of(values, field.name, record.estate)
    return values.text(field.name) or ("" if field.required else None)


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
        does = _running(row, verb, [(each, Look()) for each in _asked(verb)])
        return does(Posted(request.form), actor=actor, now=clock.now(), seen=row.version)

    return BulkVerb(name, verb.words, verb.permission, run)
