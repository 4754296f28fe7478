"""The verbs of a record as buttons, each with the small form it needs; what was refused stands in its form again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from werkzeug.datastructures import FileStorage, MultiDict

from admin_app.shell import gate
from admin_app.shell.errors import problems_of
from admin_app.shell.language import say
from store.actor import Actor
from store.errors import AnjuError, Conflict, Forbidden, Invalid, NotFound
from store.photos.operations import File
from store.untrusted.names import clean_name
from store.words import Words


class Option(NamedTuple):
    value: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class Input:
    """One field of a verb's form. `kind`: text, long, choice, several, number, decimal, pass_fail, moment, tick, lines, files.

    `files` are pictures, read with `Posted.files`. `lines` are rows of a choice and a quantity, posted as `name.0.line`
    and `name.0.quantity`; `rows` are what stands.
    """

    name: str
    words: Words
    kind: str = "long"
    required: bool = True
    hint: Words | None = None
    choices: Sequence[Option] = ()
    value: str = ""
    maximum: int | None = None
    rows: Sequence[tuple[str, str]] = ()


class Run(Protocol):
    def __call__(self, values: "Posted", *, actor: Actor, now: datetime, seen: int | None) -> object: ...


@dataclass(frozen=True)
class VerbForm:
    """`kind`: primary, danger or empty. A verb without inputs is a button, one with inputs opens a card."""

    name: str
    words: Words
    permission: str
    run: Run
    inputs: Sequence[Input] = ()
    kind: str = ""
    icon: str = ""
    done: Words | None = None
    confirm: Words | None = None
    hint: Words | None = None
    wide: bool = False

    @property
    def brings_files(self) -> bool:
        return any(each.kind == "files" for each in self.inputs)


class Posted:
    """What a form carries; absent is empty."""

    def __init__(self, form: "MultiDict[str, str]", files: "MultiDict[str, FileStorage] | None" = None) -> None:
        self._form = form
        self._files = files

    def text(self, name: str) -> str:
        return self._form.get(name, "").strip()

    def several(self, name: str) -> list[str]:
        return [each for each in self._form.getlist(name) if each]

    def files(self, name: str) -> list[File]:
        """A browser sends one without a name where nothing was chosen."""
        found = self._files.getlist(name) if self._files is not None else []
        return [File(clean_name(each.filename), each.read()) for each in found if each.filename]

    def ticked(self, name: str) -> bool:
        return name in self._form

    def under(self, prefix: str) -> dict[str, str]:
        """Every field that begins with the prefix, by the rest of its name; empty ones are left out."""
        found = ((name.removeprefix(prefix), self.text(name)) for name in self._form if name.startswith(prefix))
        return {name: value for name, value in found if value}

    def whole(self, name: str) -> int:
        """Raises `Invalid` for what is no whole number."""
        text = self.text(name)
        if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 12:
            raise Invalid.one("not_integer", Words("应为整数", "must be a whole number"), name)
        return int(text)

    def version(self) -> int:
        """The version that the reader saw. Raises `Invalid`: a form without it would overwrite blindly."""
        return self.whole("version")


@dataclass
class Attempt:
    """A verb that was refused: what was typed and why, for the page that is shown again."""

    verb: str
    values: Mapping[str, Sequence[str]]
    mistakes: dict[str, list[str]] = field(default_factory=dict)
    theirs: Sequence[Mapping[str, Any]] = ()
    status: int = 422

    def value(self, verb: str, name: str, otherwise: str) -> str:
        return next(iter(self.chosen(verb, name)), otherwise)

    def chosen(self, verb: str, name: str) -> Sequence[str]:
        """All that was typed, ticked or chosen under the name."""
        return self.values.get(name, ()) if verb == self.verb else ()

    def errors(self, verb: str, name: str) -> list[str]:
        return self.mistakes.get(name, []) if verb == self.verb else []

    @property
    def general(self) -> list[str]:
        return self.mistakes.get("", [])


def permitted(verbs: Sequence[VerbForm], actor: Actor) -> list[VerbForm]:
    return [verb for verb in verbs if gate.permission(verb.permission).admits(actor)]


def find_verb(verbs: Sequence[VerbForm], name: str, actor: Actor) -> VerbForm:
    """Raises `NotFound`, `Forbidden`."""
    verb = next((each for each in verbs if each.name == name), None)
    if verb is None:
        raise NotFound(Words("操作", "Action"), name)
    if not gate.permission(verb.permission).admits(actor):
        raise Forbidden(verb.permission)
    return verb


def attempted(verb: VerbForm, form: "MultiDict[str, str]", error: AnjuError) -> Attempt:
    """Each problem at its input; what has no input stands on top of the form."""
    known = {each.name for each in verb.inputs}
    mistakes: dict[str, list[str]] = {}
    for problem in problems_of(error):
        name = next((each for each in (problem.field or "", (problem.field or "").split(".")[0]) if each in known), "")
        mistakes.setdefault(name, []).append(say(problem.words))
    conflict = isinstance(error, Conflict)
    theirs = error.details.get("theirs", ()) if conflict else ()
    return Attempt(verb.name, form.to_dict(flat=False), mistakes, theirs, 409 if conflict else 422)
