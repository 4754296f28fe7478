"""Controls: the fields of a content type with their values, mistakes and choices, ready to be drawn by a template.

The same tree is drawn as a form (`content/controls.html`) and read-only (`content/show.html`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from typing import Any
from zoneinfo import ZoneInfo

from admin_app.backoffice.forms.presentation import Presentation, presentation_of
from admin_app.backoffice.forms.references import Labels
from admin_app.shell.language import say
from store.calendars.wording import WEEKDAYS
from store.content.types import ContentType
from store.errors import Problem
from store.fields.posted import form_text
from store.fields.spec import Field
from store.words import Words

MONTHS = tuple(Words(f"{n}月", name) for n, name in enumerate(
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
))  # fmt: skip
_SHORT_DAYS = tuple(Words(each.zh[1], each.en) for each in WEEKDAYS)
NUMBER_LISTS = ("weekdays", "months", "month_days")
LAST_DAY = Words("最后一天", "Last day")


@dataclass
class Control:
    """One field: `text` is what stands in its input, `chosen` what is ticked or picked, `rows` the rows of a list."""

    field: Field
    path: str
    value: Any = None
    text: str = ""
    texts: Mapping[str, str] = part(default_factory=dict)
    chosen: list[str] = part(default_factory=list)
    labels: dict[str, str] = part(default_factory=dict)
    errors: list[str] = part(default_factory=list)
    options: list[tuple[str, Words]] = part(default_factory=list)
    shown: Presentation = part(default_factory=Presentation)
    parts: list["Control"] = part(default_factory=list)
    rows: list[list["Control"]] = part(default_factory=list)
    blank: list["Control"] = part(default_factory=list)
    mark: str = ""

    @property
    def kind(self) -> str:
        return self.field.kind

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def id(self) -> str:
        return "f-" + self.path.replace(".", "-")

    @property
    def empty(self) -> bool:
        return not (self.text or any(self.texts.values()) or self.chosen or self.rows or any(self.parts_filled()))

    @property
    def wrong(self) -> bool:
        """Whether anything in it, or inside its rows, is to be mended."""
        inside = [*self.parts, *(each for row in self.rows for each in row)]
        return bool(self.errors) or any(each.wrong for each in inside)

    def parts_filled(self) -> Iterator[bool]:
        return (not each.empty for each in self.parts)

    @property
    def compact(self) -> bool:
        """Rows of a few plain fields are lines of a table, all others are cards."""
        plain = all(each.kind not in ("list", "group", "long_text", "markdown", "choices") for each in self.blank)
        return plain and len(self.blank) <= 7


class Builder:
    """Makes the controls of one type; labels of everything referred to are looked up at once, afterwards."""

    def __init__(self, content_type: ContentType, zone: ZoneInfo, problems: Sequence[Problem] = ()) -> None:
        self._type, self._zone = content_type, zone
        self._problems = [each for each in problems if each.field]
        self._made: list[Control] = []

    def controls(self, body: Mapping[str, Any]) -> list[Control]:
        made = [self._control(each, body.get(each.name), each.name, each.name, 0) for each in self._type.fields]
        labels = Labels.of(self._wanted())
        for each in self._made:
            if each.shown.lookup:
                each.labels = {code: labels.name(each.shown.lookup, code) for code in each.chosen}
        return made

    def unplaced(self) -> list[str]:
        """What is wrong and belongs to no field that is drawn."""
        known = {each.path for each in self._made}
        return [say(each.words) for each in self._problems if not any(_under(each.field, path) for path in known)]

    def _control(self, field: Field, value: Any, path: str, plain: str, depth: int) -> Control:
        control = Control(field, path, value, shown=presentation_of(self._type.key, plain, field))
        control.errors = self._errors(control)
        self._made.append(control)
        if field.kind == "group":
            inside = value if isinstance(value, Mapping) else {}
            control.parts = self._row(field, inside, path, plain, depth)
        elif field.kind == "list":
            self._fill_list(control, value, plain, depth)
        else:
            self._fill(control, value)
        return control

    def _fill_list(self, control: Control, value: Any, plain: str, depth: int) -> None:
        rows = [each if isinstance(each, Mapping) else {} for each in value] if isinstance(value, list) else []
        control.rows = [
            self._row(control.field, row, f"{control.path}.{number}", plain, depth + 1)
            for number, row in enumerate(rows)
        ]
        control.mark = f"__{depth}__"
        defaults = {each.name: each.default for each in control.field.fields if each.default is not None}
        control.blank = self._row(control.field, defaults, f"{control.path}.{control.mark}", plain, depth + 1)

    def _row(self, field: Field, values: Mapping[str, Any], path: str, plain: str, depth: int) -> list[Control]:
        return [
            self._control(each, values.get(each.name), f"{path}.{each.name}", f"{plain}.{each.name}", depth)
            for each in field.fields
        ]

    def _fill(self, control: Control, value: Any) -> None:
        field = control.field
        if field.translated:
            control.texts = dict(value) if isinstance(value, Mapping) else {"zh": str(value or "")}
        elif isinstance(value, list) and field.kind != "integers":
            control.chosen = [str(each) for each in value]
        else:
            control.text = form_text(field, value, self._zone)
            control.chosen = [control.text] if control.text else []
        control.options = list(_options(field, control.shown))

    def _errors(self, control: Control) -> list[str]:
        nested = control.kind in ("list", "group")
        fits = [each for each in self._problems if each.field == control.path]
        if not nested:
            fits += [each for each in self._problems if str(each.field).startswith(f"{control.path}.")]
        return [say(_in_yuan(control.field, each)) for each in fits]

    def _wanted(self) -> list[tuple[str, str]]:
        return [(each.shown.lookup, code) for each in self._made if each.shown.lookup for code in each.chosen]


def _in_yuan(field: Field, problem: Problem) -> Words:
    if field.kind == "money_fen" and problem.code == "not_integer":
        words = Words("「{label}」应为金额，如 12.50", "“{label}” must be an amount such as 12.50")
        return words.fill(label=field.label)
    return problem.words


def _under(path: str | None, known: str) -> bool:
    return path is not None and (path == known or path.startswith(f"{known}."))


def _options(field: Field, shown: Presentation) -> Iterator[tuple[str, Words]]:
    if shown.options:
        yield from shown.options
    elif field.kind in ("choice", "choices"):
        yield from field.choices
    elif field.kind in NUMBER_LISTS:
        yield from number_options(field.kind)


_SHAPES = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "time": re.compile(r"\d\d:\d\d"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?"),
}


def typed_well(control: Control) -> bool:
    """Whether the browser's own input can show it: a date picker drops what is no date, and it would be lost."""
    shape = _SHAPES.get(control.kind)
    return shape is None or not control.text or shape.fullmatch(control.text) is not None


def number_options(kind: str) -> list[tuple[str, Words]]:
    """The toggles of weekdays, months and days of the month."""
    if kind == "weekdays":
        return [(str(n), words) for n, words in enumerate(_SHORT_DAYS, 1)]
    if kind == "months":
        return [(str(n), words) for n, words in enumerate(MONTHS, 1)]
    return [*((str(n), Words(str(n), str(n))) for n in range(1, 32)), ("-1", LAST_DAY)]
