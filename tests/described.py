"""Samples of the kinds that are only described, made from their descriptions: a new kind has one without being named here."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from store import clock
from store.actor import SYSTEM
from store.content.documents import Content
from store.content.types import built_in
from store.described.operations import asked_of, make
from store.fields.spec import Field
from store.kinds import RecordKind, made_kinds
from store.records import Record
from tests import cast

# Somebody who works in the estate.
_STAFF = {cast.ESTATE: "guard", cast.OTHER_ESTATE: "stranger"}


def sample_of(kind: RecordKind, estate: str = cast.ESTATE, text: str = "样例") -> dict[str, Any]:
    """What a form could say: every field that it asks."""
    found = {each.name: _value(each, estate, text) for each in asked_of(kind)}
    return {name: value for name, value in found.items() if value is not None}


def make_sample(kind: RecordKind, estate: str = cast.ESTATE, text: str = "样例") -> Record:
    return make(kind, sample_of(kind, estate, text), actor=SYSTEM, now=clock.now())


def typed(kind: RecordKind, **changes: Any) -> dict[str, Any]:
    """The sample as a browser sends it: moments without an offset."""
    moments = {each.name for each in asked_of(kind) if each.kind == "datetime"}
    found = {name: str(value)[:16] if name in moments else value for name, value in sample_of(kind).items()}
    return {"key": "form-1", **found, **changes}


def first_verb(kind: RecordKind) -> str:
    """One that can be tried on a new record."""
    return next(each.name for each in kind.verbs if kind.making and kind.making.state in each.before)


def body_of_verb(path: str) -> dict[str, Any]:
    """What a program may say at `/<page>/{key}/<noun>`; empty for what is no verb of a described kind."""
    _, page, *_, noun = path.split("/")
    found = (each for kind in made_kinds() if kind.page == page for each in kind.verbs if each.noun == noun)
    return next((_needed(each.fields) for each in found), {})


def _needed(fields: Iterable[Field]) -> dict[str, Any]:
    return {each.name: _value(each, cast.ESTATE, "样例") for each in fields if each.required}


def _value(field: Field, estate: str, text: str) -> Any:
    if field.target == "estate":
        return estate
    if field.target:
        code = _entry(field.target, estate)
        return [code] if field.kind == "references" else code
    if field.kind == "choice":
        return field.choices[0][0]
    if field.kind == "choices":
        return [field.choices[0][0]]
    if field.kind == "list":
        return [_needed(field.fields)]
    later = clock.now() + timedelta(days=30)
    return {
        "text": text, "long_text": text, "datetime": later.isoformat(), "date": later.date().isoformat(),
        "integer": 1, "decimal": 1.0, "boolean": True,
    }.get(field.kind)  # fmt: skip


def _entry(target: str, estate: str) -> str:
    if target == "staff":
        return _STAFF[estate]
    code = f"{target.replace('_', '-')}-sample"
    if Content.objects(type=target, code=code).first() is None:
        needed = _needed(each for each in built_in()[target].fields if each.name != "name")
        cast.publish(target, code, {"name": {"zh": "示范内容", "en": "Sample"}, **needed}, cast.LONG_AGO)
    return code
