"""Photos that show a checkpoint: asked for at its scan, taken whatever has become of the round since (clause 2.5)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from store.actor import Actor
from store.errors import Invalid
from store.lifecycle import does
from store.versioned import Change
from store.words import Words
from store.work import rules, scans
from store.work.answers import new_photos
from store.work.documents import WORK_ORDER, WorkOrder
from store.work.rounds import is_proven
from store.work.writing import begin, write

NO_PHOTO_GIVEN = Words("请附照片", "Add a photo")


@does(WORK_ORDER, "photograph")
def photograph(
    order_id: object,
    *,
    checkpoint: str,
    photos: Sequence[str],
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> WorkOrder:
    """Photos of a checkpoint, also of one that asks for none, and of a round that is over: the last scan ends it.

    Raises `Invalid` `unknown_checkpoint`, `required`.
    """
    order, _ = begin(order_id, "photograph", actor, seen)
    scans.point_of(order.checkpoints, checkpoint)
    if not photos:
        raise Invalid.one("required", NO_PHOTO_GIVEN, "photos")
    given = [{"hash": each, "role": "other", "checkpoint": checkpoint} for each in photos]
    at = actor.happened(now)
    added = [{**each, "by": actor.code, "at": at} for each in new_photos(order.photos, given)]
    fields = remarked(order, [*order.photos, *added])
    push = {"photos": added} if added else {}
    detail = {"checkpoint": checkpoint, "count": len(photos)}
    return write(order, Change("photograph", detail, fields, push=push), actor=actor, now=now)


def remarked(order: WorkOrder, photos: Sequence[scans.Photo]) -> dict[str, Any]:
    """What of a round changes with its photos: the marks of its checkpoints, and whether it proves anything."""
    if not order.checkpoints:
        return {}
    fields: dict[str, Any] = {"checkpoints": scans.marked(order.checkpoints, photos)}
    if rules.round_is_over(order.checkpoints):
        fields["proven"] = is_proven(order.checkpoints, photos)
    return fields
