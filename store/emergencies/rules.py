"""Rules of emergency plans and drills: pure functions (clauses 7.1, 7.2)."""

from collections import Counter
from datetime import datetime, timedelta

from store.content.types import Body
from store.errors import Problem, RuleBroken
from store.words import Words

STATES: dict[str, Words] = {
    "planned": Words("待确认", "Planned"),
    "confirmed": Words("已确认", "Confirmed"),
    "held": Words("已举行", "Held"),
    "cancelled": Words("已取消", "Cancelled"),
}
OPEN_STATES = frozenset({"planned", "confirmed"})
# A planned date must be confirmed or moved this long before it; the manager is reminded then.
CONFIRM_BEFORE = timedelta(days=14)

VERBS: dict[str, Words] = {
    "plan": Words("排定", "Planned"),
    "replan": Words("重新排定", "Re-planned"),
    "confirm": Words("确认日期", "Confirm"),
    "move": Words("改期", "Move"),
    "hold": Words("登记演练结果", "Record as held"),
    "cancel": Words("取消", "Cancel"),
    "remind": Words("提醒确认", "Confirmation asked for"),
    "overdue": Words("超期未举行", "Not held in time"),
}
TRANSITIONS: dict[str, frozenset[str]] = {
    "confirm": frozenset({"planned"}),
    "move": OPEN_STATES,
    "hold": OPEN_STATES,
    "cancel": OPEN_STATES,
}


def allowed_verbs(state: str) -> list[str]:
    return [verb for verb, states in TRANSITIONS.items() if state in states]


def check_allowed(verb: str, state: str) -> None:
    """Raises `RuleBroken` `not_allowed_now`."""
    if state not in TRANSITIONS[verb]:
        words = Words("演练{state}，不能{verb}", "The drill is “{state}”: “{verb}” is not possible")
        raise RuleBroken("not_allowed_now", words.fill(state=STATES[state], verb=VERBS[verb]))


def drill_checks(state: str, planned_for: datetime, reminded: bool, overdue_told: bool) -> list[tuple[str, datetime]]:
    """What happens to an open drill by itself: `[(verb, moment)]`, in time's order."""
    if state not in OPEN_STATES:
        return []
    checks = []
    if state == "planned" and not reminded:
        checks.append(("remind", planned_for - CONFIRM_BEFORE))
    if not overdue_told:
        checks.append(("overdue", planned_for + timedelta(days=1)))
    return checks


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
