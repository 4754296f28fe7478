"""What is promised, in words that can be read out: 24 小时办结 → 明天 10:05, and how that moment comes about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from admin_app.backoffice.records.clocks import steps_of
from admin_app.backoffice.records.names import places_of_reader
from admin_app.shell.formats import day_and_time, exact, zone_named
from admin_app.shell.language import say
from store.calendars.rules import Promised, WorkingDays
from store.calendars.wording import working_days_words
from store.deadlines.rules import promised_of
from store.requests.rules import CLOCK_NAMES
from store.words import Words

HOUR = 60
DAY = 24 * HOUR


class Promise(NamedTuple):
    name: str
    within: str
    due: str
    exact: str
    steps: list[str]


def promise_of(clocks: Sequence[Mapping[str, Any]], estate: str, now: datetime) -> list[Promise]:
    """The promises, the nearest first."""
    place = places_of_reader().get(estate)
    zone = place.zone if place else zone_named(None)
    known = [clock for clock in clocks if clock.get("due_at")]
    return [
        Promise(
            name=say(CLOCK_NAMES.get(clock["name"], Words(clock["name"], clock["name"]))),
            within=say(within(promised_of(clock), bool(clock.get("calendar")))),
            due=say(day_and_time(clock["due_at"], now, zone)),
            exact=exact(clock["due_at"], zone),
            steps=steps_of(clock),
        )
        for clock in sorted(known, key=lambda clock: clock["due_at"])
    ]


def within(promised: Promised, by_calendar: bool) -> Words:
    """`90` → 90 分钟; whole hours and days as such; working minutes and working days say so."""
    if isinstance(promised, WorkingDays):
        return working_days_words(promised.days)
    minutes = promised
    if minutes >= 2 * DAY and minutes % DAY == 0 and not by_calendar:
        said = Words("{n} 天", "{n} days").fill(n=minutes // DAY)
    elif minutes >= HOUR and minutes % HOUR == 0:
        said = Words("{n} 小时", "{n} hours").fill(n=minutes // HOUR)
    else:
        said = Words("{n} 分钟", "{n} minutes").fill(n=minutes)
    return Words("{said}（工作时间）", "{said} (working time)").fill(said=said) if by_calendar else said
