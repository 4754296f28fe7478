"""What can still be used of a stored document that something is wrong with: written by hand, by an older version, torn.

One bad entry must never stop another's: who reads many at once takes what is sound of each, and says what was not.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from store.fields.kinds import kind_of
from store.fields.nested import LIST
from store.fields.spec import Field


class Unsound(Exception):
    """A stored value that cannot be used; the field is named, the value is not: it may be personal."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Flaw(NamedTuple):
    """A stored document, as read, that was used without a part of it."""

    kind: str
    document: Mapping[str, Any]
    error: Exception


def sound_parts(fields: Sequence[Field], stored: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The stored values that have the shape of their fields, and the names of those that have not.

    Lists of values are always there, if empty. A row without a part that it needs counts as not there.
    """
    sound, unsound = dict(stored), []
    for each in fields:
        value = stored.get(each.name)
        used = _usable(each, value)
        if value is not None and (used is None or (each.kind == LIST and len(used) < len(value))):
            unsound.append(each.name)
        sound[each.name] = [] if used is None and kind_of(each).several else used
    return {name: value for name, value in sound.items() if value is not None}, unsound


def _usable(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.kind == LIST:
        return list(_rows(field, value)) if isinstance(value, list) else None
    return kind_of(field).sound(value)


def _rows(field: Field, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    needed = [each.name for each in field.fields if each.required]
    for row in rows:
        if isinstance(row, Mapping):
            sound, _ = sound_parts(field.fields, row)
            if all(sound.get(name) is not None for name in needed):
                yield sound


def parted(
    stored: Mapping[str, Any], parts: Mapping[str, tuple[Callable[[Mapping[str, Any]], Any], Any]]
) -> tuple[dict[str, Any], Exception | None]:
    """Each part as its function reads it, or what stands in for it where that fails; and the last error, if any."""
    found: dict[str, Any] = {}
    wrong: Exception | None = None
    for name, (read, instead) in parts.items():
        try:
            found[name] = read(stored)
        except Exception as error:  # whatever is wrong with one part, the others are used
            found[name], wrong = instead, error
    return found, wrong
