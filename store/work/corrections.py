"""An item that failed and is answered again (clause 3.3): both answers stay, and what had been raised is taken back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from store.actor import Actor
from store.words import Words, translated
from store.work import rules
from store.work.documents import WorkOrder

Answer = Mapping[str, Any]
REASON = Words("「{name}」由不合格改为合格", "“{name}” was corrected from failed to passed")


class Correction(NamedTuple):
    """`findings` are the order's lines with those that were taken back marked; `intents` take the findings back."""

    findings: list[dict[str, Any]]
    intents: list[dict[str, Any]]


def standing(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What was raised and not taken back."""
    return [each for each in findings if not each.get("withdrawn_at")]


def remembering(before: Sequence[Answer], given: Answer) -> dict[str, Any]:
    """The answer with those that stood there before it, oldest first."""
    old = next((each for each in before if each["item"] == given["item"]), None)
    if old is None or old.get("value") == given.get("value"):
        return {**given, **({"before": old["before"]} if old and old.get("before") else {})}
    last = {name: value for name, value in old.items() if name not in ("item", "before")}
    return {**given, "before": [*(old.get("before") or ()), last]}


def corrected_items(checklist: Mapping[str, Any], before: Sequence[Answer], after: Sequence[Answer]) -> list[str]:
    """Codes of the items that had failed and pass now."""
    failing = set(rules.failed_items(checklist, after))
    answered = {each["item"] for each in after if each.get("value") is not None}
    return [code for code in rules.failed_items(checklist, before) if code in answered - failing]


def taken_back(
    order: WorkOrder, checklist: Mapping[str, Any], after: Sequence[Answer], *, actor: Actor, at: datetime
) -> Correction | None:
    """What follows when these answers take the place of the order's; None where nothing was corrected that was raised."""
    corrected = corrected_items(checklist, order.answers, after)
    lines = [each for each in standing(order.findings) if each.get("item") in corrected]
    if not lines:
        return None
    names = {each["code"]: translated(each["name"]) for each in checklist["items"]}
    notes = {each["item"]: str(each.get("note") or "") for each in after}
    marks = {each["key"]: _mark(names[each["item"]], notes.get(each["item"], ""), actor, at) for each in lines}
    intents = [_intent(each["key"], marks[each["key"]], actor) for each in lines]
    return Correction([{**each, **marks.get(each["key"], {})} for each in order.findings], intents)


def _mark(name: Words, note: str, actor: Actor, at: datetime) -> dict[str, Any]:
    reason = "：".join(filter(None, [REASON.fill(name=name).zh, note]))
    return {"withdrawn_at": at, "withdrawn_by": actor.code, "reason": reason}


def _intent(key: str, mark: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    values = {"finding": key, "by": actor.code, "by_name": actor.name, "reason": mark["reason"]}
    return {"kind": "finding_withdrawal", "key": f"{key}:withdrawal", "values": values}
