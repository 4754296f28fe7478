"""Pictures of floor plans, and where on them the checkpoints of a route are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from store.access import require
from store.actor import Actor
from store.content import operations as content
from store.content import reading
from store.content.documents import Content, Revision
from store.errors import Invalid
from store.photos import operations as photos
from store.plans.places import PLACE
from store.words import Words

KIND = "floor_plan"
NO_ESTATE = Words("请先填写小区并保存草稿", "Say which estate it is of, and save the draft first")
UNKNOWN = Words("此路线没有该巡更点", "The route has no such checkpoint")


class FloorPlan(NamedTuple):
    """A plan whose picture is there; its size is in pixels."""

    code: str
    name: Mapping[str, str]
    picture: str
    width: int
    height: int


def bring_picture(code: str, data: bytes, *, actor: Actor, now: datetime, seen: int | None = None) -> Content:
    """Keep the picture of a plan and name it in the draft. Raises `Invalid`, `Conflict` `changed_meanwhile`, `Busy`."""
    head = reading.get(KIND, code, actor)
    require(actor, "content.write", head.estate)
    if head.estate is None:
        raise Invalid.one("required", NO_ESTATE, "estate")
    name = photos.bring(data, head.estate, actor=actor, now=now)
    return content.save_draft(KIND, code, {**head.draft, "picture": name}, actor=actor, now=now, seen=seen)


def place(
    route: str,
    checkpoint: str,
    where: tuple[str, float, float] | None,
    *,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> Content:
    """Say in a route's draft where a checkpoint is – plan, across, down – or, by None, that it is on no plan.

    Raises `Invalid`, `Conflict` `changed_meanwhile`.
    """
    draft = reading.get("route", route, actor).draft
    rows = list(draft.get("checkpoints") or ())
    if all(each.get("code") != checkpoint for each in rows):
        raise Invalid.one("unknown_checkpoint", UNKNOWN, "checkpoint")
    placed = [_placed(each, where) if each.get("code") == checkpoint else each for each in rows]
    return content.save_draft("route", route, {**draft, "checkpoints": placed}, actor=actor, now=now, seen=seen)


def _placed(row: Mapping[str, Any], where: tuple[str, float, float] | None) -> dict[str, Any]:
    bare = {name: value for name, value in row.items() if name not in PLACE}
    return bare | (dict(zip(PLACE, where, strict=True)) if where else {})


def drawn(heads: Sequence[Content]) -> list[FloorPlan]:
    """Those of the plans' drafts that have a picture, by code."""
    return _with_pictures([(each.code, each.draft) for each in sorted(heads, key=lambda each: each.code)])


def in_force(revisions: Sequence[Revision]) -> list[FloorPlan]:
    return _with_pictures([(each.code, each.body) for each in revisions])


def _with_pictures(bodies: Sequence[tuple[str, Mapping[str, Any]]]) -> list[FloorPlan]:
    sizes = photos.sizes([body["picture"] for _, body in bodies if body.get("picture")])
    return [
        FloorPlan(code, dict(body["name"]), body["picture"], *sizes[body["picture"]])
        for code, body in bodies
        if body.get("picture") in sizes
    ]


def of_estate(estate: str | None) -> list[FloorPlan]:
    """The plans that checkpoints of the estate can be put on: also those that are drafts still."""
    return drawn(list(Content.objects(type=KIND, estate=estate))) if estate else []
