"""Controls: fields with their values, mistakes and choices, ready to be drawn by a template.

The same tree is drawn as a form (`forms/controls.html`) and read-only (`content/show.html`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from admin_app.backoffice.forms.references import Labels
from admin_app.shell.language import say
from store.errors import Problem
from store.fields.checking import is_shown, with_defaults
from store.fields.choosing import NO, YES
from store.fields.kind import Kind
from store.fields.kinds import kind_of
from store.fields.nested import GROUP, LIST
from store.fields.posted import form_text, form_texts
from store.fields.spec import Field
from store.words import Words

_MOST_IN_A_LINE = 7


class Option(NamedTuple):
    """What can be chosen, as its reader calls it."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class Look:
    """What the page of this moment knows of a field: the value that stands in it, what can be chosen, another way to draw it.
    One that is `demanded` the browser asks for, though the field can do without; one that is `absent` has nothing to ask;
    `read` makes its value of the posted form, where the kind of the field does not know how."""

    value: object = None
    choices: Sequence[Option] | None = None
    control: str = ""
    demanded: bool = False
    absent: bool = False
    read: Callable[[Any], object] | None = None


Looks = Mapping[str, Look]
NO_LOOK = Look()


def looked_up(field: Field) -> str:
    """The kind whose names are searched while the field is typed; empty for what is no reference."""
    return field.lookup or (field.target or "" if kind_of(field).refers else "")


@dataclass
class Control:
    """One field: `text` is what stands in its input, `chosen` what is ticked or picked, `said` what a reader is told, `rows`
    the rows of a list. One that is `hidden` is not asked beside what stands in the others."""

    field: Field
    path: str
    value: Any = None
    text: str = ""
    texts: Mapping[str, str] = part(default_factory=dict)
    chosen: list[str] = part(default_factory=list)
    said: list[Words] = part(default_factory=list)
    labels: dict[str, str] = part(default_factory=dict)
    errors: list[str] = part(default_factory=list)
    options: list[Option] = part(default_factory=list)
    parts: list["Control"] = part(default_factory=list)
    rows: list[list["Control"]] = part(default_factory=list)
    blank: list["Control"] = part(default_factory=list)
    mark: str = ""
    hidden: bool = False
    look: Look = NO_LOOK
    form: str = "f"
    demanded: bool = False

    @property
    def kind(self) -> Kind:
        return kind_of(self.field)

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def lookup(self) -> str:
        return "" if self.look.control or self.look.choices is not None else looked_up(self.field)

    @property
    def draws(self) -> str:
        """The macro that draws its input."""
        if self.look.control:
            return self.look.control
        if self.look.choices is not None and not self.kind.nested:
            return "several" if self.kind.several else "choice"
        return "picker" if self.lookup and not self.kind.several else self.kind.control

    @property
    def input_type(self) -> str:
        """The browser's own input, where it can show what was typed."""
        return self.kind.input_type if not self.text or self.kind.is_typed_well(self.text) else "text"

    @property
    def among(self) -> list[str]:
        """The values of the field beside it with which it is asked, as a form posts them."""
        when = self.field.shown_when
        posted: dict[str | bool, str] = {True: YES, False: NO}
        return list(dict.fromkeys(posted.get(each, str(each)) for each in when.among)) if when else []

    @property
    def beside(self) -> str:
        """The name, in the form, of the field on which it hangs."""
        return self.path.removesuffix(self.name) + self.field.shown_when.field if self.field.shown_when else ""

    @property
    def id(self) -> str:
        return f"{self.form}-{self.path.replace('.', '-')}"

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
        """Rows of a few small fields are lines of a table, all others are cards."""
        return len(self.blank) <= _MOST_IN_A_LINE and all(each.kind.is_small for each in self.blank)


class Builder:
    """Makes the controls of fields; labels of everything referred to are looked up at once, afterwards."""

    def __init__(
        self,
        fields: Sequence[Field],
        zone: ZoneInfo,
        problems: Sequence[Problem] = (),
        *,
        looks: Looks | None = None,
        form: str = "f",
        demands: bool = False,
    ) -> None:
        """`looks` by the path of the field without numbers of rows; `form` tells forms of one page apart; where a form
        `demands`, the browser lets nobody send it without what is required – a draft may lack anything."""
        self._fields, self._zone = fields, zone
        self._looks, self._form, self._demands = looks or {}, form, demands
        self._problems = [each for each in problems if each.field]
        self._made: list[Control] = []

    def controls(self, values: Mapping[str, Any]) -> list[Control]:
        made = self._row(self._fields, values, "", 0)
        labels = Labels.of(self._wanted())
        for each in self._made:
            if each.lookup:
                each.labels = {code: labels.name(each.lookup, code) for code in each.chosen}
        return made

    def unplaced(self) -> list[str]:
        """What is wrong and belongs to no field that is drawn."""
        known = {each.path for each in self._made}
        return [say(each.words) for each in self._problems if not any(_under(each.field, path) for path in known)]

    def _row(self, fields: Sequence[Field], values: Mapping[str, Any], above: str, depth: int) -> list[Control]:
        beside = with_defaults(fields, values)
        row = [self._control(each, values.get(each.name), f"{above}{each.name}", depth) for each in fields]
        for each in row:
            each.hidden = not is_shown(each.field, beside)
        return row

    def _control(self, field: Field, value: Any, path: str, depth: int) -> Control:
        look = self._looks.get(".".join(each for each in path.split(".") if not _is_row(each)), NO_LOOK)
        control = Control(field, path, value, look=look, form=self._form)
        control.demanded = look.demanded or (self._demands and field.required)
        control.errors = self._errors(control)
        self._made.append(control)
        if field.kind == GROUP:
            inside = value if isinstance(value, Mapping) else {}
            control.parts = self._row(field.fields, inside, f"{path}.", depth)
        elif field.kind == LIST:
            self._fill_list(control, value, depth)
        else:
            self._fill(control, value)
        return control

    def _fill_list(self, control: Control, value: Any, depth: int) -> None:
        fields = control.field.fields
        rows = [each if isinstance(each, Mapping) else {} for each in value] if isinstance(value, list) else []
        control.rows = [
            self._row(fields, row, f"{control.path}.{number}.", depth + 1) for number, row in enumerate(rows)
        ]
        control.mark = f"__{depth}__"
        control.blank = self._row(fields, with_defaults(fields, {}), f"{control.path}.{control.mark}.", depth + 1)

    def _fill(self, control: Control, value: Any) -> None:
        field, kind = control.field, control.kind
        if field.translated:
            control.texts = dict(value) if isinstance(value, Mapping) else {"zh": str(value or "")}
            return
        control.chosen = [each for each in form_texts(field, value, self._zone) if each]
        if not isinstance(value, list) or not kind.apart:
            control.text = form_text(field, value, self._zone)
        values = value if isinstance(value, list) and kind.apart else [value] if value is not None else []
        control.said = [kind.said(each, self._zone) for each in values]
        control.options = _options(field, control.look)

    def _errors(self, control: Control) -> list[str]:
        fits = [each for each in self._problems if each.field == control.path]
        if not control.kind.nested:
            fits += [each for each in self._problems if str(each.field).startswith(f"{control.path}.")]
        return [say(each.words) for each in fits]

    def _wanted(self) -> list[tuple[str, str]]:
        return [(each.lookup, code) for each in self._made if each.lookup for code in each.chosen]


def _is_row(part: str) -> bool:
    return part.isdigit() or part.startswith("__")


def _options(field: Field, look: Look) -> list[Option]:
    if look.choices is None:
        return [Option(value, say(words)) for value, words in kind_of(field).options(field)]
    return list(look.choices)


def _under(path: str | None, known: str) -> bool:
    return path is not None and (path == known or path.startswith(f"{known}."))
