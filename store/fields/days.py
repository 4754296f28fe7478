"""Sets of days that come again: weekdays, months, days of the month. Written 周一至周五, 一三五, 3-11月, 月末."""

import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from store.fields import cell
from store.fields.calendar_words import MONTH_NAMES
from store.fields.kind import Kind, Options, Schema, Several, in_range
from store.fields.numbers import Integer, whole, whole_typed
from store.fields.spec import Field, Wrong
from store.words import Words

LAST_DAY = Words("最后一天", "Last day")
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS = tuple(Words(zh, en.capitalize()) for zh, en in zip("一二三四五六日", _ENGLISH_DAYS, strict=True))
_MONTHS = tuple(Words(f"{n}月", name.capitalize()) for n, name in enumerate(MONTH_NAMES, 1))
_LAST_DAYS = frozenset({"月末", "月底", "最后一天", "每月最后一天", "月末最后一天", "last"})
_DIGITS = {each: number for number, each in enumerate("一二三四五六七八九", 1)}
_DAY_NUMBERS = {
    **{each: _DIGITS[each] for each in "一二三四五六"},
    "日": 7,
    "天": 7,
    "七": 7,
    **{str(n): n for n in range(1, 8)},
}
_WEEK_PREFIX = re.compile(r"^(?:每?周|每?星期|每?礼拜)")
_MONTH_PREFIX = re.compile(r"^每?月")
_BETWEEN = re.compile(r"[;；\n,，、/和及\s]+")
_RANGE = re.compile(r"(.{1,12}?)[-~–—至到](.{1,12})")
_TENS = re.compile(r"(?:([二三])?(十))?([一二三四五六七八九])?")
_NUMBER = re.compile(r"[0-9]{1,4}")
_SHORT_NUMBER = re.compile(r"-?[0-9]{1,2}")


class Days(Several):
    """Numbers of days, each once and in order. Those of which `goes_round` have their beginning behind their end:
    November to March."""

    control = "toggles"
    least, most = 1, 31
    goes_round = False
    all_of_them: frozenset[str] = frozenset()

    def numbers_in(self, part: str) -> list[int]:
        """What one word means; empty for what means nothing."""
        raise NotImplementedError

    def check(self, field: Field, value: object) -> object:
        found = super().check(field, value)
        return sorted(set(found)) if isinstance(found, list) else found

    def check_one(self, field: Field, value: object) -> object:
        number = whole(value)
        in_range(number, self.least, self.most)
        return number

    def one(self, field: Field) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def read(self, texts: Sequence[str], zone: ZoneInfo) -> object:
        return [whole_typed(text.strip()) for text in texts if text.strip()]

    def said(self, value: object, zone: ZoneInfo) -> Words:
        return dict(self.days()).get(str(value)) or super().said(value, zone)

    def days(self) -> Options:
        raise NotImplementedError

    def options(self, field: Field) -> Options:
        return self.days()

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        """`1-5` that became the fifth of January is none."""
        text = cell.folded(cell.text(found))
        if text in self.all_of_them:
            return list(range(self.least, self.most + 1))
        return [number for part in _BETWEEN.split(text) if part for number in self._ranged(part)]

    def _ranged(self, part: str) -> Iterator[int | str]:
        single = self.numbers_in(part)
        if single:
            yield from single
            return
        ends = _RANGE.fullmatch(part)
        first, last = (self.numbers_in(ends[place].strip()) if ends else [] for place in (1, 2))
        if len(first) == len(last) == 1:
            yield from self._between(first[0], last[0])
        else:
            yield int(part) if _NUMBER.fullmatch(part) else part

    def _between(self, first: int, last: int) -> Iterator[int]:
        """Both ends included."""
        if first <= last:
            yield from range(first, last + 1)
        elif self.goes_round:
            yield from range(first, self.most + 1)
            yield from range(self.least, last + 1)


class Weekdays(Days):
    most = 7
    goes_round = True
    all_of_them = frozenset({"每天", "每日", "daily"})

    def days(self) -> Options:
        return [(str(n), words) for n, words in enumerate(_WEEKDAYS, 1)]

    def numbers_in(self, part: str) -> list[int]:
        """`周一`, `一三五`, `135`."""
        bare = _WEEK_PREFIX.sub("", part)
        if bare.lower()[:3] in _ENGLISH_DAYS and bare.isalpha() and bare.isascii():
            return [_ENGLISH_DAYS.index(bare.lower()[:3]) + 1]
        days = [_DAY_NUMBERS.get(each, 0) for each in bare]
        return days if days and all(days) and len(set(days)) == len(days) else []


class Weekday(Integer):
    """One of them."""

    control = "choice"
    in_columns = False

    def range_of(self, field: Field) -> tuple[float, float]:
        return 1, 7

    def options(self, field: Field) -> Options:
        return [(value, Words(f"周{day.zh}", day.en)) for value, day in WEEKDAYS.days()]

    def said(self, value: object, zone: ZoneInfo) -> Words:
        return dict(WEEKDAYS.days()).get(str(value)) or super().said(value, zone)

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        numbers = WEEKDAYS.from_cell(field, found)
        return numbers[0] if isinstance(numbers, list) and len(numbers) == 1 else cell.text(found)


class Months(Days):
    is_wide = True
    most = 12
    goes_round = True

    def days(self) -> Options:
        return [(str(n), words) for n, words in enumerate(_MONTHS, 1)]

    def numbers_in(self, part: str) -> list[int]:
        number = _number_in(part.removesuffix("份").removesuffix("月"))
        if number is None and part.lower()[:3] in MONTH_NAMES:
            number = MONTH_NAMES.index(part.lower()[:3]) + 1
        return [] if number is None else [number]


class MonthDays(Days):
    """1 to 31, and -1 for the last."""

    is_wide = True

    least = -1

    def check_one(self, field: Field, value: object) -> object:
        number = super().check_one(field, value)
        if number == 0:
            raise Wrong("out_of_range", Words("没有 0 号", "has no day 0"))
        return number

    def days(self) -> Options:
        return [*((str(n), Words(str(n), str(n))) for n in range(1, 32)), ("-1", LAST_DAY)]

    def numbers_in(self, part: str) -> list[int]:
        if part.lower() in _LAST_DAYS:
            return [-1]
        number = _number_in(_MONTH_PREFIX.sub("", part).removesuffix("日").removesuffix("号"))
        return [] if number is None else [number]


def _number_in(text: str) -> int | None:
    if _SHORT_NUMBER.fullmatch(text):
        return int(text)
    chinese = _TENS.fullmatch(text)
    if not text or not chinese:
        return None
    tens = _DIGITS.get(chinese[1], 1) * 10 if chinese[2] else 0
    return tens + _DIGITS.get(chinese[3], 0)


WEEKDAYS = Weekdays("weekdays", Words("星期", "Weekdays"))
KINDS: tuple[Kind, ...] = (
    WEEKDAYS,
    Weekday("weekday", Words("星期几", "Day of the week")),
    Months("months", Words("月份", "Months")),
    MonthDays("month_days", Words("每月日期", "Days of the month")),
)
