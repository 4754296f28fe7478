"""Numbers: whole ones, decimal ones, minutes, money in fen, and several whole ones in one input."""

import re
from collections.abc import Sequence
from decimal import Decimal as Digits
from zoneinfo import ZoneInfo

from store.fields import cell
from store.fields.kind import Kind, Schema, Several, in_range
from store.fields.spec import LARGEST, Field, Wrong
from store.typed_text import number_of
from store.words import Words

_WHOLE_CELL = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL_CELL = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,400})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3}){1,5}(?:\.[0-9]{1,400})?")
_BETWEEN = re.compile(r"[\s,，、;；]+")
_NOT_WHOLE = Words("应为整数", "must be a whole number")
_NOT_ALL_WHOLE = Words("应为整数", "must be whole numbers")


def whole(value: object, words: Words = _NOT_ALL_WHOLE) -> int:
    """JSON has one kind of numbers: 60.0 is 60. Raises `Wrong` `not_integer`."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong("not_integer", words)
    return value


def whole_typed(text: str) -> int | str:
    """The whole number that a person typed; what is none as it is."""
    number = number_of(text)
    return text if number is None or number != number.to_integral_value() or "." in text else int(number)


def _digits(found: cell.Cell) -> str:
    text = cell.folded(cell.shown(found)).replace("−", "-")
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text


def whole_in_cell(found: cell.Cell) -> object:
    """Spreadsheets keep every number as a float: 30.0 is 30."""
    if isinstance(found, cell.Kept):
        cell.refuse_date(found)
        is_whole = isinstance(found.value, float) and found.value.is_integer()
        return int(found.value) if is_whole else found.value
    text = _digits(found)
    return int(text) if _WHOLE_CELL.fullmatch(text) else text


class Integer(Kind):
    not_a_number = _NOT_WHOLE
    control = "number"
    in_columns = True
    least: float = -LARGEST

    def range_of(self, field: Field) -> tuple[float, float]:
        low = self.least if field.minimum is None else field.minimum
        return low, (LARGEST if field.maximum is None else field.maximum)

    def check(self, field: Field, value: object) -> object:
        number = whole(value, self.not_a_number)
        in_range(number, *self.range_of(field))
        return number

    def schema(self, field: Field) -> Schema:
        low, high = self.range_of(field)
        return {"type": "integer", "minimum": int(low), "maximum": int(high)}

    def sound(self, value: object) -> object | None:
        return value if isinstance(value, int) else None

    def read(self, texts: Sequence[str], zone: ZoneInfo) -> object:
        return whole_typed(str(super().read(texts, zone)))

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        return whole_in_cell(found)


class Decimal(Integer):
    in_columns = False

    def check(self, field: Field, value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise Wrong("not_number", Words("应为数字", "must be a number"))
        in_range(value, *self.range_of(field))
        return float(value)

    def schema(self, field: Field) -> Schema:
        low, high = self.range_of(field)
        return {"type": "number", "minimum": low, "maximum": high}

    def sound(self, value: object) -> object | None:
        return value if isinstance(value, int | float) else None

    def read(self, texts: Sequence[str], zone: ZoneInfo) -> object:
        text = str(Kind.read(self, texts, zone))
        number = number_of(text)
        return text if number is None else float(number)

    def typed(self, value: object, zone: ZoneInfo) -> str:
        if isinstance(value, float):
            return format(Digits(repr(value)), "f").removesuffix(".0")
        return str(value)

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        if isinstance(found, cell.Kept):
            cell.refuse_date(found)
            return found.value
        text = _digits(found)
        if _WHOLE_CELL.fullmatch(text):
            return int(text)
        return float(text) if _DECIMAL_CELL.fullmatch(text) else text


def minutes_words(minutes: int) -> Words:
    """90 → 1 小时 30 分; exact."""
    if abs(minutes) < 60:
        return Words(f"{minutes} 分", f"{minutes} min")
    days, rest = divmod(abs(minutes), 1440)
    hours, left = divmod(rest, 60)
    parts = [(days, "天", "d"), (hours, "小时", "h"), (left, "分", "min")]
    sign = "-" if minutes < 0 else ""
    return Words(
        sign + " ".join(f"{n} {zh}" for n, zh, _ in parts if n), sign + " ".join(f"{n} {en}" for n, _, en in parts if n)
    )


class Minutes(Integer):
    control = "minutes"
    in_columns = False
    least = 0

    def said(self, value: object, zone: ZoneInfo) -> Words:
        return minutes_words(value) if isinstance(value, int) else super().said(value, zone)


class Offset(Integer):
    """Minutes before a moment that is due, as a negative number, or after it."""

    control = "offset"
    in_columns = False

    def said(self, value: object, zone: ZoneInfo) -> Words:
        if not isinstance(value, int):
            return super().said(value, zone)
        if value == 0:
            return Words("到期时", "when due")
        words = Words("到期前 {m}", "{m} before due") if value < 0 else Words("到期后 {m}", "{m} after due")
        return words.fill(m=minutes_words(abs(value)))


def yuan(fen: int) -> str:
    """Integer fen as ¥1,234.50."""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


class Money(Integer):
    """Kept in fen, typed in yuan."""

    not_a_number = Words("应为金额，如 12.50（接口为整数分）", "must be an amount such as 12.50 (in the API whole fen)")

    control = "money"
    in_columns = False
    least = 0

    def read(self, texts: Sequence[str], zone: ZoneInfo) -> object:
        text = str(Kind.read(self, texts, zone))
        number = number_of(text.lstrip("¥￥"))
        if number is None or number * 100 != (number * 100).to_integral_value() or abs(number) >= 10**13:
            return text
        return int(number * 100)

    def typed(self, value: object, zone: ZoneInfo) -> str:
        if not isinstance(value, int):
            return str(value)
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"

    def said(self, value: object, zone: ZoneInfo) -> Words:
        text = yuan(value) if isinstance(value, int) else str(value)
        return Words(text, text)


class Integers(Several):
    """Several whole numbers, typed into one input with commas between them and kept in their order."""

    apart = False

    def check_one(self, field: Field, value: object) -> object:
        number = whole(value)
        in_range(number, -LARGEST, LARGEST)
        return number

    def one(self, field: Field) -> Schema:
        return {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST}

    def read(self, texts: Sequence[str], zone: ZoneInfo) -> object:
        return [whole_typed(each) for text in texts for each in _BETWEEN.split(text) if each]

    def typed(self, value: object, zone: ZoneInfo) -> str:
        return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        if isinstance(found, cell.Kept):
            return [whole_in_cell(found)]
        return [whole_in_cell(each) for each in cell.loose_items(cell.folded(cell.shown(found)))]


KINDS: tuple[Kind, ...] = (
    Integer("integer", Words("整数", "Integer")),
    Decimal("decimal", Words("小数", "Decimal")),
    Minutes("minutes", Words("分钟数", "Minutes")),
    Offset("offset", Words("提前或延后分钟数", "Minutes before or after")),
    Money("money_fen", Words("金额", "Money")),
    Integers("integers", Words("多个整数", "Integers")),
)
