"""What people can do to a record, described once. The routes and shapes of the API and the buttons and forms of the office
are made from it, and every door asks for the same permission.

A description is plain data: a published document could say as much. The depth of a verb – what it checks, writes and tells
– is a function that says which verb it is (`store/lifecycle.py`).
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from store.fields import Field
from store.words import Words

REASON = Field("reason", "long_text", Words("原因", "Reason"), required=True)


@dataclass(frozen=True, kw_only=True)
class Button:
    """How the office shows a verb. `tone` is `primary`, `danger` or empty. `hint` stands above its form; `confirm` is asked
    of a verb that has none. `labels` and `hints` say at a desk what the words of a field do not; fields that it `leaves_out`
    are asked by the other doors only."""

    tone: str = ""
    icon: str = ""
    hint: Words | None = None
    confirm: Words | None = None
    wide: bool = False
    leaves_out: tuple[str, ...] = ()
    labels: Mapping[str, Words] = field(default_factory=dict)
    hints: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Verb:
    """`before` are the states in which it is allowed, `after` is the state that it leads to; None leaves the state alone.

    `noun` is its resource in the API (`POST …/{key}/<noun>`), `button` its place in the office; a door that has neither does
    not offer it. Without a `permission` no person does it: the relay brings it, and only its states are looked at.
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
