"""Explain a deadline: the steps from its start to its due moment, in sentences a manager can check by hand."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, groupby, takewhile
from typing import NamedTuple

from store.calendars.counting import (
    FAR,
    ONE_MINUTE,
    Pause,
    Span,
    counted_for,
    counted_spans,
    day_of,
    due_with_pauses,
    merged,
    spans,
)
from store.calendars.promises import Promised, WorkingDays
from store.calendars.wording import day_words, days_words, working_days_words
from store.calendars.working_time import HOLIDAY, ONE_DAY, WorkingTime
from store.words import Words


class Step(NamedTuple):
    """One line. `kind`: start, skip, work, pause, due or open; `minutes`: the whole minutes counted by `moment`."""

    kind: str
    moment: datetime
    minutes: int
    words: Words


class _Day(NamedTuple):
    """What one local day gives: nothing (skip) or counted time (work), and when that is known. `number`
    counts the working days of a promise that is told in them, from 0 for the day of the beginning."""

    day: date
    kind: str
    label: Words
    moment: datetime
    counted: timedelta
    number: int | None = None


class _Question(NamedTuple):
    start: datetime
    promised: Promised
    minutes: int
    wt: WorkingTime
    end: datetime
    counted: list[Span]
    # The time counted before each of `counted`.
    before: list[timedelta]
    # The pauses in order, without overlaps.
    paused: Sequence[tuple[datetime, datetime]]

    @property
    def in_days(self) -> bool:
        """Told day by day; what pauses have moved can only be followed in minutes."""
        return isinstance(self.promised, WorkingDays) and not self.paused

    def so_far(self, moment: datetime) -> int:
        """The whole minutes counted by `moment`. Looked up: hundreds of lines ask for it."""
        begun = bisect_left(self.counted, moment, key=lambda span: span.start)
        if not begun:
            return 0
        last = self.counted[begun - 1]
        return (self.before[begun - 1] + min(last.end, moment) - last.start) // ONE_MINUTE


def explain(start: datetime, promised: Promised, wt: WorkingTime, pauses: Sequence[Pause] = ()) -> list[Step]:
    """The steps from `start` to the due moment, in order of time. The last one is `due`, at the very moment that
    `due_with_pauses` gives – or `open`, while a pause that keeps it from falling due has no end. Clause 4.3.
    """
    start = start.astimezone(UTC)
    due = due_with_pauses(start, promised, wt, pauses, FAR)
    end = due or merged(pauses)[-1][0]
    counted = [
        span._replace(end=min(span.end, end))
        for span in takewhile(lambda span: span.start < end, counted_spans(wt, start, pauses))
    ]
    before = [timedelta(), *accumulate(span.end - span.start for span in counted)]
    minutes = counted_for(start, promised, wt) // ONE_MINUTE
    question = _Question(start, promised, minutes, wt, end, counted, before, merged(pauses))
    between = sorted([*_day_steps(question), *_pause_steps(question)], key=lambda step: step.moment)
    return [_start_step(question), *between, _last_step(question, due)]


def _clock(wt: WorkingTime, moment: datetime) -> Words:
    local = wt.local(moment)
    return Words("{day} {time}", "{day} {time}").fill(day=day_words(local.date()), time=f"{local:%H:%M}")


def _start_step(question: _Question) -> Step:
    rest = _not_counted(question) if question.in_days else _rest_of_start(question)
    words = Words("{at} 受理，期限 {promised}；{rest}", "Received {at}, {promised} to go; {rest}")
    said = words.fill(at=_clock(question.wt, question.start), promised=_promised(question), rest=rest)
    return Step("start", question.start, 0, said)


def _promised(question: _Question) -> Words:
    minutes = Words("{n} 分钟", "{n} minutes").fill(n=question.minutes)
    if not isinstance(question.promised, WorkingDays):
        return minutes
    days = working_days_words(question.promised.days)
    if question.in_days:
        return days
    words = Words("{days}（到期满共 {minutes}工作时间，暂停的补回）", "{days} ({minutes} of working time to their end)")
    return words.fill(days=days, minutes=minutes)


def _not_counted(question: _Question) -> Words:
    day = day_words(day_of(question.start, question.wt))
    return Words("受理日（{day}）不计", "the day of receipt ({day}) is not counted").fill(day=day)


def _rest_of_start(question: _Question) -> Words:
    start, wt = question.start, question.wt
    first = next(spans(wt, start), None)
    if wt.round_the_clock or first is None:
        return Words("全天候计时", "every hour counts")
    if first.start == start:
        return _left_in_day(question, first.day)
    words = Words("不在工作时间，自 {since} 起计时", "outside working time; counted from {since}")
    return words.fill(since=_clock(wt, first.start))


def _left_in_day(question: _Question, day: date) -> Words:
    today = takewhile(lambda span: span.day == day, spans(question.wt, question.start))
    left = sum((span.end - span.start for span in today), timedelta()) // ONE_MINUTE
    if day != question.wt.local(question.start).date():
        words = Words("前一日夜班剩余工作时间 {left} 分钟", "{left} working minutes left of last night's shift")
    else:
        words = Words("当日剩余工作时间 {left} 分钟", "{left} working minutes left that day")
    return words.fill(left=left)


def _day_steps(question: _Question) -> Iterator[Step]:
    if question.wt.round_the_clock:
        return
    days = [each for each in _days(question) if not _is_told_at_start(question, each)]
    # The day that is not counted is no part of a run of days which are.
    for (kind, label, _), grouped in groupby(days, key=lambda each: (each.kind, each.label, each.number == 0)):
        group = list(grouped)
        # A skip is known as soon as it begins; what a run of days gave is known at its end.
        moment = group[0].moment if kind == "skip" else group[-1].moment
        yield Step(kind, moment, question.so_far(moment), _group_words(kind, label, group))


def _is_told_at_start(question: _Question, each: _Day) -> bool:
    """The day on which the promise begins is told by the first step, unless it began outside of working time."""
    first = question.counted[0] if question.counted else None
    return each.kind == "work" and first is not None and first.start == question.start and first.day == each.day


def _group_words(kind: str, label: Words, group: Sequence[_Day]) -> Words:
    days = days_words([each.day for each in group])
    if kind == "skip":
        return Words("{days} {label}，跳过", "{days}: {label}, skipped").fill(days=days, label=label)
    if group[0].number is not None:
        return _numbered_words(days, label, group[0].number, group[-1].number)
    minutes = sum((each.counted for each in group), timedelta()) // ONE_MINUTE
    return Words("{days} {label}，计 {minutes} 分钟", "{days}: {label}, {minutes} minutes counted").fill(
        days=days, label=label, minutes=minutes
    )


def _numbered_words(days: Words, label: Words, first: int, last: int | None) -> Words:
    if not first:
        words = Words("{days} {label}，受理日不计", "{days}: {label}, the day of receipt, not counted")
    elif first == last:
        words = Words("{days} {label}，第 {n} 个工作日", "{days}: {label}, working day {n}")
    else:
        words = Words("{days} {label}，第 {n} 至 {m} 个工作日", "{days}: {label}, working days {n} to {m}")
    return words.fill(days=days, label=label, n=first, m=last)


def _days(question: _Question) -> Iterator[_Day]:
    """As `_given`, each working day with its number where the promise is told in them."""
    begun, number = day_of(question.start, question.wt), 0
    for each in _given(question):
        if question.in_days and each.kind == "work":
            number += each.day > begun
            yield each._replace(number=number)
        else:
            yield each


def _given(question: _Question) -> Iterator[_Day]:
    """The local days from the start to the end, without those which a pause swallows whole."""
    wt, reached = question.wt, question.start
    counted = {day: list(group) for day, group in groupby(question.counted, key=lambda span: span.day)}
    day = min([wt.local(question.start).date(), *counted])
    while day <= wt.local(question.end).date():
        if day in counted:
            total = sum((span.end - span.start for span in counted[day]), timedelta())
            reached = counted[day][-1].end
            yield _Day(day, "work", _work_label(wt, day), reached, total)
        elif not wt.windows_on(day) and not _swallowed(question, day):
            midnight = max(reached, wt.instant(day, 0))
            if midnight < question.end:
                yield _Day(day, "skip", _skip_label(wt, day), midnight, timedelta())
        day += ONE_DAY


def _swallowed(question: _Question, day: date) -> bool:
    begins, ends = question.wt.instant(day, 0), question.wt.instant(day, 1440)
    return any(began <= begins and ends <= ended for began, ended in question.paused)


def _work_label(wt: WorkingTime, day: date) -> Words:
    special = wt.days.get(day)
    if special is None:
        return Words("上班", "working time")
    return special.name if special.name.zh else Words("调休上班", "make-up workday")


def _skip_label(wt: WorkingTime, day: date) -> Words:
    special = wt.days.get(day)
    if special is None or special.kind != HOLIDAY:
        return Words("休息", "day off")
    return special.name if special.name.zh else Words("节假日", "holiday")


def _pause_steps(question: _Question) -> Iterator[Step]:
    for began, ended in question.paused:
        if ended <= question.start or began >= question.end:
            continue
        moment = max(began, question.start)
        minutes = question.so_far(moment)
        words = Words(
            "{a} 至 {b} 暂停，不计时（此前已计 {minutes} 分钟）",
            "Paused {a} to {b}, not counted ({minutes} minutes before)",
        ).fill(a=_clock(question.wt, began), b=_clock(question.wt, ended), minutes=minutes)
        yield Step("pause", moment, minutes, words)


def _last_step(question: _Question, due: datetime | None) -> Step:
    if due is not None:
        return Step("due", due, question.minutes, Words("到期：{at}", "Due {at}").fill(at=_clock(question.wt, due)))
    moment = max(question.end, question.start)
    minutes = question.so_far(moment)
    words = Words(
        "{at} 起暂停，恢复前不到期（已计 {minutes} 分钟）",
        "Paused since {at}; not due before it is resumed ({minutes} minutes counted)",
    ).fill(at=_clock(question.wt, moment), minutes=minutes)
    return Step("open", moment, minutes, words)
