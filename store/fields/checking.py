"""Values against their fields: what is kept of them, every problem, and what they refer to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from store.errors import Invalid, Problem
from store.fields.kinds import kind_of
from store.fields.nested import GROUP, LIST
from store.fields.spec import MAX_LONG_TEXT, MAX_ROWS, Field, Wrong
from store.typed_text import folded
from store.words import Words

_UNKNOWN = Words("没有名为「{name}」的字段", "There is no field named “{name}”")
_REQUIRED = Words("请填写「{label}」", "Please fill in “{label}”")
_SHAPE = Words("「{label}」格式不正确", "“{label}” has the wrong shape")
_NOT_ASKED = Words("「{label}」在此不适用，请留空", "“{label}” is not asked here; leave it empty")
_WRONG = Words("「{label}」{why}", "“{label}” {why}")


def clean(fields: Sequence[Field], values: Mapping[str, Any], path: str = "") -> tuple[dict[str, Any], list[Problem]]:
    """Check `values` against `fields`. Returns the cleaned values and every problem found, unknown names included."""
    cleaned: dict[str, Any] = {}
    known = {each.name for each in fields}
    problems = [
        Problem("unknown_field", _UNKNOWN.fill(name=name), path + str(name)) for name in values if name not in known
    ]
    given = with_defaults(fields, values)
    for each in fields:
        if is_shown(each, given):
            value, found = _clean_one(each, values.get(each.name), path + each.name)
        else:
            value, found = None, _not_asked(each, values.get(each.name), path + each.name)
        problems += found
        if value is not None:
            cleaned[each.name] = value
    return cleaned, problems


def is_shown(field: Field, values: Mapping[str, Any]) -> bool:
    """Whether the field is asked beside these values."""
    return field.shown_when is None or field.shown_when.holds(values.get(field.shown_when.field))


def with_defaults(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, and what stands for those that were not given."""
    return {**{each.name: each.default for each in fields if each.default is not None}, **values}


def _not_asked(field: Field, value: Any, path: str) -> list[Problem]:
    """What nobody was asked is no value, and a reader would not understand it. Rows that were begun and say nothing are none."""
    says_nothing = _is_blank(field, value) or (isinstance(value, list) and all(map(is_empty, value)))
    return [] if says_nothing else [Problem("not_asked", _NOT_ASKED.fill(label=field.label), path)]


def is_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(is_empty(each) for each in value.values())
    if isinstance(value, str):
        return not folded(value)
    return value is None or value == []


def _is_blank(field: Field, value: Any) -> bool:
    """A mapping is blank only with names the field knows: `{"$ne": null}` is a wrong value, not an empty one."""
    if isinstance(value, Mapping) and value:
        known = {"zh", "en"} if field.translated else {each.name for each in field.fields}
        return set(value) <= known and is_empty(value)
    return kind_of(field).is_blank(value)


def _clean_one(field: Field, value: Any, path: str) -> tuple[Any, list[Problem]]:
    if _is_blank(field, value):
        if field.default is not None:
            return field.default, []
        needed = [Problem("required", _REQUIRED.fill(label=field.label), path)] if field.required else []
        return None, needed
    if kind_of(field).nested:
        return _clean_nested(field, value, path)
    try:
        return kind_of(field).check(field, value), []
    except Wrong as wrong:
        return None, [Problem(wrong.code, _WRONG.fill(label=field.label, why=wrong.words), path)]


def _clean_nested(field: Field, value: Any, path: str) -> tuple[Any, list[Problem]]:
    shape = Problem("wrong_shape", _SHAPE.fill(label=field.label), path)
    if field.kind == GROUP:
        return clean(field.fields, value, path + ".") if isinstance(value, Mapping) else (None, [shape])
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value) or len(value) > MAX_ROWS:
        return None, [shape]
    rows, problems = [], []
    for index, row in enumerate(value):
        cleaned, found = clean(field.fields, row, f"{path}.{index}.")
        rows.append(cleaned)
        problems += found
    return rows, problems


def uses(fields: Sequence[Field], values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every reference in `values`: (field path, kind of the target, code)."""
    for each in fields:
        value = values.get(each.name)
        if value is not None:
            yield from ((f"{each.name}{path}", kind, code) for path, kind, code in _uses_of(each, value))


def _uses_of(field: Field, value: Any) -> Iterator[tuple[str, str, str]]:
    if field.kind == GROUP:
        yield from ((f".{path}", kind, code) for path, kind, code in uses(field.fields, value))
    elif field.kind == LIST:
        for index, row in enumerate(value):
            yield from ((f".{index}.{path}", kind, code) for path, kind, code in uses(field.fields, row))
    elif kind_of(field).refers and kind_of(field).several:
        yield from ((f".{index}", str(field.target), code) for index, code in enumerate(value))
    elif kind_of(field).refers:
        yield "", str(field.target), value


def meant(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Checked values as a verb is given them."""
    kinds = {each.name: kind_of(each) for each in fields}
    return {name: kinds[name].meant(value) if name in kinds else value for name, value in values.items()}


REASON_NEEDED = Words("请写明原因", "Give the reason")


def needed_text(text: object, field: str, words: Words = REASON_NEEDED) -> str:
    """A text without which a verb makes no sense. Raises `Invalid` `required`."""
    if not isinstance(text, str) or not text.strip():
        raise Invalid([Problem("required", words, field)])
    return text.strip()[:MAX_LONG_TEXT]
