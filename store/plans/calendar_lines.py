"""Rules as calendar programs export them: `DTSTART`, `RRULE`, `EXDATE` and `RDATE` lines become fields of the plan.

RFC 5545 writes one thing in several lines; a plan has a field for each of them. What is pasted into the plan's own rule
is spread over those fields once, so that the form shows what will happen and nothing is hidden in a text.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from store.errors import Problem
from store.words import Words

_LINE = re.compile(r"(DTSTART|RRULE|EXDATE|RDATE)((?:;[A-Z-]+=[^:;]*)*):(.*)", re.ASCII | re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]")
_MOMENT = re.compile(r"(\d{8})(?:T(\d{4})\d{2}(Z?))?", re.ASCII)
MOST_LINES = 200

UNKNOWN_LINE = Words("重复规则中的「{line}」无法识别", "The line “{line}” of the recurrence rule cannot be read")
TWO_RULES = Words("一个计划只能有一条重复规则，请分成两个计划", "A plan has one rule: make two plans of two rules")
NOT_A_MOMENT = Words("「{text}」不是日期或时刻", "“{text}” is no date or moment")
UNKNOWN_ZONE = Words(
    "时区「{zone}」无法识别，请改用计划所在小区的时间", "The time zone “{zone}” is not known: use the estate's own time"
)
TOO_LONG = Words("最多 {n} 行", "{n} lines at most")
OTHER_TIME = Words(
    "{name} 的时刻 {time} 与计划的时刻不同，请另建一个计划",
    "{name} names {time}, which is none of the plan's times: make a plan of its own",
)


class _Wall(NamedTuple):
    """A day on the plan's own clock, and the time of day where one is given."""

    day: date
    time: str | None


class _Unreadable(Exception):
    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def take_over(body: Mapping[str, Any], zone: ZoneInfo) -> tuple[dict[str, Any], list[Problem]]:
    """A plan's body with what its rule says of start, times and single days put into their fields, and what of it could
    not be read. A rule that is one plain line stays as it is."""
    text = str(body.get("rrule") or "")
    lines = [each.strip() for each in _FOLD.sub("", text).splitlines() if each.strip()]
    if body.get("frequency") != "custom" or not any(_LINE.fullmatch(each) for each in lines):
        return dict(body), []
    try:
        return _spread(body, lines, zone), []
    except _Unreadable as error:
        return dict(body), [Problem("rrule_malformed", error.words, "rrule")]


def _spread(body: Mapping[str, Any], lines: list[str], zone: ZoneInfo) -> dict[str, Any]:
    if len(lines) > MOST_LINES:
        raise _Unreadable(TOO_LONG.fill(n=MOST_LINES))
    rules: list[str] = []
    start: _Wall | None = None
    single: dict[str, list[_Wall]] = {"EXDATE": [], "RDATE": []}
    for line in lines:
        match = _LINE.fullmatch(line)
        name = match[1].upper() if match else "RRULE"
        if match is None and "=" not in line:
            raise _Unreadable(UNKNOWN_LINE.fill(line=line[:40]))
        if match is None or name == "RRULE":
            rules.append(match[3] if match else line)
            continue
        moments = _moments(match[2], match[3], zone)
        if name == "DTSTART":
            start = moments[0]
        else:
            single[name] += moments
    if len(rules) > 1:
        raise _Unreadable(TWO_RULES)
    spread = {**body, "rrule": rules[0] if rules else "FREQ=DAILY;COUNT=1"}
    if start is not None:
        spread |= {"start_date": start.day.isoformat()} | ({"times": [start.time]} if start.time else {})
    left_out, added = _single(spread, "left_out", "EXDATE", single), _single(spread, "added", "RDATE", single)
    return spread | left_out | added


def _moments(parameters: str, values: str, zone: ZoneInfo) -> list[_Wall]:
    named = dict(each.split("=", 1) for each in parameters.split(";") if each)
    theirs = _zone_named(named.get("TZID") or named.get("tzid"), zone)
    return [_wall(each.strip().upper(), theirs, zone) for each in values.split(",")]


def _zone_named(name: str | None, otherwise: ZoneInfo) -> ZoneInfo:
    if not name:
        return otherwise
    try:
        return ZoneInfo(name.strip('"'))
    except (KeyError, OSError, ValueError) as error:
        raise _Unreadable(UNKNOWN_ZONE.fill(zone=name[:40])) from error


def _wall(text: str, theirs: ZoneInfo, ours: ZoneInfo) -> _Wall:
    """A date, or a moment turned into the plan's zone."""
    match = _MOMENT.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        if not match[2]:
            return _Wall(datetime.strptime(match[1], "%Y%m%d").date(), None)  # noqa: DTZ007 - a date has no zone
        moment = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M").replace(tzinfo=UTC if match[3] else theirs)
    except ValueError as error:
        raise _Unreadable(NOT_A_MOMENT.fill(text=text[:40])) from error
    local = moment.astimezone(ours)
    return _Wall(local.date(), f"{local:%H:%M}")


def _single(body: Mapping[str, Any], field: str, name: str, found: Mapping[str, Iterable[_Wall]]) -> dict[str, Any]:
    """The rows of `left_out` or `added` with those of the lines; a day that is there already keeps its reason."""
    times = list(body.get("times") or ())
    rows = list(body.get(field) or ())
    for each in found[name]:
        if each.time is not None and each.time not in times:
            raise _Unreadable(OTHER_TIME.fill(name=name, time=f"{each.day} {each.time}"))
        if not any(row.get("date") == each.day.isoformat() for row in rows):
            rows.append({"date": each.day.isoformat()})
    return {field: rows} if rows else {}
