"""Records with intents, for the tests of notices: content heads are the simplest thing that carries events."""

from datetime import datetime
from typing import Any

from store.actor import SYSTEM
from store.content.documents import Content
from store.notices.delivery import deliver
from store.notices.documents import Notice
from store.notices.relay import relay
from store.versioned import Change, commit, create
from tests import cast

TEMPLATE = {
    "name": "提醒",
    "subject": {"zh": "提醒 {number}：{title}", "en": "Reminder {number}: {title}"},
    "body": {"zh": "{name}，{estate} {due}", "en": "{name}, {estate} {due}"},
    "urgent": False,
}


def make_template(code: str = "reminder", now: datetime = cast.NOW, **changes: Any) -> None:
    cast.publish("notification_template", code, {**TEMPLATE, **changes}, now)


def intent(*to: str, **changes: Any) -> dict[str, Any]:
    return {"to": list(to) or ["guard"], "template": "reminder", "params": {"title": "灭火器检查"}, **changes}


def make_source(*intents: Any, code: str = "one", now: datetime = cast.NOW, make: Any = ()) -> Content:
    """A record whose first event carries `intents`."""
    head = Content(type="source", code=code, state="draft", estate=cast.ESTATE)
    return create(head, Change("create", notify=intents, make=make), actor=SYSTEM, now=now)


def add_event(source: Content, *intents: Any, now: datetime = cast.NOW) -> Content:
    return commit(source, Change("save", notify=intents), actor=SYSTEM, now=now)


def make_notice(channel: str = "email", now: datetime = cast.NOW, code: str = "one", **changes: Any) -> Notice:
    """One queued notice of `channel` to the guard, through the relay."""
    make_source(intent(channels=[channel], **changes), code=code, now=now)
    relay(now)
    return one(channel=channel, about__number=code)


def one(**query: Any) -> Notice:
    found = list(Notice.objects(**query))
    assert len(found) == 1, [notice.key for notice in found]
    return found[0]


def keys(**query: Any) -> list[str]:
    return sorted(notice.key.split(":", 2)[2] for notice in Notice.objects(**query))


__all__ = ["add_event", "deliver", "intent", "keys", "make_notice", "make_source", "make_template", "one", "relay"]
