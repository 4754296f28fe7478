"""What lists are made of: filters, bulk verbs, and pages by keyset with a capped count."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mongoengine import Document, QuerySet

from admin_app.shell.keyset import Cursor, Order, after, decode, encode
from admin_app.shell.language import say
from store.actor import Actor
from store.words import Words

# Counting is most of what a list costs: who has more than so many rows before him narrows them first.
COUNT_CAP = 3_000
SLOW_MS = 5_000
MOST_NAMED = 5


class Choice(NamedTuple):
    value: str
    words: Words


@dataclass(frozen=True)
class ListFilter:
    """One select of the filter bar. Only values of `choices` are accepted; `where` makes conditions of one."""

    name: str
    words: Words
    choices: Callable[[], Sequence[Choice]]
    where: Callable[[str], dict[str, Any]]


def field_filter(name: str, words: Words, choices: Iterable[Choice], field: str | None = None) -> ListFilter:
    """The plain filter: the field equals the chosen value."""
    fixed = tuple(choices)
    return ListFilter(name, words, lambda: fixed, lambda value: {field or name: value})


@dataclass(frozen=True)
class BulkVerb:
    """A verb for several rows at once; it is run row by row and its refusals are told."""

    name: str
    words: Words
    permission: str
    run: Callable[[Any, Actor], object]
    confirm: Words | None = None


def refused_words(names: Sequence[str], reason: str) -> str:
    """Which rows a bulk verb did nothing to, and why; of many the first are named."""
    shown = say(Words("、", ", ")).join(names[:MOST_NAMED])
    words = Words("{names}：{reason}", "{names}: {reason}")
    if len(names) > MOST_NAMED:
        words = Words("{names} 等 {count} 条：{reason}", "{names} and others, {count} in all: {reason}")
    return say(words.fill(names=shown, count=len(names), reason=reason))


@dataclass(frozen=True)
class Page:
    """One page of a list. `count` is capped: one more than `COUNT_CAP` means "more than that"."""

    rows: list[Any]
    count: int
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class ListPlace:
    """Where in a list the reader is: after a cursor, before one, or at the beginning."""

    after: str | None = None
    before: str | None = None

    @property
    def cursor(self) -> str | None:
        return self.before or self.after


def page_of(query: QuerySet, order: Order, place: ListPlace, size: int, cap: int = COUNT_CAP) -> Page:
    """One page in two Mongo commands. Raises `Invalid` for a cursor that is none."""
    # Asked of the collection: MongoEngine gives a count no time limit, and a search that misses reads everything.
    count = query._collection.count_documents(query._query, limit=cap + 1, maxTimeMS=SLOW_MS)
    direction = order.reversed() if place.before else order
    if place.cursor:
        query = query.filter(__raw__=after(direction, decode(place.cursor)))
    rows = _fetch(query, direction, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if place.before:
        rows.reverse()
    forward = bool(place.before) or more
    back = more if place.before else bool(place.after)
    return Page(
        rows,
        count,
        encode(_cursor(rows[-1], order)) if rows and forward else None,
        encode(_cursor(rows[0], order)) if rows and back else None,
    )


def _fetch(query: QuerySet, order: Order, limit: int) -> list[Any]:
    sign = "-" if order.descending else ""
    keys = [f"{sign}{'pk' if field == '_id' else field}" for field, _ in order.keys]
    # The time limit comes last: MongoEngine forgets it at the next `filter`.
    return list(query.order_by(*keys).limit(limit).max_time_ms(SLOW_MS))


def _cursor(row: Any, order: Order) -> Cursor:
    return Cursor(row.pk if order.field == "_id" else getattr(row, order.field), row.pk)


def names_by_code(document: type[Document], codes: Iterable[str | None], label: str = "name") -> dict[str, Any]:
    """code → name of all of them in one query, for a list's `prepare`."""
    wanted = sorted({code for code in codes if code})
    found = document.objects(code__in=wanted).only("code", label) if wanted else ()
    return {each.code: getattr(each, label) for each in found}
