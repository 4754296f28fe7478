"""What will happen when: the one answer for the generator, tablets, previews, calendars of work and workloads.

A plan is what its revision in force says; from the moment of a scheduled publication on, what was frozen for it. The
same holds for the calendar that says which days are workdays (clauses 2.3–2.5, 3.3–3.5).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from store.calendars.rules import compile_calendar, is_workday
from store.content.current import Current
from store.content.documents import Content, Revision
from store.content.reading import live, newest_kept
from store.errors import Invalid
from store.people.rules import DEFAULT_TIMEZONE
from store.plans import rules
from store.plans.recurrence import IsWorkday, Slot, slots

Body = Mapping[str, Any]

# A stretch of time does not hold its first moment, but a revision is in force in it.
BEFORE = timedelta(milliseconds=1)
# Nothing is made further ahead than this: the longest reminder.
MOST_AHEAD = timedelta(minutes=rules.LONGEST_REMINDER)
SATURDAY = 6
CALENDAR = "working_calendar"
SCHEDULED_FIELDS = ("type", "code", "estate", "revision", "publish_at", "scheduled")


class Segment(NamedTuple):
    """A stretch of time, without its first moment, in which one revision of a plan is in force."""

    revision: Revision
    after: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One coming slot of a plan and the revision that it will be made under."""

    slot: Slot
    revision: Revision

    @property
    def minutes(self) -> int:
        return int(self.revision.body.get("duration_minutes") or rules.DEFAULT_DURATION_MINUTES)


def segments(revisions: Sequence[Revision], since: datetime, until: datetime) -> Iterator[Segment]:
    """The revisions in force between two moments, `revisions` being in order: a slot belongs to the revision of its own
    time, one at the very moment of a publication to the new revision."""
    later = [each for each in revisions if since < each.effective_at <= until]
    bounds = [since, *(each.effective_at - BEFORE for each in later), until]
    for revision, (after, end) in zip([in_force_at(revisions, since), *later], pairwise(bounds), strict=True):
        if revision is not None and not revision.withdrawn and after < end:
            yield Segment(revision, after, end)


def in_force_at(revisions: Sequence[Revision], moment: datetime) -> Revision | None:
    """What `live` would find."""
    found = next((each for each in reversed(revisions) if each.effective_at <= moment), None)
    return None if found is None or found.withdrawn else found


def revisions_since(code: str, since: datetime, now: datetime) -> list[Revision]:
    """The plan's revisions from the one in force at `since` to the newest that is in force by `now`, the oldest first."""
    newest = newest_kept("plan", code)
    if newest is not None and newest["effective_at"] <= since:
        return [Revision._from_son(newest)]
    until = max(now, since) + MOST_AHEAD
    query = Revision.objects(type="plan", code=code, effective_at__lte=until).order_by("-effective_at", "-number")
    found: list[Revision] = []
    for each in query.no_cache():
        found.append(each)
        if each.effective_at <= since:
            break
    return found[::-1]


def to_come(head: Content) -> list[Revision]:
    """The revision that a scheduled publication will make, if there is one; it is not stored yet."""
    if head.publish_at is None or not head.scheduled:
        return []
    return [
        Revision(
            type=head.type,
            code=head.code,
            estate=head.estate,
            number=head.revision + 1,
            body=head.scheduled.get("body") or {},
            effective_at=head.publish_at,
        )
    ]


class Foresight:
    """The coming slots of the plans of some estates. Four queries, however many plans there are, and one for each
    calendar that no plan's estate has."""

    def __init__(self, estates: Collection[str], zones: Mapping[str, str], now: datetime) -> None:
        self._zones, self._now = zones, now
        self._current = Current(("plan", CALENDAR), estates)
        self._changes = _changes_to_come(estates)
        self._workdays: dict[tuple[str | None, str], IsWorkday] = {}

    def coming(self, since: datetime, until: datetime, made_too: bool = False) -> list[Foreseen]:
        """The slots from `since` (included, not before now) to `until`, in order of time: those that no order has been
        made for yet, unless those that were `made_too` are asked for. A plan that cannot be read is left out: the
        generator reports it."""
        found = [each for head in self._heads() for each in self._of(head, since, until, made_too)]
        return sorted(found, key=lambda each: each.slot.nominal_utc)

    def _heads(self) -> Iterator[Content]:
        known = {head.code: head for head in self._current.of("plan")}
        unpublished = {code: head for (kind, code), head in self._changes.items() if kind == "plan"}
        yield from (unpublished | known).values()

    def _of(self, head: Content, since: datetime, until: datetime, made_too: bool) -> Iterator[Foreseen]:
        newest = self._current.find("plan", head.code, self._now) if head.revision else None
        change = self._changes.get(("plan", head.code))
        revisions = [*([newest] if newest else []), *(to_come(change) if change else [])]
        after = since - BEFORE
        if head.generated_until and not made_too:
            after = max(after, head.generated_until)
        zone = self._zones.get(head.estate, DEFAULT_TIMEZONE)
        try:
            for each in segments(revisions, after, max(after, until - BEFORE)):
                workday = self.workdays(each.revision.body, zone)
                for slot in slots(each.revision.body, zone, each.after, each.until, workday):
                    yield Foreseen(slot, each.revision)
        except Invalid:
            return

    def workdays(self, body: Body, zone: str) -> IsWorkday:
        """Which days the plan's calendar will count as workdays, a scheduled change of the calendar included."""
        key = (body.get("calendar"), zone)
        if key not in self._workdays:
            self._workdays[key] = self._compiled(*key)
        return self._workdays[key]

    def _compiled(self, code: str | None, zone: str) -> IsWorkday:
        revision = self._current.find(CALENDAR, code, self._now) if code else None
        before = workdays_of(revision.body if revision else None)
        change = self._changes.get((CALENDAR, code)) if code else None
        if change is None:
            return before
        first = change.publish_at.astimezone(ZoneInfo(zone)).date()
        after = workdays_of(change.scheduled.get("body"))
        return lambda day: (after if day >= first else before)(day)


def workdays_of(calendar: Body | None) -> IsWorkday:
    """Which days a calendar counts as workdays; Monday to Friday without one."""
    if calendar is None:
        return _weekday
    compiled = compile_calendar(calendar)
    return lambda day: is_workday(day, compiled)


def workdays(body: Body, moment: datetime, in_force: Any = live) -> IsWorkday:
    """Which days the plan's calendar counts as workdays by what is in force at `moment`."""
    calendar = in_force(CALENDAR, body["calendar"], moment) if body.get("calendar") else None
    return workdays_of(calendar.body if calendar else None)


def _weekday(day: date) -> bool:
    return day.isoweekday() < SATURDAY


def _changes_to_come(estates: Iterable[str]) -> dict[tuple[str, str], Content]:
    kinds = {"$in": ["plan", CALENDAR]}
    # The moment's type is named for the partial index, which is not used without it.
    query = {"publish_at": {"$type": "date"}, "type": kinds, "estate": {"$in": [*estates, None]}}
    found: Iterable[Content] = Content.objects(__raw__=query).only(*SCHEDULED_FIELDS)
    return {(each.type, each.code): each for each in found}
