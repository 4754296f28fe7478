"""How every verb of a work order begins and ends: found, permitted, allowed now – and written in one update."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store import lifecycle, records
from store.actor import Actor
from store.deadlines import operations as deadlines
from store.photos import operations as photos
from store.records import told_of
from store.versioned import Change
from store.work import rules
from store.work.documents import WORK_ORDER, WorkOrder


def get(key: object, actor: Actor) -> WorkOrder:
    """Raises `NotFound`."""
    return records.get(WorkOrder, key, actor)


def begin(order_id: object, verb: str, actor: Actor, seen: int | None) -> tuple[WorkOrder, str]:
    """The order and the state after the verb. Raises what refuses the verb, whichever door it came through."""
    order = lifecycle.permitted(WorkOrder, order_id, verb, actor, seen)
    late = _is_late_beginning(order, verb, actor)
    state = order.state if late else lifecycle.next_state(WORK_ORDER, verb, order.state)
    if verb in rules.DOING:
        rules.check_not_barred(order.barred, actor.code)
    return order, state


def _is_late_beginning(order: WorkOrder, verb: str, actor: Actor) -> bool:
    """A tablet's word that a round was begun, which came after the round had been called over. It stays over: its scans
    say what was reached, and nobody has to decide about a beginning that was right."""
    return verb == "start" and actor.entry is not None and bool(order.checkpoints) and order.state in rules.ROUND_OVER


def write(order: WorkOrder, change: Change, *, actor: Actor, now: datetime) -> WorkOrder:
    """Through whichever door a photo is named, it is none that anybody has only said. Raises `Invalid` `not_a_photo`."""
    photos.check_named_as([each["hash"] for each in change.push.get("photos") or ()])
    return deadlines.write(order, change, next_own_check=rules.next_own_check, actor=actor, now=now)


def params(order: WorkOrder | Mapping[str, Any]) -> dict[str, Any]:
    """What a notification template may say of an order: nothing personal."""
    due = order.get("due_at") if isinstance(order, Mapping) else order.due_at
    return {**told_of(order), **({"due_at": due} if due else {})}
