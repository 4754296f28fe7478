"""What is found and shown on the way (clauses 3.2–3.5): one answer at a time, photos, and what came too late to count."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from store.actor import Actor
from store.errors import Invalid, Problem, RuleBroken
from store.fields.checking import needed_text
from store.lifecycle import does
from store.photos import operations as photos_kept
from store.photos.operations import File
from store.photos.rules import TAKEN_ROLES
from store.versioned import Change
from store.words import Words
from store.work import rules
from store.work.answers import merged, new_photos, photos_of
from store.work.corrections import remembering, taken_back
from store.work.documents import WORK_ORDER, WorkOrder
from store.work.findings import checklist_body
from store.work.point_photos import remarked
from store.work.writing import begin, write

NOT_YOURS = Words("只能删除自己添加的照片", "Only a photo that you have added yourself can be removed")
NOTHING = Words("请写说明、填写检查项或附照片", "Write a note, answer an item or add a photo")


@does(WORK_ORDER, "answer")
def answer(
    order_id: object,
    *,
    item: str,
    value: Any,
    note: str | None = None,
    photos: Sequence[str] = (),
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> WorkOrder:
    """Answer one item of the checklist before the order is finished; the newest answer counts, and those before it stay
    beside it. What had failed and passes now takes its finding back. Raises `Invalid`."""
    order, _ = begin(order_id, "answer", actor, seen)
    body = checklist_body(order)
    given = {"item": item, "value": value, "note": note, "photos": list(photos) or None}
    given = {name: each for name, each in given.items() if each is not None}
    problems = rules.check_one_answer(body, given)
    if problems:
        raise Invalid(problems)
    at = actor.happened(now)
    stamped = remembering(order.answers, {**given, "by": actor.code, "at": at})
    fields: dict[str, Any] = {"answers": merged(order.answers, [stamped])}
    correction = taken_back(order, body, fields["answers"], actor=actor, at=at)
    if correction:
        fields["findings"] = correction.findings
    intents = correction.intents if correction else []
    push = _photos(order, photos_of([given]), actor, now)
    change = Change("answer", _verdicts(body, order.answers, given), fields, push=push, make=intents)
    return write(order, change, actor=actor, now=now)


def _verdicts(
    checklist: Mapping[str, Any], before: Sequence[Mapping[str, Any]], given: Mapping[str, Any]
) -> dict[str, Any]:
    """What the history keeps of an answer. Texts stay in the record, whose personal data can be erased."""
    kinds = {each["code"]: each["kind"] for each in checklist.get("items") or ()}
    old = next((each.get("value") for each in before if each["item"] == given["item"]), None)
    if kinds.get(given["item"]) not in ("pass_fail", "score") or old in (None, given["value"]):
        return {"item": given["item"]}
    return {"item": given["item"], "before": old, "value": given["value"]}


@does(WORK_ORDER, "add_photos")
def add_photos(
    order_id: object, *, photos: Sequence[Mapping[str, Any]], actor: Actor, now: datetime, seen: int | None = None
) -> WorkOrder:
    """Photos before, after, or of something else; each is kept once in its role."""
    order, _ = begin(order_id, "add_photos", actor, seen)
    change = Change("add_photos", {"count": len(photos)}, push=_photos(order, photos, actor, now))
    return write(order, change, actor=actor, now=now)


@does(WORK_ORDER, "remove_photo")
def remove_photo(order_id: object, *, photo: str, actor: Actor, now: datetime, seen: int | None = None) -> WorkOrder:
    """Take away a photo that one has added oneself and by mistake. The history keeps its hash, and the picture stays as long as
    every picture that no record names. Raises `RuleBroken` `not_your_photo`."""
    order, _ = begin(order_id, "remove_photo", actor, seen)
    mine = [each for each in order.photos if each["hash"] == photo and each.get("by") == actor.code]
    if not mine:
        raise RuleBroken("not_your_photo", NOT_YOURS, "photo")
    left = [each for each in order.photos if each not in mine]
    fields = {"photos": left, **remarked(order, left)}
    change = Change("remove_photo", {"photo": photo, "role": mine[0].get("role")}, fields)
    return write(order, change, actor=actor, now=now)


def bring_photos(
    order_id: object,
    *,
    files: Sequence[File],
    role: str,
    item: str = "",
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> WorkOrder:
    """Photos that come with a form, not from a tablet: all of them are taken, or none (clause 3.3).

    Raises `Invalid` with every file that is no photo; what refuses the order is known before anything is kept.
    """
    order, _ = begin(order_id, "add_photos", actor, seen)
    _check_use(order, role, item)
    # First the pictures, then their names in the order: a name whose picture never comes would stand there for good.
    hashes = photos_kept.bring_all(files, order.estate, actor=actor, now=now)
    photos = [{"hash": each, "role": role} | ({"item": item} if item else {}) for each in hashes]
    return add_photos(order.pk, photos=photos, actor=actor, now=now, seen=seen)


def _check_use(order: WorkOrder, role: str, item: str) -> None:
    problems = []
    if role not in TAKEN_ROLES:
        problems.append(Problem("not_a_choice", Words("请选择照片的用途", "Say what the photos show"), "role"))
    if item and all(each["code"] != item for each in checklist_body(order).get("items") or ()):
        words = Words("检查表没有此项：{code}", "The checklist has no such item: {code}").fill(code=item)
        problems.append(Problem("unknown_item", words, "item"))
    if problems:
        raise Invalid(problems)


@does(WORK_ORDER, "supplement")
def supplement(
    order_id: object,
    *,
    note: str = "",
    answers: Sequence[Mapping[str, Any]] = (),
    photos: Sequence[str] = (),
    voice: str | None = None,
    about: str | None = None,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> WorkOrder:
    """Keep what somebody found although the order could not take it any more: allowed in every state, and changes none.

    `about` is the operation of the entry that did not stand. Raises `Invalid` for nothing at all.
    """
    order, _ = begin(order_id, "supplement", actor, seen)
    if not answers and not photos and not voice:
        note = needed_text(note, "note", NOTHING)
    at = actor.happened(now)
    kept: dict[str, Any] = {"by": actor.code, "by_name": actor.name, "at": at, "received_at": now, "about": about}
    kept |= {"note": note, "answers": [dict(each) for each in answers], "photos": list(photos)}
    kept |= {"voice": voice, "device_at": actor.device_at}
    pictures = [{"hash": each, "role": "other"} for each in photos] + photos_of(answers)
    push = _photos(order, pictures, actor, now) | {"supplements": {k: v for k, v in kept.items() if v}}
    change = Change("supplement", {"about": about, "photos": len(photos)}, push=push)
    return write(order, change, actor=actor, now=now)


def _photos(order: WorkOrder, given: Sequence[Mapping[str, Any]], actor: Actor, now: datetime) -> dict[str, Any]:
    found = new_photos(order.photos, given)
    at = actor.happened(now)
    return {"photos": [{**each, "by": actor.code, "at": at} for each in found]} if found else {}
