"""Days, moments and times of day."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from store.clock import cut, is_plausible
from store.fields import calendar_words, cell, serials
from store.fields.kind import Kind, Schema, Several
from store.fields.spec import Field, Wrong
from store.fields.texts import checked
from store.words import Words

# For `fullmatch`; `\d` would take digits that no clock reads.
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
_DATE_TYPED = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT_TYPED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
_SERIAL = re.compile(r"[0-9]{5}")
_HALF_OF_DAY = re.compile(r"\s{1,3}([ap]\.?m\b)", re.IGNORECASE)
_TIME_KEPT = re.compile(r"[0-9:]+")


class Date(Kind):
    is_day = True
    input_type = "date"
    is_preset = in_columns = True

    def check(self, field: Field, value: object) -> object:
        try:
            return date.fromisoformat(checked(value)).isoformat()
        except ValueError:
            raise Wrong("not_a_date", Words("应为日期，如 2026-11-24", "must be a date such as 2026-11-24")) from None

    def schema(self, field: Field) -> Schema:
        return {"type": "string", "format": "date"}

    def sound(self, value: object) -> object | None:
        return value if isinstance(value, str) else None

    def is_typed_well(self, text: str) -> bool:
        return _DATE_TYPED.fullmatch(text) is not None

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        """Days as people and spreadsheets write them; a number that lost its format is the day it stands for."""
        if isinstance(found, cell.Kept) and found.kind == "date":
            return str(found.value).removesuffix("T00:00:00")
        text = cell.folded(cell.shown(found))
        serial = found.value if isinstance(found, cell.Kept) else None
        if serial is None and _SERIAL.fullmatch(text):
            serial = int(text)
        day = serials.day_of(serial) if isinstance(serial, int | float) else None
        return day.isoformat() if day else calendar_words.day(text)


class Moment(Kind):
    """With its offset in storage, by the wall clock of a place in a form."""

    is_moment = True
    input_type = "datetime-local"

    def check(self, field: Field, value: object) -> object:
        try:
            moment = datetime.fromisoformat(checked(value))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise Wrong("not_a_moment", Words("应为带时区的时间", "must be an ISO 8601 moment with an offset"))
        if not is_plausible(moment):
            raise Wrong("out_of_range", Words("应在 1900 年至 2199 年之间", "must lie in the years 1900 to 2199"))
        return moment.isoformat()

    def schema(self, field: Field) -> Schema:
        return {"type": "string", "format": "date-time"}

    def read(self, texts: Sequence[str], zone: ZoneInfo) -> object:
        text = str(super().read(texts, zone))
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()

    def typed(self, value: object, zone: ZoneInfo) -> str:
        try:
            moment = datetime.fromisoformat(str(value))
            local = moment.astimezone(zone) if moment.tzinfo else moment
        except (ValueError, OverflowError):
            return str(value)
        return local.replace(tzinfo=None).isoformat(timespec="minutes" if not local.second else "seconds")

    def meant(self, value: Any) -> object:
        return cut(datetime.fromisoformat(value).astimezone(UTC))

    def is_typed_well(self, text: str) -> bool:
        return _MOMENT_TYPED.fullmatch(text) is not None

    def said(self, value: object, zone: ZoneInfo) -> Words:
        text = self.typed(value, zone).replace("T", " ")
        return Words(text, text)


def time_checked(value: object) -> str:
    """Raises `Wrong` `not_a_time`."""
    text = checked(value)
    if not _TIME.fullmatch(text):
        raise Wrong("not_a_time", Words("应为时刻，如 08:30", "must be a time such as 08:30"))
    return text


def time_in_cell(found: cell.Cell) -> str:
    """A time of day is a part of a day to a spreadsheet: 0.375 is nine o'clock."""
    if isinstance(found, cell.Kept):
        if found.kind == "number" and isinstance(found.value, float) and 0 < found.value < 1:
            return _on_the_minute(serials.time_of(found.value) or str(found.value))
        if found.kind == "date" and _TIME_KEPT.fullmatch(str(found.value)):
            return _on_the_minute(str(found.value))
    return calendar_words.time_of_day(cell.folded(cell.shown(found)))


def _on_the_minute(text: str) -> str:
    return text[:5] if len(text) == 5 or text.endswith(":00") else text


class Time(Kind):
    control = "clock"

    def check(self, field: Field, value: object) -> object:
        return time_checked(value)

    def schema(self, field: Field) -> Schema:
        return {"type": "string", "pattern": _CLOCK}

    def sound(self, value: object) -> object | None:
        return value.strip() if isinstance(value, str) and _TIME.fullmatch(value.strip()) else None

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        return time_in_cell(found)


class Times(Several):
    control = "times"
    is_wide = True

    def check_one(self, field: Field, value: object) -> object:
        return time_checked(value)

    def one(self, field: Field) -> Schema:
        return {"type": "string", "pattern": _CLOCK}

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        """`9:00 PM` is one."""
        if isinstance(found, cell.Kept):
            return [time_in_cell(found)]
        text = _HALF_OF_DAY.sub(r"\1", cell.folded(cell.shown(found)))
        return [time_in_cell(each) for each in cell.loose_items(text)]


KINDS: tuple[Kind, ...] = (
    Date("date", Words("日期", "Date")),
    Moment("datetime", Words("日期时间", "Date and time")),
    Time("time", Words("时刻", "Time of day")),
    Times("times", Words("多个时刻", "Times of day")),
)
