"""What happens to a drill by itself: it asks to be confirmed, becomes a work order, and is overdue (clause 7.2)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from store.clock import earliest
from store.deadlines.operations import Happening, Sweep, Terms, start, timed
from store.emergencies.documents import Drill
from store.emergencies.operations import params
from store.emergencies.rules import drill_checks

MANAGERS = {"kind": "role", "ref": "manager"}
LEADS = {"kind": "role", "ref": "supervisor"}
ON_DUTY = {"kind": "on_duty", "ref": "security"}
DURATION = timedelta(hours=4)
TEMPLATES = {"remind": "drill-to-confirm", "overdue": "overdue"}


def happenings(drill: Mapping[str, Any], sweep: Sweep) -> Iterator[Happening]:
    told = dict(drill.get("told") or {})
    for verb, moment in drill_checks(drill["state"], drill["planned_for"], told):
        if moment > sweep.now:
            continue
        told = {**told, verb: sweep.now}
        if verb == "dispatch":
            yield Happening(verb, {}, {"told": told}, make=[_work_order(drill, sweep)])
        else:
            people = sweep.directory.recipients(MANAGERS, drill["estate"], sweep.now)
            notice = {
                "to": people,
                "template": TEMPLATES[verb],
                "urgent": False,
                "params": params(drill),
                "due_at": moment,
            }
            yield Happening(verb, {"to": people}, {"told": told}, [notice] if people else ())


def next_own_check(drill: Mapping[str, Any]) -> datetime | None:
    checks = drill_checks(drill["state"], drill["planned_for"], drill.get("told") or {})
    return earliest(*(moment for _, moment in checks))


def _work_order(drill: Mapping[str, Any], sweep: Sweep) -> dict[str, Any]:
    at = drill["planned_for"]
    leads = sweep.directory.recipients(LEADS, drill["estate"], sweep.now)
    team = sweep.directory.recipients(ON_DUTY, drill["estate"], at)
    minutes = int(DURATION / timedelta(minutes=1))
    # Without a chain: of a drill that is late its managers are told by the drill itself.
    clock = start("complete", minutes, at=at, under=Terms(None, None))
    values = {
        "kind": "drill",
        "state": "open",
        "title": drill["title"],
        "clause": "7.2",
        "source": {"kind": "drill", "id": str(drill["_id"]), "number": drill["number"]},
        "starts_at": at,
        "due_at": at + DURATION,
        "priority": 3,
        "assignee": leads[0] if leads else None,
        "team": team,
        "clocks": [clock],
    }
    # With the version: a drill that is moved gets another order, also on the same day, and back to where it was.
    return {"kind": "work_order", "key": f"drill:{drill['_id']}:{at:%Y%m%d}.{drill['version']}", "values": values}


timed(Drill, happenings, next_own_check)
