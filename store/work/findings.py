"""What is found wrong while work is done, and the verdict of a re-inspection (clauses 3.3–3.5, 8.1).

An order never makes a finding itself: it writes an intent, in the same update as its own change, and the relay carries it
under the key `order key:item`. So completing an order and raising its findings are one write, and what was raised on the
way is not raised again by the completion.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from store.actor import Actor
from store.clock import earliest
from store.content.reading import revision_body
from store.deadlines import operations as deadlines
from store.errors import Invalid, Problem, RuleBroken
from store.fields.checking import clean, needed_text
from store.fields.spec import MAX_LONG_TEXT
from store.findings.rules import FAILED
from store.lifecycle import does
from store.versioned import Change, events_of
from store.words import Words, translated
from store.work import rules
from store.work.answers import read_hashes
from store.work.corrections import standing
from store.work.documents import WORK_ORDER, WorkOrder
from store.work.verbs import RAISED
from store.work.writing import begin, write

MOST_PHOTOS = 20
FAILED_VERDICT = Words("退回时请写明哪里还不合格", "Say what is still wrong when you send it back")


@does(WORK_ORDER, "raise_finding")
def raise_finding(
    order_id: object, *, actor: Actor, now: datetime, seen: int | None = None, **values: Any
) -> WorkOrder:
    """Something is wrong here: `values` as `RAISED`. Raises `Invalid`, and `RuleBroken` `already_raised` for an item."""
    order, _ = begin(order_id, "raise_finding", actor, seen)
    return raised(order, "raise_finding", "order", values, {}, actor=actor, now=now)


def raised(
    order: WorkOrder,
    verb: str,
    source: str,
    given: Mapping[str, Any],
    push: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> WorkOrder:
    """One write: the line that the order keeps, the word that makes the finding, and what the verb adds besides."""
    values, problems = clean(RAISED, {name: value for name, value in given.items() if value is not None})
    checklist = checklist_body(order)
    problems += _unknown(order, checklist, values)
    if problems:
        raise Invalid(problems)
    subject = values.get("item") or values.get("checkpoint") or source
    key = _free_key(order, subject, values, source)
    item = next((each for each in checklist.get("items") or () if each["code"] == values.get("item")), None)
    point = next((each for each in order.checkpoints if each["code"] == values.get("checkpoint")), None)
    found = {
        "title": values["title"],
        "severity": values.get("severity") or (item or {}).get("severity") or "normal",
        "item": {"code": item["code"], "name": item["name"]} if item else None,
        "checkpoint": {"code": point["code"], "name": point["name"]} if point else None,
        "place": values.get("place") or _place_of(point) or order.place,
        "photos": values.get("photos") or [],
        "voice": values.get("voice"),
        "note": values.get("note"),
    }
    entry, intent = _written(order, key, found, source, actor, actor.happened(now))
    detail: dict[str, Any] = {
        name: entry[name] for name in ("key", "title", "severity", "item", "checkpoint") if name in entry
    }
    change = Change(verb, detail, push={"findings": entry, **push}, make=[intent])
    return write(order, change, actor=actor, now=now)


def _unknown(order: WorkOrder, checklist: Mapping[str, Any], values: Mapping[str, Any]) -> list[Problem]:
    known = {"item": checklist.get("items") or (), "checkpoint": order.checkpoints}
    words = Words("此工单没有「{code}」", "This order has no “{code}”")
    problems = [
        Problem(f"unknown_{name}", words.fill(code=values[name]), name)
        for name, rows in known.items()
        if values.get(name) and all(row["code"] != values[name] for row in rows)
    ]
    if len(values.get("photos") or ()) > MOST_PHOTOS:
        problems.append(Problem("too_many", Words("照片太多", "Too many photos"), "photos"))
    return problems


def _place_of(point: Mapping[str, Any] | None) -> str | None:
    return (point.get("place") or translated(point["name"]).zh) if point else None


def _free_key(order: WorkOrder, subject: str, values: Mapping[str, Any], source: str) -> str:
    """An item fails once, unless that was taken back; at a checkpoint, or on a supervisor's round, several things may be
    wrong."""
    stands = {each.get("item") for each in standing(order.findings)}
    if values.get("item") and values["item"] in stands and source == "order":
        words = Words("该检查项的问题已经上报", "A finding of this item has been raised already")
        raise RuleBroken("already_raised", words, "item")
    return _next_key(order, subject)


def _next_key(order: WorkOrder, subject: str) -> str:
    key, taken = f"{order.key}:{subject}", {each["key"] for each in order.findings}
    numbered = (f"{key}:{n}" for n in range(2, len(taken) + 3))
    return next(each for each in (key, *numbered) if each not in taken)


def _written(
    order: WorkOrder, key: str, found: Mapping[str, Any], source: str, actor: Actor, at: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The line that the order keeps, and the intent that makes the finding."""
    line = {
        "key": key,
        "title": found["title"],
        "severity": found["severity"],
        "item": found["item"] and found["item"]["code"],
        "checkpoint": found["checkpoint"] and found["checkpoint"]["code"],
        "photos": list(found["photos"]),
        "at": at,
        "by": actor.code,
    }
    values = {
        **found,
        "source": {"kind": source, "id": str(order.pk), "number": order.number, "title": order.title},
        "clause": order.clause,
        "department": order.department,
        "checklist": dict(order.checklist) or None,
        "route": order.route.get("code"),
        "found_by": actor.code,
        "found_by_name": actor.name,
        "found_at": at,
    }
    kept = {name: value for name, value in values.items() if value not in (None, [])}
    return _without_empty(line), {"kind": "finding", "key": key, "values": kept}


def _without_empty(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if value not in (None, [])}


def checklist_body(order: WorkOrder) -> Mapping[str, Any]:
    """The checklist in the revision that the order runs under; empty without one."""
    if not order.checklist:
        return {}
    return revision_body("checklist", order.checklist["code"], order.checklist["revision"])


def of_failed_items(
    order: WorkOrder,
    checklist: Mapping[str, Any],
    answers: Sequence[Mapping[str, Any]],
    *,
    actor: Actor,
    at: datetime,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """One finding for each failed item that has none yet, where the checklist wants findings (clause 3.3).

    Returns the lines that the order keeps and the intents that make the findings.
    """
    if not checklist.get("raises_findings", True):
        return [], []
    failed, raised = rules.failed_items(checklist, answers), {each.get("item") for each in standing(order.findings)}
    lines, intents = [], []
    for item in checklist.get("items") or ():
        if item["code"] in failed and item["code"] not in raised:
            found = _of_item(order, checklist, item, {each["item"]: each for each in answers})
            line, intent = _written(order, _next_key(order, item["code"]), found, "order", actor, at)
            lines.append(line)
            intents.append(intent)
    return lines, intents


def _of_item(
    order: WorkOrder,
    checklist: Mapping[str, Any],
    item: Mapping[str, Any],
    answers: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """What was answered to the item, and to the questions that are asked only because it failed."""
    asked = [item, *(each for each in checklist["items"] if each.get("only_if") == item["code"])]
    given = [answers.get(each["code"], {}) for each in asked]
    codes = {each["code"] for each in asked}
    told = [str(answer.get("value") or "") for each, answer in zip(asked, given, strict=True) if each["kind"] == "text"]
    notes = [*(str(answer.get("note") or "") for answer in given), *told]
    photos = [hash_ for answer in given for hash_ in answer.get("photos") or ()]
    photos += [each["hash"] for each in order.photos if each.get("item") in codes and each.get("role") != "after"]
    words = FAILED.fill(name=translated(item["name"]))
    return {
        "title": words.zh,
        "severity": item.get("severity") or "normal",
        "item": {"code": item["code"], "name": item["name"]},
        "checkpoint": None,
        "place": order.place,
        "photos": list(dict.fromkeys(photos)),
        "note": "\n".join(filter(None, notes))[:MAX_LONG_TEXT] or None,
    }


def rectified(order: WorkOrder, *, note: str, actor: Actor, at: datetime) -> dict[str, Any]:
    """Word to the finding that it was put right, and by whom: none of them may re-inspect it."""
    hands = [event.actor for event in events_of(order) if event.verb in rules.DOING]
    photos = {role: [each["hash"] for each in order.photos if each.get("role") == role] for role in ("before", "after")}
    values = {"note": note, "hands": list(dict.fromkeys([actor.code, *filter(None, [order.assignee]), *hands]))}
    return _word(order, "rectified", {**values, **photos}, actor, at)


@does(WORK_ORDER, "verdict")
def verdict(
    order_id: object,
    *,
    passed: bool,
    actor: Actor,
    now: datetime,
    note: str = "",
    photos: Sequence[str] = (),
    seen: int | None = None,
) -> WorkOrder:
    """The re-inspection's result: the finding is closed or sent back (clause 3.3).

    Raises `RuleBroken` `same_person` for whoever put it right, `Invalid` when it fails without a word why.
    """
    order, state = begin(order_id, "verdict", actor, seen)
    rules.check_verdict(order.kind)
    note = note.strip()[:MAX_LONG_TEXT] if passed else needed_text(note, "note", FAILED_VERDICT)
    at = actor.happened(now)
    taken = [{"hash": each, "role": "other", "at": at, "by": actor.code} for each in read_hashes(list(photos))]
    fields = {
        "state": state,
        "passed": passed,
        "proven": True,
        "note": note or None,
        "assignee": order.assignee or actor.code,
        "started_at": earliest(order.started_at, at),
        "finished_at": at,
        "clocks": deadlines.all_stopped(order.clocks, at),
    }
    values = {"passed": passed, "note": note, "photos": [each["hash"] for each in taken]}
    change = Change(
        "verdict",
        {"passed": passed, "note": note},
        fields,
        push={"photos": taken} if taken else {},
        make=[_word(order, "verdict", values, actor, at)],
    )
    return write(order, change, actor=actor, now=now)


def _word(order: WorkOrder, outcome: str, values: Mapping[str, Any], actor: Actor, at: datetime) -> dict[str, Any]:
    told = {
        "finding": order.source["id"],
        "round": order.source.get("round", 1),
        "outcome": outcome,
        "number": order.number,
        "by": actor.code,
        "by_name": actor.name,
        "at": at,
        **values,
    }
    return {"kind": "finding_progress", "key": f"{order.key}:{outcome}", "values": told}
