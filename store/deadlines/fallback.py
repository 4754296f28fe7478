"""The chain of a promise for which nobody has named one: the fallback policy, else one that is built in (ADR 17)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.alone import kept
from store.content.documents import Revision
from store.content.reading import live

POLICY = "escalation_policy"
# In the place of the code and of the key of a revision: nothing that is published has an underscore.
BUILT_IN = "built_in"
BUILT_IN_CHAIN: Mapping[str, Any] = {
    "name": {"zh": "内置升级链", "en": "Built-in chain"},
    "steps": [
        {"offset_minutes": 0, "action": "notify", "template": "due", "targets": [{"kind": "assignee"}]},
        {
            "offset_minutes": 60,
            "action": "notify",
            "template": "overdue",
            "targets": [{"kind": "role", "ref": "manager"}],
        },
        {
            "offset_minutes": 1440,
            "action": "notify",
            "template": "escalated",
            "targets": [{"kind": "role", "ref": "manager"}],
        },
    ],
    "acknowledge_minutes": 480,
}


def reference(named: Revision | None, moment: datetime) -> dict[str, Any]:
    """What a clock pins: the chain that was named; where none was, or it is in force no more, the fallback."""
    if named is not None:
        return _pinned(named)
    chosen = fallback(moment)
    if chosen is not None:
        return {**_pinned(chosen), "fallback": True}
    return {"code": BUILT_IN, "revision": 0, "key": BUILT_IN, "fallback": True}


def _pinned(chain: Revision) -> dict[str, Any]:
    return {"code": chain.code, "revision": chain.number, "key": chain.key}


def fallback(moment: datetime) -> Revision | None:
    """The fallback policy in force; of several, the one that came into force last."""
    found = [each for code in _codes() if (each := live(POLICY, code, moment)) and each.body.get("fallback")]
    return max(found, key=lambda each: (each.effective_at, each.code), default=None)


def _codes() -> list[str]:
    """The policies of which a revision says, or once said, that it is the fallback."""
    query = {"type": POLICY, "body.fallback": True}
    return kept(("fallback", POLICY), lambda: sorted(Revision._get_collection().distinct("code", query)))
