"""Days, times, weekdays and months as people write them: 周一至周五, 一三五, 月末, 3-11月, 下午3点半. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

_YEAR_FIRST = re.compile(r"([0-9]{4})\s{0,3}[-/.年]\s{0,3}([0-9]{1,2})\s{0,3}[-/.月]\s{0,3}([0-9]{1,2})\s{0,3}日?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MIDNIGHT = re.compile(r"[ T]0{1,2}:00(?::00(?:\.0{1,9})?)?\Z")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(r"(?:([0-9]{1,2})[- ]([a-z]{3})[a-z]{0,6}|([a-z]{3})[a-z]{0,6}[- ]([0-9]{1,2})),?[- ]([0-9]{4})")
# What a CSV holds after a spreadsheet has made a date of `3-12`.
_DAMAGED = re.compile(
    r"[0-9]{1,2}月[0-9]{1,2}日"
    r"|[0-9]{1,2}-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-[0-9]{1,2}"
)
_TIME = re.compile(
    r"(上午|早上|下午|晚上|中午|凌晨)?\s{0,3}([0-9]{1,2})\s{0,3}(?:[:：点时]\s{0,3}([0-9]{1,2}|半|整)?\s{0,3}分?)(?::([0-9]{2}))?\s{0,3}([ap]\.?m\.?)?",
    re.IGNORECASE,
)
_HOUR = re.compile(r"([0-9]{1,2})\s{0,3}([ap])\.?m\.?", re.IGNORECASE)
_AFTERNOON = ("下午", "晚上", "中午")
_DIGITS = {each: number for number, each in enumerate("一二三四五六七八九", 1)}
_WEEKDAYS = {
    **{each: _DIGITS[each] for each in "一二三四五六"},
    "日": 7,
    "天": 7,
    "七": 7,
    **{str(n): n for n in range(1, 8)},
}
_WEEK_PREFIX = re.compile(r"^(?:每?周|每?星期|每?礼拜)")
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LAST_DAY = frozenset({"月末", "月底", "最后一天", "每月最后一天", "月末最后一天", "last"})
_BETWEEN = re.compile(r"[;；\n,，、/和及\s]+")
_RANGE = re.compile(r"(.{1,12}?)[-~–—至到](.{1,12})")
_TENS = re.compile(r"(?:([二三])?(十))?([一二三四五六七八九])?")


def day(text: str) -> str:
    """`2026年12月5日` and its like as `2026-12-05`; what leaves the order of day and month open stays as it is."""
    bare = _MIDNIGHT.sub("", text)
    parts = _YEAR_FIRST.fullmatch(bare) or _COMPACT.fullmatch(bare)
    if parts:
        return f"{parts[1]}-{int(parts[2]):02d}-{int(parts[3]):02d}"
    named = _ENGLISH.fullmatch(bare.lower())
    month = (named[2] or named[3]) if named else None
    if named and month in _MONTH_NAMES:
        return f"{named[5]}-{_MONTH_NAMES.index(month) + 1:02d}-{int(named[1] or named[4]):02d}"
    return text


def is_damaged(text: str) -> bool:
    """Whether a text is what a spreadsheet writes for a code or room that it took for a day."""
    if _DAMAGED.fullmatch(text.lower()):
        return True
    found = _YEAR_FIRST.fullmatch(text) if "/" in text or "年" in text else None
    return found is not None and _is_day(*(int(each) for each in found.groups()))


def _is_day(year: int, month: int, number: int) -> bool:
    try:
        return bool(date(year, month, number))
    except ValueError:
        return False


def time_of_day(text: str) -> str:
    """`9:00`, `9点半`, `下午3:30`, `9 PM` as `HH:MM`; anything else as it is."""
    hour_only = _HOUR.fullmatch(text)
    if hour_only:
        return _clock(int(hour_only[1]), 0, hour_only[2].lower() == "p", hour_only[2].lower() == "a") or text
    if re.fullmatch(r"[0-9]{4}", text):
        return f"{text[:2]}:{text[2:]}"
    found = _TIME.fullmatch(text)
    if not found or found[4] not in (None, "00"):
        return text
    minute = 30 if found[3] == "半" else 0 if found[3] in (None, "整") else int(found[3])
    half = (found[5] or "").lower()
    is_morning = half.startswith("a") or found[1] == "凌晨"
    return _clock(int(found[2]), minute, found[1] in _AFTERNOON or half.startswith("p"), is_morning) or text


def _clock(hour: int, minute: int, is_afternoon: bool, is_morning: bool) -> str | None:
    if is_afternoon and 1 <= hour < 12:
        hour += 12
    if is_morning and hour == 12:
        hour = 0
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None


def numbers(kind: str, text: str) -> list[Any]:
    """Weekdays 1–7, months 1–12 or days of the month (-1 is the last), ranges included; what is none as it is."""
    if kind == "weekdays" and text in ("每天", "每日", "daily"):
        return list(range(1, 8))
    found: list[Any] = []
    for part in _BETWEEN.split(text):
        if part:
            found += _ranged(kind, part)
    return found


def _ranged(kind: str, part: str) -> Iterator[Any]:
    single = _READERS[kind](part)
    if single:
        yield from single
        return
    ends = _RANGE.fullmatch(part)
    first, last = (_READERS[kind](ends[place].strip()) if ends else [] for place in (1, 2))
    if len(first) == len(last) == 1:
        yield from _between(kind, first[0], last[0])
    else:
        yield int(part) if re.fullmatch(r"[0-9]{1,4}", part) else part


def _between(kind: str, first: int, last: int) -> Iterator[int]:
    """Both ends included; months and weekdays go round: November to March."""
    size = {"weekdays": 7, "months": 12}.get(kind)
    if first <= last:
        yield from range(first, last + 1)
    elif size:
        yield from range(first, size + 1)
        yield from range(1, last + 1)


def _weekdays(part: str) -> list[int]:
    """`周一`, `一三五`, `135`."""
    bare = _WEEK_PREFIX.sub("", part)
    if bare.lower()[:3] in _ENGLISH_DAYS and bare.isalpha() and bare.isascii():
        return [_ENGLISH_DAYS.index(bare.lower()[:3]) + 1]
    days = [_WEEKDAYS.get(each, 0) for each in bare]
    return days if days and all(days) and len(set(days)) == len(days) else []


def _months(part: str) -> list[int]:
    number = _whole(part.removesuffix("份").removesuffix("月"))
    if number is None and part.lower()[:3] in _MONTH_NAMES:
        number = _MONTH_NAMES.index(part.lower()[:3]) + 1
    return [] if number is None else [number]


def _month_days(part: str) -> list[int]:
    if part.lower() in _LAST_DAY:
        return [-1]
    number = _whole(re.sub(r"^每?月", "", part).removesuffix("日").removesuffix("号"))
    return [] if number is None else [number]


def _whole(text: str) -> int | None:
    if re.fullmatch(r"-?[0-9]{1,2}", text):
        return int(text)
    chinese = _TENS.fullmatch(text)
    if not text or not chinese:
        return None
    tens = _DIGITS.get(chinese[1], 1) * 10 if chinese[2] else 0
    return tens + _DIGITS.get(chinese[3], 0)


_READERS: Mapping[str, Any] = {"weekdays": _weekdays, "months": _months, "month_days": _month_days}
