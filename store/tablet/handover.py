"""The end of a shift: what is open is said, and both who leaves and who takes over sign for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bson import ObjectId

from store.access import require
from store.actor import Actor
from store.errors import Invalid, NotFound, Problem
from store.fields.checking import clean
from store.fields.spec import Field
from store.people.operations import Directory, check_assignable
from store.tablet.documents import ShiftHandover
from store.versioned import Change, commit, create
from store.words import Words

MOST_OPEN = 200
# What was left days ago is no news at the beginning of a shift.
SHOWN = timedelta(days=3)
MOST_SHOWN = 5
READ = (Field("handover", "reference", Words("交接班", "Shift handover"), required=True),)
HANDOVER = (
    Field("to", "reference", Words("接班人", "Taken over by"), required=True, target="staff"),
    Field("note", "long_text", Words("交接说明", "Note")),
    Field("signature", "photo", Words("交班签名", "Signature"), required=True),
    Field("counter_signature", "photo", Words("接班签名", "Counter-signature"), required=True),
)
NOT_OPEN = Words("未完成工单应为 [小区, 编号] 的列表", "Open orders are a list of [estate, key]")
ONESELF = Words("不能交班给自己", "A shift is handed over to somebody else")


def read_handover(values: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `Invalid`."""
    cleaned, problems = clean(HANDOVER, {name: value for name, value in values.items() if name != "open"})
    given = values.get("open") or []
    if not isinstance(given, list) or len(given) > MOST_OPEN or not all(_is_pair(each) for each in given):
        problems.append(Problem("wrong_shape", NOT_OPEN, "open"))
    if problems:
        raise Invalid(problems)
    return {**cleaned, "open": given}


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(e, str) and len(e) <= 200 for e in value)


def hand_over_shift(
    estate: str,
    *,
    to: str,
    signature: str,
    counter_signature: str,
    note: str | None = None,
    open: Sequence[Sequence[str]] = (),
    actor: Actor,
    now: datetime,
) -> ShiftHandover:
    """Record that a shift ended here; what was the leaver's own and is open goes to who takes over.

    Raises `Invalid` `not_assignable` for somebody who does not work in the estate.
    """
    require(actor, "work.do", estate)
    check_assignable(to, estate)
    if to == actor.code:
        raise Invalid.one("same_person", ONESELF, "to")
    handover = ShiftHandover(
        estate=estate,
        key=(actor.entry and actor.entry.operation) or str(uuid4()),
        handed_by=actor.code,
        taken_by=to,
        at=actor.happened(now),
        note=note,
        open=[list(each) for each in open],
        signature=signature,
        counter_signature=counter_signature,
    )
    handover.pk = ObjectId()
    change = Change(
        "hand_over_shift", {"to": to, "open": len(open)}, make=[_passed_on(handover, each) for each in open]
    )
    return create(handover, change, actor=actor, now=now)


def read(estate: str, *, handover: str, actor: Actor, now: datetime) -> ShiftHandover:
    """Who took over has read what he was left. Raises `NotFound` for a handover to somebody else."""
    require(actor, "work.do", estate)
    query = {"estate": estate, "key": handover, "taken_by": actor.code}
    found: ShiftHandover | None = ShiftHandover.found(query)
    if found is None:
        raise NotFound(ShiftHandover.LABEL, handover)
    if found.read_at is not None:
        return found
    return commit(found, Change("read", set={"read_at": actor.happened(now)}), actor=actor, now=now)


def unread(actor: Actor, estates: Sequence[str], directory: Directory, now: datetime) -> list[dict[str, Any]]:
    """What he was left at the last changes of shift and has not read yet, the newest first."""
    query = {
        "taken_by": actor.code,
        "at": {"$gt": now - SHOWN},
        "read_at": None,
        "estate": {"$in": list(estates)},
    }
    found = ShiftHandover._get_collection().find(query, {"events": 0}).sort("at", -1).limit(MOST_SHOWN)
    return [
        {
            "id": each["key"],
            "estate": each["estate"],
            "handed_by": directory.names(each["handed_by"]) or {"zh": each["handed_by"]},
            "at": each["at"],
            "note": each.get("note"),
            "open": len(each.get("open") or ()),
        }
        for each in found
    ]


def _passed_on(handover: ShiftHandover, order: Sequence[str]) -> dict[str, Any]:
    """The order's half, made by the relay (`store/work/operations.py`)."""
    estate, key = order
    values = {"estate": estate, "order": key, "by": handover.handed_by, "to": handover.taken_by}
    return {"kind": "order_handed_over", "key": f"shift:{handover.pk}:{estate}:{key}", "values": values}
