"""How long something is promised for: minutes that are counted, or working days (ADR 16)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from store.errors import Invalid, Problem
from store.fields.spec import Field
from store.words import Words

MOST_DAYS = 366


class WorkingDays(NamedTuple):
    """Due at the end of the `days`-th working day after the one on which it began."""

    days: int


# Minutes, or working days.
Promised = int | WorkingDays


def promised_in(body: Mapping[str, Any], name: str) -> Promised | None:
    """What `<name>_days` or `<name>_minutes` of a body says; None when neither says anything."""
    days, minutes = body.get(f"{name}_days"), body.get(f"{name}_minutes")
    if days:
        return WorkingDays(int(days))
    return int(minutes) if minutes else None


def promised(minutes: int | None, days: int | None) -> Promised:
    """What is asked by the one or the other. Nothing at all is no time."""
    return WorkingDays(days) if days else minutes or 0


def asked_for(minutes: int | None, days: int | None, field: str = "minutes") -> Promised:
    """What is asked by exactly one of them. Raises `Invalid` `said_twice`, `required`."""
    if minutes is None and days is None:
        raise Invalid.one("required", Words("请填写分钟数或工作日数", "Give minutes or working days"), field)
    if minutes is not None and days is not None:
        raise Invalid.one("said_twice", SAID_TWICE, field)
    return promised(minutes, days)


def said(within: Promised | None) -> dict[str, int | None]:
    """The same as two values, of which one is None: what is kept and sent on. The inverse of `promised`."""
    if isinstance(within, WorkingDays):
        return {"minutes": None, "days": within.days}
    return {"minutes": within, "days": None}


def days_field(name: str, label: Words) -> Field:
    """The field that says a promise in working days instead of in minutes."""
    return Field(
        f"{name}_days",
        "integer",
        label,
        minimum=1,
        maximum=MOST_DAYS,
        help=Words(
            "代替分钟：受理当日不计，到第几个工作日下班为止",
            "Instead of minutes: until the end of that working day, the day of receipt not counted",
        ),
    )


def check_promises(body: Mapping[str, Any], names: Sequence[str]) -> Iterator[Problem]:
    """A promise is said in one way; and what is said in working days needs to know them."""
    for name in names:
        if not body.get(f"{name}_days"):
            continue
        if body.get(f"{name}_minutes"):
            yield Problem("said_twice", SAID_TWICE, f"{name}_days")
        if not body.get("calendar"):
            yield Problem("no_calendar", NO_CALENDAR, f"{name}_days")


SAID_TWICE = Words("分钟和工作日只能填一个", "Give minutes or working days, not both")
NO_CALENDAR = Words("按工作日计需要工作日历", "Working days need a working calendar")
