"""The kinds of records that there are. Addresses, search, audit, coverage, notices and counts are made from this one
description, so that a kind is called the same wherever somebody meets it.

A description is plain data: it says nothing that a published document could not say as well. What is particular to a kind
– its rules, and what its verbs do – is in its domain.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from store.descriptions import Due, Making, Office, Proves
from store.fields.spec import Field
from store.verbs import Verb
from store.words import Words

# The first event of a record that a person has made.
MADE = "make"


@dataclass(frozen=True, kw_only=True)
class RecordKind:
    """`name` is how a kind is stored in notices, audit, uses and lists of what was put aside; `one` and `many` are what
    people read; `prefix` begins its numbers; `page` is the last part of the address of its pages; `permission` is asked
    of who reads it; `states` are its states in the order of their course; `search_order` is where its hits stand among
    others; `formerly` are names under which older notes and sources know it. `verbs` are what can be done to it, and
    `happens` says what else stands in its history.

    Of a kind that says how one is made (`making`), its document, list, page, form and resource are made as well, out of its
    `fields`: what such a record holds (`docs/how-to-add-a-kind.md`)."""

    name: str
    one: Words
    many: Words
    prefix: str
    page: str
    permission: str
    states: Mapping[str, Words]
    search_order: int
    formerly: tuple[str, ...] = ()
    verbs: tuple[Verb, ...] = ()
    happens: Mapping[str, Words] = field(default_factory=dict)
    clause: str = ""
    fields: tuple[Field, ...] = ()
    making: Making | None = None
    due: Due | None = None
    office: Office | None = None
    proves: Proves | None = None

    def fields_named(self, names: Iterable[str]) -> tuple[Field, ...]:
        """In the order of the names. Raises `KeyError`."""
        known = {each.name: each for each in self.fields}
        return tuple(known[name] for name in names)

    @property
    def open_states(self) -> frozenset[str]:
        """In which it is not at its end: something still leads on to another state."""
        return frozenset(state for each in self.verbs if each.after for state in each.before if state != each.after)

    def verb(self, name: str) -> Verb | None:
        return next((each for each in self.verbs if each.name == name), None)

    def __getitem__(self, name: str) -> Verb:
        """The verb of this name. Raises `KeyError`."""
        found = self.verb(name)
        if found is None:
            raise KeyError(f"{self.name}.{name}")
        return found

    @property
    def event_words(self) -> dict[str, Words]:
        """What the events of its history are called: its verbs, and what happens besides."""
        made = {MADE: self.making.words} if self.making else {}
        return {**made, **{each.name: each.words for each in self.verbs}, **self.happens}

    @property
    def list_endpoint(self) -> str:
        """The name of its pages in the back office; the API has blueprints of the pages' own names."""
        return f"office_{self.page}"

    def address(self, number: str) -> str:
        """Where a record is read, from the root of the site."""
        return f"/admin/{self.page}/{number}"


_KINDS: dict[str, RecordKind] = {}
_BY_ANY_NAME: dict[str, RecordKind] = {}


def register(kind: RecordKind) -> RecordKind:
    """Raises `ValueError` for a name that another kind has or had."""
    for name in (kind.name, *kind.formerly):
        if _BY_ANY_NAME.setdefault(name, kind) != kind:
            raise ValueError(name)
    _KINDS[kind.name] = kind
    return kind


def kinds() -> dict[str, RecordKind]:
    """All kinds of the domains that were loaded (`store.domains`), by name."""
    return dict(_KINDS)


def made_kinds() -> list[RecordKind]:
    """Those of which people make records as their description says, in the order of the menu."""
    return sorted((each for each in _KINDS.values() if each.making), key=lambda each: each.search_order)


def find(name: str) -> RecordKind | None:
    """The kind of this name, or the one that once had it."""
    return _BY_ANY_NAME.get(name)


def address_of(name: str | None, number: str | None) -> str | None:
    """Where a record of the kind of this name is read; None for what has no such page."""
    kind = find(name or "")
    return kind.address(number) if kind and number else None
