"""The coming slots of plans in force: what will become work orders, for the time line and the calendar."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from admin_app.shell.language import say
from store.content.documents import Content
from store.content.reading import live_all
from store.plans.operations import workdays
from store.plans.recurrence import slots
from store.words import translated


class Slot(NamedTuple):
    code: str
    service: str
    name: str
    at: datetime
    minutes: int


def coming_slots(estates: Iterable[str], zones: Mapping[str, str], since: datetime, until: datetime) -> list[Slot]:
    """Slots for which no order has been made yet. Two queries, and one for each calendar."""
    wanted = set(estates)
    plans = [each for each in live_all("plan", since) if each.body.get("estate") in wanted]
    made = {head.code: head.generated_until for head in Content.objects(type="plan").only("code", "generated_until")}
    days: dict[Any, Callable[[date], bool]] = {}
    found: list[Slot] = []
    for plan in plans:
        body = plan.body
        calendar = body.get("calendar")
        if calendar not in days:
            days[calendar] = workdays(body, since)
        after = max(filter(None, [since, made.get(plan.code)]))
        if after < until:
            found += _slots(plan.code, body, zones.get(body["estate"], "Asia/Shanghai"), after, until, days[calendar])
    return sorted(found, key=lambda slot: slot.at)


def _slots(
    code: str, body: Mapping[str, Any], zone: str, since: datetime, until: datetime, is_workday: Callable[[date], bool]
) -> Iterable[Slot]:
    name, minutes = say(translated(body["name"])), int(body.get("duration_minutes") or 30)
    for each in slots(body, zone, since, until, is_workday):
        yield Slot(code, str(body.get("service")), name, each.nominal_utc, minutes)
