"""Rules of emergency plans, drills and the steps of both drills and incidents: pure functions (clauses 7.1–7.3)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from store.content.types import Body
from store.errors import Problem
from store.words import Words

STATES: dict[str, Words] = {
    "planned": Words("待确认", "Planned"),
    "confirmed": Words("已确认", "Confirmed"),
    "running": Words("进行中", "Under way"),
    "held": Words("已举行", "Held"),
    "cancelled": Words("已取消", "Cancelled"),
}
OPEN_STATES = frozenset({"planned", "confirmed", "running"})
MOVABLE = frozenset({"planned", "confirmed"})
# A planned date must be confirmed or moved this long before it; the manager is reminded then.
CONFIRM_BEFORE = timedelta(days=14)
# A confirmed drill becomes a work order on the day before, when nobody moves it any more.
DISPATCH_BEFORE = timedelta(days=1)
OVERDUE_AFTER = timedelta(days=1)


def is_overdue(state: str, planned_for: datetime, now: datetime) -> bool:
    """Not held by the day after; one that has begun is being held."""
    return state in MOVABLE and planned_for < now - OVERDUE_AFTER


def overdue(now: datetime) -> dict[str, Any]:
    """The filter of the drills that `is_overdue` names."""
    return {"state": {"$in": sorted(MOVABLE)}, "planned_for": {"$lt": now - OVERDUE_AFTER}}


# How far a step has come; a report moves it forward only. Done beats cancelled: what was done was done.
STEP_RANKS = {"open": 0, "started": 1, "cancelled": 2, "done": 3}
STEP_OUTCOMES: dict[str, Words] = {
    "open": Words("未开始", "Not begun"),
    "started": Words("进行中", "Under way"),
    "overdue": Words("已超时", "Overdue"),
    "done": Words("按时完成", "Done in time"),
    "late": Words("超时完成", "Done late"),
    "not_done": Words("未完成", "Not done"),
}


def step_outcome(step: Mapping[str, Any], now: datetime, *, over: bool) -> str:
    """One of `STEP_OUTCOMES`. At its very limit a step is still in time; `over`: nobody works on it any more."""
    if step["state"] == "done":
        return "done" if step["ended_at"] <= step["due_at"] else "late"
    if over or step["state"] == "cancelled":
        return "not_done"
    return "overdue" if step["due_at"] < now else str(step["state"])


def step_counts(steps: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, int]:
    """How many steps were done in time, done late and not done, when all is over."""
    found = Counter(step_outcome(step, now, over=True) for step in steps)
    return {name: found[name] for name in ("done", "late", "not_done")}


def drill_checks(state: str, planned_for: datetime, told: Mapping[str, datetime]) -> list[tuple[str, datetime]]:
    """What happens to an open drill by itself, each once: `[(verb, moment)]`."""
    if state not in OPEN_STATES:
        return []
    ahead = {
        "planned": [("remind", planned_for - CONFIRM_BEFORE)],
        "confirmed": [("dispatch", planned_for - DISPATCH_BEFORE)],
    }.get(state, [])
    return [each for each in (*ahead, ("overdue", planned_for + OVERDUE_AFTER)) if each[0] not in told]


def check_score(score: object) -> list[Problem]:
    if isinstance(score, int) and not isinstance(score, bool) and 0 <= score <= 100:
        return []
    return [
        Problem("out_of_range", Words("评分应为 0 至 100 的整数", "The score is a whole number from 0 to 100"), "score")
    ]


def check_plan(body: Body) -> list[Problem]:
    """Codes unique, every step's role among the roles."""
    roles = [role["code"] for role in body.get("roles") or ()]
    problems = _duplicates(roles, "roles") + _duplicates([step["code"] for step in body.get("steps") or ()], "steps")
    words = Words("没有编号为「{role}」的角色", "There is no role “{role}”")
    for index, step in enumerate(body.get("steps") or ()):
        if step["role"] not in roles:
            problems.append(Problem("unknown_role", words.fill(role=step["role"]), f"steps.{index}.role"))
    return problems


def _duplicates(codes: list[str], path: str) -> list[Problem]:
    words = Words("编号「{code}」重复", "The code “{code}” stands twice")
    return [Problem("duplicate", words.fill(code=code), path) for code, n in Counter(codes).items() if n > 1]
