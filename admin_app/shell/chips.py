"""The colour, word and icon of a state. Meaning is never in the colour alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import Flask

from admin_app.shell.formats import aware, distance, span
from store import clock as time
from store.deadlines.lateness import SOON
from store.words import Words


class Chip(NamedTuple):
    tone: str
    icon: str
    words: Words


_OPEN = ("open", "open")
_DOING = ("open", "doing")
_SOON = ("soon", "soon")
_LATE = ("late", "late")
_DONE = ("done", "check")
_MISSED = ("missed", "missed")
_PAUSED = ("paused", "paused")
_QUIET = ("quiet", "dot")

CHIPS: dict[str, Chip] = {
    "open": Chip(*_OPEN, Words("待处理", "Open")),
    "new": Chip(*_OPEN, Words("新", "New")),
    "pending": Chip(*_OPEN, Words("待处理", "Pending")),
    "due_soon": Chip(*_SOON, Words("即将到期", "Due soon")),
    "overdue": Chip(*_LATE, Words("已超时", "Overdue")),
    "done": Chip(*_DONE, Words("已完成", "Done")),
    "closed": Chip(*_DONE, Words("已关闭", "Closed")),
    "missed": Chip(*_MISSED, Words("漏检", "Missed")),
    "paused": Chip(*_PAUSED, Words("暂停", "Paused")),
    "accepted": Chip(*_DOING, Words("已接单", "Accepted")),
    "in_progress": Chip(*_DOING, Words("处理中", "In progress")),
    "arrived": Chip(*_DOING, Words("已到场", "Arrived")),
    "answered": Chip(*_DOING, Words("已答复", "Answered")),
    "reopened": Chip(*_LATE, Words("重新打开", "Reopened")),
    "cancelled": Chip(*_QUIET, Words("已取消", "Cancelled")),
    "skipped": Chip(*_QUIET, Words("按规则跳过", "Skipped by rule")),
    "draft": Chip(*_SOON, Words("草稿", "Draft")),
    "in_review": Chip(*_SOON, Words("待审核", "In review")),
    "scheduled": Chip(*_OPEN, Words("已排期", "Scheduled")),
    "published": Chip(*_DONE, Words("已发布", "Published")),
    "withdrawn": Chip(*_QUIET, Words("已撤回", "Withdrawn")),
    "planned": Chip(*_OPEN, Words("已计划", "Planned")),
    "confirmed": Chip(*_DOING, Words("已确认", "Confirmed")),
    "running": Chip(*_DOING, Words("进行中", "Under way")),
    "held": Chip(*_DONE, Words("已举行", "Held")),
    "sent": Chip(*_DONE, Words("已发送", "Sent")),
    "failed": Chip(*_LATE, Words("失败", "Failed")),
    "dead": Chip(*_LATE, Words("发送失败", "Given up")),
    "active": Chip(*_DONE, Words("启用", "Active")),
    "disabled": Chip(*_QUIET, Words("停用", "Disabled")),
}


def chip_of(state: str, words: Words | None = None) -> Chip:
    """The chip of a state; a domain's own `words` replace the usual ones. An unknown state is grey."""
    known = CHIPS.get(state, Chip(*_QUIET, Words(state, state)))
    return known._replace(words=words) if words else known


class ClockBar(NamedTuple):
    """How far a clock has run: `part` of 100, its tone, and what is left or late."""

    part: int
    tone: str
    words: Words
    due_at: datetime | None


def clock_bar(clock: Mapping[str, Any], now: datetime | None = None) -> ClockBar:
    """The bar of a record's clock `{name, started_at, due_at, paused_at, stopped_at, …}`."""
    moment = now or time.now()
    due = aware(clock["due_at"]) if clock.get("due_at") else None
    if clock.get("stopped_at"):
        return _stopped(clock, aware(clock["stopped_at"]), due)
    if clock.get("paused_at") or due is None:
        return ClockBar(_part(clock, due, moment), "paused", Words("已暂停", "Paused"), due)
    tone = "late" if moment > due else "soon" if due - moment <= SOON else "open"
    return ClockBar(_part(clock, due, moment), tone, distance(due, moment), due)


# Ended without being kept: neither in time nor late, and never green.
_ENDED: dict[str, ClockBar] = {
    "withdrawn": ClockBar(100, "quiet", Words("已撤销，不计", "Withdrawn, not counted"), None),
    "missed": ClockBar(100, "missed", Words("未兑现", "Not kept"), None),
}


def _stopped(clock: Mapping[str, Any], stopped: datetime, due: datetime | None) -> ClockBar:
    ended = _ENDED.get(str(clock.get("ended")))
    if ended is not None:
        return ended._replace(due_at=due)
    if due is not None and stopped > due:
        words = Words("完成，超时 {span}", "Done, {span} late").fill(span=span(stopped - due))
        return ClockBar(100, "late", words, due)
    return ClockBar(_part(clock, due, stopped), "done", Words("按时完成", "Done in time"), due)


def _part(clock: Mapping[str, Any], due: datetime | None, moment: datetime) -> int:
    start = clock.get("started_at")
    if due is None or not start or due <= aware(start):
        return 100
    run = (moment - aware(start)) / (due - aware(start))
    return max(2, min(100, round(run * 100)))


def register(app: Flask) -> None:
    app.jinja_env.globals.update(chip_of=chip_of, clock_bar_of=clock_bar)
