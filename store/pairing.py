"""Which row of a list is which row of another state of the same list. Pure."""

import json
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

Row = Any
# Old place → new place.
Pairs = dict[int, int]

# A row keeps its code and its date; numbers are often given anew to all rows behind one that was put in.
_LASTING = ("code", "date")
_NUMBER = "number"
# With how many rows of its gap a row is compared before it counts as new.
_MOST_COMPARED = 20


def key_of(row: Row) -> str | None:
    """The code or number by which people know a row; None where it has neither."""
    names = (*_LASTING, _NUMBER) if isinstance(row, Mapping) else ()
    return next((str(row[name]) for name in names if isinstance(row.get(name), str | int)), None)


def paired(old: Sequence[Row], new: Sequence[Row]) -> Pairs:
    """Which row is which: the same in everything, by code, the same but for numbers, by number, and what is left between
    two that were found where it resembles, or where as many are left on both sides."""
    pairs: Pairs = {}
    _pair_same(pairs, old, new)
    for name in (_lasting_key, _without_numbers, key_of):
        _pair_single(pairs, old, new, name)
    for left, right in _gaps(pairs, len(old), len(new)):
        _pair_left(pairs, old, new, left, right)
    return pairs


def _lasting_key(row: Row) -> str | None:
    named = isinstance(row, Mapping) and any(name in row for name in _LASTING)
    return key_of(row) if named else None


def _without_numbers(row: Row) -> str | None:
    """The content of a row in one text; None for one that is hardly more than a number."""
    kept = _bare(row)
    return _text(kept) if isinstance(kept, Mapping) and kept else None


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _bare(each) for name, each in value.items() if name != _NUMBER}
    return [_bare(each) for each in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _pair_same(pairs: Pairs, old: Sequence[Row], new: Sequence[Row]) -> None:
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    for was, row in enumerate(old):
        places[_text(row)].append(was)
    for at, row in enumerate(new):
        free = places.get(_text(row))
        if free:
            pairs[free.popleft()] = at


def _pair_single(pairs: Pairs, old: Sequence[Row], new: Sequence[Row], name: Callable[[Row], str | None]) -> None:
    """Pairs the rows that alone bear a name on both sides."""
    taken = set(pairs.values())
    left = _singles((was, name(row)) for was, row in enumerate(old) if was not in pairs)
    right = _singles((at, name(row)) for at, row in enumerate(new) if at not in taken)
    pairs.update({left[each]: right[each] for each in left.keys() & right.keys()})


def _singles(named: Iterable[tuple[int, str | None]]) -> dict[str, int]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, name in named:
        if name is not None:
            places[name].append(place)
    return {name: found[0] for name, found in places.items() if len(found) == 1}


def in_order(pairs: Pairs) -> set[int]:
    """The old places of the most rows that stand in the same order on both sides: all others have moved."""
    ends: list[int] = []
    chains: list[int] = []
    before: dict[int, int | None] = {}
    for was in sorted(pairs):
        length = bisect_left(ends, pairs[was])
        before[was] = chains[length - 1] if length else None
        ends[length : length + 1] = [pairs[was]]
        chains[length : length + 1] = [was]
    found: set[int] = set()
    place = chains[-1] if chains else None
    while place is not None:
        found.add(place)
        place = before[place]
    return found


def _gaps(pairs: Pairs, olds: int, news: int) -> list[tuple[list[int], list[int]]]:
    """What is left on both sides between each two neighbours of those that kept their order."""
    anchors = [(-1, -1), *((was, pairs[was]) for was in sorted(in_order(pairs))), (olds, news)]
    taken = set(pairs.values())
    return [
        (
            [was for was in range(since[0] + 1, until[0]) if was not in pairs],
            [at for at in range(since[1] + 1, until[1]) if at not in taken],
        )
        for since, until in pairwise(anchors)
    ]


def _pair_left(pairs: Pairs, old: Sequence[Row], new: Sequence[Row], left: list[int], right: list[int]) -> None:
    alike = len(left) == len(right)
    for at in list(right):
        was = next((each for each in left[:_MOST_COMPARED] if _resembles(old[each], new[at])), None)
        if was is not None:
            pairs[was] = at
            left.remove(was)
            right.remove(at)
    if alike:
        pairs.update((was, at) for was, at in zip(left, right, strict=True) if _may_be_one(old[was], new[at]))


def _resembles(one: Row, other: Row) -> bool:
    """Whether at least half of what stands in two rows is the same."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    names = one.keys() | other.keys()
    return 2 * sum(one.get(name) == other.get(name) for name in names) >= max(len(names), 1)


def _may_be_one(one: Row, other: Row) -> bool:
    """Two codes are two things, whatever stands beside them."""
    return isinstance(one, Mapping) == isinstance(other, Mapping) and None in (_lasting_key(one), _lasting_key(other))
