"""Rules about people: which estates a role sees."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from store.calendars.working_time import zone_of
from store.errors import Problem
from store.phones import check_phone
from store.words import Words

# An empty list of estates means "all of them" for these roles, and "none" for everybody else.
COMPANY_ROLES = frozenset({"administrator", "manager", "auditor"})
DEFAULT_TIMEZONE = "Asia/Shanghai"


def estates_seen(values: Mapping[str, Any]) -> frozenset[str] | None:
    """The estates a member of staff may see; None means all."""
    estates = frozenset(values.get("estates") or ())
    if not estates and COMPANY_ROLES & set(values.get("roles") or ()):
        return None
    return estates


def sees(values: Mapping[str, Any], estate: str) -> bool:
    estates = estates_seen(values)
    return estates is None or estate in estates


def lies_within(values: Mapping[str, Any], estates: frozenset[str] | None) -> bool:
    """Whether everything that a member of staff may see is within `estates` (None: all). Whoever belongs to no estate at
    all is the whole company's."""
    if estates is None:
        return True
    seen = estates_seen(values)
    return bool(seen) and seen is not None and seen <= estates


def check_staff(values: Mapping[str, Any]) -> list[Problem]:
    """Somebody of an estate needs one; quiet hours have a beginning and an end."""
    problems = []
    if not values.get("estates") and not COMPANY_ROLES & set(values.get("roles") or ()):
        words = Words("该角色必须至少属于一个小区", "This role needs at least one estate")
        problems.append(Problem("estates_needed", words, "estates"))
    if ("quiet_start" in values) != ("quiet_end" in values):
        missing = "quiet_end" if "quiet_start" in values else "quiet_start"
        words = Words("免打扰时段需要开始和结束", "Quiet hours need a beginning and an end")
        problems.append(Problem("quiet_hours_incomplete", words, missing))
    phone = values.get("phone")
    return [*problems, *(check_phone(phone, "phone") if phone else ())]


@cache
def known_zone(name: object) -> str:
    """The zone of this name; that of the house for one that nobody knows."""
    try:
        return zone_of({"timezone": name}).key
    except ValueError:
        return DEFAULT_TIMEZONE
