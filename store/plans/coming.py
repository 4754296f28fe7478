"""Work that is known before it is made: a tablet may have it on its screen, and record entries for it, a day ahead."""

from datetime import datetime, timedelta

from store.content.documents import Content
from store.content.reading import live
from store.people.operations import DEFAULT_TIMEZONE
from store.plans.operations import accounted_until, workdays
from store.plans.recurrence import slots
from store.premises.documents import Estate

PREFIX = "plan:"
# Tablets carry today and tomorrow; nothing later was on a screen.
AHEAD = timedelta(days=3)


def begins_at(estate: str, key: str, now: datetime) -> datetime | None:
    """When the slot of this key begins, if the plan in force has one that has not been made yet: its order is on its way.
    Else None."""
    code, _, local = key.removeprefix(PREFIX).partition(":")
    if not key.startswith(PREFIX) or not local:
        return None
    head = Content.objects(type="plan", code=code).only("estate", "generated_until", "published_at").first()
    plan = live("plan", code, now) if head is not None and head.estate == estate else None
    if head is None or plan is None:
        return None
    since = accounted_until(head)
    zone = Estate.objects(code=estate).first()
    found = slots(plan.body, zone.timezone if zone else DEFAULT_TIMEZONE, since, now + AHEAD, workdays(plan.body, now))
    return next((each.nominal_utc for each in found if each.nominal_local == local), None)
