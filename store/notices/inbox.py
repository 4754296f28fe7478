"""What a member of staff was told in the app, by record: nine messages about one order are one line with nine."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from store.notices.documents import Notice
from store.notices.rules import APP

MOST_COUNTED = 100
# Among how many of the newest unread notices the records are counted: the bell shows no more than "99+".
MOST_READ = 1000
BATCH = 100
NEWEST_FIRST = [("created_at", -1), ("_id", -1)]
Raw = dict[str, Any]
# (kind, id)
About = tuple[str, str]


class InboxCursor(NamedTuple):
    """Where a page begins: behind the newest notice of the last record of the page before."""

    created_at: datetime
    key: str


class Thread(NamedTuple):
    """All that was told about one record, the newest first."""

    notices: list[Notice]

    @property
    def place(self) -> InboxCursor:
        return InboxCursor(self.notices[0].created_at, self.notices[0].key)


def threads(staff: str, *, unread: bool = False, after: InboxCursor | None = None, limit: int = 30) -> list[Thread]:
    """The records that a member of staff was told of, those with the newest notice first. `unread` looks only at
    notices that were not read yet."""
    mine = _of(staff, unread)
    heads = _heads(mine, after, limit)
    found: dict[About, list[Notice]] = {_about(raw): [] for raw in heads}
    query = {**mine, **_among(found)}
    for notice in Notice.objects(__raw__=query).order_by("-created_at", "-key"):
        about = (notice.about["kind"], notice.about["id"])
        if about in found:
            found[about].append(notice)
    # Read by somebody else's click between the two queries: then it is no longer unread.
    return [Thread(notices) for notices in found.values() if notices]


def unread_count(staff: str) -> int:
    """For the bell: of how many records something is unread, capped at `MOST_COUNTED`."""
    pipeline: list[Raw] = [
        {"$match": _of(staff, unread=True)},
        {"$sort": dict(NEWEST_FIRST)},
        {"$limit": MOST_READ},
        {"$group": {"_id": {"kind": "$about.kind", "id": "$about.id"}}},
        {"$limit": MOST_COUNTED},
        {"$count": "records"},
    ]
    found = list(Notice._get_collection().aggregate(pipeline))
    return int(found[0]["records"]) if found else 0


def _of(staff: str, unread: bool) -> Raw:
    return {"recipient": staff, "channel": APP, **({"read_at": None} if unread else {})}


def _heads(mine: Mapping[str, Any], after: InboxCursor | None, limit: int) -> list[Raw]:
    """The newest notice of each record, of those behind the place; records that stood on an earlier page are left out."""
    heads: list[Raw] = []
    known: set[About] = set()
    for batch in _batches({**mine, **_behind(after)}):
        fresh = {_about(raw): raw for raw in reversed(batch) if _about(raw) not in known}
        earlier = _shown_before(mine, after, fresh)
        heads += sorted((raw for about, raw in fresh.items() if about not in earlier), key=_newest_last, reverse=True)
        known |= fresh.keys()
        if len(heads) >= limit:
            break
    return heads[:limit]


def _batches(query: Mapping[str, Any]) -> Iterator[list[Raw]]:
    """Read as far as it is asked for: most pages end within the first batch."""
    shown = {"about.kind": 1, "about.id": 1, "created_at": 1}
    cursor = Notice._get_collection().find(query, shown).sort(NEWEST_FIRST).batch_size(BATCH)
    batch: list[Raw] = []
    for raw in cursor:
        batch.append(raw)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _shown_before(mine: Mapping[str, Any], after: InboxCursor | None, found: Mapping[About, Raw]) -> set[About]:
    if after is None or not found:
        return set()
    newer = {
        "created_at": {"$gte": after.created_at},
        "$nor": [{"created_at": after.created_at, "_id": {"$lt": after.key}}],
    }
    raws = Notice._get_collection().find({**mine, **_among(found), **newer}, {"about": 1})
    return {_about(raw) for raw in raws}


def _behind(after: InboxCursor | None) -> Raw:
    """One range of the index, less what shares the moment and stands before."""
    if after is None:
        return {}
    same = {"created_at": after.created_at, "_id": {"$gte": after.key}}
    return {"created_at": {"$lte": after.created_at}, "$nor": [same]}


def _among(found: Mapping[About, object] | Sequence[About]) -> Raw:
    """Also the other pairs of these kinds and ids; they are told apart by whoever reads them."""
    return {
        "about.kind": {"$in": sorted({kind for kind, _ in found})},
        "about.id": {"$in": [each for _, each in found]},
    }


def _about(raw: Mapping[str, Any]) -> About:
    return (raw["about"]["kind"], raw["about"]["id"])


def _newest_last(raw: Mapping[str, Any]) -> tuple[datetime, str]:
    return (raw["created_at"], raw["_id"])
