"""The coming slots of plans: what will become work orders, for the time line and the calendar."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from admin_app.shell.language import say
from store.plans.foresight import Foreseen, Foresight
from store.words import translated


class Slot(NamedTuple):
    code: str
    service: str
    name: str
    at: datetime
    minutes: int


def coming_slots(
    estates: Collection[str], zones: Mapping[str, str], since: datetime, until: datetime, now: datetime
) -> list[Slot]:
    """Slots from `since` (included) to `until` for which no order has been made yet, in order of time."""
    return [_slot(each) for each in Foresight(estates, zones, now).coming(max(now, since), until)]


def _slot(each: Foreseen) -> Slot:
    body = each.revision.body
    name = say(translated(body.get("name") or each.revision.code))
    return Slot(each.revision.code, str(body.get("service")), name, each.slot.nominal_utc, each.minutes)
