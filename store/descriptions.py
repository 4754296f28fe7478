"""What the rooms of the house are told of a kind of record besides its verbs: how one is made, until when something is owed,
how it is listed, what it proves. Plain data: a published document could say as much.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from store.words import Words


@dataclass(frozen=True, kw_only=True)
class Making:
    """How people make a record: `asks` are the names of the fields of its form, `state` is where its course begins, and what
    stands in the fields of `title` is what it is called. A form begins with a moment so many `days_ahead` of now."""

    words: Words
    permission: str
    state: str
    asks: tuple[str, ...]
    title: tuple[str, ...]
    hint: Words | None = None
    days_ahead: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Due:
    """Until when something is owed: the day or moment in this field, while the record is in one of the states."""

    field: str
    states: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Office:
    """Where the office lists the records: the section of the menu and the place in it, the fields that are columns, those
    that only a workbook is asked for, those by which it is narrowed, and the moment by which it is ordered. `empty` and
    `empty_hint` are what a list without any says: what it is for, and what to do."""

    section: str
    order: int
    columns: tuple[str, ...]
    exported: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    date: str = "created_at"
    empty: Words
    empty_hint: Words


@dataclass(frozen=True, kw_only=True)
class Proves:
    """A record that has come to this state proves its clause, at the moment in the field `at`. `name` and `words` are what
    a policy calls this kind of evidence."""

    name: str
    words: Words
    state: str
    at: str
