"""Two editors of one draft: what both began with, and both their changes in one body. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import Any

from store.differences import undo

# Verbs that leave the draft alone; any other verb without a list of changes replaced it, and nothing can be undone.
_LEAVE_DRAFT = frozenset(
    {"publish", "submit", "send_back", "schedule", "cancel_schedule", "withdraw", "rename", "warn_missing"}
)


def undone(body: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """`body` as it was before `events` (oldest first); None when one of them does not tell what it changed."""
    before = dict(body)
    for event in reversed(events):
        changes = event["detail"].get("changes")
        if changes is None and event["verb"] not in _LEAVE_DRAFT:
            return None
        before = undo(before, changes or ())
    return before


def changed_fields(base: Mapping[str, Any], body: Mapping[str, Any]) -> set[str]:
    """The top-level fields in which `body` differs from `base`."""
    return {name for name in {*base, *body} if base.get(name) != body.get(name)}


def merged(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> dict[str, Any]:
    """Theirs with my changes on top, field by field; where both changed a field, mine counts."""
    own = changed_fields(base, mine)
    body = {name: value for name, value in theirs.items() if name not in own}
    return body | {name: mine[name] for name in own if name in mine}
