"""What people can do to a record, described once. The routes and shapes of the API and the buttons and forms of the office
are made from it, and every door asks for the same permission.

A description is plain data: a published document could say as much. The depth of a verb – what it checks, writes and tells
– is a function that says which verb it is (`store/lifecycle.py`).
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from store.fields.spec import Field
from store.words import Words

REASON = Field("reason", "long_text", Words("原因", "Reason"), required=True)


@dataclass(frozen=True, kw_only=True)
class Button:
    """How the office shows a verb. `tone` is `primary`, `danger` or empty. `hint` stands above its form; `confirm` is asked
    of a verb that has none. `labels` and `hints` say at a desk what the words of a field do not; fields that it `leaves_out`
    are asked by the other doors only, and those that it `demands` may be left unsaid there, but not at a desk. `rows_of`
    says of a list with a row for each person in which field of the record those stand with whom it begins."""

    tone: str = ""
    icon: str = ""
    hint: Words | None = None
    confirm: Words | None = None
    wide: bool = False
    leaves_out: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    labels: Mapping[str, Words] = field(default_factory=dict)
    hints: Mapping[str, Words] = field(default_factory=dict)
    rows_of: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Telling:
    """Who is told: the people, roles and departments that stand in the fields `to`, by this template. Whoever it was is
    `kept` in a field of the record."""

    to: tuple[str, ...]
    template: str
    _: KW_ONLY
    kept: str = ""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a verb does that nobody has written a function for, besides keeping what was said in the record's fields of the
    same names: the moment stands in the field `stamps`; it is refused while nothing stands in one of `needs`, and – with
    `once_due` – before the record is due."""

    stamps: str = ""
    needs: tuple[str, ...] = ()
    once_due: bool = False
    tells: Telling | None = None


@dataclass(frozen=True)
class Touch:
    """What a verb changes of a record, so that two who do not know of each other do not overwrite one another: `what`, or of
    it only the part that the field `by` of the body names – in every row of the list `each`, where there is one."""

    what: str
    _: KW_ONLY
    by: str = ""
    each: str = ""

    def of(self, body: Mapping[str, Any]) -> set[str]:
        if not self.by:
            return {self.what}
        rows = (body.get(self.each) or ()) if self.each else (body,)
        return {f"{self.what}.{row[self.by]}" for row in rows if row.get(self.by)}


@dataclass(frozen=True)
class Verb:
    """`before` are the states in which it is allowed, `after` is the state that it leads to; None leaves the state alone.

    `noun` is its resource in the API (`POST …/{key}/<noun>`), `button` its place in the office; a door that has neither does
    not offer it. Without a `permission` no person does it: the relay brings it, and only its states are looked at.

    A `tablet` may bring it long after it was done: the entry does not stand where somebody else has touched what it
    `touches` since it was seen, unless it only `adds` a fact beside what is there. With a `device_time` a program that
    speaks for a device says when it happened by the device's clock.

    Where no function does it (`store/lifecycle.py`), its `effect` says what becomes of what was said.
    """

    name: str
    words: Words
    _: KW_ONLY
    before: frozenset[str]
    after: str | None = None
    permission: str = ""
    fields: tuple[Field, ...] = ()
    noun: str = ""
    button: Button | None = None
    device_time: bool = False
    tablet: bool = False
    touches: Touch | None = None
    adds: bool = False
    effect: Effect = Effect()
