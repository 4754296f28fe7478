"""The dry run: what the draft would have done to the last thirty days, and will do to the next thirty."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from store.content import reading
from store.content.documents import Content
from store.errors import Invalid, Problem
from store.plans.foresight import workdays
from store.plans.recurrence import Slot, moment_in_words
from store.plans.rules import Difference, difference, hours_per_week
from store.words import Words

WINDOW = timedelta(days=30)
MOST_SHOWN = 40
NOT_FOR_THIS = Words(
    "这类内容没有按时间自动产生的结果，发布前请看「版本」里的差异和「使用情况」里的影响范围。",
    "Nothing happens by time because of this type. Before publishing look at the difference and at what uses it.",
)
ESCALATION_HINT = Words(
    "升级策略请用编辑页右侧的「演练一次」：选小区、事项和时刻，即可看到谁在什么时候收到什么。",
    "Try an escalation policy with the simulator beside its form: estate, item and moment show who hears what when.",
)
ITEM_HINT = Words(
    "服务项目的改动只影响发布后新受理的诉求；在办的仍按受理时的版本计时。",
    "A change of a service item concerns new requests only; open ones keep the revision they began with.",
)
_NOTES = {"escalation_policy": ESCALATION_HINT, "service_item": ITEM_HINT}


@dataclass(frozen=True)
class Window:
    words: Words
    difference: Difference

    @property
    def changes(self) -> list[tuple[str, Words, Words | None]]:
        """(added, removed or moved; when; where to) in order of time, at most `MOST_SHOWN`."""
        found = self.difference
        lines = [
            *((each.nominal_utc, "added", _when(each), None) for each in found.added),
            *((each.nominal_utc, "removed", _when(each), None) for each in found.removed),
            *((before.nominal_utc, "moved", _when(before), _when(after)) for before, after in found.moved),
        ]
        return [line[1:] for line in sorted(lines, key=lambda line: line[0])][:MOST_SHOWN]

    @property
    def total(self) -> int:
        return len(self.difference.added) + len(self.difference.removed) + len(self.difference.moved)


@dataclass(frozen=True)
class Replay:
    """`windows` of a plan; a `note` for types to which time does nothing; `problems` of a draft that cannot run yet."""

    windows: tuple[Window, ...] = ()
    hours: tuple[float | None, float | None] = (None, None)
    note: Words | None = None
    problems: tuple[Problem, ...] = ()


def replay(head: Content, timezone: str, now: datetime) -> Replay:
    if head.type != "plan":
        return Replay(note=_NOTES.get(head.type, NOT_FOR_THIS))
    revision = reading.live(head.type, head.code, now)
    live = revision.body if revision else None
    try:
        return _of_plan(live, head.draft, timezone, now, head.publish_at or now)
    except Invalid as error:
        return Replay(problems=error.problems)


def _of_plan(
    live: Mapping[str, Any] | None, draft: Mapping[str, Any], timezone: str, now: datetime, begins: datetime
) -> Replay:
    past, future = (now - WINDOW, now), (begins, begins + WINDOW)
    is_workday, was_workday = workdays(draft, now), workdays(live or draft, now)
    windows = tuple(
        Window(words, difference(live, draft, timezone, since, until, is_workday, was_workday))
        for words, (since, until) in ((LAST, past), (NEXT, future))
    )
    return Replay(windows, (hours_per_week(live) if live else None, hours_per_week(draft)))


LAST = Words("如果过去 30 天就用这份草稿", "Had the draft been in force these last 30 days")
NEXT = Words("发布后的 30 天", "The 30 days after publication")


def _when(slot: Slot) -> Words:
    return moment_in_words(slot.local)
