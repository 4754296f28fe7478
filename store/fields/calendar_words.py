"""Days and times as people write them: 2026年12月5日, 5 Dec 2026, 下午3点半, 9 PM. Pure."""

import re
from datetime import date

_YEAR_FIRST = re.compile(r"([0-9]{4})\s{0,3}[-/.年]\s{0,3}([0-9]{1,2})\s{0,3}[-/.月]\s{0,3}([0-9]{1,2})\s{0,3}日?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MIDNIGHT = re.compile(r"[ T]0{1,2}:00(?::00(?:\.0{1,9})?)?\Z")
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
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


def day(text: str) -> str:
    """`2026年12月5日` and its like as `2026-12-05`; what leaves the order of day and month open stays as it is."""
    bare = _MIDNIGHT.sub("", text)
    parts = _YEAR_FIRST.fullmatch(bare) or _COMPACT.fullmatch(bare)
    if parts:
        return f"{parts[1]}-{int(parts[2]):02d}-{int(parts[3]):02d}"
    named = _ENGLISH.fullmatch(bare.lower())
    month = (named[2] or named[3]) if named else None
    if named and month in MONTH_NAMES:
        return f"{named[5]}-{MONTH_NAMES.index(month) + 1:02d}-{int(named[1] or named[4]):02d}"
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
