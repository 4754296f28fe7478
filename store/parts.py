"""The history of a record part by part: of a long one nobody reads all to show some."""

from typing import NamedTuple

from store import history
from store.versioned import Event, Versioned, kind_name

# How many events an older part has; the newest is what the record keeps itself.
LONG = history.KEPT


class Part(NamedTuple):
    """Events, oldest first; those with smaller numbers than `older` are in the next part, None when there is none."""

    events: list[Event]
    older: int | None = None


def part_of(record: Versioned, before: int | None = None) -> Part:
    """The newest part, without another query; or the part of the events with n < `before`."""
    if before is None or not record.in_history:
        return Part(list(record.events), record.events[0].n if record.in_history and record.events else None)
    found = some_of(record, below=before, most=LONG + 1, newest=True)
    return Part(found[-LONG:], found[-LONG].n if len(found) > LONG else None)


def some_of(record: Versioned, *, above: int = 0, below: int | None = None, most: int, newest: bool) -> list[Event]:
    """At most `most` of the events with `above` < n < `below`, oldest first: the newest of them, or else the oldest."""
    here = [event for event in record.events if event.n > above and (below is None or event.n < below)]
    last = record.in_history
    if last is None or last <= above or (newest and len(here) >= most):
        return here[-most:] if newest else here[:most]
    until = last + 1 if below is None else min(below, last + 1)
    wanted = most - len(here) if newest else most
    found = history.read(kind_name(type(record)), record.pk, above=above, until=until, most=wanted, newest=newest)
    return [*map(Event._from_son, found), *here][:most]


def count_of(record: Versioned) -> int:
    """How many events there are in all. One query where some are in the history."""
    last = record.in_history
    past = history.count(kind_name(type(record)), record.pk, last) if last else 0
    return past + len(record.events)
