"""What stands in the fields of a described record, as people read it: codes by their names, moments by the estate's clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import g
from markupsafe import Markup

from admin_app.backoffice.content.places import url_of
from admin_app.backoffice.forms.references import Labels
from admin_app.shell.formats import NOTHING, local_time
from admin_app.shell.language import say
from store.content.types import built_in
from store.fields.kinds import kind_of
from store.fields.spec import Field
from store.words import Words

YES, NO = Words("是", "Yes"), Words("否", "No")
LISTED = Words("、", ", ")


def references_in(fields: Iterable[Field], values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """(kind, code) of everything that the fields refer to."""
    for each in fields:
        value = values.get(each.name)
        if each.kind == "list":
            for row in value or ():
                yield from references_in(each.fields, row)
        elif each.target and value:
            yield from ((each.target, code) for code in (value if isinstance(value, list) else [value]))


def learn(fields: Iterable[Field], rows: Iterable[Mapping[str, Any]]) -> None:
    """Look up the names of all that the rows refer to: one query for each kind, whatever the number of rows."""
    wanted = tuple(fields)
    g.described_labels = Labels.of({each for row in rows for each in references_in(wanted, row)})


def name_of(target: str, code: str) -> str:
    labels: Labels | None = g.get("described_labels")
    return labels.name(target, code) if labels else code


def plain(field: Field, value: Any) -> Any:
    """As a workbook says it: text, a number or a moment."""
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        return say(YES if value else NO)
    if field.kind == "list":
        return len(value)
    if isinstance(value, list):
        return say(LISTED).join(str(plain_one(field, each)) for each in value)
    return plain_one(field, value)


def plain_one(field: Field, value: Any) -> Any:
    if field.choices:
        words = dict(field.choices).get(value)
        return say(words) if words else value
    if field.target:
        return name_of(field.target, value)
    return value


def shown(field: Field, value: Any, zone: str) -> Any:
    """As a page says it."""
    if isinstance(value, datetime):
        return local_time(value, zone)
    said = plain(field, value)
    if isinstance(said, float):
        return f"{said:g}"
    return NOTHING if said is None else said


class Table(NamedTuple):
    """The rows of a list inside a record."""

    label: Words
    heads: Sequence[Words]
    rows: Sequence[Sequence[Any]]


def facts_of(
    fields: Iterable[Field], values: Mapping[str, Any], zone: str, reads_content: bool
) -> list[tuple[Words, Any]]:
    """(label, value) of what is said in one line; what is empty is left out. Content leads to its page."""
    short = (each for each in fields if not _is_apart(each))
    said = ((each, values.get(each.name)) for each in short)
    return [
        (each.label, _fact(each, value, zone, reads_content)) for each, value in said if value not in (None, "", [])
    ]


def _is_apart(field: Field) -> bool:
    """What has a card of its own."""
    return kind_of(field).is_long or kind_of(field).nested or kind_of(field).is_file


def _fact(field: Field, value: Any, zone: str, reads_content: bool) -> Any:
    found = shown(field, value, zone)
    if not reads_content or kind_of(field).several or field.target not in built_in():
        return found
    return Markup('<a href="{}">{}</a>').format(url_of(field.target, "preview", code=value), found)


def texts_of(fields: Iterable[Field], values: Mapping[str, Any]) -> list[tuple[Words, str]]:
    return [(each.label, values[each.name]) for each in fields if kind_of(each).is_long and values.get(each.name)]


def tables_of(fields: Iterable[Field], values: Mapping[str, Any], zone: str) -> list[Table]:
    lists = (each for each in fields if each.kind == "list" and values.get(each.name))
    return [
        Table(
            each.label,
            [part.label for part in each.fields],
            [[shown(part, row.get(part.name), zone) for part in each.fields] for row in values[each.name]],
        )
        for each in lists
    ]
