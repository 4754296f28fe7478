"""What is chosen from a few: yes or no, one of the choices, several of them."""

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from store.fields import cell
from store.fields.kind import Kind, Options, Schema, Several
from store.fields.spec import Field, Wrong
from store.words import Words

YES, NO = "yes", "no"
_YES_NO = {True: Words("是", "Yes"), False: Words("否", "No")}
_TRUE = frozenset({"是", "yes", "true", "y", "1", "√", "✓"})
_FALSE = frozenset({"否", "no", "false", "n", "0", "×"})


class YesNo(Kind):
    control = "switch"
    always = (YES, NO)
    is_preset = True
    filtered_as = "boolean"

    def check(self, field: Field, value: object) -> object:
        if not isinstance(value, bool):
            raise Wrong("not_boolean", Words("应为是或否", "must be true or false"))
        return value

    def schema(self, field: Field) -> Schema:
        return {"type": "boolean"}

    def read(self, texts: Sequence[str], zone: ZoneInfo) -> object:
        return True if YES in texts else False if NO in texts else None

    def typed(self, value: object, zone: ZoneInfo) -> str:
        return YES if value is True else NO

    def said(self, value: object, zone: ZoneInfo) -> Words:
        return _YES_NO[value is True]

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        if isinstance(found, bool):
            return found
        text = cell.folded(cell.shown(found)).lower()
        return True if text in _TRUE else False if text in _FALSE else cell.shown(found)

    def to_cell(self, value: Any) -> cell.Written:
        return "是" if value else "否"


def chosen(field: Field, value: object) -> str:
    """Raises `Wrong` `not_a_choice`."""
    if not isinstance(value, str) or value not in dict(field.choices):
        raise Wrong("not_a_choice", Words("不在可选范围内", "is not one of the choices"))
    return value


def named(field: Field, text: str) -> str:
    """The value itself, or that of the label that a person sees in either language; 每天 is 天. What is none as it is."""
    text = cell.folded(text)
    for wanted in (text.casefold(), text.casefold().removeprefix("每")):
        for value, label in field.choices:
            if wanted in (value.casefold(), *(cell.folded(each).casefold() for each in label)):
                return value
    return text


class OneChoice(Kind):
    chooses = True
    control = "choice"
    is_preset = in_columns = True
    filtered_as = "text"

    def check(self, field: Field, value: object) -> object:
        return chosen(field, value)

    def schema(self, field: Field) -> Schema:
        return {"type": "string", "enum": [value for value, _ in field.choices]}

    def sound(self, value: object) -> object | None:
        return value if isinstance(value, str) else None

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        return named(field, cell.text(found))

    def options(self, field: Field) -> Options:
        return field.choices


class Choices(Several):
    chooses = True
    control = "toggles"
    is_wide = in_columns = True
    is_small = False
    filtered_as = "text"

    def check_one(self, field: Field, value: object) -> object:
        return chosen(field, value)

    def one(self, field: Field) -> Schema:
        return {"type": "string", "enum": [value for value, _ in field.choices]}

    def sound(self, value: object) -> object | None:
        return value if isinstance(value, list) and all(isinstance(each, str) for each in value) else None

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        return [named(field, each) for each in _parts(field, cell.text(found))]

    def options(self, field: Field) -> Options:
        return field.choices


def _parts(field: Field, text: str) -> Iterator[str]:
    """`客服、维修` are two, unless a choice is called so."""
    known = {label for value, words in field.choices for label in (value, *words)}
    for each in cell.items(text):
        yield from [each] if each in known else cell.loose_items(each)


KINDS: tuple[Kind, ...] = (
    YesNo("boolean", Words("是/否", "Yes/no")),
    OneChoice("choice", Words("单选", "Choice")),
    Choices("choices", Words("多选", "Choices")),
)
