"""Rules of incidents: what starts one, and when it may end. Pure functions (clause 7.3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from store.emergencies.documents import EVENT_KINDS
from store.errors import Problem, RuleBroken
from store.fields.checking import clean
from store.fields.spec import Field
from store.words import Words

STATES: dict[str, Words] = {
    "open": Words("处置中", "Under way"),
    "closed": Words("已结束", "Closed"),
    "cancelled": Words("误报", "False alarm"),
}
OPEN_STATES = frozenset({"open"})
# A call for help is an incident without a plan (`store/incidents/help.py`).
HELP_KIND = "help"
HELP = Words("紧急求助", "Call for help")
KINDS: dict[str, Words] = {**dict(EVENT_KINDS), HELP_KIND: HELP}
START: tuple[Field, ...] = (
    Field("estate", "reference", Words("小区", "Estate"), required=True, target="estate"),
    Field("plan", "reference", Words("应急预案", "Emergency plan"), required=True, target="emergency_plan"),
    Field("place", "text", Words("地点", "Place")),
    Field("words", "long_text", Words("情况", "What is known")),
    Field("key", "text", Words("防重编号", "Key against doubles")),
    Field("another", "boolean", Words("另起一起", "A second one beside it"), default=False),
)


def check_start(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """(what is known of it, what is wrong with it)."""
    return clean(START, values)


def allowed_verbs(state: str, steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """Closing is one verb while steps are open, and another when none is: only then no reason is asked for."""
    if state not in OPEN_STATES:
        return []
    return ["force_close" if open_steps(steps) else "close", "cancel"]


def open_steps(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [step for step in steps if step["state"] in ("open", "started")]


def check_finished(steps: Sequence[Mapping[str, Any]]) -> None:
    """Raises `RuleBroken` `steps_open`."""
    left = len(open_steps(steps))
    if left:
        words = Words(
            "还有 {n} 个步骤没有完成；要提前结束，请由经理写明原因",
            "{n} steps are not done; to close it all the same, a manager gives the reason",
        )
        raise RuleBroken("steps_open", words.fill(n=left), "state")
