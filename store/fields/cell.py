"""A cell of a table: what a file has in it, and what of that a person meant.

What a spreadsheet has damaged – a room that became a date, digits that are gone, `#N/A` – is `Wrong` here: a field would
see a text like any other.
"""

import re
import unicodedata
from typing import NamedTuple

from store.fields import calendar_words
from store.fields.spec import Wrong
from store.words import Words

# A float holds no more digits than these.
MOST_DIGITS = 15
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
# Between several in one cell; and what stands between numbers and names of days besides.
_SEPARATOR = re.compile(r"[;；\n]")
_LOOSELY = re.compile(r"[;；\n,，、/ \t]+")
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


class Kept(NamedTuple):
    """A cell that is no text: `kind` is `number`, `date` (`value` is ISO text) or `error`; `shown` is what a person sees."""

    kind: str
    value: float | str
    shown: str


# None is an empty cell.
Cell = str | bool | Kept | None
# What is written into one.
Written = str | int | float | None


def shown(cell: Cell) -> str:
    """What a person sees in the cell."""
    if cell is None:
        return ""
    if isinstance(cell, Kept):
        return cell.shown
    return ("TRUE" if cell else "FALSE") if isinstance(cell, bool) else cell


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def folded(text: str) -> str:
    """Full-width digits, letters and signs as the narrow ones; without blanks around."""
    return unicodedata.normalize("NFKC", text).strip()


def refuse_error(cell: Cell) -> None:
    """Raises `Wrong`: what a formula could not compute is not empty; in a CSV it is a text."""
    if isinstance(cell, str) and cell.strip() in ERRORS:
        raise Wrong("cell_error", CELL_ERROR.fill(shown=cell.strip()))
    if isinstance(cell, Kept) and cell.kind == "error":
        raise Wrong("cell_error", NO_RESULT if cell.value == "formula" else CELL_ERROR.fill(shown=cell.shown))


def refuse_date(cell: Cell) -> None:
    """Raises `Wrong` where no date can be meant."""
    if isinstance(cell, Kept) and cell.kind == "date":
        raise Wrong("became_date", DAMAGED_DATE.fill(shown=cell.shown))


def long_text(cell: Cell) -> str:
    """As shown: in a text of several lines a date may well be meant."""
    if isinstance(cell, Kept) and isinstance(cell.value, int | float) and abs(cell.value) >= 10**MOST_DIGITS:
        raise Wrong("lost_digits", LOST_DIGITS.fill(shown=cell.shown))
    return shown(cell)


def text(cell: Cell) -> str:
    """As shown: a code with a number format keeps its zeros, a telephone number that became a number its digits."""
    refuse_date(cell)
    if isinstance(cell, str) and _SCIENTIFIC.fullmatch(cell.strip()):
        raise Wrong("lost_digits", LOST_DIGITS.fill(shown=cell.strip()))
    return long_text(cell)


def code(cell: Cell) -> str:
    """The text of a column that holds codes or places. Raises `Wrong` for what was a code once and is a date now."""
    refuse_error(cell)
    found = text(cell)
    if calendar_words.is_damaged(folded(found)):
        raise Wrong("became_date", DAMAGED_DATE.fill(shown=found.strip()))
    return found.strip()


def items(joined: str) -> list[str]:
    """The parts of `a; b; "c; d"`. A quote that does not end before a separator is a character like any other."""
    found: list[str] = []
    joined, place = joined.strip(), 0
    while place < len(joined):
        end = _end_of_quoted(joined, place) if joined[place] == '"' else None
        if end is not None:
            found.append(joined[place + 1 : end].replace('""', '"'))
        separator = _SEPARATOR.search(joined, place if end is None else end)
        cut = separator.start() if separator else len(joined)
        if end is None:
            found.append(joined[place:cut].strip())
        place = cut + 1
        while place < len(joined) and joined[place].isspace():
            place += 1
    return [each for each in found if each.strip()]


def _end_of_quoted(joined: str, start: int) -> int | None:
    """Where the quotes that begin at `start` end, if they are all of an item."""
    at = joined.find('"', start + 1)
    while at >= 0 and joined.startswith('""', at):
        at = joined.find('"', at + 2)
    if at < 0:
        return None
    after = _SEPARATOR.search(joined, at)
    return None if joined[at + 1 : after.start() if after else len(joined)].strip() else at


def item(cell: object) -> str:
    """One of several in a cell; in quotes where it has what stands between them."""
    one = "" if cell is None else str(cell)
    if _SEPARATOR.search(one) or one.startswith('"') or not one.strip():
        return '"{}"'.format(one.replace('"', '""'))
    return one


def loose_items(joined: str) -> list[str]:
    """The parts of `客服、维修` or `08:30 21:00`."""
    return [each for each in _LOOSELY.split(joined) if each]
