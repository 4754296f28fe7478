"""Reports of one fault follow the one that leads them: what its acts mean for the others, told by the relay.

Each keeps its own promises, counted from its own intake; what is done for the leading one is done for all.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from store.deadlines.rules import is_kept
from store.versioned import Change

# Acts that are everybody's. A reopening is one resident's; so is what only he is told or charged.
FOLLOWED = frozenset(
    {
        "accept",
        "responded",
        "assign",
        "acknowledge",
        "wait",
        "resume",
        "answer",
        "answer_meanwhile",
        "quoted",
        "quote_answered",
        "work_done",
        "approve",
        "close",
        "accepted_tacitly",
        "cancel",
        "joined",
    }
)


def word(
    leading: Mapping[str, Any], verb: str, changed: Mapping[str, Any], *, nth: int, now: datetime
) -> list[dict[str, Any]]:
    """The intents that tell each follower of a change of the leading request (as stored before it)."""
    if verb not in FOLLOWED:
        return []
    values = {"verb": verb, "at": now, **_standing({**leading, **changed})}
    return [
        {
            "kind": "request_follow",
            "key": f"request:{leading['_id']}:{nth}:{each['id']}",
            "values": {**values, "request": each["id"]},
        }
        for each in leading.get("merged") or ()
    ]


def _standing(after: Mapping[str, Any]) -> dict[str, Any]:
    """How the leading request stands: the promises it has kept last, whether they rest, and who has it."""
    latest = {clock["name"]: clock for clock in after.get("clocks") or ()}
    return {
        "kept": sorted(name for name, clock in latest.items() if is_kept(clock)),
        "state": after["state"],
        "assignee": after.get("assignee"),
    }


def told(leading: Mapping[str, Any], change: Change, now: datetime) -> Change:
    """The change with word of it for the followers; as it is where nobody follows."""
    if not leading.get("merged"):
        return change
    words = word(leading, change.verb, change.set, nth=leading["version"] + 1, now=now)
    return Change(**{**vars(change), "make": [*change.make, *words]})


def without(merged: Sequence[Mapping[str, Any]], request: str) -> list[Mapping[str, Any]]:
    return [each for each in merged if each["id"] != request]
