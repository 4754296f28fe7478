"""The orders of the chain: who puts it right, who re-inspects it, and by when (clauses 3.3–3.5).

Both are intents: the relay makes the orders under keys that the finding and its round decide.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.calendars.rules import Promised
from store.deadlines import operations as deadlines
from store.deadlines.operations import Terms
from store.deadlines.rules import Clock
from store.findings import rules
from store.findings.documents import Finding
from store.people.operations import Directory
from store.words import Words

Values = Mapping[str, Any]
LEADS, SUPERVISORS, MANAGERS = "department", {"kind": "role", "ref": "supervisor"}, {"kind": "role", "ref": "manager"}


def clocks(name: str, within: Promised | None, policy: Values, now: datetime) -> tuple[list[Clock], list[Clock]]:
    """The finding's own clock and its order's, which escalates. From when we hear of it: nobody could begin before."""
    if not within:
        return [], []
    under = deadlines.terms(calendar=policy.get("calendar"), policy=policy.get("escalation"), moment=now)
    clock = deadlines.start(name, within, at=now, under=Terms(under.calendar, None))
    return [clock], [{**clock, "name": "complete", "policy": under.policy}]


def rectification(
    finding: Finding,
    clocks: list[Clock],
    last: Values,
    now: datetime,
    *,
    assignee: str | None = None,
    told: str | None = None,
) -> dict[str, Any]:
    """For whoever of the department is on duty, or for the one who has to do it again; `told` is what was said of it."""
    target = {"kind": "on_duty", "ref": finding.department}
    team = Directory.load().recipients(target, finding.estate, now) if finding.department else []
    photos = [{"hash": each, "role": "before"} for each in last["before"]]
    said = {"zh": told, "en": told} if told else None
    values = {"assignee": assignee, "team": [] if assignee else team, "photos": photos, "instructions": said}
    title = Words("整改：{title}", "Put right: {title}").fill(title=_named(finding))
    return _order(finding, "rectification", title, rules.order_key(finding.pk, last["n"]), clocks, values)


def reinspection(finding: Finding, clocks: list[Clock], last: Values, now: datetime) -> tuple[dict[str, Any], str]:
    """To a head of the department, a supervisor or a manager – whoever of them had no hand in it."""
    directory = Directory.load()
    targets = ({"kind": LEADS, "ref": finding.department}, SUPERVISORS, MANAGERS)
    found = [code for each in targets for code in directory.recipients(each, finding.estate, now)]
    checker = next((code for code in found if code not in last["hands"]), None)
    photos = [{"hash": each, "role": role} for role in ("before", "after") for each in last.get(role) or ()]
    values = {"assignee": checker, "barred": list(last["hands"]), "photos": photos}
    title = Words("复查：{title}", "Re-inspect: {title}").fill(title=_named(finding))
    key = rules.check_key(finding.pk, last["n"])
    return _order(finding, "reinspection", title, key, clocks, values), checker or ""


def _named(finding: Finding) -> Words:
    """What a person wrote has one language; an item of a checklist has a name in both."""
    return Words(finding.title, rules.title_en(finding.item) or finding.title)


def _order(finding: Finding, kind: str, title: Words, key: str, clocks: list[Clock], more: Values) -> dict[str, Any]:
    values = {
        "kind": kind,
        "state": "open",
        "title": title.zh,
        "title_en": title.en,
        "clause": finding.clause,
        "place": finding.place,
        "priority": rules.PRIORITY_OF_SEVERITY[finding.severity],
        "department": finding.department,
        "source": {
            "kind": "finding",
            "id": str(finding.pk),
            "number": finding.number,
            "round": len(finding.rounds),
        },
        "clocks": clocks,
        "due_at": deadlines.next_due(clocks),
        **more,
    }
    return {"kind": "work_order", "key": key, "values": values}
