"""Putting a request right, joining it to another report of the same fault and taking it apart, as forms."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from admin_app.accounts.current import current_actor
from admin_app.backoffice.records.verbs import Choice, Input, Posted, Verb, simple
from admin_app.shell.language import say
from store import clock
from store.actor import Actor
from store.content.reading import live_all
from store.corrections import operations as corrections
from store.errors import NotFound
from store.premises import operations as premises
from store.requests import operations as requests
from store.requests import rules
from store.requests.rules import KINDS, VERBS
from store.words import Words, translated

WRITE = "requests.write"


def correction_verbs(record: Any) -> Sequence[Verb]:
    """Those of them that the request allows now: what the forms offer is looked up for these only."""
    allowed = set(rules.allowed(record))
    found = [_correct(record)] if "correct" in allowed else []
    if "merge" in allowed:
        found.append(_merge(record))
    if "separate" in allowed:
        found.append(Verb("separate", VERBS["separate"], WRITE, simple(corrections.separate, record.pk), icon="back"))
    return found


def _correct(record: Any) -> Verb:
    def run(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        given = {name: values.text(name) for name in ("reason", "kind", "item", "place")}
        home = household_typed(values.text("household"), record.estate, actor, now)
        return corrections.correct(record.pk, **given, household=home, actor=actor, now=now, seen=seen)

    return Verb(
        "correct",
        VERBS["correct"],
        WRITE,
        run,
        (
            Input("item", Words("服务事项", "Service item"), "choice", choices=_items(), value=record.item["code"]),
            Input(
                "kind",
                Words("类型", "Kind"),
                "choice",
                choices=tuple(Choice(key, say(words)) for key, words in KINDS.items()),
                value=record.kind,
            ),
            Input("place", Words("地点", "Place"), "text", False, value=record.place or ""),
            Input(
                "household",
                Words("住户（房号）", "Household (room)"),
                "text",
                False,
                value=_room(record.household),
            ),
            Input("reason", Words("更正原因", "Why it is corrected")),
        ),
        icon="edit",
        wide=True,
        hint=Words(
            "时限从登记时重新计算，更正前的内容和时限保留在历史里。",
            "Deadlines are counted anew from the intake; what stood before stays in the history.",
        ),
    )


def _items() -> tuple[Choice, ...]:
    found = live_all("service_item", clock.now())
    return tuple(Choice(each.code, say(translated(each.body["name"]))) for each in found)


def _room(code: str | None) -> str:
    try:
        return premises.household(code, current_actor()).room if code else ""
    except NotFound:
        return code or ""


def household_typed(text: str, estate: str, actor: Actor, now: datetime) -> str:
    """The code of the household whose room was typed; what is no room of the estate stays as it is, to be refused."""
    found = premises.find_households(text, actor, now, estate=estate) if text else []
    return next((each.code for each in found if text in (each.room, each.code)), text)


def _merge(record: Any) -> Verb:
    rows = requests.could_lead(record)
    choices = tuple(Choice(each.number, " · ".join(filter(None, [each.number, each.title]))) for each in rows)
    return Verb(
        "merge",
        VERBS["merge"],
        WRITE,
        simple(corrections.merge, record.pk, "into"),
        (Input("into", Words("主诉求", "The one that leads"), "choice", choices=choices),),
        icon="forward",
        hint=Words(
            "同一故障一起处理、一起答复；每件仍按自己的登记时间计时。",
            "One fault is handled and answered once; each keeps the promises of its own intake.",
        ),
    )
