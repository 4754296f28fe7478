"""A record's clocks as its page shows them: a bar each, and every step that leads to the due moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from admin_app.shell.language import say
from store.calendars.rules import ROUND_THE_CLOCK, describe, explain
from store.deadlines.operations import calendar_of, chain_name
from store.deadlines.rules import STATES, pauses_of, promised_of, state
from store.requests.rules import CLOCK_NAMES
from store.words import Words

DEADLINES = Words("计时结果", "Deadlines")


class ShownClock(NamedTuple):
    """`steps` are the sentences of the explanation; `again` marks the clock of a reopened request."""

    clock: Mapping[str, Any]
    name: Words
    steps: list[str]
    acknowledged_by: str | None
    chain: Words | None


def shown_clocks(clocks: Iterable[Mapping[str, Any]]) -> list[ShownClock]:
    seen: dict[str, int] = {}
    shown = []
    for clock in clocks:
        times = seen[clock["name"]] = seen.get(clock["name"], 0) + 1
        name = CLOCK_NAMES.get(clock["name"], Words(clock["name"], clock["name"]))
        if times > 1:
            name = Words("{name}（第 {n} 次）", "{name} ({n})").fill(name=name, n=times)
        shown.append(ShownClock(clock, name, steps_of(clock), clock.get("acknowledged_by"), chain_of(clock)))
    return shown


def chain_of(clock: Mapping[str, Any]) -> Words | None:
    """By which chain it escalates; None of a clock that tells nobody."""
    if clock["stopped_at"] is not None or not clock.get("policy"):
        return None
    return Words("升级链：{chain}", "Chain: {chain}").fill(chain=chain_name(clock["policy"]))


def clock_results(clocks: Iterable[Mapping[str, Any]], now: datetime) -> str:
    """`响应 按时完成；办结 已撤销，不计` of a record's clocks, for a workbook."""
    named = Words("{name} {state}", "{name}: {state}")
    said = [
        say(
            named.fill(
                name=CLOCK_NAMES.get(each["name"], Words(each["name"], each["name"])),
                state=STATES[state(dict(each), now)],
            )
        )
        for each in clocks
    ]
    return say(Words("；", "; ")).join(said)


def steps_of(clock: Mapping[str, Any]) -> list[str]:
    """Why it is due when it is due, by the calendar that was in force when the clock began."""
    calendar = calendar_of(clock.get("calendar")) or ROUND_THE_CLOCK
    return [
        say(step.words) for step in explain(clock["started_at"], promised_of(clock), calendar, pauses_of(dict(clock)))
    ]


__all__ = ["DEADLINES", "ShownClock", "clock_results", "describe", "shown_clocks", "steps_of"]
