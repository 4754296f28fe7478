"""Rules of findings: transitions, severities, repeats. Pure functions over plain values (clauses 3.3–3.5, 8.1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from store.calendars.promises import promised_in
from store.errors import Problem
from store.words import Words, translated

STATES: dict[str, Words] = {
    "open": Words("待整改", "To be put right"),
    "rectified": Words("待复查", "To be re-inspected"),
    "closed": Words("已关闭", "Closed"),
    "cancelled": Words("已撤销", "Cancelled"),
}
OPEN_STATES = frozenset({"open", "rectified"})

SEVERITIES: dict[str, Words] = {
    "low": Words("轻微", "Low"),
    "normal": Words("一般", "Normal"),
    "high": Words("严重", "High"),
}
# What a failed item of a checklist is called as a finding.
FAILED = Words("{name}（不合格）", "{name} (failed)")


def title_en(item: Mapping[str, Any]) -> str | None:
    """What a finding is called in English. What a person wrote has one language; an item of a checklist has two."""
    name = item.get("name")
    return FAILED.fill(name=translated(name)).en if name else None


_RISING = tuple(SEVERITIES)
PRIORITY_OF_SEVERITY = {"low": 4, "normal": 3, "high": 2}
# What a `finding_policy` promises: how soon a finding of each severity is put right, and how soon it is re-inspected.
PROMISES = ("high", "normal", "low", "check")

SOURCES: dict[str, Words] = {
    "order": Words("工单", "Work order"),
    "report": Words("隐患上报", "Hazard report"),
    "supervision": Words("监督抽查", "Supervision"),
    "drill": Words("演练", "Drill"),
}


def check_given(policy: Mapping[str, Any]) -> list[Problem]:
    """Every promise of a finding policy is given, in minutes or in working days."""
    missing = Words("请填写分钟数或工作日数", "Give minutes or working days")
    unsaid = [name for name in PROMISES if not promised_in(policy, name)]
    return [Problem("required", missing, f"{name}_minutes") for name in unsaid]


def worse(severity: str) -> str:
    """One step up; the highest stays."""
    return _RISING[min(_RISING.index(severity) + 1, len(_RISING) - 1)]


def subject_of(values: Mapping[str, Any]) -> str | None:
    """What makes two findings "the same": the item of a checklist, the checkpoint of a route, or the kind of hazard.

    None when nothing but words says what is wrong: two texts are never called a repeat of each other.
    """
    if values.get("item"):
        return f"item:{(values.get('checklist') or {}).get('code', '')}:{values['item']['code']}"
    if values.get("checkpoint"):
        return f"checkpoint:{values.get('route') or ''}:{values['checkpoint']['code']}"
    return f"hazard:{values['hazard']}" if values.get("hazard") else None


def repeats_since(found_at: datetime, days: int) -> datetime:
    """The earliest moment at which an earlier finding still makes this one a repeat; that moment itself counts."""
    return found_at - timedelta(days=days)


def order_key(finding: object, number: int) -> str:
    """The key of the order that puts round `number` right."""
    return f"finding:{finding}:{number}"


def check_key(finding: object, number: int) -> str:
    """The key of the order that re-inspects round `number`."""
    return f"{order_key(finding, number)}:check"


def current_order(finding: object, number: int, state: str) -> str:
    return check_key(finding, number) if state == "rectified" else order_key(finding, number)


def barred_from(rounds: Sequence[Mapping[str, Any]]) -> list[str]:
    """Everybody who had a hand in putting the newest round right."""
    return list(rounds[-1].get("hands") or ()) if rounds else []
