"""Work that is known before it is made: a tablet may have it on its screen, and record entries for it, a day ahead."""

from datetime import datetime, timedelta

from store.content.documents import Content
from store.content.operations import live
from store.people.operations import DEFAULT_TIMEZONE
from store.plans.operations import workdays
from store.plans.recurrence import slots
from store.premises.documents import Estate

PREFIX = "plan:"
# Tablets carry today and tomorrow; nothing later was on a screen.
AHEAD = timedelta(days=3)


def will_be_made(estate: str, key: str, now: datetime) -> bool:
    """Whether the plan in force has a slot of this key that has not been made yet: its order is on its way."""
    code, _, local = key.removeprefix(PREFIX).partition(":")
    if not key.startswith(PREFIX) or not local:
        return False
    head = Content.objects(type="plan", code=code).only("estate", "generated_until", "published_at").first()
    plan = live("plan", code, now) if head is not None and head.estate == estate else None
    if head is None or plan is None:
        return False
    since = head.generated_until or head.published_at
    zone = Estate.objects(code=estate).first()
    found = slots(plan.body, zone.timezone if zone else DEFAULT_TIMEZONE, since, now + AHEAD, workdays(plan.body, now))
    return any(each.nominal_local == local for each in found)
