"""What a person should know about a plan that is right in itself: short months, and holidays that nobody knows yet."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from store.plans import rule_text
from store.plans.recurrence import EN_MONTHS
from store.words import Words

Body = Mapping[str, Any]

# The longest day of each month in a year without a 29 February.
_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
SHORT_MONTHS = Words(
    "{months}没有 {day} 日，当月不做；要每月最后一天请选「最后一天」",
    "{months}: no day {day}, so nothing is done that month; choose “the last day” for the end of every month",
)
HOLIDAYS_UNKNOWN = Words(
    "{year} 年的节假日和调休尚未录入，当年的日期按普通工作日推算",
    "The holidays and make-up workdays of {year} are not entered: that year's dates are taken as ordinary days",
)
NO_CALENDAR = Words(
    "未选工作日历：只看周一至周五，不计节假日和调休",
    "No working calendar is chosen: Monday to Friday count, holidays and make-up workdays do not",
)


def cautions(body: Body, days: Iterable[date], calendar: Body | None) -> list[Words]:
    """What to say beside the coming `days` of a plan; `calendar` is the body of its working calendar."""
    return [*_short_months(body), *_unknown_holidays(body, days, calendar)]


def _short_months(body: Body) -> Iterator[Words]:
    season = set(body.get("months") or range(1, 13))
    for day in sorted(each for each in _month_days(body) if each > 28):
        short = [n for n, last in enumerate(_LAST_DAYS, start=1) if last < day and n in season]
        if short:
            names = Words("、".join(f"{n}月" for n in short), ", ".join(EN_MONTHS[n - 1] for n in short))
            yield SHORT_MONTHS.fill(months=names, day=day)


def _month_days(body: Body) -> Collection[int]:
    """The days of the month that the plan names; those of a rule only where it names no months of its own."""
    if body.get("frequency") == "monthly":
        return set(body.get("month_days") or ())
    if body.get("frequency") != "custom":
        return ()
    parts, _ = rule_text.read(str(body.get("rrule") or ""))
    return set(parts.get("BYMONTHDAY", ())) if "BYMONTH" not in parts and parts.get("FREQ") == "MONTHLY" else ()


def _unknown_holidays(body: Body, days: Iterable[date], calendar: Body | None) -> Iterator[Words]:
    if str(body.get("on_holiday") or "as_planned") == "as_planned":
        return
    if calendar is None:
        yield NO_CALENDAR
        return
    known = {str(row.get("date"))[:4] for row in calendar.get("days") or () if row.get("kind") == "holiday"}
    for year in sorted({each.year for each in days}):
        if str(year) not in known:
            yield HOLIDAYS_UNKNOWN.fill(year=year)
