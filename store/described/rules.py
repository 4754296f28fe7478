"""Rules of the kinds that are only described. Pure functions."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from store.calendars.working_time import DEFAULT_TIMEZONE
from store.clock import cut
from store.errors import Invalid, Problem, RuleBroken
from store.fields.checking import clean, is_empty
from store.fields.kinds import kind_of
from store.fields.spec import Field
from store.kinds import RecordKind
from store.premises.rules import masked_phone
from store.verbs import Verb
from store.words import Words

TOO_EARLY = Words("保管期还没有到：{due}", "It is not due yet: {due}")
MISSING = Words("请先登记「{label}」", "Record “{label}” first")


def checked(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored: moments as moments. Raises `Invalid` with every problem."""
    wanted = tuple(fields)
    as_text = {name: each.isoformat() if isinstance(each, datetime) else each for name, each in values.items()}
    cleaned, problems = clean(wanted, as_text)
    if problems:
        raise Invalid(problems)
    moments = [each.name for each in wanted if kind_of(each).is_moment and each.name in cleaned]
    return {**cleaned, **{name: _moment(cleaned[name]) for name in moments}}


def _moment(text: str) -> datetime:
    return cut(datetime.fromisoformat(text).astimezone(UTC))


def overdue(kind: RecordKind, now: datetime) -> dict[str, Any]:
    """The filter of the records of which something is owed since longer than it should be."""
    due = kind.due
    if due is None:
        return {"state": {"$in": []}}
    return {"state": {"$in": sorted(due.states)}, due.field: {"$lt": _now_as(kind.fields_named([due.field])[0], now)}}


def is_overdue(kind: RecordKind, record: Mapping[str, Any], now: datetime) -> bool:
    """Whether `overdue` finds it."""
    return kind.due is not None and record["state"] in kind.due.states and _is_past(kind, record, now)


def _is_past(kind: RecordKind, record: Mapping[str, Any], now: datetime) -> bool:
    field = kind.fields_named([kind.due.field])[0] if kind.due else None
    value = record.get(field.name) if field else None
    return field is not None and value is not None and bool(value < _now_as(field, now))


def _now_as(field: Field, now: datetime) -> Any:
    """A day is over at midnight of the house's own clock."""
    return now if kind_of(field).is_moment else now.astimezone(ZoneInfo(DEFAULT_TIMEZONE)).date().isoformat()


def check_effect(
    kind: RecordKind, verb: Verb, record: Mapping[str, Any], values: Mapping[str, Any], now: datetime
) -> None:
    """Raises `Invalid` `required` for what must be there first, `RuleBroken` `too_early` for what is not due yet."""
    named = {each.name: each.label for each in kind.fields}
    missing = [name for name in verb.effect.needs if is_empty({**record, **values}.get(name))]
    if missing:
        raise Invalid([Problem("required", MISSING.fill(label=named[name]), name) for name in missing])
    if verb.effect.once_due and kind.due and not _is_past(kind, record, now):
        raise RuleBroken("too_early", TOO_EARLY.fill(due=record.get(kind.due.field) or "—"), "state")


def kept(
    kind: RecordKind, record: Mapping[str, Any], given: Iterable[str], values: Mapping[str, Any]
) -> dict[str, Any]:
    """What of an answer stands in the record: of what was left empty, nothing; pictures are added to those there are."""
    said = frozenset(given)
    found = {each.name: values.get(each.name) for each in kind.fields if each.name in said}
    for each in kind.fields:
        if kind_of(each).is_file and each.name in found:
            both = [*(record.get(each.name) or ()), *(found[each.name] or ())]
            found[each.name] = list(dict.fromkeys(both)) or None
    return found


def pictures_in(fields: Iterable[Field], values: Mapping[str, Any]) -> list[str]:
    """The names of all pictures that stand in the fields."""
    return [name for each in fields if kind_of(each).is_file for name in values.get(each.name) or ()]


def told_in_history(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """What of an answer its history tells: nothing personal, and of a list how long it is."""
    shown = ((each.name, values.get(each.name)) for each in fields if not each.personal)
    return {name: len(value) if isinstance(value, list) else value for name, value in shown if value not in (None, [])}


def hidden(kind: RecordKind, record: Mapping[str, Any]) -> dict[str, Any]:
    """What is personal in it, as it is shown to whoever has not asked for it: of telephones the ends."""
    personal = ((each.name, record.get(each.name)) for each in kind.fields if each.personal)
    return {name: masked_phone(value) for name, value in personal if value}


def title_of(words: Iterable[Words]) -> dict[str, str]:
    """`title` and `title_en` of what it is called by."""
    found = [each for each in words if each.zh]
    return {"title": " · ".join(each.zh for each in found), "title_en": " · ".join(each.en for each in found)}
