"""Moving out and in: a household's stay ends with a day, and what was recorded of it stays."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from store import directory
from store.access import permits, require
from store.actor import Actor
from store.calendars.working_time import zone_of
from store.directory import values_of
from store.errors import Invalid, RuleBroken
from store.fields.checking import clean
from store.fields.spec import Field
from store.premises.documents import Household
from store.usage import refuse_if_used
from store.versioned import Change, check_seen, commit
from store.words import Words

STAY = (
    Field("on", "date", Words("日期", "Day"), required=True),
    Field("reason", "text", Words("说明", "Note")),
)
TO_COME = Words("不能晚于今天", "This cannot be after today")
TOO_EARLY = Words("不能早于 {day}", "This cannot be before {day}")
AWAY = Words("该住户已迁出", "This household has moved out already")
THERE = Words("该住户没有迁出", "This household has not moved out")


class Stay(NamedTuple):
    """One household of a unit; who lives there has no last day."""

    code: str
    names: tuple[str, ...]
    since: str | None
    until: str | None
    lives_there: bool


def move_out(
    code: str, values: Mapping[str, Any], *, actor: Actor, now: datetime, seen: int | None = None
) -> Household:
    """End a household's stay on a day up to today. Its requests and orders stay with it.

    Raises `Conflict` `in_use` while a request of it is open, `Invalid`, `RuleBroken`, `NotFound`.
    """
    home, cleaned = _asked(code, values, actor, now, seen)
    if home.active is False:
        raise RuleBroken("moved_out", AWAY)
    _not_before(cleaned["on"], home.moved_in)
    refuse_if_used("household", code, actor)
    change = Change("move_out", cleaned, {"active": False, "moved_out": cleaned["on"]})
    return commit(home, change, actor=actor, now=now)


def move_in(code: str, values: Mapping[str, Any], *, actor: Actor, now: datetime, seen: int | None = None) -> Household:
    """A household that had moved out lives in its unit again, from a day up to today.

    Raises `Invalid` `unit_taken` when others live there meanwhile, `RuleBroken`, `NotFound`.
    """
    home, cleaned = _asked(code, values, actor, now, seen)
    if home.active is not False:
        raise RuleBroken("not_moved_out", THERE)
    _not_before(cleaned["on"], home.moved_out)
    clashes = [each for each in Household.clashes(code, home.values()) if each.code == "unit_taken"]
    if clashes:
        raise Invalid(clashes)
    change = Change("move_in", cleaned, {"active": True, "moved_in": cleaned["on"], "moved_out": None})
    return commit(home, change, actor=actor, now=now)


def stays_of(unit: str, estate: str, actor: Actor) -> list[Stay]:
    """The households of a unit: who lives there first, then the former ones, the last to leave first."""
    if not permits(actor, "households.read", estate):
        return []
    homes = Household.objects(unit=unit, estate=estate).exclude("events", "tokens").order_by("code")
    found = [_stay(each) for each in homes]
    former = sorted((each for each in found if not each.lives_there), key=lambda each: each.until or "", reverse=True)
    return [*(each for each in found if each.lives_there), *former]


def _asked(
    code: str, values: Mapping[str, Any], actor: Actor, now: datetime, seen: int | None
) -> tuple[Household, dict[str, Any]]:
    home = cast("Household", directory.get("household", code, actor))
    require(actor, Household.WRITE, home.estate)
    check_seen(home, seen)
    cleaned, problems = clean(STAY, values)
    if problems:
        raise Invalid(problems)
    today = now.astimezone(zone_of(values_of("estate", home.estate) or {})).date().isoformat()
    if cleaned["on"] > today:
        raise Invalid.one("to_come", TO_COME, "on")
    return home, cleaned


def _not_before(day: str, stood: str | None) -> None:
    if stood and day < stood:
        raise Invalid.one("too_early", TOO_EARLY.fill(day=stood), "on")


def _stay(home: Household) -> Stay:
    names = tuple(str(each.get("name") or "") for each in home.members or ())
    return Stay(home.code, names, home.moved_in, home.moved_out, home.active is not False)
