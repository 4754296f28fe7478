"""Rows of a list in a file beside those that are stored: which is which, and what becomes of both. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from store.fields.spec import Field

Values = Mapping[str, Any]
# What people know a row by, the surest first.
KEYS = ("code", "number", "date", "name", "title")


def paired(field: Field, stored: Sequence[Values], given: Sequence[Values]) -> list[int | None]:
    """For each given row the place of the stored one that it is; None for a new one.

    By code, number, date or name, where the list has one; else a row that is the same in all that the file tells of it
    – and when as many are left on both sides, in their order.
    """
    key = next((name for name in KEYS if any(each.name == name for each in field.fields)), None)
    is_keyed = key is not None and all(key in row for row in given)
    free = list(range(len(stored)))
    found = [_taken(free, stored, row, {key: row[key]} if is_keyed and key else row) for row in given]
    left = [place for place, old in enumerate(found) if old is None]
    if not is_keyed and len(left) == len(free):
        for place, old in zip(left, free, strict=True):
            found[place] = old
    return found


def _taken(free: list[int], stored: Sequence[Values], row: Values, known_by: Values) -> int | None:
    """The free row that fits and has most in common: two people may have one name."""
    fitting = [old for old in free if _agrees(stored[old], known_by)]
    if not fitting:
        return None
    best = max(fitting, key=lambda old: sum(stored[old].get(name) == value for name, value in row.items()))
    free.remove(best)
    return best


def _agrees(old: Values, row: Values) -> bool:
    return all(_is_same(old.get(name), value) for name, value in row.items())


def _is_same(old: Any, value: Any) -> bool:
    """A file may tell of one language only."""
    if isinstance(old, Mapping) and isinstance(value, Mapping):
        return all(old.get(name) == each for name, each in value.items())
    return bool(old == value)


def ordered(stored: Sequence[Any], given: Sequence[Any], pairs: Sequence[int | None]) -> list[tuple[int | None, Any]]:
    """Given rows in the order of the file, each stored row that the file lacks behind the one it stood behind.

    (place in the file or None, row).
    """
    found: list[tuple[int | None, Any]] = list(enumerate(given))
    place_of = {old: place for place, old in enumerate(pairs) if old is not None}
    behind: int | None = None
    for old, row in enumerate(stored):
        if old in place_of:
            behind = next(at for at, (place, _) in enumerate(found) if place == place_of[old])
        else:
            behind = 0 if behind is None else behind + 1
            found.insert(behind, (None, row))
    return found


def name_of(row: Values) -> str:
    """What a person calls a row of a list."""
    named = next((row[name] for name in KEYS if row.get(name)), None) or next(iter(row.values()), "")
    if isinstance(named, Mapping):
        named = next((text for text in named.values() if text), "")
    return str(named)
