"""What is in force now, for many pieces of content at once: one command for what there is, one for bodies not met yet."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from store.content.documents import Content, Revision
from store.content.known import learn
from store.content.reading import live

HEAD_FIELDS = (
    "type",
    "code",
    "estate",
    "revision",
    "withdrawn",
    "published_at",
    "publish_at",
    "scheduled",
    "generated_until",
    "publishing",
)


class Current:
    """The newest revisions of some types, of these estates and of none. The moment is now: nothing later is known."""

    def __init__(self, types: Collection[str], estates: Collection[str]) -> None:
        query = {"type": {"$in": list(types)}, "revision": {"$gt": 0}, "estate": {"$in": [*estates, None]}}
        found: Sequence[Content] = Content.objects(__raw__=query).only(*HEAD_FIELDS)
        self.heads: Mapping[tuple[str, str], Content] = {(each.type, each.code): each for each in found}
        self._revisions = learn([_key(each) for each in self.heads.values() if not each.withdrawn])

    def of(self, kind: str) -> list[Content]:
        """The heads of a type that are in force, by code."""
        return [head for (each, _), head in sorted(self.heads.items()) if each == kind and not head.withdrawn]

    def find(self, kind: str, code: str, moment: datetime) -> Revision | None:
        """As `live` would find it."""
        head = self.heads.get((kind, code))
        if head is not None and head.withdrawn:
            return None
        found = self._revisions.get(_key(head)) if head is not None else None
        # Foreign to these estates, not in force yet, or its publication was cut off half-way.
        return found if found is not None and found.effective_at <= moment else live(kind, code, moment)


def pinned_bodies(kind: str, pins: Collection[tuple[str, int]]) -> dict[tuple[str, int], Mapping[str, Any]]:
    """The bodies of pinned revisions as plain values; one that is not there is left out."""
    if not pins:
        return {}
    wanted = [{"code": code, "number": number} for code, number in sorted(pins)]
    rows = Revision._get_collection().find({"type": kind, "$or": wanted}, {"code": 1, "number": 1, "body": 1})
    return {(row["code"], row["number"]): row["body"] for row in rows}


def _key(head: Content) -> str:
    return f"{head.pk}:{head.revision}"
