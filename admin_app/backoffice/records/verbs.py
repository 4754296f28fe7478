"""The verbs of a record as buttons, each with the small form it needs; what was refused stands in its form again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from werkzeug.datastructures import FileStorage, MultiDict

from admin_app.backoffice.forms.controls import NO_LOOK, Builder, Control, Looks
from admin_app.backoffice.forms.parsing import posted
from admin_app.shell import gate
from admin_app.shell.errors import problems_of
from admin_app.shell.language import say
from store.actor import Actor
from store.errors import AnjuError, Conflict, Forbidden, Invalid, NotFound, Problem
from store.fields.checking import clean, meant
from store.fields.posted import parse
from store.fields.spec import Field
from store.photos.operations import File
from store.untrusted.names import clean_name
from store.words import Words

UTC = ZoneInfo("UTC")


class Run(Protocol):
    def __call__(self, values: "Posted", *, actor: Actor, now: datetime, seen: int | None) -> object: ...


@dataclass(frozen=True)
class VerbForm:
    """`kind`: primary, danger or empty. A verb that asks nothing is a button, one that asks fields opens a card."""

    name: str
    words: Words
    permission: str
    run: Run
    fields: Sequence[Field] = ()
    looks: Looks = field(default_factory=dict)
    zone: ZoneInfo = UTC
    kind: str = ""
    icon: str = ""
    done: Words | None = None
    confirm: Words | None = None
    hint: Words | None = None
    wide: bool = False

    def controls(self, attempt: "Attempt") -> list[Control]:
        """Its fields, with what stands in them – or with what was typed, where it was refused."""
        id_ = f"v-{self.name}"
        again = attempt.verb == self.name
        problems = attempt.problems if again else ()
        builder = Builder(self.fields, self.zone, problems, looks=self.looks, form=id_, demands=True)
        values = parse(self.fields, attempt.values, self.zone) if again else self._standing()
        return builder.controls(values)

    def _standing(self) -> dict[str, object]:
        looks = {each.name: self.looks.get(each.name, NO_LOOK) for each in self.fields}
        return {name: look.value for name, look in looks.items() if look.value is not None}

    @property
    def brings_files(self) -> bool:
        return any(each.control == "files" for each in self.looks.values())


class Posted:
    """What a form carries; absent is empty."""

    def __init__(self, form: "MultiDict[str, str]", files: "MultiDict[str, FileStorage] | None" = None) -> None:
        self._form = form
        self._files = files

    def text(self, name: str) -> str:
        return self._form.get(name, "").strip()

    def read(self, fields: Sequence[Field], zone: ZoneInfo) -> dict[str, Any]:
        """What was typed, as a verb is given it; what was left empty and need not be said is absent. Raises `Invalid`."""
        cleaned, problems = clean(fields, parse(fields, posted(self._form), zone))
        if problems:
            raise Invalid(problems)
        return meant(fields, cleaned)

    def files(self, name: str) -> list[File]:
        """A browser sends one without a name where nothing was chosen."""
        found = self._files.getlist(name) if self._files is not None else []
        return [File(clean_name(each.filename), each.read()) for each in found if each.filename]

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
    problems: Sequence[Problem] = ()
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
    """Each problem at its field; what has no field stands on top of the form."""
    known = {each.name for each in verb.fields}
    mistakes: dict[str, list[str]] = {}
    problems = problems_of(error)
    for problem in problems:
        name = next((each for each in (problem.field or "", (problem.field or "").split(".")[0]) if each in known), "")
        mistakes.setdefault(name, []).append(say(problem.words))
    conflict = isinstance(error, Conflict)
    theirs = error.details.get("theirs", ()) if conflict else ()
    return Attempt(verb.name, form.to_dict(flat=False), problems, mistakes, theirs, 409 if conflict else 422)
