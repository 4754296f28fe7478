"""Call-backs: a share of the closed repairs is rung up (clauses 3.2, 8.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.charges import rules
from store.content.reading import revision_body
from store.deadlines import operations as deadlines
from store.requests.rules import title

# Whoever did the repair does not ask how it was.
DEPARTMENT = "service"


def call_back(request: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """The intent of a call-back's order, if this request – a repair that was done and is closed now – is drawn.

    One call for a request, however often it is closed. Drawn by number: in every run of a simulation the same.
    """
    if request["kind"] != "repair" or not request.get("charge"):
        return []
    item = revision_body("service_item", request["item"]["code"], request["item"]["revision"])
    if not rules.is_drawn(request["number"], item.get("callback_percent")):
        return []
    under = deadlines.terms(calendar=None, policy=item.get("callback_escalation"), moment=now)
    clock = deadlines.start("complete", rules.CALLBACK_MINUTES, at=now, under=under)
    values = {
        "kind": "callback",
        "state": "open",
        "title": request.get("title"),
        "title_en": title(item, request.get("place")).en,
        "clause": "8.2",
        "place": request.get("place"),
        "priority": 3,
        "department": DEPARTMENT,
        "source": {"kind": "request", "id": str(request["_id"]), "number": request["number"]},
        "clocks": [clock],
        "due_at": clock["due_at"],
    }
    return [{"kind": "work_order", "key": f"request:{request['_id']}:callback", "values": values}]
