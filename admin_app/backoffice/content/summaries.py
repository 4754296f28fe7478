"""The one line that says what a piece of content is about, for lists. Pure functions over drafts."""

from collections.abc import Callable, Mapping
from typing import Any

from admin_app.backoffice.content.wording import promised_words
from admin_app.shell.language import current_language, say
from store.calendars.rules import promised_in
from store.calendars.wording import describe, joined
from store.catalogue.documents import INDICATORS, URGENCIES
from store.emergencies.documents import EVENT_KINDS
from store.findings.rules import PROMISES, SEVERITIES
from store.plans.wording import in_words
from store.words import Words

Body = Mapping[str, Any]
STEPS = Words("{n} 步", "{n} steps")
_COMMA = Words("，", ", ")
_PROMISES = (
    ("response", Words("{t}内响应", "respond in {t}")),
    ("resolve", Words("{t}内办结", "solve in {t}")),
    ("reply", Words("{t}内书面答复", "reply in {t}")),
)
_UNITS = {"percent": Words("%", "%"), "minutes": Words(" 分钟", " min"), "score": Words(" 分", " points")}


def summary(kind: str, body: Body) -> str:
    """An unfinished draft has a line with gaps, never an error."""
    make = _SUMMARIES.get(kind)
    try:
        return make(body) if make else ""
    except (KeyError, TypeError, ValueError):
        return ""


def _plan(body: Body) -> str:
    return in_words(body, current_language())


def _counted(name: str, words: Words) -> Callable[[Body], str]:
    return lambda body: say(words.fill(n=len(body.get(name) or ())))


def _item(body: Body) -> str:
    promised = [(words, promised_in(body, name)) for name, words in _PROMISES]
    given = [words.fill(t=promised_words(within)) for words, within in promised if within]
    urgency = dict(URGENCIES).get(str(body.get("urgency")))
    return say(joined([*([urgency] if urgency else []), *given], _COMMA))


def _escalation(body: Body) -> str:
    words = Words("{n} 步 · 备用升级链", "{n} steps · fallback chain") if body.get("fallback") else STEPS
    return say(words.fill(n=len(body.get("steps") or ())))


def _standard(body: Body) -> str:
    sign = Words("不高于", "at most") if body["better"] == "lower" else Words("不低于", "at least")
    words = Words("{indicator} {sign} {target}{unit}", "{indicator}: {sign} {target}{unit}")
    unit = _UNITS.get(body["unit"], Words(" 件", ""))
    named = dict(INDICATORS)[body["indicator"]]
    return say(words.fill(indicator=named, sign=sign, target=f"{body['target']:g}", unit=unit))


def _policy(body: Body) -> str:
    chapters = body.get("chapters") or ()
    words = Words("{c} 章 {n} 条", "{c} chapters, {n} clauses")
    return say(words.fill(c=len(chapters), n=sum(len(each.get("clauses") or ()) for each in chapters)))


def _emergency(body: Body) -> str:
    words = Words("{kind}，{n} 步；每年桌面 {t} 次、实战 {l} 次", "{kind}, {n} steps; a year {t} tabletop, {l} live")
    kind = dict(EVENT_KINDS).get(str(body.get("kind")), Words("", ""))
    drills = {"t": body.get("tabletop_per_year") or 0, "l": body.get("live_per_year") or 0}
    return say(words.fill(kind=kind, n=len(body.get("steps") or ()), **drills))


def _calendar(body: Body) -> str:
    return say(describe(body))


def _finding_policy(body: Body) -> str:
    words = Words(
        "严重 {high}、一般 {normal}、轻微 {low} 内整改，{check} 内复查",
        "put right in {high} (high), {normal} (normal), {low} (low); re-inspected in {check}",
    )
    promised = {name: within for name in PROMISES if (within := promised_in(body, name))}
    return say(words.fill(**{name: promised_words(within) for name, within in promised.items()}))


def _hazard(body: Body) -> str:
    return say(SEVERITIES[body["severity"]])


def _floor_plan(body: Body) -> str:
    return " · ".join(str(body[name]) for name in ("building", "floor") if body.get(name))


def _template(body: Body) -> str:
    subject = body.get("subject") or {}
    return str(subject.get(current_language()) or subject.get("zh") or "")


_SUMMARIES: dict[str, Callable[[Body], str]] = {
    "plan": _plan,
    "service_item": _item,
    "service_standard": _standard,
    "policy": _policy,
    "emergency_plan": _emergency,
    "working_calendar": _calendar,
    "notification_template": _template,
    "route": _counted("checkpoints", Words("{n} 个巡更点", "{n} checkpoints")),
    "floor_plan": _floor_plan,
    "checklist": _counted("items", Words("{n} 项", "{n} items")),
    "price_list": _counted("lines", Words("{n} 个收费项目", "{n} lines")),
    "escalation_policy": _escalation,
    "finding_policy": _finding_policy,
    "hazard": _hazard,
    "content_type": _counted("fields", Words("{n} 个字段", "{n} fields")),
}
