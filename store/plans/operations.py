"""From plans to work orders: every slot is made once, or accounted for with its reason (clauses 2.3–2.5, 3.3–3.5)."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from store.actor import SYSTEM
from store.blame import is_of_database
from store.content.documents import Content, Revision
from store.content.reading import live
from store.health import operations as health
from store.people.operations import Directory
from store.plans import rules
from store.plans.foresight import BEFORE, Segment, in_force_at, revisions_since, segments, to_come, workdays
from store.plans.occurrences import InForce, Occurrences
from store.plans.recurrence import next_slot, slots
from store.work.operations import make

logger = logging.getLogger(__name__)

# An order is made this long before its slot, or before its first reminder if that is earlier. Short, because a change
# of the plan touches only the slots that have not been made yet.
LEAD = timedelta(minutes=60)
JOB = "generate_work"
KIND = "content"
HEAD_FIELDS = (
    "type",
    "code",
    "estate",
    "revision",
    "published_at",
    "publish_at",
    "generated_until",
    "next_generate_at",
)
ASIDE = timedelta(hours=1)
# After a very long outage one pass makes at most this much of a plan; the next pass goes on from there.
SPAN = timedelta(days=31)
LONGEST_LOOK_BACK = timedelta(days=1)
FAR = datetime(9999, 1, 1, tzinfo=UTC)
# A publication that is due is waited for this long: a sweep makes it within seconds, or it is refused.
PATIENCE = timedelta(minutes=10)


def generate_due(now: datetime, limit: int = 100) -> int:
    """Make the work of every plan whose moment has come. Returns how many plans were looked at."""
    # No more than is needed: drafts and events are large, and what is wrong with them must not stop the work.
    # The type is named for the partial index, which is not used without it.
    due = Content.objects(__raw__={"next_generate_at": {"$lte": now, "$type": "date"}})
    heads = list(due.only(*HEAD_FIELDS).order_by("next_generate_at").limit(limit))
    if not heads:
        return 0
    directory = Directory.load()
    for head in heads:
        try:
            generate(head, directory, now)
        except Exception as error:  # one broken plan must not stop the others
            if is_of_database(error):
                raise  # the next run carries on in seconds, not in an hour
            _put_aside(head, error, now)
    health.mended(JOB, KIND, [head.pk for head in heads], now)
    health.report_flaws(JOB, directory.flaws, directory.codes, now=now)
    return len(heads)


def _put_aside(head: Content, error: Exception, now: datetime) -> None:
    until = now + ASIDE
    seen = {"_id": head.pk, "next_generate_at": head.next_generate_at}
    Content._get_collection().update_one(seen, {"$set": {"next_generate_at": until}})
    raw = head.to_mongo().to_dict()
    aside = (Content._get_collection_name(), "next_generate_at")
    told = health.report_bad(JOB, KIND, raw, error, now=now, until=until, aside=aside)
    logger.error("plan %s put aside: %s", head.code, told)


def generate(head: Content, directory: Directory, now: datetime) -> int:
    """Make what lies between the last pass and the lead from now on, then move the plan's mark – in this order: cut off
    in between, the next pass makes the same orders again under the same keys, which changes nothing.

    Returns how many orders are new.
    """
    zone = directory.timezone(head.estate)
    since = accounted_until(head)
    revisions = revisions_since(head.code, since, now)
    newest = in_force_at(revisions, now)
    until = min(now + _lead(newest), since + SPAN, _held_at(head, now))
    made = sum(_make(segment, zone, directory, now) for segment in segments(revisions, since, until))
    following = _next_generation(newest, zone, until)
    if following is not None and until == _held_at(head, now):
        following = max(following, until + BEFORE)
    _move_mark(head, max(until, since), following)
    return made


def _held_at(head: Content, now: datetime) -> datetime:
    """Up to when the plan may be generated: what a scheduled publication will change is left to it."""
    if head.publish_at is None or head.publish_at + PATIENCE < now:
        return FAR
    return head.publish_at - BEFORE


def accounted_until(head: Content) -> datetime:
    """Up to when, inclusive, the plan's slots have been made or accounted for."""
    return head.generated_until or head.published_at - BEFORE


def _lead(plan: Revision | None) -> timedelta:
    reminders = (plan.body.get("reminder_minutes") if plan else None) or (0,)
    return max(LEAD, timedelta(minutes=max(reminders)))


def _make(segment: Segment, zone: str, directory: Directory, now: datetime) -> int:
    return make(_orders(segment, zone, directory, now), actor=SYSTEM, now=now, timezone=zone)


def _orders(
    segment: Segment, zone: str, directory: Directory, now: datetime, in_force: InForce = live
) -> list[dict[str, Any]]:
    """What the slots of a segment become, in stored shapes; those that are skipped too."""
    body = segment.revision.body
    found = list(slots(body, zone, segment.after, segment.until, workdays(body, segment.until, in_force)))
    if not found:
        return []
    occurrences = Occurrences(segment.revision, directory, segment.until, in_force)
    return [occurrences.order(each) for each in rules.account_missed(body, found, now)]


def coming(
    heads: Iterable[Content], directory: Directory, now: datetime, until: datetime, in_force: InForce
) -> Iterator[dict[str, Any]]:
    """The orders that `generate` has not made yet, as it would make them; nothing is written. A tablet is given them
    before they exist, under the keys that they will have."""
    for head in heads:
        try:
            yield from _coming(head, directory, now, until, in_force)
        except Exception as error:  # the generator reports a broken plan; the others are still to come
            if is_of_database(error):
                raise
            logger.warning("plan %s has no preview", head.code, exc_info=True)


def _coming(
    head: Content, directory: Directory, now: datetime, until: datetime, in_force: InForce
) -> list[dict[str, Any]]:
    zone = directory.timezone(head.estate)
    # What lies further back was missed, and only the newest of it can still be caught up.
    since = max(accounted_until(head), now - LONGEST_LOOK_BACK)
    newest = in_force("plan", head.code, now)
    known = [newest] if newest and newest.effective_at <= since else revisions_since(head.code, since, now)
    found: list[dict[str, Any]] = []
    for segment in segments([*known, *to_come(head)], since, max(since, until)):
        found += _orders(segment, zone, directory, now, in_force)
    return [each for each in found if each["state"] != "skipped"]


def _next_generation(plan: Revision | None, zone: str, until: datetime) -> datetime | None:
    """When to look again: the lead before the next slot; never, for a plan that is withdrawn or over."""
    if plan is None:
        return None
    following = next_slot(plan.body, zone, until, workdays(plan.body, until))
    return None if following is None else following.nominal_utc - _lead(plan)


def _move_mark(head: Content, until: datetime, following: datetime | None) -> None:
    """The mark is not a change that anybody made, so it makes no version and no event: an editor's save stays valid.

    It is conditional on the mark that was read, and on the revision: a publication in between wakes the plan anew.
    """
    seen = {"_id": head.pk, "generated_until": head.generated_until, "revision": head.revision}
    update: dict[str, Any] = {"$set": {"generated_until": until}}
    if following is None:
        update["$unset"] = {"next_generate_at": ""}
    else:
        update["$set"]["next_generate_at"] = following
    Content._get_collection().update_one(seen, update)


def upcoming(plan: Mapping[str, Any], zone: str, now: datetime, days: int = 7) -> Iterator[datetime]:
    """The coming slots of a plan's body, for calendars of planned work."""
    return (each.nominal_utc for each in slots(plan, zone, now, now + timedelta(days=days), workdays(plan, now)))
