"""Forms and values: the one place where what was typed becomes values of fields, and values become what stands in a form.

Names are paths: `steps.0.targets.1.kind`. Rows stand in the order in which they come in the form, whatever their numbers.
What cannot be read as its kind (`zehn` for minutes) stays as it was typed, so that the check names it and nothing is lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from store.fields.checking import is_empty, is_shown
from store.fields.kinds import kind_of
from store.fields.nested import GROUP, LIST
from store.fields.spec import Field
from store.words import LANGUAGES

Posted = Mapping[str, Sequence[str]]


def parse(fields: Sequence[Field], posted: Posted, zone: ZoneInfo, prefix: str = "") -> dict[str, Any]:
    """The values that a form carries; what was left empty is absent, and so is what was hidden when it was sent."""
    found = {field.name: _value(field, posted, zone, prefix + field.name) for field in fields}
    shown = {field.name for field in fields if is_shown(field, found)}
    return {name: value for name, value in found.items() if name in shown and not is_empty(value)}


def _value(field: Field, posted: Posted, zone: ZoneInfo, path: str) -> Any:
    if field.kind == GROUP:
        return parse(field.fields, posted, zone, f"{path}.")
    if field.kind == LIST:
        rows = (parse(field.fields, posted, zone, f"{path}.{number}.") for number in row_numbers(posted, path))
        return [row for row in rows if row]
    kind = kind_of(field)
    if field.translated:
        both = {language: kind.read(posted.get(f"{path}.{language}", ()), zone) for language in LANGUAGES}
        return {language: text for language, text in both.items() if text}
    return kind.read(posted.get(path, ()), zone)


def row_numbers(posted: Posted, path: str) -> list[str]:
    """The numbers of a list's rows, in the order of the form."""
    before = f"{path}."
    names = (name.removeprefix(before).partition(".") for name in posted if name.startswith(before))
    return list(dict.fromkeys(number for number, dot, _ in names if dot and number.isascii() and number.isdigit()))


def form_text(field: Field, value: Any, zone: ZoneInfo) -> str:
    """One value as it stands in its input."""
    return "" if value is None else kind_of(field).typed(value, zone)


def form_texts(field: Field, value: Any, zone: ZoneInfo) -> list[str]:
    """A value as its inputs post it: one text, or one for each of several that are typed apart."""
    if isinstance(value, list) and kind_of(field).apart:
        return [str(each) for each in value]
    return [form_text(field, value, zone)]


def to_form(fields: Sequence[Field], body: Any, zone: ZoneInfo, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Values as the pairs that a form of them would post: `parse` makes the same of them again."""
    for field in fields:
        value = body.get(field.name) if isinstance(body, Mapping) else None
        if value is not None:
            yield from _pairs(field, value, zone, prefix + field.name)


def _pairs(field: Field, value: Any, zone: ZoneInfo, path: str) -> Iterator[tuple[str, str]]:
    if field.kind == GROUP:
        yield from to_form(field.fields, value, zone, f"{path}.")
    elif field.kind == LIST:
        for number, row in enumerate(value if isinstance(value, list) else ()):
            yield from to_form(field.fields, row, zone, f"{path}.{number}.")
    elif field.translated and isinstance(value, Mapping):
        yield from ((f"{path}.{language}", str(text)) for language, text in value.items())
    else:
        yield from ((path, text) for text in form_texts(field, value, zone))
