"""What a person typed, or a spreadsheet made of it, as a value of a field. Pure.

What does not fit its field is passed on as it is, so that the field itself says what is wrong with it. What a
spreadsheet has damaged – a room that became a date, digits that are gone, `#N/A` – is `Wrong` here: the field would see
a text like any other.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from store.fields import Field, Wrong
from store.transfer import calendar_words, formats
from store.transfer.cells import MANY, is_simple_list
from store.transfer.raw import Cell, Kept, is_empty, shown
from store.words import Words

WHOLE_NUMBERS = frozenset({"integer", "minutes", "money_fen", "weekdays", "months", "month_days", "integers"})
TRUE = frozenset({"是", "yes", "true", "y", "1", "√", "✓"})
FALSE = frozenset({"否", "no", "false", "n", "0", "×"})
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
# Texts in which a date may well be meant; elsewhere it is what a spreadsheet made of `3-12`.
_LONG = frozenset({"long_text", "markdown"})
# Texts that name a place: `3月12日` is none.
_PLACES = frozenset({"room"})
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,400})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3}){1,5}(?:\.[0-9]{1,400})?")
# Between several in one cell; and what stands between numbers and names of days besides.
_SEPARATOR = re.compile(r"[;；\n]")
_LOOSELY = re.compile(r"[;；\n,，、/ \t]+")
_HALF_OF_DAY = re.compile(r"\s{1,3}([ap]\.?m\b)", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?E\+[0-9]{2,3}")

DAMAGED_DATE = Words(
    "被表格软件变成了日期（{shown}），请把该列设为「文本」后重填",
    "was turned into a date ({shown}) by the spreadsheet; format the column as text and type it again",
)
LOST_DIGITS = Words(
    "被表格软件当作数字，位数已丢失（{shown}），请把该列设为「文本」后重填",
    "was taken for a number by the spreadsheet and has lost digits ({shown}); format the column as text",
)
CELL_ERROR = Words("是公式错误 {shown}", "is an error of a formula: {shown}")
NO_RESULT = Words(
    "是没有结果的公式，请在表格软件里打开并保存一次",
    "is a formula without a result; open and save the file in a spreadsheet program once",
)


def from_cell(field: Field, cell: Cell) -> Any:
    """The value for the field; None for an empty cell. The field checks it afterwards. Raises `Wrong`."""
    if is_empty(cell):
        return None
    refuse_error(cell)
    if is_simple_list(field):
        only = field.fields[0]
        return [{only.name: from_cell(only, each)} for each in items(as_text(only, cell))]
    if field.kind in MANY:
        return _many(field, cell)
    return _READERS.get(field.kind, _text)(field, cell)


def refuse_error(cell: Cell) -> None:
    """Raises `Wrong`: what a formula could not compute is not empty; in a CSV it is a text."""
    if isinstance(cell, str) and cell.strip() in ERRORS:
        raise Wrong("cell_error", CELL_ERROR.fill(shown=cell.strip()))
    if isinstance(cell, Kept) and cell.kind == "error":
        raise Wrong("cell_error", NO_RESULT if cell.value == "formula" else CELL_ERROR.fill(shown=cell.shown))


def items(text: str) -> list[str]:
    """The parts of `a; b; "c; d"`. A quote that does not end before a separator is a character like any other."""
    found: list[str] = []
    text, place = text.strip(), 0
    while place < len(text):
        end = _end_of_quoted(text, place) if text[place] == '"' else None
        if end is not None:
            found.append(text[place + 1 : end].replace('""', '"'))
        separator = _SEPARATOR.search(text, place if end is None else end)
        cut = separator.start() if separator else len(text)
        if end is None:
            found.append(text[place:cut].strip())
        place = cut + 1
        while place < len(text) and text[place].isspace():
            place += 1
    return [each for each in found if each.strip()]


def _end_of_quoted(text: str, start: int) -> int | None:
    """Where the quotes that begin at `start` end, if they are all of an item."""
    at = text.find('"', start + 1)
    while at >= 0 and text.startswith('""', at):
        at = text.find('"', at + 2)
    if at < 0:
        return None
    after = _SEPARATOR.search(text, at)
    return None if text[at + 1 : after.start() if after else len(text)].strip() else at


def folded(text: str) -> str:
    """Full-width digits, letters and signs as the narrow ones; without blanks around."""
    return unicodedata.normalize("NFKC", text).strip()


def as_text(field: Field, cell: Cell) -> str:
    """As shown: a code with a number format keeps its zeros, a telephone number that became a number its digits."""
    if not isinstance(cell, Kept):
        _check_scientific(field, cell)
        return shown(cell)
    if cell.kind == "date" and field.kind not in _LONG:
        raise Wrong("became_date", DAMAGED_DATE.fill(shown=cell.shown))
    if isinstance(cell.value, int | float) and abs(cell.value) >= 10**formats.MOST_DIGITS:
        raise Wrong("lost_digits", LOST_DIGITS.fill(shown=cell.shown))
    return cell.shown


def _check_scientific(field: Field, cell: Cell) -> None:
    if isinstance(cell, str) and field.kind not in _LONG and _SCIENTIFIC.fullmatch(cell.strip()):
        raise Wrong("lost_digits", LOST_DIGITS.fill(shown=cell.strip()))


def code_text(cell: Cell) -> str:
    """The text of a column that holds codes or places. Raises `Wrong` for what was a code once and is a date now."""
    refuse_error(cell)
    text = as_text(_CODE, cell)
    if calendar_words.is_damaged(folded(text)):
        raise Wrong("became_date", DAMAGED_DATE.fill(shown=text.strip()))
    return text.strip()


_CODE = Field("code", "text", Words("编号", "Code"))


def _many(field: Field, cell: Cell) -> Any:
    if field.kind in ("weekdays", "months", "month_days"):
        return calendar_words.numbers(field.kind, _part(field, cell))
    if field.kind in ("times", "integers"):
        parts: list[Cell] = [cell] if isinstance(cell, Kept) else [*_loosely(shown(cell))]
        return [(_time if field.kind == "times" else _number)(field, each) for each in parts]
    if field.kind == "choices":
        return [_choice(field, each) for each in _loose_choices(field, as_text(field, cell))]
    return [code_text(each) for each in items(as_text(field, cell))]


def _loosely(text: str) -> list[str]:
    """`9:00 PM` is one."""
    return [each for each in _LOOSELY.split(_HALF_OF_DAY.sub(r"\1", folded(text))) if each]


def _part(field: Field, cell: Cell) -> str:
    """Days and months as text; `1-5` that became the fifth of January is none."""
    return folded(as_text(field, cell))


def _loose_choices(field: Field, text: str) -> Iterator[str]:
    """`客服、维修` are two, unless a choice is called so."""
    known = {label for value, words in field.choices for label in (value, *words)}
    for each in items(text):
        yield from [each] if each in known else [part for part in _LOOSELY.split(each) if part]


def _number(field: Field, cell: Cell) -> Any:
    """Spreadsheets keep every number as a float: 30.0 is 30."""
    if isinstance(cell, Kept):
        if cell.kind == "date":
            raise Wrong("became_date", DAMAGED_DATE.fill(shown=cell.shown))
        is_whole = isinstance(cell.value, float) and cell.value.is_integer() and field.kind in WHOLE_NUMBERS
        return int(cell.value) if is_whole else cell.value
    text = folded(shown(cell)).replace("−", "-")
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if field.kind == "decimal" and _DECIMAL.fullmatch(text) else text


def _boolean(field: Field, cell: Cell) -> Any:
    if isinstance(cell, bool):
        return cell
    text = folded(shown(cell)).lower()
    return True if text in TRUE else False if text in FALSE else shown(cell)


def _choice(field: Field, cell: Cell) -> Any:
    """The value itself, or the label that a person sees in either language; 每天 is 天."""
    text = folded(as_text(field, cell))
    for wanted in (text.casefold(), text.casefold().removeprefix("每")):
        for value, label in field.choices:
            if wanted in (value.casefold(), *(folded(each).casefold() for each in label)):
                return value
    return text


def _date(field: Field, cell: Cell) -> Any:
    """Days as people and spreadsheets write them; a number that lost its format is the day it stands for."""
    if isinstance(cell, Kept) and cell.kind == "date":
        return str(cell.value).removesuffix("T00:00:00")
    text = folded(shown(cell))
    serial = cell.value if isinstance(cell, Kept) else None
    if serial is None and re.fullmatch(r"[0-9]{5}", text):
        serial = int(text)
    day = formats.day_of(serial) if isinstance(serial, int | float) else None
    return day.isoformat() if day else calendar_words.day(text)


def _time(field: Field, cell: Cell) -> Any:
    """A time of day is a part of a day to a spreadsheet: 0.375 is nine o'clock."""
    if isinstance(cell, Kept):
        text = str(cell.value)
        if cell.kind == "date" and re.fullmatch(r"[0-9:]+", text):
            return text[:5] if len(text) == 5 or text.endswith(":00") else text
        if cell.kind == "number" and isinstance(cell.value, float) and 0 < cell.value < 1:
            kept = formats.kept_date(cell.value, "h:mm")
            return _time(field, kept) if kept else text
    return calendar_words.time_of_day(folded(shown(cell)))


def _reference(field: Field, cell: Cell) -> str:
    return code_text(cell)


def _text(field: Field, cell: Cell) -> str:
    return code_text(cell) if field.name in _PLACES else as_text(field, cell)


_READERS: Mapping[str, Callable[[Field, Cell], Any]] = {
    "boolean": _boolean,
    "choice": _choice,
    "date": _date,
    "time": _time,
    "decimal": _number,
    "reference": _reference,
    **dict.fromkeys(WHOLE_NUMBERS, _number),
}
