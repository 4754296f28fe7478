"""What the fields of a described kind begin with, and what can be chosen in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from admin_app.backoffice.forms.controls import Look, Option
from admin_app.backoffice.records.described import people_choices
from admin_app.backoffice.records.verbs import Posted
from admin_app.shell.language import say
from store import directory
from store.content.reading import live_all
from store.fields.kinds import kind_of
from store.fields.spec import Field
from store.kinds import RecordKind
from store.words import translated

MORNING = 9


def choices_of(field: Field, estates: Collection[str], now: datetime) -> Sequence[Option]:
    """What can be chosen in the estates; of content, what is in force. As many questions for all as for one."""
    if field.choices or not field.target:
        return [Option(value, say(words)) for value, words in field.choices]
    if field.target == "staff":
        return people_choices(estates)
    if directory.is_kind(field.target):
        entries = directory.kinds()[field.target].objects(active__ne=False, estate__in=[*estates, None])
        return [Option(each.code, say(translated(each.name))) for each in entries.only("code", "name").order_by("code")]
    found = (each for each in live_all(field.target, now) if each.estate is None or each.estate in estates)
    return [Option(each.code, say(translated(each.body.get("name") or each.code))) for each in found]


def look(field: Field, value: Any, estate: str, now: datetime) -> Look:
    """What is personal is not shown there."""
    if kind_of(field).is_file:
        return Look(control="files")
    choices = choices_of(field, [estate], now) if field.target else None
    return Look(None if field.personal else standing(value), choices=choices)


def standing(value: Any) -> Any:
    """A stored value as a form takes it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value in ("", []) else value


def looks_of_rows(
    field: Field, begins: Sequence[Mapping[str, Any]], estate: str, zone: ZoneInfo, now: datetime
) -> dict[str, Look]:
    """A row for each that stands there already, and for each whom it should have one; what says no more than of whom it
    is says nothing. By path."""
    first = field.fields[0].name

    def read(values: Posted) -> list[dict[str, Any]]:
        return [row for row in values.read([field], zone).get(field.name, []) if set(row) != {first}]

    parts = {f"{field.name}.{each.name}": look(each, None, estate, now) for each in field.fields if each.target}
    return {field.name: Look([dict(row) for row in begins] or [{}], read=read), **parts}


def rows_begun(field: Field, kept: Sequence[Mapping[str, Any]], people: Iterable[str]) -> list[Mapping[str, Any]]:
    """What was recorded, and then those of whom nothing was yet; the first part of a row says of whom it is."""
    first = field.fields[0].name
    known = {row.get(first) for row in kept}
    return [*kept, *({first: code} for code in people if code not in known)]


def first_values(kind: RecordKind, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """What the form of a new one begins with: now, or a morning of the estate's own clock."""
    making = kind.making
    if making is None:
        return {}
    fields = {each.name: each for each in kind.fields}
    return {name: _ahead(fields[name], days, now.astimezone(zone)) for name, days in making.days_ahead.items()}


def _ahead(field: Field, days: int, now: datetime) -> Any:
    moment = (now + timedelta(days=days)).replace(second=0, microsecond=0)
    if kind_of(field).is_day:
        return moment.date().isoformat()
    return moment.replace(hour=MORNING, minute=0) if days else moment
