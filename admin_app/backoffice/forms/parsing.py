"""Forms and bodies: the one place where what was typed becomes a body of content, and a body becomes form fields.

Names are paths: `steps.0.targets.1.kind`. Rows stand in the order in which they come in the form, whatever their numbers.
What cannot be read as its kind (`zehn` for minutes) stays as it was typed, so that the check names it and nothing is lost.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from store.fields.checking import is_empty
from store.fields.spec import Field
from store.typed_text import number_of

Posted = Mapping[str, Sequence[str]]
YES, NO = "yes", "no"
_BETWEEN_NUMBERS = re.compile(r"[\s,，、;；]+")
NUMBER_LISTS = ("weekdays", "months", "month_days")


def posted(form: MultiDict[str, str]) -> Posted:
    """Every name with all its values, as they came."""
    return dict(form.lists())


def parse(fields: Sequence[Field], posted: Posted, zone: ZoneInfo, prefix: str = "") -> dict[str, Any]:
    """The body that a form carries; what was left empty is absent."""
    found = ((field.name, _value(field, posted, zone, prefix + field.name)) for field in fields)
    return {name: value for name, value in found if not is_empty(value)}


def _value(field: Field, posted: Posted, zone: ZoneInfo, path: str) -> Any:
    if field.kind == "group":
        return parse(field.fields, posted, zone, f"{path}.")
    if field.kind == "list":
        rows = (parse(field.fields, posted, zone, f"{path}.{number}.") for number in row_numbers(posted, path))
        return [row for row in rows if row]
    if field.translated:
        both = {language: _text(_last(posted, f"{path}.{language}")) for language in ("zh", "en")}
        return {language: text for language, text in both.items() if text}
    return _READERS.get(field.kind, _read_text)(posted.get(path, ()), zone)


def row_numbers(posted: Posted, path: str) -> list[str]:
    """The numbers of a list's rows, in the order of the form."""
    before = f"{path}."
    names = (name.removeprefix(before).partition(".") for name in posted if name.startswith(before))
    return list(dict.fromkeys(number for number, dot, _ in names if dot and number.isascii() and number.isdigit()))


def _last(posted: Posted, name: str) -> str:
    values = posted.get(name, ())
    return values[-1] if values else ""


def _text(value: str) -> str:
    return value.replace("\r\n", "\n").strip()


def _read_text(values: Sequence[str], zone: ZoneInfo) -> str:
    return _text(values[-1]) if values else ""


def _read_several(values: Sequence[str], zone: ZoneInfo) -> list[str]:
    return [value.strip() for value in values if value.strip()]


def _read_boolean(values: Sequence[str], zone: ZoneInfo) -> bool | None:
    return True if YES in values else False if NO in values else None


def integer_of(text: str) -> int | str:
    number = number_of(text)
    return text if number is None or number != number.to_integral_value() or "." in text else int(number)


def _read_integer(values: Sequence[str], zone: ZoneInfo) -> int | str:
    return integer_of(_read_text(values, zone))


def _read_decimal(values: Sequence[str], zone: ZoneInfo) -> float | str:
    text = _read_text(values, zone)
    number = number_of(text)
    return text if number is None else float(number)


def _read_fen(values: Sequence[str], zone: ZoneInfo) -> int | str:
    text = _read_text(values, zone)
    number = number_of(text.lstrip("¥￥"))
    if number is None or number * 100 != (number * 100).to_integral_value() or abs(number) >= 10**13:
        return text
    return int(number * 100)


def _read_numbers(values: Sequence[str], zone: ZoneInfo) -> list[int | str]:
    return [integer_of(value) for value in _read_several(values, zone)]


def _read_integers(values: Sequence[str], zone: ZoneInfo) -> list[int | str]:
    return [integer_of(each) for value in values for each in _BETWEEN_NUMBERS.split(value) if each]


def _read_moment(values: Sequence[str], zone: ZoneInfo) -> str:
    """`2026-11-24T22:00` of a form is the wall clock of `zone`; it is stored with its offset."""
    text = _read_text(values, zone)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


_READERS: dict[str, Callable[[Sequence[str], ZoneInfo], Any]] = {
    "integer": _read_integer,
    "minutes": _read_integer,
    "decimal": _read_decimal,
    "money_fen": _read_fen,
    "boolean": _read_boolean,
    "choices": _read_several,
    "references": _read_several,
    "times": _read_several,
    "integers": _read_integers,
    "datetime": _read_moment,
    **dict.fromkeys(NUMBER_LISTS, _read_numbers),
}


def form_text(field: Field, value: Any, zone: ZoneInfo) -> str:
    """One value as it stands in its input."""
    if value is None:
        return ""
    if field.kind == "money_fen" and isinstance(value, int):
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"
    if field.kind == "decimal" and isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    if field.kind == "boolean":
        return YES if value is True else NO
    if field.kind == "datetime":
        return _local_text(str(value), zone)
    if field.kind == "integers" and isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)


def _local_text(text: str, zone: ZoneInfo) -> str:
    try:
        moment = datetime.fromisoformat(text)
        local = moment.astimezone(zone) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return text
    return local.replace(tzinfo=None).isoformat(timespec="minutes" if not local.second else "seconds")


def to_form(fields: Sequence[Field], body: Any, zone: ZoneInfo, prefix: str = "") -> Iterator[tuple[str, str]]:
    """A body as the pairs that a form of it would post: `parse` makes the same body of them again."""
    for field in fields:
        value = body.get(field.name) if isinstance(body, Mapping) else None
        if value is not None:
            yield from _pairs(field, value, zone, prefix + field.name)


def _pairs(field: Field, value: Any, zone: ZoneInfo, path: str) -> Iterator[tuple[str, str]]:
    if field.kind == "group":
        yield from to_form(field.fields, value, zone, f"{path}.")
    elif field.kind == "list":
        for number, row in enumerate(value if isinstance(value, list) else ()):
            yield from to_form(field.fields, row, zone, f"{path}.{number}.")
    elif field.translated and isinstance(value, Mapping):
        yield from ((f"{path}.{language}", str(text)) for language, text in value.items())
    elif isinstance(value, list) and field.kind != "integers":
        yield from ((path, str(each)) for each in value)
    else:
        yield path, form_text(field, value, zone)
