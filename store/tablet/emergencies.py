"""What a tablet is told of emergencies: the plans that can be started, the words of those that run, and one's own calls."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from store.actor import Actor
from store.content.current import Current
from store.incidents.documents import Incident
from store.incidents.rules import HELP_KIND
from store.people.operations import Directory

PLAN = "emergency_plan"
# A call that was answered, or called off, is shown for so long.
RECENT = timedelta(hours=12)
_SAID = ("number", "words", "started_by", "created_at")


def plans(estates: Sequence[str], current: Current, now: datetime) -> list[dict[str, Any]]:
    """The emergency plans in force, once for each estate where they can be started."""
    found = filter(None, (current.find(PLAN, each.code, now) for each in current.of(PLAN)))
    return [
        {"estate": estate, "code": each.code, "name": dict(each.body["name"]), "steps": len(each.body["steps"])}
        for each in found
        for estate in each.body["estates"]
        if estate in estates
    ]


def calls(actor: Actor, directory: Directory, now: datetime) -> list[dict[str, Any]]:
    """His own calls for help of the last hours, the newest first, each with who goes to him."""
    query = {"started_by": actor.code, "kind": HELP_KIND, "created_at": {"$gt": now - RECENT}}
    found = Incident._get_collection().find(query, {"events": 0}).sort("created_at", -1)
    return [_call(each, directory) for each in found]


def _call(incident: Mapping[str, Any], directory: Directory) -> dict[str, Any]:
    [step] = incident["steps"]
    by = step.get("by")
    return {
        "id": incident["key"],
        "estate": incident["estate"],
        "number": incident["number"],
        "at": incident["created_at"],
        "place": incident.get("place"),
        "state": incident["state"],
        "told": len(incident["roles"][0]["people"]),
        "by": (directory.names(by) or {"zh": by}) if by else None,
        "received_at": step.get("started_at") or step.get("ended_at"),
    }


def said(raws: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """What was said when the incidents behind these orders were started, by the incidents' ids."""
    ids = {incident_of(raw) for raw in raws} - {None}
    if not ids:
        return {}
    found = Incident._get_collection().find({"_id": {"$in": [ObjectId(each) for each in ids]}}, dict.fromkeys(_SAID, 1))
    return {str(each["_id"]): each for each in found}


def incident_of(raw: Mapping[str, Any]) -> str | None:
    source = raw.get("source") or {}
    is_one = source.get("kind") == "incident" and ObjectId.is_valid(source.get("id"))
    return str(source["id"]) if is_one else None
