"""The verbs of findings (clauses 3.3–3.5, 8.1): raised, put right, re-inspected by somebody else, closed or sent back.

Findings and orders never change each other directly. An order's intent raises a finding or tells it what was done; the
finding's intent makes the next order. Escalation runs on the orders, whose assignee and acknowledgement it follows; the
finding's own clocks say whether the promise was kept.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from store import records
from store.access import require
from store.actor import Actor
from store.calendars.rules import promised_in, said
from store.content.documents import Revision
from store.content.reading import live, live_all, revision_body
from store.deadlines import operations as deadlines
from store.deadlines.rules import Clock
from store.directory import values_of
from store.errors import Conflict, Invalid, NotFound, Problem
from store.fields.checking import clean, needed_text
from store.fields.spec import Field
from store.findings import orders, rules
from store.findings.documents import FINDING, Finding
from store.lifecycle import begin, does, next_state
from store.numbering import take
from store.people.operations import Directory
from store.photos import voice
from store.records import told_of
from store.relay import makes
from store.versioned import Change
from store.versioned import create as create_document
from store.words import Words

Values = Mapping[str, Any]
REPORTED: tuple[Field, ...] = (
    Field("title", "text", Words("问题", "What is wrong"), required=True),
    Field("place", "text", Words("地点", "Place"), required=True),
    Field("hazard", "reference", Words("隐患类别", "Kind of hazard"), target="hazard"),
    Field("severity", "choice", Words("严重程度", "Severity"), choices=tuple(rules.SEVERITIES.items())),
    Field("photos", "photos", Words("照片", "Photos")),
    voice.FIELD,
    Field("note", "long_text", Words("说明", "Note")),
)
REPORT = (Field("estate", "reference", Words("小区", "Estate"), required=True, target="estate"), *REPORTED)
# Two relays may carry words to the same finding at once: who comes second reads again.
ATTEMPTS = 3


def get(key: object, actor: Actor) -> Finding:
    """Raises `NotFound`."""
    return records.get(Finding, key, actor)


# Raising


@makes("finding")
def make_from_intent(intent: Values, source: Values, actor: Actor, now: datetime) -> None:
    """What an order found; the key makes it once. The history names who found it: the relay only carries it."""
    values = intent["values"]
    finder = replace(actor, code=values["found_by"], name=values.get("found_by_name", values["found_by"]))
    _raise(source["estate"], intent["key"], values, actor=finder, now=now)


def report(values: Values, *, actor: Actor, now: datetime) -> Finding:
    """A hazard that somebody saw, without an order (clause 3.5): `values` as `REPORT`. Raises `Invalid`.

    What a tablet reports is made once under the id that the tablet gave it.
    """
    given, problems = clean(REPORT, values)
    if problems:
        raise Invalid(problems)
    require(actor, "findings.report", given["estate"])
    hazard = live("hazard", given["hazard"], now) if given.get("hazard") else None
    if given.get("hazard") and hazard is None:
        words = Words("「{code}」不存在或未发布", "“{code}” does not exist or is not published")
        raise Invalid([Problem("reference_missing", words.fill(code=given["hazard"]), "hazard")])
    body = hazard.body if hazard else {}
    operation = actor.entry.operation if actor.entry and actor.entry.operation else str(ObjectId())
    found = {
        **given,
        "severity": given.get("severity") or body.get("severity") or "normal",
        "source": {"kind": "report"},
        "clause": body.get("clause"),
        "department": body.get("department") or actor.department,
        "policy": body.get("finding_policy"),
        "found_by": actor.code,
        "found_at": actor.happened(now),
    }
    return _raise(given["estate"], f"report:{operation}", found, actor=actor, now=now)


def report_in(estate: str, *, actor: Actor, now: datetime, **values: Any) -> Finding:
    """The same as `report`, as a tablet says it."""
    return report({**values, "estate": estate}, actor=actor, now=now)


def _raise(estate: str, key: str, values: Values, *, actor: Actor, now: datetime) -> Finding:
    """The finding of this key: made, or as it has been made before."""
    known = Finding.objects(estate=estate, key=key).first()
    if known is not None:
        return known
    finding, policy = _new(estate, key, values, now)
    people = _people(finding, now)
    change = _raised(finding, policy, people, now)
    try:
        return create_document(finding, change, actor=actor, now=now)
    except Conflict:
        made: Finding = Finding.objects.get(estate=estate, key=key)
        return made


def _new(estate: str, key: str, values: Values, now: datetime) -> tuple[Finding, Revision | None]:
    checklist = _checklist_of(values)
    finding = Finding(
        pk=ObjectId(),
        estate=estate,
        key=key,
        number=take(Finding.KIND.prefix, now, (values_of("estate", estate) or {}).get("timezone", "Asia/Shanghai"))[0],
        state="open",
        title=values["title"],
        title_en=rules.title_en(values.get("item") or {}),
        clause="8.1" if values["source"]["kind"] == "supervision" else values.get("clause"),
        severity=values["severity"],
        subject=rules.subject_of(values),
        place=values.get("place"),
        item=values.get("item") or {},
        checkpoint=values.get("checkpoint") or {},
        hazard=values.get("hazard"),
        source=values["source"],
        checklist=values.get("checklist") or {},
        department=_department_of(checklist, values, now),
        note=values.get("note"),
        voice=values.get("voice"),
        found_by=values["found_by"],
        found_at=values["found_at"],
        rounds=[{"n": 1, "before": list(values.get("photos") or ())}],
    )
    policy = policy_for(checklist.get("finding_policy") or values.get("policy"), finding.clause, now)
    finding.policy = {"code": policy.code, "revision": policy.number} if policy else {}
    _mark_repeat(finding, policy.body if policy else {})
    return finding, policy


def _checklist_of(values: Values) -> Values:
    pin = values.get("checklist")
    return revision_body("checklist", pin["code"], pin["revision"]) if pin else {}


def _department_of(checklist: Values, values: Values, now: datetime) -> str | None:
    """Who has to put it right: the department of the checklist's category, else that of the order or of the report."""
    category = live("service_category", checklist["category"], now) if checklist.get("category") else None
    found: str | None = (category.body.get("department") if category else None) or values.get("department")
    return found or (values_of("staff", values["found_by"]) or {}).get("department")


def policy_for(named: str | None, clause: str | None, now: datetime) -> Revision | None:
    """The policy that was named, else that of the clause, else the one for all others; None when there is none."""
    found = live("finding_policy", named, now) if named else None
    if found is not None:
        return found
    policies = live_all("finding_policy", now)
    of_clause = (each for each in policies if clause and each.body.get("clause") == clause)
    return next(of_clause, None) or next((each for each in policies if each.body.get("fallback")), None)


def _mark_repeat(finding: Finding, policy: Values) -> None:
    """The same thing at the same place again: the earlier one is named, and it weighs more if the policy says so."""
    days = policy.get("repeat_days") or 0
    if not days or finding.subject is None:
        return
    since = rules.repeats_since(finding.found_at, days)
    same = {"estate": finding.estate, "place": finding.place, "subject": finding.subject}
    window = {"found_at": {"$gte": since, "$lte": finding.found_at}, "state": {"$ne": "cancelled"}}
    earlier = Finding.objects(__raw__={**same, **window}).order_by("-found_at").first()
    if earlier is None:
        return
    finding.repeat_of = {"id": str(earlier.pk), "number": earlier.number, "found_at": earlier.found_at}
    finding.repeats = earlier.repeats + 1
    if policy.get("repeat_raises"):
        finding.severity = rules.worse(finding.severity)


def _raised(finding: Finding, policy: Revision | None, people: list[str], now: datetime) -> Change:
    body = policy.body if policy else {}
    clock, of_order = orders.clocks("rectify", promised_in(body, finding.severity), body, now)
    finding.clocks = clock
    finding.due_at = deadlines.next_due(clock)
    detail = {"source": finding.source.get("number"), "severity": finding.severity}
    if finding.repeats:
        detail["repeat_of"] = finding.repeat_of["number"]
    order = orders.rectification(finding, of_order, finding.rounds[-1], now, told=finding.note)
    people = list(dict.fromkeys([*people, *order["values"]["team"]]))
    told = _told("finding-repeated" if finding.repeats else "finding-raised", finding, people)
    return Change("raise", detail, notify=told, make=[order])


def _people(finding: Finding, now: datetime) -> list[str]:
    """Who hears of a finding: the heads of its department; of a severe or repeated one the managers too."""
    directory = Directory.load()
    leads = directory.recipients({"kind": orders.LEADS, "ref": finding.department}, finding.estate, now)
    serious = finding.severity == "high" or finding.repeats
    managers = directory.recipients(orders.MANAGERS, finding.estate, now) if serious or not leads else []
    return list(dict.fromkeys([*leads, *managers]))


def _told(template: str, finding: Finding, people: list[str]) -> list[dict[str, Any]]:
    urgent = finding.severity == "high"
    return [{"to": people, "template": template, "urgent": urgent, "params": params(finding)}] if people else []


# What its orders tell it


@makes("finding_progress")
def note_progress(intent: Values, source: Values, actor: Actor, now: datetime) -> None:
    """An order of the finding has ended: it was put right, or re-inspected. Once, however often the relay comes."""
    values = intent["values"]
    teller = replace(actor, code=values["by"], name=values.get("by_name") or values["by"])
    change_of = _put_right if values["outcome"] == "rectified" else _judged
    for attempt in range(ATTEMPTS):
        finding = get(values["finding"], actor)
        if not _is_awaited(finding, values):
            return
        try:
            _write(finding, change_of(finding, values, now), actor=teller, now=now)
        except Conflict:
            if attempt + 1 == ATTEMPTS:
                raise
        else:
            return


def _is_awaited(finding: Finding, values: Values) -> bool:
    """Whether this word is news: of the newest round, and for the state that waits for it. Of a finding that was
    cancelled meanwhile, the order itself keeps what was done."""
    state = "open" if values["outcome"] == "rectified" else "rectified"
    return finding.state == state and len(finding.rounds) == values["round"]


def _put_right(finding: Finding, values: Values, now: datetime) -> Change:
    last = {**finding.rounds[-1], **{name: values[name] for name in ("by", "hands", "at", "number", "after")}}
    last["before"] = list(dict.fromkeys([*last["before"], *(values.get("before") or ())]))
    if values.get("note"):
        last["note"] = values["note"]
    policy = _policy_body(finding)
    clock, of_order = orders.clocks("check", promised_in(policy, "check"), policy, now)
    order, checker = orders.reinspection(finding, of_order, last, now)
    fields = {
        "state": next_state(FINDING, "rectify", finding.state),
        "rounds": [*finding.rounds[:-1], last],
        "clocks": [*deadlines.all_stopped(finding.clocks, values["at"]), *clock],
    }
    told = _told("finding-to-check", finding, [checker] if checker else _people(finding, now))
    detail = {"round": last["n"], "order": values["number"], "note": values.get("note") or ""}
    return Change("rectify", detail, fields, notify=told, make=[order])


def _judged(finding: Finding, values: Values, now: datetime) -> Change:
    check = {name: values[name] for name in ("by", "at", "passed", "note", "photos", "number")}
    last = {**finding.rounds[-1], "check": check}
    rounds = [*finding.rounds[:-1], last]
    stopped = deadlines.all_stopped(finding.clocks, values["at"])
    detail = {"round": last["n"], "order": values["number"], "note": values.get("note") or ""}
    if values["passed"]:
        fields = {
            "state": next_state(FINDING, "close", finding.state),
            "rounds": rounds,
            "clocks": stopped,
            "closed_at": values["at"],
        }
        people = list(dict.fromkeys([finding.found_by, last["by"]]))
        return Change("close", detail, fields, notify=_told("finding-closed", finding, _active(people, finding)))
    return _sent_back(finding, rounds, stopped, detail, now)


def _sent_back(
    finding: Finding, rounds: list[Any], stopped: list[Clock], detail: dict[str, Any], now: datetime
) -> Change:
    """Round n + 1, for whoever put it right so far; the time that its severity allows begins anew."""
    last = rounds[-1]
    following = {"n": last["n"] + 1, "before": last["check"]["photos"] or last.get("after") or last["before"]}
    policy = _policy_body(finding)
    clock, of_order = orders.clocks("rectify", promised_in(policy, finding.severity), policy, now)
    state = next_state(FINDING, "send_back", finding.state)
    finding.rounds = [*rounds, following]
    worker = _active([last["by"]], finding)
    order = orders.rectification(
        finding,
        of_order,
        following,
        now,
        assignee=worker[0] if worker else None,
        told=last["check"]["note"],
    )
    fields = {"state": state, "rounds": finding.rounds, "clocks": [*stopped, *clock]}
    people = list(dict.fromkeys([*worker, *_people(finding, now)]))
    return Change("send_back", detail, fields, notify=_told("finding-sent-back", finding, people), make=[order])


def _policy_body(finding: Finding) -> Values:
    """The policy in the revision that the finding began with."""
    pin = finding.policy
    return revision_body("finding_policy", pin["code"], pin["revision"]) if pin else {}


def _active(people: list[str], finding: Finding) -> list[str]:
    """Those of them who still work in the estate."""
    directory = Directory.load()
    return [each for each in people if directory.sees(each, finding.estate)]


# What people do to it themselves


@does(FINDING, "cancel")
def cancel(key: object, *, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> Finding:
    """It was none after all, or is one twice; its open order goes with it. Raises `Invalid` without a reason."""
    finding, _ = begin(Finding, key, "cancel", actor, seen)
    return _write(finding, _cancellation(finding, needed_text(reason, "reason"), now), actor=actor, now=now)


def _cancellation(finding: Finding, reason: str, now: datetime) -> Change:
    state = next_state(FINDING, "cancel", finding.state)
    fields = {"state": state, "reason": reason, "clocks": deadlines.withdrawn(finding.clocks, now)}
    order = rules.current_order(finding.pk, len(finding.rounds), finding.state)
    intent = {"kind": "order_withdrawal", "key": f"{order}:withdrawal", "values": {"order": order, "reason": reason}}
    return Change("cancel", {"reason": reason}, fields, make=[intent])


@makes("finding_withdrawal")
def withdraw(intent: Values, source: Values, actor: Actor, now: datetime) -> None:
    """Whoever found it has corrected himself: it was none. What was closed meanwhile stays closed. Raises `NotFound`."""
    values = intent["values"]
    finder = replace(actor, code=values["by"], name=values.get("by_name") or values["by"])
    for attempt in range(ATTEMPTS):
        finding = Finding.objects(estate=source["estate"], key=values["finding"]).first()
        if finding is None:
            raise NotFound(Finding.LABEL, values["finding"])
        if finding.state not in rules.OPEN_STATES:
            return
        try:
            _write(finding, _cancellation(finding, values["reason"], now), actor=finder, now=now)
        except Conflict:
            if attempt + 1 == ATTEMPTS:
                raise
        else:
            return


@does(FINDING, "set_severity")
def set_severity(
    key: object, *, severity: str, reason: str, actor: Actor, now: datetime, seen: int | None = None
) -> Finding:
    """It is worse, or less bad, than it was called: the deadline of finding and order follows, from the same start."""
    finding, _ = begin(Finding, key, "set_severity", actor, seen)
    reason = needed_text(reason, "reason")
    if severity not in rules.SEVERITIES:
        raise Invalid.one("not_a_choice", Words("未知的严重程度", "Unknown severity"), "severity")
    within = promised_in(_policy_body(finding), severity)
    clocks = deadlines.retimed(finding.clocks, "rectify", within, now) if within else finding.clocks
    order = rules.order_key(finding.pk, len(finding.rounds))
    intent = {
        "kind": "order_deadline",
        "key": f"{order}:{finding.version + 1}",
        "values": {"order": order, **said(within), "priority": rules.PRIORITY_OF_SEVERITY[severity]},
    }
    detail = {"from": finding.severity, "severity": severity, "reason": reason}
    change = Change("set_severity", detail, {"severity": severity, "clocks": clocks}, make=[intent] if within else ())
    return _write(finding, change, actor=actor, now=now)


def _write(finding: Finding, change: Change, *, actor: Actor, now: datetime) -> Finding:
    return deadlines.write(finding, change, next_own_check=_nothing, actor=actor, now=now)


def _nothing(finding: Values) -> None:
    """Nothing happens to a finding by itself: its orders remind and escalate."""
    return


def params(finding: Finding) -> dict[str, Any]:
    """What a notification template may say of a finding: nothing personal."""
    return {**told_of(finding), "due": finding.due_at}
