"""What of a type is in force, by code and page by page: which revisions first, then what is asked of them.

For now the heads tell it; for another moment the revisions that no mark shows as superseded by then.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from store.content.documents import Content, Revision
from store.content.superseding import newest, unmarked_at

SLOW_MS = 3_000
# Of many heads those of foreign estates are sorted out in ever larger pieces.
GROWTH = 4
# The same in heads and in revisions, under these names.
_IN_HEADS = {"code": "code", "uses": "live_uses"}
MOST_KNOWN = 20_000

Condition = Mapping[str, Any]
Raw = Mapping[str, Any]


class Behind(Protocol):
    """The place in the list behind which a page begins."""

    @property
    def value(self) -> Any: ...


@dataclass(frozen=True)
class Wanted:
    """`estates` are those that are seen (None: all), `where` are conditions on revisions."""

    kind: str
    estates: frozenset[str] | None
    where: Sequence[Condition]
    descending: bool
    after: Behind | None
    most: int

    @property
    def direction(self) -> int:
        return -1 if self.descending else 1

    @property
    def visible(self) -> Condition:
        return {} if self.estates is None else {"estate": {"$in": [*sorted(self.estates), None]}}

    @property
    def conditions(self) -> list[Condition]:
        return [{"withdrawn": {"$ne": True}}, self.visible, *self.where]


class Standing(NamedTuple):
    """A revision that is in force."""

    code: str
    key: str


def now(wanted: Wanted, moment: datetime) -> list[Standing]:
    """By the heads; a publication that is just being carried out is seen as it was before."""
    in_heads = [each for each in wanted.where if each.keys() <= _IN_HEADS.keys()]
    apart = [each for each in wanted.where if each not in in_heads]
    found: list[Standing] = []
    behind, size = wanted.after.value if wanted.after else None, wanted.most
    while len(found) < wanted.most:
        heads = _heads(wanted, in_heads, behind, size)
        if not all(_is_told_by(each, moment) for each in heads):
            return at(wanted, moment)
        standing = [Standing(each["code"], f"{each['_id']}:{each['revision']}") for each in heads]
        found += _satisfying(apart, _of_estates(wanted.estates, standing))
        if len(heads) < size:
            break
        behind, size = heads[-1]["code"], size * GROWTH
    return found[: wanted.most]


def _heads(wanted: Wanted, where: Iterable[Condition], behind: object, size: int) -> list[dict[str, Any]]:
    conditions: list[Condition] = [{"type": wanted.kind, "revision": {"$gt": 0}, "withdrawn": {"$ne": True}}]
    conditions += [{_IN_HEADS[name]: value for name, value in each.items()} for each in where]
    if behind is not None:
        conditions.append({"code": {"$lt" if wanted.descending else "$gt": str(behind)}})
    shown = {"code": 1, "revision": 1, "publishing.number": 1, "published_at": 1}
    found = Content._get_collection().find({"$and": conditions}, shown)
    return list(found.sort("code", wanted.direction).limit(size).max_time_ms(SLOW_MS))


def _is_told_by(head: Mapping[str, Any], moment: datetime) -> bool:
    """Not while its revision does not stand yet, or – published by a clock that goes before ours – is not in force yet."""
    published_at = head.get("published_at")
    return "publishing" not in head and (published_at is None or published_at <= moment)


# Revisions never change their estate.
_ESTATES: dict[str, str | None] = {}
_UNKNOWN = "?"  # no code of an estate


def _of_estates(estates: frozenset[str] | None, standing: list[Standing]) -> list[Standing]:
    """A head has the estate of its draft; what counts is that of the revision."""
    if estates is None:
        return standing
    seen = {*estates, None}
    known = {each.key: _ESTATES.get(each.key, _UNKNOWN) for each in standing}
    missing = [key for key, estate in known.items() if estate == _UNKNOWN]
    if missing:
        known |= _learned(missing)
    return [each for each in standing if known[each.key] in seen]


def _learned(keys: Sequence[str]) -> dict[str, str | None]:
    found = {row["_id"]: row.get("estate") for row in bodies(keys, {"estate": 1})}
    if len(_ESTATES) + len(found) > MOST_KNOWN:
        _ESTATES.clear()
    _ESTATES.update(found)
    return found


def _satisfying(where: Sequence[Condition], standing: list[Standing]) -> list[Standing]:
    """What heads do not know is asked of the revisions."""
    if not where or not standing:
        return standing
    query = {"$and": [{"_id": {"$in": [each.key for each in standing]}}, *where]}
    rows = Revision._get_collection().find(query, {"_id": 1}).max_time_ms(SLOW_MS)
    kept = {row["_id"] for row in rows}
    return [each for each in standing if each.key in kept]


def at(wanted: Wanted, moment: datetime) -> list[Standing]:
    """As it was, or is going to be, at a moment."""
    found: list[Standing] = []
    # One more than asked for: of the last code there may be more to come.
    behind, size = wanted.after.value if wanted.after else None, wanted.most + 1
    while len(found) < wanted.most:
        rows = _candidates(wanted, moment, behind, size)
        whole = rows if len(rows) < size else _without_last_code(rows)
        found += _in_force(wanted, whole, moment)
        if len(rows) < size:
            break
        behind, size = whole[-1]["code"] if whole else behind, size * GROWTH
    return found[: wanted.most]


def _candidates(wanted: Wanted, moment: datetime, behind: object, size: int) -> list[Raw]:
    """Revisions that are what is wanted, if they are in force: an unmarked one may have been superseded."""
    known: list[Condition] = [{"type": wanted.kind}, unmarked_at(moment), *wanted.conditions]
    if behind is not None:
        known.append({"code": {"$lt" if wanted.descending else "$gt": str(behind)}})
    found = Revision._get_collection().find({"$and": known}, _OF_RANK)
    return list(found.sort("code", wanted.direction).limit(size).max_time_ms(SLOW_MS))


def _without_last_code(rows: Sequence[Raw]) -> list[Raw]:
    return [each for each in rows if each["code"] != rows[-1]["code"]]


def _in_force(wanted: Wanted, rows: Sequence[Raw], moment: datetime) -> list[Standing]:
    """Those whom no later revision has superseded, be it withdrawn or of another estate."""
    codes = list(dict.fromkeys(each["code"] for each in rows))
    query = {"type": wanted.kind, "code": {"$in": codes}, **unmarked_at(moment)}
    unmarked = Revision._get_collection().find(query, _OF_RANK).max_time_ms(SLOW_MS) if codes else ()
    standing = {each["_id"] for each in newest(list(unmarked)).values()}
    return [Standing(each["code"], each["_id"]) for each in rows if each["_id"] in standing]


_OF_RANK = {"code": 1, "number": 1, "effective_at": 1}


def count(wanted: Wanted, moment: datetime, most: int) -> int:
    """How many there are on all pages, `most` at most."""
    return len(at(replace(wanted, after=None, most=most), moment))


def bodies(keys: Collection[str], shown: Mapping[str, int]) -> list[dict[str, Any]]:
    """These revisions, as far as they are `shown`."""
    return list(Revision._get_collection().find({"_id": {"$in": list(keys)}}, shown))
