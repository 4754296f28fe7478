"""Revisions that this process has read. They never change, so what was read stays true; nobody may change its body."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from store.content.documents import Revision

_KNOWN: dict[str, Revision] = {}
MOST_KNOWN = 5_000


def forget() -> None:
    _KNOWN.clear()


def learn(keys: Collection[str]) -> Mapping[str, Revision]:
    """These revisions by key, in one command for all that were not met yet; one that does not stand is absent.

    The caller's own: what other threads learn, or drop to make room, takes nothing from it.
    """
    found = {key: met for key in keys if (met := _KNOWN.get(key)) is not None}
    read = dict(_read([key for key in keys if key not in found]))
    found |= read
    if len(_KNOWN) + len(read) > MOST_KNOWN:
        _KNOWN.clear()
        read = found
    if len(read) <= MOST_KNOWN:
        _KNOWN.update(read)
    return found


def _read(keys: Sequence[str]) -> Iterator[tuple[str, Revision]]:
    if keys:
        yield from ((each.key, each) for each in Revision.objects(key__in=keys).no_cache())
