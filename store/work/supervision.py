"""Finished work is looked at again by whoever leads (clause 8.1): a good sample is kept like one that shows a fault.

The sample stands on the order and proves the clause; what is found wrong goes the way of every finding.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.actor import Actor
from store.errors import Invalid, RuleBroken
from store.fields.checking import clean
from store.lifecycle import does
from store.versioned import Change, events_of
from store.words import Words
from store.work import rules
from store.work.documents import WORK_ORDER, WorkOrder
from store.work.findings import raised
from store.work.verbs import RAISED
from store.work.writing import begin, write

CLAUSE = "8.1"
_GOOD = tuple(each for each in RAISED if each.name in ("note", "photos"))
NOTHING_WRONG = Words(
    "抽查合格就没有问题可写：请清空“问题”，或选“发现问题”",
    "A good sample has nothing wrong: clear it, or choose the other",
)
OWN_WORK = Words("自己做的工作不能由自己抽查认定合格", "Nobody finds his own work good: somebody else must look")


@does(WORK_ORDER, "supervise")
def supervise(
    order_id: object,
    *,
    verdict: str = "finding",
    actor: Actor,
    now: datetime,
    seen: int | None = None,
    **values: Any,
) -> WorkOrder:
    """A sample of finished work is good, or shows that something is wrong: then `values` are as `RAISED`.

    Raises `Invalid`, and `RuleBroken` `same_person` for who finds his own work good.
    """
    order, _ = begin(order_id, "supervise", actor, seen)
    at = actor.happened(now)
    sample = {"verdict": verdict, "by": actor.code, "by_name": actor.name, "at": at}
    if verdict == "finding":
        return raised(order, "supervise", "supervision", values, {"samples": sample}, actor=actor, now=now)
    if verdict != "good":
        raise Invalid.one("not_a_choice", Words("请选择抽查结论", "Choose the verdict"), "verdict")
    _check_hands(order, actor)
    kept = _read_good(values)
    change = Change("supervise", {"verdict": verdict, "note": kept.get("note", "")}, push={"samples": sample | kept})
    return write(order, change, actor=actor, now=now)


def _check_hands(order: WorkOrder, actor: Actor) -> None:
    done = {event.actor for event in events_of(order) if event.verb in rules.DOING}
    if actor.code in done | {each.get("by") for each in order.checkpoints}:
        raise RuleBroken("same_person", OWN_WORK, "verdict")


def _read_good(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("title"):
        raise Invalid.one("nothing_wrong", NOTHING_WRONG, "title")
    wanted = {field.name: given[field.name] for field in _GOOD if given.get(field.name)}
    cleaned, problems = clean(_GOOD, wanted)
    if problems:
        raise Invalid(problems)
    return {name: value for name, value in cleaned.items() if value}
