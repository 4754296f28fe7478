"""The verbs of a drill as forms."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from admin_app.backoffice.records.names import assignable, place
from admin_app.backoffice.records.verbs import Choice, Input, Posted, Verb, simple
from admin_app.shell.formats import moment_typed
from store.actor import Actor
from store.emergencies import operations as drills
from store.emergencies.rules import VERBS
from store.errors import Invalid
from store.words import Words

WRITE = "drills.write"
NO_MOMENT = Words("应为日期和时间", "must be a date and a time")
FORCE = Words("我知道有冲突，仍然改到这一天", "I know what speaks against it, and still want this day")


def drill_verbs(record: Any) -> Sequence[Verb]:
    key = record.pk
    where = place(record.estate)

    def move(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        to = _moment(values.text("to"), planned, where.zone)
        return drills.move(
            key, to=to, reason=values.text("reason"), force=values.ticked("force"), actor=actor, now=now, seen=seen
        )

    def hold(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        score, summary, people = values.whole("score"), values.text("summary"), values.several("participants")
        return drills.hold(key, score=score, summary=summary, participants=people, actor=actor, now=now, seen=seen)

    planned = record.planned_for.astimezone(where.zone)
    people = tuple(Choice(each.code, each.name, each.department) for each in assignable([record.estate]))
    reason = Input("reason", Words("原因", "Reason"))
    return (
        Verb("confirm", VERBS["confirm"], WRITE, simple(drills.confirm, key), kind="primary", icon="check"),
        Verb(
            "begin",
            VERBS["begin"],
            WRITE,
            simple(drills.begin, key),
            kind="primary",
            icon="emergencies",
            confirm=Words(
                "各步骤立即下发给当班人员并开始计时。现在开始演练？",
                "Every step goes out to whoever is on duty, and the clocks start. Begin the drill now?",
            ),
        ),
        Verb(
            "hold",
            VERBS["hold"],
            WRITE,
            hold,
            (
                Input("score", Words("评分", "Score"), "number", maximum=100, hint=Words("0–100 分", "0–100")),
                Input("summary", Words("小结：做得好的和要改进的", "What went well, what must improve")),
                Input("participants", Words("参加人员", "Participants"), "several", required=False, choices=people),
            ),
            icon="check",
        ),
        Verb(
            "move",
            VERBS["move"],
            WRITE,
            move,
            (
                Input("to", Words("改到", "New date"), "moment", value=f"{planned:%Y-%m-%dT%H:%M}"),
                reason,
                Input("force", FORCE, "tick", required=False),
            ),
            icon="plans",
        ),
        Verb("cancel", VERBS["cancel"], WRITE, simple(drills.cancel, key, "reason"), (reason,), "danger"),
    )


def _moment(text: str, planned: datetime, zone: ZoneInfo) -> datetime:
    """`2026-11-24T14:30`, or a date alone (dragged on the year): then at the hour that was planned."""
    moment = moment_typed(text, zone)
    if moment is None:
        raise Invalid.one("not_a_moment", NO_MOMENT, "to")
    return moment if "T" in text else datetime.combine(moment.date(), planned.time(), zone)
