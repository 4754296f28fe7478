"""What changed between two plain values, leaf by leaf; of lists which rows came, went or took another place. Pure.

A change is `{"field", "old", "new"}`; `field` is the path of the value, rows counted from 0 as they stand now. With `what`
it is about a row as a whole: `added` (`new` is the row), `removed` (`old` is the row, the path tells where it stood) or
`moved` (`old` and `new` are places). `rows` are the codes or numbers of the rows on the path, None for one without.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from store.pairing import Row, in_order, key_of, paired

Change = dict[str, Any]

# A longer list of plain values is told value by value; a shorter one is easier to read as a whole.
SHORT = 20


def difference(old: Any, new: Any, path: str = "", rows: tuple[str | None, ...] = ()) -> list[Change]:
    """The changes from `old` to `new`, in the order of the fields; `undo` takes them back."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        names = dict.fromkeys([*old, *new])
        return [each for name in names for each in difference(old.get(name), new.get(name), f"{path}{name}.", rows)]
    if isinstance(old, list) and isinstance(new, list) and old != new and _is_by_row(old, new):
        return list(_of_rows(old, new, path, rows))
    return [] if old == new else [_change(path, rows, old, new)]


def _is_by_row(old: Sequence[Row], new: Sequence[Row]) -> bool:
    return max(len(old), len(new)) > SHORT or any(isinstance(row, Mapping) for row in (*old, *new))


def _change(path: str, rows: tuple[str | None, ...], old: Any, new: Any, what: str = "") -> Change:
    found: Change = {"field": path.rstrip("."), "old": old, "new": new}
    if what:
        found["what"] = what
    if any(rows):
        found["rows"] = list(rows)
    return found


def _of_rows(old: Sequence[Row], new: Sequence[Row], path: str, rows: tuple[str | None, ...]) -> Iterator[Change]:
    pairs = paired(old, new)
    stood = {at: was for was, at in pairs.items()}
    stays = in_order(pairs)
    for place, row in enumerate(old):
        if place not in pairs:
            yield _change(f"{path}{place}", (*rows, key_of(row)), row, None, "removed")
    for at, row in enumerate(new):
        here, known_by = f"{path}{at}", (*rows, key_of(row))
        was = stood.get(at)
        if was is None:
            yield _change(here, known_by, None, row, "added")
            continue
        if was not in stays:
            yield _change(here, known_by, was, at, "moved")
        yield from difference(old[was], row, f"{here}.", known_by)


def undo(body: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`body` as it was before `changes`; those of older versions, which know of no rows as a whole, are understood."""
    before = deepcopy(dict(body))
    by_list: defaultdict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for change in changes:
        path = str(change["field"]).split(".")
        if "what" in change:
            by_list[tuple(path[:-1])].append(change)
        else:
            _put(before, path, change["old"])
    # The paths name rows as they stand now: lists within rows come before the lists that hold them.
    for of_list in sorted(by_list, key=len, reverse=True):
        _put(before, of_list, _rows_before(_at(before, of_list), by_list[of_list]))
    return before


def _rows_before(rows: Sequence[Row], changes: Sequence[Mapping[str, Any]]) -> list[Row]:
    placed = {_place(each): each["old"] for each in changes if each["what"] == "removed"}
    moved = {each["new"]: each["old"] for each in changes if each["what"] == "moved"}
    placed |= {was: rows[at] for at, was in moved.items()}
    away = {*moved, *(_place(each) for each in changes if each["what"] == "added")}
    stayed = deque(row for at, row in enumerate(rows) if at not in away)
    size = len(stayed) + len(placed)
    return [placed[place] if place in placed else stayed.popleft() for place in range(size)]


def _place(change: Mapping[str, Any]) -> int:
    return int(str(change["field"]).rpartition(".")[2])


def _at(place: Any, path: Sequence[str]) -> Any:
    for part in path:
        place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
    return place


def _put(body: Any, path: Sequence[str], value: Any) -> None:
    place, last = _at(body, path[:-1]), path[-1]
    if isinstance(place, list):
        _put_row(place, int(last), value)
    elif value is None:
        place.pop(last, None)
    else:
        place[last] = deepcopy(value)


def _put_row(rows: list[Row], number: int, value: Any) -> None:
    if value is None:
        del rows[number:]  # older versions named added rows by their places at the end
    elif number < len(rows):
        rows[number] = deepcopy(value)
    else:
        rows.append(deepcopy(value))
