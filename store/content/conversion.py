"""What becomes of a body when its type changes: what goes, what is filled in, what is read anew as another kind of field.

Pure functions over plain values; a value is read as a cell of a table would be, so that `是`, `3 月` and `1,200` are understood.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from store.content.types import Body, ContentType
from store.errors import Problem
from store.fields.checking import is_shown
from store.fields.kinds import kind_of
from store.fields.spec import Field, Wrong
from store.words import Words

# Moments of bodies have an offset of their own; what is typed of them is only shown.
_UTC = ZoneInfo("UTC")
# Typed in yuan and kept in fen.
_TYPED = frozenset({"money_fen"})
NEEDS_VALUE = Words("请给出「{label}」的补充值", "Give a value to be filled in for “{label}”")
UNREADABLE = Words("「{label}」的值「{value}」{why}", "“{label}”: “{value}” {why}")
SEVERAL = Words("不止一个", "is more than one")


class ValueChange(NamedTuple):
    """One field of one entry; None where there was nothing, or nothing is left."""

    field: str
    label: Words
    old: Any
    new: Any


class Converted(NamedTuple):
    body: dict[str, Any]
    changes: list[ValueChange]
    problems: list[Problem]


def converted(before: ContentType, after: ContentType, body: Body, fills: Mapping[str, Any]) -> Converted:
    """The body as the newer type has it. What cannot be read stays as it is, with a problem."""
    known = {each.name: each for each in before.fields}
    found = Converted({}, [], [])
    for field in after.fields:
        if body.get(field.name) is not None:
            _read(found, known.get(field.name), field, body[field.name])
    for field in after.fields:
        _complete(found, field, fills)
    labels = {each.name: each.label for each in (*before.fields, *after.fields)}
    found.changes.extend(_changes(labels, body, found.body))
    return found


def _read(found: Converted, old: Field | None, field: Field, value: Any) -> None:
    try:
        found.body[field.name] = read_as(old, field, value)
    except Wrong as wrong:
        words = UNREADABLE.fill(label=field.label, value=shown(old or field, value)[:80], why=wrong.words)
        found.problems.append(Problem(wrong.code, words, field.name))
        found.body[field.name] = value


def _complete(found: Converted, field: Field, fills: Mapping[str, Any]) -> None:
    """Only what is demanded is filled in, for an author left the rest empty; what is not asked any more goes."""
    if not is_shown(field, found.body):
        found.body.pop(field.name, None)
    elif field.required and field.name not in found.body:
        value = fills.get(field.name, field.default)
        if value is not None:
            found.body[field.name] = value
        else:
            found.problems.append(Problem("required", NEEDS_VALUE.fill(label=field.label), field.name))


def _changes(labels: Mapping[str, Words], old: Body, new: Body) -> Iterator[ValueChange]:
    """In the order of the fields, those that go last; 12 and 12.0 are the same."""
    for name in (*(each for each in labels if each in new), *(each for each in old if each not in new)):
        if old.get(name) != new.get(name):
            yield ValueChange(name, labels.get(name, Words(name, name)), old.get(name), new.get(name))


def is_needed(field: Field) -> bool:
    return field.required and field.default is None


def read_as(old: Field | None, field: Field, value: Any) -> Any:
    """A value of one field as a value of another. Raises `Wrong` for what cannot be read."""
    if old is None or (old.kind, old.translated) == (field.kind, field.translated):
        return value
    kind = kind_of(field)
    if kind.in_languages:
        return kind.check(field, _as_text(old, field, value))
    text = "\n".join(_texts(old, value)) if kind.several else _only(_texts(old, value))
    read = kind.read([text], _UTC) if field.kind in _TYPED else kind.from_cell(field, text)
    return kind.check(field, read)


def _as_text(old: Field, field: Field, value: Any) -> Any:
    """A text in one language becomes the Chinese one; of two the Chinese one stays where only one is asked for."""
    if isinstance(value, Mapping) and field.translated:
        return dict(value)
    text = "、".join(_texts(old, value))
    return {"zh": text} if field.translated else text


def _only(texts: Sequence[str]) -> str:
    if len(texts) > 1:
        raise Wrong("several_values", SEVERAL)
    return texts[0] if texts else ""


def _texts(field: Field, value: Any) -> list[str]:
    """The value as it would stand in cells, one for each of several."""
    if isinstance(value, Mapping):
        return [str(value.get("zh") or value.get("en") or "")]
    values = value if isinstance(value, list) else [value]
    return [_text(field, each) for each in values]


def _text(field: Field, value: Any) -> str:
    kind = kind_of(field)
    if field.kind in _TYPED or isinstance(value, float):
        return kind.typed(value, _UTC)
    return str(kind.to_cell(value)) if not kind.several else str(value)


def shown(field: Field, value: Any) -> str:
    """A value as a person reads it in the preview."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " / ".join(str(each) for each in value.values() if each)
    named = {each: words.zh for each, words in field.choices}
    return "、".join(named.get(each, each) for each in _texts(field, value))
