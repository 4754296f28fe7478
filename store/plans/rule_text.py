"""Reads the part of RFC 5545 that a plan's own rule (`rrule`) may use; says what is refused and what to use instead.

Refused are parts that the plan has fields for (start, times), parts that nobody in property management asks for, and
pairs that the RFC forbids or that the library reads differently from the RFC.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, NoReturn

from dateutil import rrule as library

from store.errors import Invalid, Problem
from store.words import Words

FREQUENCIES = {
    "HOURLY": library.HOURLY,
    "DAILY": library.DAILY,
    "WEEKLY": library.WEEKLY,
    "MONTHLY": library.MONTHLY,
    "YEARLY": library.YEARLY,
}
LONGEST_INTERVAL = {"HOURLY": 8784, "DAILY": 366, "WEEKLY": 104, "MONTHLY": 60, "YEARLY": 4}
MOST_COUNTED = 1000

_NUMBERS = {
    "INTERVAL": (1, max(LONGEST_INTERVAL.values())),
    "COUNT": (1, MOST_COUNTED),
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYHOUR": (0, 23),
    "BYSETPOS": (-366, 366),
}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NUMBER = re.compile(r"[+-]?\d{1,5}", re.ASCII)
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_UNTIL = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(Z?))?", re.ASCII)

MALFORMED = Words("重复规则第「{part}」部分无法识别", "The part “{part}” of the recurrence rule cannot be read")
EMPTY = Words("请填写重复规则，如 FREQ=MONTHLY;BYDAY=-1FR", "Give a recurrence rule such as FREQ=MONTHLY;BYDAY=-1FR")
TOO_OFTEN = Words("计划最多每小时一次，不能用 {frequency}", "A plan runs hourly at most: {frequency} is not allowed")
REFUSED = Words("重复规则中不能使用 {part}{instead}", "{part} is not allowed in the recurrence rule{instead}")
NOT_TOGETHER = Words("重复规则中 {a} 与 {b} 不能同时使用", "{a} and {b} cannot be used together in a recurrence rule")
OUT_OF_RANGE = Words("{part}应在 {low} 与 {high} 之间", "{part} must be between {low} and {high}")
_NOTHING = Words("", "")
_USE_TIMES = Words("，请用「时刻」", "; use the times")
_INSTEAD = {
    "DTSTART": Words("，请用「开始日期」", "; use the start date"),
    "BYHOUR": _USE_TIMES,
    "BYMINUTE": _USE_TIMES,
    "BYSECOND": _USE_TIMES,
    "BYYEARDAY": _NOTHING,
    "BYWEEKNO": _NOTHING,
    "BYEASTER": _NOTHING,
}


def read(text: str) -> tuple[dict[str, Any], list[Problem]]:
    """The parts of a rule by their RFC names, checked, and what is wrong with them (field `rrule`).

    Numbers are tuples of `int` (`INTERVAL`, `COUNT`: one `int`), `BYDAY` and `WKST` the library's weekdays, `UNTIL` a
    `date`, a local moment, or an aware one where the rule gives it in UTC.
    """
    text = text.strip().upper().removeprefix("RRULE:")
    if not text:
        return {}, [Problem("required", EMPTY, "rrule")]
    parts: dict[str, Any] = {}
    problems: list[Problem] = []
    for each in text.rstrip(";").split(";"):
        name, _, value = (piece.strip() for piece in each.partition("="))
        try:
            if name in parts:
                raise ValueError(name)
            parts[name] = _value(name, value)
        except Invalid as error:
            problems += error.problems
        except ValueError:
            problems.append(_problem("rrule_malformed", MALFORMED.fill(part=each.strip()[:40])))
    if "FREQ" not in parts and not problems:
        problems.append(_problem("rrule_malformed", EMPTY))
    return parts, problems or _together(parts)


def _value(name: str, value: str) -> Any:
    """The checked value of one part. Raises `ValueError` when it cannot be read, `Invalid` when it is refused."""
    if name == "FREQ":
        return _frequency(value)
    if name == "UNTIL":
        return _until(value)
    if name == "BYDAY":
        return tuple(_weekday(each.strip()) for each in value.split(","))
    if name == "WKST":
        return library.weekday(_WEEKDAYS.index(value))
    if name in _NUMBERS:
        numbers = tuple(_number(name, each.strip()) for each in value.split(","))
        return numbers if name.startswith("BY") else _only(numbers)
    if name in _INSTEAD:
        _refuse(name, _INSTEAD[name])
    raise ValueError(name)


def _frequency(value: str) -> str:
    if value in ("MINUTELY", "SECONDLY"):
        raise Invalid([_problem("rrule_too_often", TOO_OFTEN.fill(frequency=value))])
    if value not in FREQUENCIES:
        raise ValueError(value)
    return value


def _only(numbers: tuple[int, ...]) -> int:
    if len(numbers) != 1:
        raise ValueError(numbers)
    return numbers[0]


def _number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    low, high = _NUMBERS[name]
    if not low <= int(text) <= high or (int(text) == 0 and low < 0):
        raise Invalid([_problem("out_of_range", OUT_OF_RANGE.fill(part=f"{name} ", low=low, high=high))])
    return int(text)


def _weekday(text: str) -> library.weekday:
    match = _BYDAY.fullmatch(text)
    if match is None or (match[1] and not 1 <= abs(int(match[1])) <= 53):
        raise ValueError(text)
    return library.weekday(_WEEKDAYS.index(match[2]), int(match[1]) if match[1] else None)


def _until(text: str) -> date | datetime:
    """A bare date is the whole of that day; a moment counts to the minute, in UTC where it ends with "Z"."""
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day = date(int(match[1]), int(match[2]), int(match[3]))
    if not match[4]:
        return day
    return datetime.combine(day, time(int(match[4]), int(match[5])), UTC if match[6] else None)


def _together(parts: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with parts that are right each by itself."""
    name, numbered = parts["FREQ"], [bool(each.n) for each in parts.get("BYDAY", ())]
    if parts.get("INTERVAL", 1) > LONGEST_INTERVAL[name]:
        words = OUT_OF_RANGE.fill(part="INTERVAL ", low=1, high=LONGEST_INTERVAL[name])
        return [_problem("out_of_range", words)]
    if name != "HOURLY" and "BYHOUR" in parts:
        return [_refused("BYHOUR", _USE_TIMES)]
    if any(numbered) and (name not in ("MONTHLY", "YEARLY") or not all(numbered)):
        return [_clash("BYDAY=1MO", f"FREQ={name}" if all(numbered) else "BYDAY=MO")]
    if "COUNT" in parts and "UNTIL" in parts:
        return [_clash("COUNT", "UNTIL")]
    if "BYSETPOS" in parts and (name == "HOURLY" or not {"BYDAY", "BYMONTHDAY", "BYMONTH"} & parts.keys()):
        return [_refused("BYSETPOS", _NOTHING)]
    return []


def _problem(code: str, words: Words) -> Problem:
    return Problem(code, words, "rrule")


def _clash(a: str, b: str) -> Problem:
    return _problem("rrule_part_refused", NOT_TOGETHER.fill(a=a, b=b))


def _refused(name: str, instead: Words) -> Problem:
    return _problem("rrule_part_refused", REFUSED.fill(part=name, instead=instead))


def _refuse(name: str, instead: Words) -> NoReturn:
    raise Invalid([_refused(name, instead)])
