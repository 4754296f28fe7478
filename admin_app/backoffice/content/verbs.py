"""The verbs of content as a person presses them: which are allowed now, and what each says when it is done."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.content.places import url_of
from admin_app.backoffice.records.verbs import Posted
from admin_app.shell.errors import flash_error
from admin_app.shell.language import say
from store import clock
from store.access import permits
from store.actor import Actor
from store.content import audience, rules
from store.content import operations as content
from store.content.documents import Content
from store.errors import AnjuError, Invalid, NotFound
from store.words import Words

_PUBLISHERS = frozenset({"publish", "schedule", "cancel_schedule", "withdraw", "send_back"})
DONE: dict[str, Words] = {
    "submit": Words("已提交审核", "Submitted for review"),
    "publish": Words("已发布，立即生效", "Published; it is in force"),
    "schedule": Words("已安排发布", "The publication is scheduled"),
    "send_back": Words("已退回修改", "Sent back"),
    "cancel_schedule": Words("已取消定时发布", "The scheduled publication is cancelled"),
    "withdraw": Words("已撤回，不再生效", "Withdrawn; it is no longer in force"),
    "restore": Words(
        "已取回旧版本作为草稿，发布后生效", "The old revision is the draft now; publish it to make it count"
    ),
    "rename": Words("编号已修改", "The code is changed"),
    "remove": Words("草稿已删除", "The draft is deleted"),
}
NO_MOMENT = Words("请填写发布时间", "Say when it is to be published")
_VERB = Words("操作", "Action")


def allowed(head: Content, actor: Actor) -> set[str]:
    """What this actor may do with it now."""
    if not audience.writes(actor, head.type):
        return set()
    found = {each for each in rules.allowed_verbs(head.state) if _permits(actor, each, head.estate)}
    return found - ({"remove", "rename"} if head.revision else {"withdraw"})


def _permits(actor: Actor, verb: str, estate: str | None) -> bool:
    return permits(actor, "content.publish" if verb in _PUBLISHERS else "content.write", estate)


def seen() -> int:
    """The version that the form was made from; a form without one overwrites nothing. Raises `Invalid` for what is none."""
    return Posted(request.form).version() if request.form.get("version") else -1


def _context(head: Content) -> dict[str, Any]:
    return {"actor": current_actor(), "now": clock.now(), "seen": head.version}


def _note() -> str:
    return request.form.get("note", "").strip()[:500]


def _submit(head: Content, zone: ZoneInfo) -> Words:
    content.submit(head.type, head.code, note=_note(), **_context(head))
    return DONE["submit"]


def _publish(head: Content, zone: ZoneInfo) -> Words:
    content.publish(head.type, head.code, note=_note(), **_context(head))
    return DONE["publish"]


def _schedule(head: Content, zone: ZoneInfo) -> Words:
    content.schedule(
        head.type, head.code, at=moment_in(zone, request.form.get("at", "")), note=_note(), **_context(head)
    )
    return DONE["schedule"]


# What may follow a save in one press. The head is the one just saved, so its version is the one seen.
THEN: dict[str, Callable[[Content, ZoneInfo], Words]] = {
    "submit": _submit,
    "publish": _publish,
    "schedule": _schedule,
}


def moment_in(zone: ZoneInfo, text: str) -> datetime:
    """The moment of a `datetime-local` input, whose wall clock is the estate's. Raises `Invalid`."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid.one("not_a_moment", NO_MOMENT, "at") from None
    return clock.cut(moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(clock.now().tzinfo)


def perform(kind: str, code: str, verb: str) -> Response:
    """Run one of the verbs that need no body, tell how it went, and go back to the entry – or to the list when it is gone."""
    if verb not in _PLAIN:
        raise NotFound(_VERB, verb)
    try:
        where = _PLAIN[verb](kind, code)
    except AnjuError as error:
        flash_error(error)
        return redirect(url_of(kind, "entry", code=code), code=303)
    flash(say(DONE[verb]), "success")
    return redirect(where, code=303)


def _now() -> dict[str, Any]:
    return {"actor": current_actor(), "now": clock.now(), "seen": seen()}


def _cancel(kind: str, code: str) -> str:
    content.cancel_schedule(kind, code, **_now())
    return url_of(kind, "entry", code=code)


def _send_back(kind: str, code: str) -> str:
    content.send_back(kind, code, note=_note(), **_now())
    return url_of(kind, "entry", code=code)


def _withdraw(kind: str, code: str) -> str:
    content.withdraw(kind, code, note=_note(), **_now())
    return url_of(kind, "entry", code=code)


def _restore(kind: str, code: str) -> str:
    number = request.form.get("number", "")
    content.restore(kind, code, int(number) if number.isdecimal() and len(number) < 10 else -1, **_now())
    return url_of(kind, "entry", code=code)


def _rename(kind: str, code: str) -> str:
    renamed = content.rename(kind, code, request.form.get("code", "").strip(), **_now())
    return url_of(kind, "entry", code=renamed.code)


def _remove(kind: str, code: str) -> str:
    content.remove(kind, code, **_now())
    return url_of(kind)


_PLAIN: dict[str, Callable[[str, str], str]] = {
    "cancel_schedule": _cancel,
    "send_back": _send_back,
    "withdraw": _withdraw,
    "restore": _restore,
    "rename": _rename,
    "remove": _remove,
}
