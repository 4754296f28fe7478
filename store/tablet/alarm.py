"""What must be on an open tablet within seconds, asked for every few of them: whether anything of it has changed.

Two reads by an index and nothing else; what has changed is told by the bundle, which is asked for then.
"""

from hashlib import blake2b
from typing import Any

import orjson

from store.access import require
from store.actor import Actor
from store.incidents.documents import Incident
from store.work.documents import WorkOrder
from store.work.rules import OPEN_STATES

# Steps of an emergency, and of a drill, which is only worth something if it sounds like one.
KINDS = ("incident_step", "drill_step")
_BRIEF = {"_id": 1, "state": 1, "assignee": 1}


def alarm_mark(actor: Actor) -> str:
    """A text that changes when a step of an emergency becomes this person's, or his call for help is answered. Raises
    `Forbidden`."""
    require(actor, "work.do")
    return blake2b(orjson.dumps([_steps(actor), _calls(actor)], default=str), digest_size=8).hexdigest()


def _steps(actor: Actor) -> list[dict[str, Any]]:
    whose = ({"assignee": actor.code}, {"team": actor.code})
    is_open = {"state": {"$in": sorted(OPEN_STATES)}, "kind": {"$in": KINDS}}
    found = WorkOrder._get_collection().find({"$or": [{**each, **is_open} for each in whose]}, _BRIEF)
    return sorted(found, key=lambda each: str(each["_id"]))


def _calls(actor: Actor) -> list[dict[str, Any]]:
    query = {"started_by": actor.code, "state": "open"}
    found = Incident._get_collection().find(query, {"_id": 1, "steps.state": 1})
    return sorted(found, key=lambda each: str(each["_id"]))
