"""The steps of an emergency plan as work orders with their clocks, in a drill as in earnest (clauses 7.1–7.3).

Whoever starts a plan (`Drill`, `Incident`) keeps what became of each step in its own `steps`; the orders report it by
the relay, so that one page shows the progress. Reports may come late, twice or out of turn: a step only goes forward.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from store.deadlines import operations as deadlines
from store.deadlines.operations import Terms
from store.emergencies.rules import STEP_RANKS
from store.people.operations import CHANNEL, Directory
from store.versioned import Change
from store.words import Words, translated

Step = dict[str, Any]
Role = dict[str, Any]

# A step that nobody has begun after this share of its limit escalates, while there is still time to do it.
CHECK_IN_SHARE = 2
# Who stands in for a role that nobody fills at this hour; the first of these that is anybody.
STAND_INS = ({"kind": "role", "ref": "supervisor"}, {"kind": "role", "ref": "manager"})


class Started(NamedTuple):
    """What starts the steps: the record that they belong to, as its orders name it."""

    kind: str
    record_id: str
    number: str
    clause: str
    place: str | None
    priority: int
    mark: Words


def filled_roles(body: Mapping[str, Any], estate: str, now: datetime, directory: Directory) -> list[Role]:
    """Each role of the plan with the people who have it now; `stand_in` says that nobody was there to fill it."""
    return [_filled(role, estate, now, directory) for role in body["roles"]]


def _filled(role: Mapping[str, Any], estate: str, now: datetime, directory: Directory) -> Role:
    found = _people(role["target"], estate, now, directory)
    others = (_people(target, estate, now, directory) for target in STAND_INS)
    people = found or next(filter(None, others), [])
    return {"code": role["code"], "name": role["name"], "people": people, "stand_in": not found}


def _people(target: Mapping[str, Any], estate: str, now: datetime, directory: Directory) -> list[str]:
    found = directory.recipients(target, estate, now)
    return [code for code in found if not code.startswith(CHANNEL)]


def begun_steps(body: Mapping[str, Any], now: datetime) -> list[Step]:
    """The plan's steps as a record keeps them, all open; limits count from `now`."""
    return [
        {
            "code": step["code"],
            "name": step["name"],
            "role": step["role"],
            "limit_minutes": step["limit_minutes"],
            "due_at": now + timedelta(minutes=step["limit_minutes"]),
            "state": "open",
        }
        for step in body["steps"]
    ]


def step_orders(
    body: Mapping[str, Any], roles: Sequence[Role], started: Started, now: datetime
) -> list[dict[str, Any]]:
    """The intents that make one work order of each step of the plan, under the key `kind:id:step`."""
    under = deadlines.terms(calendar=None, policy=body.get("escalation"), moment=now)
    people = {role["code"]: role["people"] for role in roles}
    return [_order(body, step, people[step["role"]], started, under, now) for step in body["steps"]]


def _order(
    body: Mapping[str, Any],
    step: Mapping[str, Any],
    people: Sequence[str],
    started: Started,
    under: Terms,
    now: datetime,
) -> dict[str, Any]:
    limit = step["limit_minutes"]
    check_in = max(1, limit // CHECK_IN_SHARE)
    clocks = [
        deadlines.start("response", check_in, at=now, under=under),
        deadlines.start("complete", limit, at=now, under=under),
    ]
    values = {
        "kind": f"{started.kind}_step",
        "state": "open",
        "title": f"{started.mark.zh}{translated(step['name']).zh} · {translated(body['name']).zh}",
        "title_en": f"{started.mark.en}{translated(step['name']).en} · {translated(body['name']).en}",
        "clause": started.clause,
        "source": {"kind": started.kind, "id": started.record_id, "number": started.number, "code": step["code"]},
        "instructions": step.get("instructions"),
        "place": started.place,
        "priority": started.priority,
        # Of several who share a role whoever takes the step has it; the others see that it is taken.
        "assignee": people[0] if len(people) == 1 else None,
        "team": list(people),
        "starts_at": now,
        "due_at": deadlines.next_due(clocks),
        "clocks": clocks,
    }
    return {"kind": "work_order", "key": step_key(started.kind, started.record_id, step["code"]), "values": values}


def step_key(kind: str, record_id: object, code: str) -> str:
    return f"{kind}:{record_id}:{code}"


def told_people(
    roles: Sequence[Role], steps: Sequence[Step], template: str, params: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """One urgent notice for everybody who has a step, naming his steps."""
    mine: dict[str, list[Step]] = {}
    for role in roles:
        for step in steps:
            if step["role"] == role["code"]:
                for code in role["people"]:
                    mine.setdefault(code, []).append(step)
    return [
        {"to": [code], "template": template, "urgent": True, "params": {**params, **_task(found)}}
        for code, found in mine.items()
    ]


def _task(steps: Sequence[Step]) -> dict[str, Any]:
    return {"step": _listed(steps), "due": min(step["due_at"] for step in steps)}


def _listed(steps: Sequence[Step]) -> dict[str, str]:
    names = [translated(step["name"]) for step in steps]
    return {"zh": "、".join(name.zh for name in names), "en": ", ".join(name.en for name in names)}


def with_report(steps: Sequence[Step], report: Mapping[str, Any], *, over: bool) -> list[Step] | None:
    """The steps after an order's report; None when it says nothing new.

    `over`: the record itself is finished. That its open orders were taken back then is no news; a step that had been
    done all the same is done.
    """
    if over and report["state"] == "cancelled":
        return None
    after = [dict(step) for step in steps]
    for step in after:
        if step["code"] == report["step"] and STEP_RANKS[report["state"]] > STEP_RANKS[step["state"]]:
            step |= {"state": report["state"], "by": report["by"], "order": report["order"]}
            step[f"{'started' if report['state'] == 'started' else 'ended'}_at"] = report["at"]
            return after
    return None


def reported(report: Mapping[str, Any]) -> Change:
    """The change that a report makes in the history; the relay writes it, so it says who and when."""
    detail = {name: report[name] for name in ("step", "order", "by", "at")}
    return Change(f"step_{report['state']}", detail)


def withdrawals(kind: str, record_id: object, steps: Sequence[Step], reason: str) -> list[dict[str, Any]]:
    """The intents that take back the orders of steps which are not finished."""
    unfinished = [step for step in steps if step["state"] in ("open", "started")]
    return [withdrawal(step_key(kind, record_id, step["code"]), reason) for step in unfinished]


def withdrawal(order: str, reason: str) -> dict[str, Any]:
    """The intent that takes back the order of this key, unless it is finished."""
    return {"kind": "order_withdrawal", "key": f"{order}:withdrawal", "values": {"order": order, "reason": reason}}
