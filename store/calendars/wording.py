"""Days, weekdays and windows in the words of the readers' languages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from store.words import Words

WEEKDAYS = (
    Words("周一", "Mon"),
    Words("周二", "Tue"),
    Words("周三", "Wed"),
    Words("周四", "Thu"),
    Words("周五", "Fri"),
    Words("周六", "Sat"),
    Words("周日", "Sun"),
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_words(day: date) -> Words:
    weekday = WEEKDAYS[day.weekday()]
    return Words(f"{day.month}月{day.day}日{weekday.zh}", f"{weekday.en} {day.day} {_MONTHS[day.month - 1]}")


def days_words(days: Sequence[date]) -> Words:
    """One day, two days, or "from … to …" for a longer run of consecutive days."""
    first, last = day_words(days[0]), day_words(days[-1])
    if len(days) == 1:
        return first
    if len(days) == 2:
        return joined((first, last), Words("、", " and "))
    return Words("{a}至{b}", "{a} to {b}").fill(a=first, b=last)


def joined(parts: Iterable[Words], separator: Words) -> Words:
    listed = list(parts)
    return Words(separator.zh.join(each.zh for each in listed), separator.en.join(each.en for each in listed))


def working_days_words(days: int) -> Words:
    return Words("{n} 个工作日", "{n} working day" if days == 1 else "{n} working days").fill(n=days)


def weekdays_words(weekdays: Iterable[int]) -> Words:
    """`[1, 2, 3, 4, 5, 7]` as "Mon–Fri, Sun"."""
    runs: list[list[int]] = []
    for weekday in sorted({each for each in weekdays if each in range(1, 8)}):
        if runs and weekday == runs[-1][-1] + 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    return joined((_run(run) for run in runs), Words("、", ", "))


def _run(run: Sequence[int]) -> Words:
    first, last = WEEKDAYS[run[0] - 1], WEEKDAYS[run[-1] - 1]
    if len(run) == 1:
        return first
    return joined((first, last), Words("、", ", ") if len(run) == 2 else Words("至", "–"))


def describe(body: Mapping[str, Any] | None) -> Words:
    """The windows of a calendar in one line: "周一至周五 08:30–12:00；周六 22:00–次日06:00"."""
    if body is None:
        return Words("全天 24 小时", "Around the clock")
    rows = [_row(row) for row in body.get("windows") or ()]
    return joined(rows, Words("；", "; ")) if rows else Words("没有工作时间", "No working time")


def _row(row: Mapping[str, Any]) -> Words:
    start, end = str(row.get("start")), str(row.get("end"))
    hours = Words("{s}–次日{e}", "{s}–{e} next day") if end <= start else Words("{s}–{e}", "{s}–{e}")
    return Words("{days} {hours}", "{days} {hours}").fill(
        days=weekdays_words(row.get("weekdays") or ()), hours=hours.fill(s=start, e=end)
    )
