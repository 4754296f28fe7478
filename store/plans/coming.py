"""Work that is known before it is made: a tablet may have it on its screen, and record entries for it, a day ahead."""

from datetime import datetime, timedelta

from store.content.documents import Content
from store.people.rules import DEFAULT_TIMEZONE
from store.plans.foresight import revisions_since, segments, to_come, workdays
from store.plans.operations import accounted_until
from store.plans.recurrence import slots
from store.premises.documents import Estate

PREFIX = "plan:"
# Tablets carry today and tomorrow; nothing later was on a screen.
AHEAD = timedelta(days=3)
FIELDS = ("type", "code", "estate", "revision", "generated_until", "published_at", "publish_at", "scheduled")


def begins_at(estate: str, key: str, now: datetime) -> datetime | None:
    """When the slot of this key begins, if the plan in force has one that has not been made yet: its order is on its way.
    Else None."""
    code, _, local = key.removeprefix(PREFIX).partition(":")
    if not key.startswith(PREFIX) or not local:
        return None
    head = Content.objects(type="plan", code=code).only(*FIELDS).first()
    if head is None or head.estate != estate or head.published_at is None:
        return None
    since = accounted_until(head)
    known = [*revisions_since(code, since, now), *to_come(head)]
    place = Estate.objects(code=estate).first()
    zone = place.timezone if place else DEFAULT_TIMEZONE
    found = (
        slot
        for each in segments(known, since, max(since, now + AHEAD))
        for slot in slots(each.revision.body, zone, each.after, each.until, workdays(each.revision.body, now))
    )
    return next((each.nominal_utc for each in found if each.nominal_local == local), None)
