"""Field specifications: one description from which checks, forms, API shapes and tables are made.

Values are plain and JSON-safe: dates are `YYYY-MM-DD`, times `HH:MM`, moments ISO 8601 with offset, money integer fen,
translated text `{"zh": …, "en": …}`, references the code of their target.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from store.clock import is_plausible
from store.errors import Invalid, Problem
from store.typed_text import folded, length_seen, one_line, several_lines
from store.words import Words

KINDS: dict[str, Words] = {
    "text": Words("文本", "Text"),
    "long_text": Words("长文本", "Long text"),
    "markdown": Words("富文本", "Markdown"),
    "integer": Words("整数", "Integer"),
    "decimal": Words("小数", "Decimal"),
    "minutes": Words("分钟数", "Minutes"),
    "money_fen": Words("金额", "Money"),
    "boolean": Words("是/否", "Yes/no"),
    "choice": Words("单选", "Choice"),
    "choices": Words("多选", "Choices"),
    "date": Words("日期", "Date"),
    "datetime": Words("日期时间", "Date and time"),
    "time": Words("时刻", "Time of day"),
    "times": Words("多个时刻", "Times of day"),
    "weekdays": Words("星期", "Weekdays"),
    "months": Words("月份", "Months"),
    "month_days": Words("每月日期", "Days of the month"),
    "integers": Words("多个整数", "Integers"),
    "email": Words("邮箱", "E-mail"),
    "url": Words("网址", "Web address"),
    "reference": Words("引用", "Reference"),
    "references": Words("多个引用", "References"),
    "group": Words("分组", "Group"),
    "list": Words("列表", "List"),
}

# For `fullmatch`: a `$` would let a line end through, and `\d` digits that no clock reads.
CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_URL = re.compile(r"[a-z][a-z0-9+]*://\S+")
_TEXTS = frozenset({"text", "long_text", "markdown"})
_RANGES = {"weekdays": (1, 7), "months": (1, 12), "month_days": (-1, 31)}
MAX_TEXT = 500
MAX_LONG_TEXT = 20_000
# Of an emoji or a letter with accents one character is seen and up to this many are kept.
MOST_KEPT = 4
MAX_ROWS = 500
# MongoDB keeps 64-bit integers; a larger one would be an error of the driver instead of a sentence.
LARGEST = 10**12


@dataclass(frozen=True)
class Field:
    """One field. `target` is the kind a reference points to; `fields` are the parts of a group or of each list row."""

    name: str
    kind: str
    label: Words
    required: bool = False
    translated: bool = False
    help: Words | None = None
    choices: tuple[tuple[str, Words], ...] = ()
    target: str | None = None
    fields: tuple["Field", ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    default: Any = None
    personal: bool = False


class Wrong(Exception):
    """A value that does not fit its field."""

    def __init__(self, code: str, words: Words) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


def clean(fields: Sequence[Field], values: Mapping[str, Any], path: str = "") -> tuple[dict[str, Any], list[Problem]]:
    """Check `values` against `fields`. Returns the cleaned values and every problem found, unknown names included."""
    cleaned: dict[str, Any] = {}
    problems: list[Problem] = []
    known = {each.name for each in fields}
    for name in values:
        if name not in known:
            words = Words("没有名为「{name}」的字段", "There is no field named “{name}”").fill(name=name)
            problems.append(Problem("unknown_field", words, path + str(name)))
    for each in fields:
        value, found = _clean_one(each, values.get(each.name), path + each.name)
        problems += found
        if value is not None:
            cleaned[each.name] = value
    return cleaned, problems


def is_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(is_empty(each) for each in value.values())
    if isinstance(value, str):
        return not folded(value)
    return value is None or value == []


def _is_blank(field: Field, value: Any) -> bool:
    """A mapping is blank only with names the field knows: `{"$ne": null}` is a wrong value, not an empty one."""
    if isinstance(value, Mapping) and value:
        known = {"zh", "en"} if field.translated else {each.name for each in field.fields}
        return set(value) <= known and is_empty(value)
    # Blanks say nothing in a text; in the place of a code or a date they are a wrong value.
    return is_empty(value) if field.kind in _TEXTS else value is None or value in ("", [], {})


def _clean_one(field: Field, value: Any, path: str) -> tuple[Any, list[Problem]]:
    if _is_blank(field, value):
        if field.default is not None:
            return field.default, []
        if field.required:
            words = Words("请填写「{label}」", "Please fill in “{label}”").fill(label=field.label)
            return None, [Problem("required", words, path)]
        return None, []
    if field.kind in ("list", "group"):
        return _clean_nested(field, value, path)
    try:
        return _checkers(field)(field, value), []
    except Wrong as wrong:
        words = Words("「{label}」{why}", "“{label}” {why}").fill(label=field.label, why=wrong.words)
        return None, [Problem(wrong.code, words, path)]


def _clean_nested(field: Field, value: Any, path: str) -> tuple[Any, list[Problem]]:
    if field.kind == "group":
        if not isinstance(value, Mapping):
            return None, [_shape(field, path)]
        return clean(field.fields, value, path + ".")
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value) or len(value) > MAX_ROWS:
        return None, [_shape(field, path)]
    rows, problems = [], []
    for index, row in enumerate(value):
        cleaned, found = clean(field.fields, row, f"{path}.{index}.")
        rows.append(cleaned)
        problems += found
    return rows, problems


def _shape(field: Field, path: str) -> Problem:
    return Problem(
        "wrong_shape", Words("「{label}」格式不正确", "“{label}” has the wrong shape").fill(label=field.label), path
    )


def _string(field: Field, value: Any) -> str:
    several = field.kind in ("long_text", "markdown")
    limit = MAX_LONG_TEXT if several else MAX_TEXT
    if not isinstance(value, str):
        raise Wrong("not_text", Words("应为文本", "must be text"))
    if "\x00" in value or (not value.isascii() and any("\ud800" <= each <= "\udfff" for each in value)):
        raise Wrong("not_text", Words("含有不可见字符", "contains characters that cannot be stored"))
    # What is counted is what a reader sees; what is kept has a bound all the same.
    text = several_lines(value) if several else one_line(value)
    if len(text) > MOST_KEPT * limit or length_seen(text) > limit:
        raise Wrong("too_long", Words("不能超过 {n} 个字", "must not be longer than {n} characters").fill(n=limit))
    return text


def _text(field: Field, value: Any) -> Any:
    if not field.translated:
        return _string(field, value)
    if isinstance(value, str):
        value = {"zh": value}
    if not isinstance(value, Mapping) or set(value) - {"zh", "en"}:
        raise Wrong("not_translated", Words("应为中英文文本", 'must be text as {"zh": …, "en": …}'))
    return {language: _string(field, text) for language, text in value.items() if not is_empty(text)}


def _integer(field: Field, value: Any) -> int:
    value = _whole(value, Words("应为整数", "must be a whole number"))
    low = 0 if field.minimum is None and field.kind in ("minutes", "money_fen") else field.minimum
    _in_range(value, -LARGEST if low is None else low, LARGEST if field.maximum is None else field.maximum)
    return value


def _whole(value: Any, words: Words) -> int:
    """JSON has one kind of numbers: 60.0 is 60."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong("not_integer", words)
    return value


def _decimal(field: Field, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise Wrong("not_number", Words("应为数字", "must be a number"))
    low = -LARGEST if field.minimum is None else field.minimum
    _in_range(value, low, LARGEST if field.maximum is None else field.maximum)
    return float(value)


def _in_range(value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        words = Words("应在 {low} 与 {high} 之间", "must be between {low} and {high}").fill(
            low=f"{low:g}", high=f"{high:g}"
        )
        raise Wrong("out_of_range", words)


def _boolean(field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong("not_boolean", Words("应为是或否", "must be true or false"))
    return value


def _choice(field: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in dict(field.choices):
        raise Wrong("not_a_choice", Words("不在可选范围内", "is not one of the choices"))
    return value


def _choices(field: Field, value: Any) -> list[str]:
    return [_choice(field, each) for each in _sequence(value)]


def _sequence(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_ROWS:
        raise Wrong("not_a_list", Words("应为列表", "must be a list"))
    return value


def _date(field: Field, value: Any) -> str:
    try:
        return date.fromisoformat(_string(field, value)).isoformat()
    except ValueError:
        raise Wrong("not_a_date", Words("应为日期，如 2026-11-24", "must be a date such as 2026-11-24")) from None


def _datetime(field: Field, value: Any) -> str:
    try:
        moment = datetime.fromisoformat(_string(field, value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Wrong("not_a_moment", Words("应为带时区的时间", "must be an ISO 8601 moment with an offset"))
    if not is_plausible(moment):
        raise Wrong("out_of_range", Words("应在 1900 年至 2199 年之间", "must lie in the years 1900 to 2199"))
    return moment.isoformat()


def _time(field: Field, value: Any) -> str:
    text = _string(field, value)
    if not _TIME.fullmatch(text):
        raise Wrong("not_a_time", Words("应为时刻，如 08:30", "must be a time such as 08:30"))
    return text


def _times(field: Field, value: Any) -> list[str]:
    return [_time(field, each) for each in _sequence(value)]


def _numbers(field: Field, value: Any) -> list[int]:
    low, high = _RANGES.get(field.kind, (-LARGEST, LARGEST))
    numbers = [_whole(each, Words("应为整数", "must be whole numbers")) for each in _sequence(value)]
    for each in numbers:
        _in_range(each, low, high)
    if field.kind == "month_days" and 0 in numbers:
        raise Wrong("out_of_range", Words("没有 0 号", "has no day 0"))
    return sorted(set(numbers)) if field.kind != "integers" else numbers


def _email(field: Field, value: Any) -> str:
    text = _string(field, value)
    if not _EMAIL.fullmatch(text):
        raise Wrong("not_an_email", Words("应为邮箱地址", "must be an e-mail address"))
    return text


def _url(field: Field, value: Any) -> str:
    text = _string(field, value)
    if not _URL.fullmatch(text):
        raise Wrong("not_a_url", Words("应为网址", "must be a web address"))
    return text


def _reference(field: Field, value: Any) -> str:
    if not isinstance(value, str) or len(value) > 64:
        raise Wrong("not_a_code", Words("应为编号", "must be a code"))
    return value


def _references(field: Field, value: Any) -> list[str]:
    return list(dict.fromkeys(_reference(field, each) for each in _sequence(value)))


_CHECKERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "long_text": _text,
    "markdown": _text,
    "integer": _integer,
    "minutes": _integer,
    "money_fen": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "choice": _choice,
    "choices": _choices,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "times": _times,
    "weekdays": _numbers,
    "months": _numbers,
    "month_days": _numbers,
    "integers": _numbers,
    "email": _email,
    "url": _url,
    "reference": _reference,
    "references": _references,
}


def _checkers(field: Field) -> Callable[[Field, Any], Any]:
    return _CHECKERS[field.kind]


def uses(fields: Sequence[Field], values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every reference in `values`: (field path, kind of the target, code)."""
    for each in fields:
        value = values.get(each.name)
        if value is None:
            continue
        if each.kind == "reference":
            yield each.name, str(each.target), value
        elif each.kind == "references":
            yield from ((f"{each.name}.{index}", str(each.target), code) for index, code in enumerate(value))
        elif each.kind == "group":
            yield from ((f"{each.name}.{path}", kind, code) for path, kind, code in uses(each.fields, value))
        elif each.kind == "list":
            for index, row in enumerate(value):
                yield from ((f"{each.name}.{index}.{path}", kind, code) for path, kind, code in uses(each.fields, row))


REASON_NEEDED = Words("请写明原因", "Give the reason")


def needed_text(text: object, field: str, words: Words = REASON_NEEDED) -> str:
    """A text without which a verb makes no sense. Raises `Invalid` `required`."""
    if not isinstance(text, str) or not text.strip():
        raise Invalid([Problem("required", words, field)])
    return text.strip()[:MAX_LONG_TEXT]
