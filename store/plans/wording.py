"""A plan as a sentence, and its next times as lines a person can check against a wall calendar."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from store.plans import rule_text
from store.plans.pattern import HORIZON, date_of
from store.plans.recurrence import EN_MONTHS, ZH_DAYS, IsWorkday, Slot, day_in_words, joined, moment_in_words, slots
from store.plans.single_days import read_single_days
from store.words import Words

Body = Mapping[str, Any]
DayNote = Callable[[date], Words | None]

EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ALL_YEAR = Words("全年", "all year")
ON_HOLIDAY: Mapping[str, Words] = {
    "as_planned": Words("节假日照常", "holidays as planned"),
    "skip": Words("非工作日跳过", "workdays only"),
    "next_workday": Words("遇非工作日顺延", "moved to the next workday"),
    "previous_workday": Words("遇非工作日提前", "brought forward to the workday before"),
    "workday_in_month": Words("遇非工作日顺延，不跨月", "moved to the next workday of the month"),
}
MISSED: Mapping[str, Words] = {
    "skip": Words("错过不补", "not made up if missed"),
    "once": Words("错过补一次", "made up once if missed"),
    "all": Words("错过全部补做", "all made up if missed"),
}
UNITS: Mapping[str, tuple[Words, Words]] = {
    "HOURLY": (Words("每小时", "every hour"), Words("每 {n} 小时", "every {n} hours")),
    "DAILY": (Words("每天", "every day"), Words("每 {n} 天", "every {n} days")),
    "WEEKLY": (Words("每周", "every week"), Words("每 {n} 周的周", "every {n} weeks")),
    "MONTHLY": (Words("每月", "every month"), Words("每 {n} 个月的", "every {n} months")),
    "YEARLY": (Words("每年", "every year"), Words("每 {n} 年的", "every {n} years")),
}
EVERYTHING = Words(
    "{when}{times}，{season}，{holiday}，{missed}{end}{single}",
    "{when}{times}, {season}, {holiday}, {missed}{end}{single}",
)
NO_RULE = Words("（未填规则）", "(no rule yet)")
_NOTHING = Words("", "")


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One coming time: `11月24日(二) 22:00`, with what is particular about it."""

    slot: Slot
    when: Words
    note: Words | None

    def text(self, lang: str) -> str:
        note = f"（{self.note.zh}）" if self.note else ""
        if lang.startswith("en"):
            note = f" ({self.note.en})" if self.note else ""
        return self.when.text(lang) + note


def in_words(body: Body, lang: str) -> str:
    """`每天 22:00、00:00，全年，节假日照常，错过补一次` · `Every day at 22:00 and 00:00, all year, …`.

    An unfinished draft is a sentence with gaps, never an error.
    """
    sentence = EVERYTHING.fill(
        when=_when(body),
        times=_times(body),
        season=_season(sorted(body.get("months") or ())),
        holiday=ON_HOLIDAY.get(str(body.get("on_holiday")), ON_HOLIDAY["as_planned"]),
        missed=MISSED.get(str(body.get("missed")), MISSED["once"]),
        end=_end(body),
        single=_single_days(body),
    )
    text = sentence.text(lang)
    return text[:1].upper() + text[1:]


def preview(
    body: Body,
    timezone: str,
    now: datetime,
    is_workday: IsWorkday,
    day_note: DayNote,
    count: int = 20,
) -> list[PreviewLine]:
    """The next `count` slots after `now`; `day_note` names holidays and make-up workdays. Raises `Invalid`."""
    coming = islice(slots(body, timezone, now, now + HORIZON, is_workday), count)
    this_year = now.astimezone(ZoneInfo(timezone)).year
    return [_line(slot, this_year, day_note) for slot in coming]


def _line(slot: Slot, this_year: int, day_note: DayNote) -> PreviewLine:
    local = slot.local
    when = moment_in_words(local)
    if local.year != this_year:
        when = Words(f"{local.year}年{when.zh}", f"{day_in_words(local.date()).en} {local.year} {local:%H:%M}")
    return PreviewLine(slot, when, joined([day_note(local.date()), slot.note]))


def _when(body: Body) -> Words:
    frequency, interval = str(body.get("frequency")), int(body.get("interval") or 1)
    if frequency == "custom":
        return _custom(str(body.get("rrule") or ""))
    if frequency == "weekly":
        return _on_days("WEEKLY", interval, _weekdays(sorted(body.get("weekdays") or ())))
    if frequency == "monthly":
        return _on_days("MONTHLY", interval, _month_days(body.get("month_days") or ()))
    return _every("DAILY", interval)


def _every(name: str, interval: int) -> Words:
    one, many = UNITS[name]
    return one if interval == 1 else many.fill(n=interval)


def _on_days(name: str, interval: int, days: Words) -> Words:
    every = _every(name, interval)
    if name == "WEEKLY" and interval == 1 and days.en:
        return Words(every.zh + days.zh, f"every {days.en}")
    return Words(every.zh + days.zh, f"{every.en} on {days.en}" if days.en else every.en)


def _weekdays(days: Sequence[int]) -> Words:
    names = [each for each in days if 1 <= each <= 7]
    return Words("、".join(ZH_DAYS[each - 1] for each in names), _listed([EN_DAYS[each - 1] for each in names]))


def _month_days(days: Sequence[int]) -> Words:
    first = sorted(each for each in days if each > 0)
    zh, en = [f"{each}日" for each in first], [str(each) for each in first]
    if -1 in days:
        zh.append("最后一天")
        en.append("the last day")
    return Words("、".join(zh), f"day {_listed(en)}" if first else _listed(en))


def _custom(text: str) -> Words:
    """A rule of one's own in words where they are plain, else as it stands."""
    parts, problems = rule_text.read(text)
    if problems:
        return Words(f"按规则 {text}", f"by the rule {text}") if text.strip() else NO_RULE
    plain = {"FREQ", "INTERVAL", "WKST", "BYDAY", "BYMONTHDAY"}
    if parts.keys() <= plain and not {"BYDAY", "BYMONTHDAY"} <= parts.keys():
        days = _custom_days(parts)
        if days is not None:
            return _on_days(parts["FREQ"], parts.get("INTERVAL", 1), days)
    return Words(f"按规则 {text.strip()}", f"by the rule {text.strip()}")


def _custom_days(parts: Mapping[str, Any]) -> Words | None:
    """The days of a rule; None when they want more words than we have."""
    name = parts["FREQ"]
    if "BYMONTHDAY" in parts:
        plain = name == "MONTHLY" and all(each >= -1 for each in parts["BYMONTHDAY"])
        return _month_days(parts["BYMONTHDAY"]) if plain else None
    days = parts.get("BYDAY", ())
    if not days:
        return _NOTHING if name in ("HOURLY", "DAILY") else None
    if name == "WEEKLY":
        return _weekdays([each.weekday + 1 for each in days])
    if name == "MONTHLY" and all(each.n and -1 <= each.n <= 5 for each in days):
        zh = "、".join(_nth(each.n).zh + f"个周{ZH_DAYS[each.weekday]}" for each in days)
        return Words(zh, _listed([f"the {_nth(each.n).en} {EN_DAYS[each.weekday]}" for each in days]))
    return None


def _nth(n: int) -> Words:
    if n == -1:
        return Words("最后一", "last")
    return Words(f"第{n}", ("first", "second", "third", "fourth", "fifth")[n - 1])


def _times(body: Body) -> Words:
    times = [str(each) for each in body.get("times") or ()]
    if not times:
        return _NOTHING
    if body.get("frequency") == "custom" and "HOURLY" in str(body.get("rrule")).upper():
        return Words(f"（从 {times[0]} 起）", f" from {times[0]}")
    return Words(f" {'、'.join(times)}", f" at {_listed(times)}")


def _season(months: Sequence[int]) -> Words:
    """`全年`, `4月至10月`, `11月至次年2月`, or the months one by one, beginning where a stretch of them begins."""
    chosen = {each for each in months if 1 <= each <= 12}
    if not chosen or len(chosen) == 12:
        return ALL_YEAR
    begins = sorted(each for each in chosen if (each - 2) % 12 + 1 not in chosen)
    ordered = sorted(chosen, key=lambda each: (each - begins[0]) % 12)
    zh, en = [f"{each}月" for each in ordered], [EN_MONTHS[each - 1] for each in ordered]
    if len(begins) > 1 or len(ordered) < 3:
        return Words("、".join(zh), _listed(en))
    return Words(f"{zh[0]}至{'次年' if ordered[-1] < ordered[0] else ''}{zh[-1]}", f"{en[0]} to {en[-1]}")


def _end(body: Body) -> Words:
    try:
        end = date_of(body.get("end_date"))
    except ValueError:
        end = None
    if end is None:
        return _NOTHING
    en = f", until {end.day} {EN_MONTHS[end.month - 1]} {end.year}"
    return Words(f"，至{end.year}年{end.month}月{end.day}日", en)


LEFT_OUT = Words("，{days}不做", ", not on {days}")
ADDED = Words("，{days}加做", ", also on {days}")
# A sentence names this many dates; the form lists them all.
MOST_NAMED = 3


def _single_days(body: Body) -> Words:
    dates, _ = read_single_days(body, None, None)
    left_out = _named(LEFT_OUT, sorted(dates.left_out))
    added = _named(ADDED, dates.added)
    return Words(left_out.zh + added.zh, left_out.en + added.en)


def _named(words: Words, days: Sequence[date]) -> Words:
    if not days:
        return _NOTHING
    if len(days) > MOST_NAMED:
        return words.fill(days=Words(f"另有 {len(days)} 天", f"{len(days)} single days"))
    zh = "、".join(f"{each.month}月{each.day}日" for each in days)
    return words.fill(days=Words(zh, _listed([f"{each.day} {EN_MONTHS[each.month - 1]}" for each in days])))


def _listed(items: Sequence[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
