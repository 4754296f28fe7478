"""Keeping what somebody has said of the columns of his files. It belongs to one person and changes nothing of others."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from store.access import require
from store.actor import Actor
from store.transfer.documents import ImportMapping
from store.transfer.layout import Layout, Remembered, remarks_of

# Headers of one kind that are remembered; the newest.
MOST_KEPT = 300
_LONGEST = 200


class Kept(NamedTuple):
    targets: Remembered
    fixed: Mapping[str, str]


def kept(actor: Actor, kind: str) -> Kept:
    """What the actor has said of files of a kind."""
    found = ImportMapping.objects(owner=actor.code, kind=kind).first()
    if found is None:
        return Kept({}, {})
    return Kept({(each["table"], each["header"]): each["target"] for each in found.targets}, dict(found.fixed))


def keep(kind: str, layout: Layout, *, actor: Actor, now: datetime) -> None:
    """Remember a layout that somebody has confirmed, over what he said before of the same headers."""
    require(actor, "transfer.import")
    targets = {**kept(actor, kind).targets, **remarks_of(layout)}
    rows = [
        {"table": table, "header": header[:_LONGEST], "target": target} for (table, header), target in targets.items()
    ]
    values = {"targets": rows[-MOST_KEPT:], "fixed": dict(layout.fixed), "changed_at": now}
    key = {"owner": actor.code, "kind": kind}
    ImportMapping._get_collection().update_one(key, {"$set": values}, upsert=True)
