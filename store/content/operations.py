"""The verbs of content. A publication writes its intent into the head first; the revision follows under a fixed key."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from store import directory, history
from store.access import require
from store.actor import SYSTEM, Actor
from store.alone import forget
from store.blame import is_of_database
from store.content import audience, rules
from store.content.documents import Content, Revision
from store.content.evolution import KIND as DEFINITION
from store.content.evolution import check_definition
from store.content.reading import get, looking_up, revision_body, type_of
from store.content.searching import tokens_of
from store.content.superseding import supersede
from store.content.types import Body, ContentType, built_in
from store.differences import difference
from store.errors import Conflict, Forbidden, Invalid, Problem, RuleBroken
from store.first import first
from store.health import operations as health
from store.usage import User, finds_users, refuse_if_used
from store.versioned import Change, check_seen, commit, kind_name
from store.versioned import create as create_document
from store.words import Words, translated

logger = logging.getLogger(__name__)

NEVER_PUBLISHED = Words(
    "从未发布过，无需撤回；请取消定时发布", "It was never published: cancel the scheduled publication instead"
)
NOTHING_TO_RESTORE = Words(
    "这个版本是一次撤回，没有内容可恢复", "This revision is a withdrawal: nothing can be restored"
)
MIGRATING = Words("正在迁移内容，完成后再试", "Its entries are being migrated; try again when that is done")
# What concerns the draft alone goes on while entries follow the definition that was frozen.
WHILE_MIGRATING = frozenset({"save", "submit", "send_back", "restore"})
REFUSED_TEMPLATE = "publication-refused"
JOB = "publish_due"
KIND = "content"
PUT_ASIDE = timedelta(hours=1)
# What a schedule leaves in the head; who decides anew does not wait for an hour that was meant for the one before.
OF_SCHEDULE = ("publish_at", "scheduled", "publish_after")


def create(kind: str, code: str, body: Body, *, actor: Actor, now: datetime) -> Content:
    """A new draft. Raises `Invalid`, `Conflict` `code_taken`."""
    content_type = type_of(kind, now)
    cleaned = _cleaned_draft(content_type, body, now, actor)
    _require_all(content_type, cleaned, actor)
    problems = _check_code(kind, code)
    if problems:
        raise Invalid(problems)
    head = Content(type=kind, code=code, state="draft", **draft_fields(content_type, code, cleaned))
    return create_document(head, Change("create", {"code": code}), actor=actor, now=now)


def check(kind: str, code: str, body: Body, *, actor: Actor, now: datetime) -> None:
    """Raises `Invalid` with what would be refused if this body were published, before there is a draft of it."""
    cleaned = _cleaned_draft(type_of(kind, now), body, now, actor)
    _publishable(Content(type=kind, code=code), cleaned, now, actor)


def save_draft(
    kind: str, code: str, body: Body, *, actor: Actor, now: datetime, seen: int | None = None, note: str = ""
) -> Content:
    """Replace the draft. Raises `Invalid`, and `Conflict` `changed_meanwhile` when `seen` is not the newest version."""
    content_type = type_of(kind, now)
    head = for_writing(kind, code, "save", actor, seen)
    cleaned = _cleaned_draft(content_type, body, now, actor)
    _require_all(content_type, cleaned, actor)
    changed = difference(head.draft, cleaned)
    if not changed:
        return head
    state = rules.state_after_save(head.revision, head.withdrawn, head.publish_at is not None, _is_live(head, cleaned))
    change = Change(
        "save", {"changes": changed, "note": note}, {"state": state, **draft_fields(content_type, code, cleaned)}
    )
    return commit(head, change, actor=actor, now=now)


def submit(kind: str, code: str, *, actor: Actor, now: datetime, seen: int | None = None, note: str = "") -> Content:
    """Ask for review. The body must be publishable already. Raises `Invalid`."""
    head = for_writing(kind, code, "submit", actor, seen)
    _publishable(head, head.draft, now, actor)
    return commit(head, Change("submit", {"note": note}, {"state": "in_review"}), actor=actor, now=now)


def send_back(kind: str, code: str, *, actor: Actor, now: datetime, note: str, seen: int | None = None) -> Content:
    head = for_writing(kind, code, "send_back", actor, seen, "content.publish")
    state = rules.state_after_save(head.revision, head.withdrawn, False, False)
    return commit(head, Change("send_back", {"note": note}, {"state": state}), actor=actor, now=now)


def publish(kind: str, code: str, *, actor: Actor, now: datetime, seen: int | None = None, note: str = "") -> Content:
    """Make the draft the revision in force from now on. Raises `Invalid` with every problem."""
    head = for_writing(kind, code, "publish", actor, seen, "content.publish")
    return _publish_body(head, head.draft, at=now, note=note, actor=actor, now=now)


def schedule(
    kind: str, code: str, *, at: datetime, actor: Actor, now: datetime, seen: int | None = None, note: str = ""
) -> Content:
    """Freeze the draft and let it be published at `at`. Raises `Invalid` `publish_in_the_past`."""
    head = for_writing(kind, code, "schedule", actor, seen, "content.publish")
    problems = rules.check_publish_at(at, now)
    if problems:
        raise Invalid(problems)
    cleaned = _publishable(head, head.draft, now, actor)
    frozen = {"body": cleaned, "by": actor.code, "by_name": actor.name, "note": note}
    fields = {"state": "scheduled", "publish_at": at, "scheduled": frozen}
    change = Change("schedule", {"at": at, "note": note}, fields, unset=("publish_after",))
    return commit(head, change, actor=actor, now=now)


def cancel_schedule(kind: str, code: str, *, actor: Actor, now: datetime, seen: int | None = None) -> Content:
    head = for_writing(kind, code, "cancel_schedule", actor, seen, "content.publish")
    state = rules.state_after_save(head.revision, head.withdrawn, False, _is_live(head, head.draft))
    change = Change("cancel_schedule", {"at": head.publish_at}, {"state": state}, unset=OF_SCHEDULE)
    return commit(head, change, actor=actor, now=now)


def withdraw(kind: str, code: str, *, actor: Actor, now: datetime, note: str = "", seen: int | None = None) -> Content:
    """End its force from now on. Refused with the list of users while published content uses it.

    Raises `RuleBroken` `never_published`: that would only spoil the draft's code, which could not be changed any more.
    """
    head = for_writing(kind, code, "withdraw", actor, seen, "content.publish")
    if not head.revision:
        raise RuleBroken("never_published", NEVER_PUBLISHED)
    refuse_if_used(kind, code, actor)
    _finish_cut_off(head)
    number = head.revision + 1
    intent = _intent(number, {}, at=_not_before_last(head, now), note=note, by=actor, uses=[], withdrawn=True)
    fields = {"state": "withdrawn", "withdrawn": True, "revision": number, "publishing": intent, "live_uses": []}
    change = Change("withdraw", {"note": note}, fields, unset=(*OF_SCHEDULE, "next_generate_at"))
    return write_revision(commit(head, change, actor=actor, now=now))


def restore(kind: str, code: str, number: int, *, actor: Actor, now: datetime, seen: int | None = None) -> Content:
    """Take the body of an earlier revision as the draft; publishing it is a step of its own.

    Raises `NotFound`, and `RuleBroken` `nothing_to_restore` for a withdrawal, which has no body.
    """
    head = for_writing(kind, code, "restore", actor, seen)
    body = revision_body(kind, code, number)
    if not body:
        raise RuleBroken("nothing_to_restore", NOTHING_TO_RESTORE, "number")
    _require_all(type_of(kind, now), body, actor)
    state = rules.state_after_save(head.revision, head.withdrawn, head.publish_at is not None, _is_live(head, body))
    fields = {"state": state, **draft_fields(type_of(kind, now), code, body)}
    return commit(head, Change("restore", {"number": number}, fields), actor=actor, now=now)


def rename(kind: str, code: str, new_code: str, *, actor: Actor, now: datetime, seen: int | None = None) -> Content:
    """Give a never published draft another code. Raises `Conflict` `in_use` or `code_taken`."""
    head = for_writing(kind, code, "rename", actor, seen)
    problems = _check_code(kind, new_code)
    if problems:
        raise Invalid(problems)
    refuse_if_used(kind, code, actor)
    if head.revision:
        words = Words(
            "已发布过的内容不能改编号，请新建后撤回旧的",
            "Published content keeps its code; make a new one and withdraw this",
        )
        raise Conflict("published_code", words, "code")
    fields = {"code": new_code, "tokens": tokens_of(new_code, head.name, head.draft)}
    return commit(head, Change("rename", {"from": code, "to": new_code}, fields), actor=actor, now=now)


def remove(kind: str, code: str, *, actor: Actor, now: datetime, seen: int | None = None) -> None:
    """Delete a draft that was never published. Raises `Conflict` `in_use`, `RuleBroken` once it was published."""
    head = for_writing(kind, code, "remove", actor, seen)
    refuse_if_used(kind, code, actor)
    deleted = Content._get_collection().delete_one({"_id": head.pk, "version": head.version, "revision": 0})
    if deleted.deleted_count == 0:
        raise Conflict("changed_meanwhile", Words("内容刚刚被修改", "It has just been changed"))
    # Also where none has left the draft by what was read of it: a step may have been taken since, or cut off half-way.
    history.forget(kind_name(Content), head.pk)


def publish_due(now: datetime, limit: int = 200) -> int:
    """The sweep: publish what is scheduled, finish publications that were cut off. Returns how many were done."""
    one_by_one(Content.objects(__raw__=cut_off_by(now)), write_revision, now, limit)
    due = Content.objects(__raw__=scheduled_by(now)).order_by("publish_at")
    return one_by_one(due, lambda head: _publish_scheduled(head, now), now, limit)


def cut_off_by(now: datetime) -> dict[str, Any]:
    """The filter of heads whose revision may not stand yet. The type is named as the partial index names it, here and in
    `scheduled_by`: without it MongoDB reads every head instead of the index, every five seconds."""
    return {"publishing.number": {"$gt": 0, "$type": "int"}, **_not_aside(now)}


def scheduled_by(now: datetime) -> dict[str, Any]:
    """The filter of heads whose publication on a date is due."""
    return {"publish_at": {"$lte": now, "$type": "date"}, **_not_aside(now)}


def _not_aside(now: datetime) -> dict[str, Any]:
    return {"publish_after": {"$not": {"$gt": now}}}


def one_by_one(found: Any, work: Callable[[Content], object], now: datetime, limit: int) -> int:
    """How many of the heads `found` were done. One that cannot be published is put aside for an hour and shown on the jobs
    page, and the others go on; therefore each is read by itself too."""
    done = 0
    for key in list(found.limit(limit).scalar("pk")):
        try:
            head = found(pk=key).first()
            if head is not None:
                work(head)
                done += 1
        except Conflict:
            continue  # another worker won
        except Exception as error:  # whatever is wrong with one, the others must come into force in time
            if is_of_database(error):
                raise
            _put_aside(key, error, now)
        else:
            health.mended(JOB, KIND, [key], now)
    return done


def _put_aside(key: object, error: Exception, now: datetime) -> None:
    """At the head of the line it would take its place in every run, and a hundred such ones all of them."""
    heads, until = Content._get_collection(), now + PUT_ASIDE
    due = [{"publish_at": {"$lte": now}}, {"publishing.number": {"$gt": 0, "$type": "int"}}]
    waits = {"_id": key, "$or": [*due, {"migrating.asked_at": {"$type": "date"}}]}
    heads.update_one(waits, {"$set": {"publish_after": until}})
    raw = heads.find_one({"_id": key}, {"code": 1, "estate": 1}) or {"_id": key}
    told = health.report_bad(JOB, KIND, raw, error, now=now, until=until, aside=(heads.name, "publish_after"))
    logger.error("%s could not be published: %s", raw.get("code"), told)


@finds_users
def content_users(kind: str, code: str) -> Iterable[User]:
    key, shown = f"{kind}:{code}", ("type", "code", "name", "estate")
    found = list(Content.objects(__raw__={"$or": [{"draft_uses": key}, {"live_uses": key}]}).only(*shown))
    # Entries of a type that managers defined are users of the definition.
    if kind == "content_type":
        found += Content.objects(type=code).only(*shown)
    readers = {each: audience.readers_of(each) for each in {head.type for head in found}}
    for head in found:
        yield User(head.type, head.code, translated(head.name), (head.estate,), readers[head.type])


def _publish_scheduled(head: Content, now: datetime) -> None:
    frozen = head.scheduled
    by = Actor(frozen["by"], frozen.get("by_name", ""), SYSTEM.roles, None)
    try:
        _publish_body(head, frozen["body"], at=head.publish_at, note=frozen.get("note", ""), actor=by, now=now)
    except Invalid as error:
        # What it refers to is gone meanwhile: it goes back to its author, who is told, instead of failing every second.
        tell_refusal(head, error.problems, "publish_refused", OF_SCHEDULE, frozen, now)


def tell_refusal(
    head: Content, found: Iterable[Problem], verb: str, unset: Sequence[str], asked: Mapping[str, Any], now: datetime
) -> None:
    """Put down that what somebody asked for cannot be done any more, and tell him; it is not tried again."""
    problems = [{"field": p.field, "code": p.code, "zh": p.words.zh, "en": p.words.en} for p in found]
    state = rules.state_after_save(head.revision, head.withdrawn, False, False)
    params = {"due": head.publish_at or now, "count": len(problems)}
    told = {"template": REFUSED_TEMPLATE, "to": [asked["by"]], "urgent": True, "params": params}
    commit(
        head, Change(verb, {"problems": problems}, {"state": state}, unset=unset, notify=[told]), actor=SYSTEM, now=now
    )


def _publish_body(head: Content, body: Body, *, at: datetime, note: str, actor: Actor, now: datetime) -> Content:
    content_type = type_of(head.type, now)
    cleaned = _publishable(head, body, now, actor)
    _finish_cut_off(head)
    at, number = _not_before_last(head, at), head.revision + 1
    keys = rules.uses_keys(content_type, cleaned)
    fields = {
        "state": "published" if head.draft == body else "changed",
        "withdrawn": False,
        "revision": number,
        "published_at": at,
        "live_uses": keys,
        "publishing": _intent(number, cleaned, at=at, note=note, by=actor, uses=keys),
        **content_type.schedule(cleaned, at, looking_up(now)),
    }
    change = Change("publish", {"number": number, "note": note}, fields, unset=OF_SCHEDULE)
    return write_revision(commit(head, change, actor=actor, now=now))


def _intent(
    number: int, body: Body, *, at: datetime, note: str, by: Actor, uses: list[str], withdrawn: bool = False
) -> dict[str, Any]:
    return {
        "number": number,
        "body": dict(body),
        "uses": uses,
        "withdrawn": withdrawn,
        "effective_at": at,
        "by": by.code,
        "by_name": by.name,
        "note": note,
    }


def _finish_cut_off(head: Content) -> None:
    """The next intent takes the place of the last one: the revision it meant must stand first, or it would be lost."""
    if head.publishing:
        write_revision(head)


def _not_before_last(head: Content, at: datetime) -> datetime:
    """When the next revision begins: of two the later counts, also when a slower clock has carried it out."""
    begun = {"content": head.pk, "number": head.revision, "effective_at": {"$type": "date"}}
    last = first(Revision._get_collection(), begun, ["effective_at"])
    return at if last is None else max(at, last["effective_at"])


def write_revision(head: Content) -> Content:
    """Make the revision that the head intends. Any number may try: its key is unique, a second insert is no change."""
    intent = head.publishing
    values = {
        **intent,
        "_id": f"{head.pk}:{intent['number']}",
        "content": head.pk,
        "type": head.type,
        "code": head.code,
    }
    values |= {"estate": intent["body"].get("estate"), "published_at": head.changed_at}
    # A duplicate stands already: the write was cut off after this line the last time.
    with suppress(DuplicateKeyError):
        Revision._get_collection().insert_one(values)
    supersede(head.pk)
    forget()
    done = {"_id": head.pk, "publishing.number": intent["number"]}
    Content._get_collection().update_one(done, {"$unset": {"publishing": ""}})
    head.publishing = {}
    return head


def _check_code(kind: str, code: str) -> list[Problem]:
    if kind == "content_type" and (code in built_in() or directory.is_kind(code)):
        words = Words("「{code}」是系统自带的类型", "“{code}” is a type of the system itself").fill(code=code)
        return [Problem("reserved_code", words, "code")]
    return rules.check_code(code)


def for_writing(
    kind: str, code: str, verb: str, actor: Actor, seen: int | None, permission: str = "content.write"
) -> Content:
    head = get(kind, code, actor)
    require(actor, permission, head.estate)
    audience.require_writing(actor, kind)
    if not all(actor.sees(estate) for estate in _estates_in([*head.draft_uses, *head.live_uses])):
        raise Forbidden(permission)
    check_seen(head, seen)
    rules.check_allowed(verb, head.state)
    if head.migrating and verb not in WHILE_MIGRATING:
        raise RuleBroken("migrating", MIGRATING)
    # A publication that was cut off must stand before the next one takes the place of its intent.
    return write_revision(head) if head.publishing else head


def _estates_in(keys: Iterable[str]) -> list[str]:
    """The estates that content is for: an emergency plan has none of its own, and names those it holds for."""
    return sorted({key.removeprefix("estate:") for key in keys if key.startswith("estate:")})


def _require_all(content_type: ContentType, body: Body, actor: Actor) -> None:
    audience.require_writing(actor, content_type.key)
    named: list[str | None] = [*_estates_in(rules.uses_keys(content_type, body))]
    for estate in named or [None]:
        require(actor, "content.write", estate)


def _cleaned_draft(content_type: ContentType, body: Body, now: datetime, actor: Actor) -> dict[str, Any]:
    """A draft may be incomplete, but not misshapen: missing fields and references are asked for at publication."""
    cleaned, problems = rules.check_body(content_type, body, looking_up(now, actor=actor))
    misshapen = [each for each in problems if each.code not in ("required", "reference_missing")]
    if misshapen:
        raise Invalid(misshapen)
    return cleaned


def _publishable(head: Content, body: Body, now: datetime, actor: Actor) -> dict[str, Any]:
    """Raises `Invalid`; for a type that managers define also when content of it would not fit any more."""
    look_up = looking_up(now, actor=actor, stood=head.live_uses)
    cleaned, problems = rules.check_body(type_of(head.type, now), body, look_up)
    if not problems and head.type == DEFINITION:
        problems = check_definition(head.code, cleaned, actor, now)
    if problems:
        raise Invalid(problems)
    return cleaned


def draft_fields(content_type: ContentType, code: str, body: Body) -> dict[str, Any]:
    keys = rules.uses_keys(content_type, body)
    name = body.get("name") or body.get("title") or {}
    # A field of a manager's own type may hold plain text for its name.
    name = name if isinstance(name, dict) else {"zh": str(name)}
    found = {"name": name, "tokens": tokens_of(code, name, body)}
    return {"draft": dict(body), "draft_uses": keys, "estate": body.get("estate"), **found}


def _is_live(head: Content, body: Body) -> bool:
    if not head.revision or head.withdrawn:
        return False
    newest = Revision.objects(content=head.pk, number=head.revision).first()
    return newest is not None and newest.body == body
