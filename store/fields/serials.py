"""Days and times as spreadsheets number them: days since 1900, a time of day as a part of a day. Pure."""

from datetime import date, datetime, timedelta

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet knows no zones
# Excel believes that 1900 was a leap year; days before the first of March are one off.
_FIRST_RIGHT_DAY = 61
_LAST_DAY = 2_958_465


def moment_of(serial: float) -> datetime | None:
    """The wall clock that a number stands for, on the second; None for one that stands for none."""
    if not 0 <= serial <= _LAST_DAY or (1 <= serial < _FIRST_RIGHT_DAY):
        return None
    return _EPOCH + timedelta(seconds=round(serial * 86_400))


def day_of(serial: float) -> date | None:
    """The day of a number that lost its format; only numbers that are days of our time."""
    is_near = serial == int(serial) and 15_000 <= serial <= 80_000
    return (_EPOCH + timedelta(days=serial)).date() if is_near else None


def time_of(serial: float) -> str | None:
    """The time of day of a part of a day: 0.375 is 09:00."""
    moment = moment_of(serial) if 0 < serial < 1 else None
    return moment.time().isoformat("seconds" if moment.second else "minutes") if moment else None
