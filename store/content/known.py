"""Revisions that this process has read. They never change, so what was read stays true; nobody may change its body."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from store.content.documents import Revision

_KNOWN: dict[str, Revision] = {}
MOST_KNOWN = 5_000


def known(key: str) -> Revision | None:
    return _KNOWN.get(key)


def forget() -> None:
    _KNOWN.clear()


def learn(keys: Collection[str]) -> Mapping[str, Revision]:
    """These revisions by key, in one command for all that were not met yet."""
    missing = [key for key in keys if key not in _KNOWN]
    if len(_KNOWN) + len(missing) <= MOST_KNOWN:
        _KNOWN.update(_read(missing))
        return _KNOWN
    found = {key: _KNOWN[key] for key in keys if key in _KNOWN} | dict(_read(missing))
    _KNOWN.clear()
    if len(found) <= MOST_KNOWN:
        _KNOWN.update(found)
    return found


def _read(keys: Sequence[str]) -> Iterator[tuple[str, Revision]]:
    if keys:
        yield from ((each.key, each) for each in Revision.objects(key__in=keys).no_cache())
