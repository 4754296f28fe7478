"""What differs from a roster's cycle on single days: leave, a stand-in, a swap, an extra shift. Pure functions.

A row of a roster's `exceptions` counts from the moment it was entered (`at`) until it was withdrawn (`withdrawn_at`), so
that what was is never told otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from store.errors import Problem
from store.fields.spec import Field
from store.words import Words

Shift = Mapping[str, Any]
Row = Mapping[str, Any]

LEAVE, STAND_IN, SWAP, EXTRA = "leave", "stand_in", "swap", "extra"
KINDS: dict[str, Words] = {
    LEAVE: Words("请假", "Leave"),
    STAND_IN: Words("顶班", "Stand-in"),
    SWAP: Words("换班", "Swap"),
    EXTRA: Words("加班", "Extra shift"),
}
EXCEPTION = (
    Field("kind", "choice", Words("调整", "Exception"), required=True, choices=tuple(KINDS.items())),
    Field("staff", "reference", Words("人员", "Person"), required=True, target="staff"),
    Field("since", "date", Words("日期", "Day"), required=True),
    Field("until", "date", Words("至", "Until"), help=Words("留空即当天", "Empty means that one day")),
    Field("instead", "reference", Words("顶班或换班的人", "Who stands in, or swaps"), target="staff"),
    Field(
        "other_day",
        "date",
        Words("对方的班在", "The other one's day"),
        help=Words("留空即同一天", "Empty: the same day"),
    ),
    Field("start", "time", Words("开始", "From")),
    Field("end", "time", Words("结束", "Until (time)")),
    Field("reason", "text", Words("原因", "Reason")),
)
WITHDRAWAL = (Field("reason", "text", Words("原因", "Reason")),)
# What each kind needs, and what it takes besides.
_NEEDS: dict[str, tuple[str, ...]] = {LEAVE: (), STAND_IN: ("instead",), SWAP: ("instead",), EXTRA: ("start", "end")}
_TAKES: dict[str, tuple[str, ...]] = {LEAVE: ("until",), STAND_IN: ("until",), SWAP: ("other_day",), EXTRA: ("until",)}
_SPECIFIC = ("until", "instead", "other_day", "start", "end")
MOST_DAYS = 366

NEEDED = Words("{kind}需要填写", "{kind} needs this")
NOT_TAKEN = Words("{kind}不用填写此项", "{kind} does not take this")
BACKWARDS = Words("结束日期早于开始日期", "The last day is before the first")
TOO_LONG = Words("一次最多 {n} 天", "At most {n} days at once").fill(n=MOST_DAYS)
HIMSELF = Words("不能是本人", "This must be somebody else")


def excepted(shifts: Sequence[Shift], rows: Sequence[Row], day: date, known_utc: datetime | None) -> list[Shift]:
    """The cycle's shifts of `day` with the exceptions known at `known_utc`, in the order in which they were entered."""
    found = list(shifts)
    if rows:
        text = day.isoformat()
        for row in rows:
            if stands(row, known_utc):
                found = _with(found, row, text)
    return found


def stands(row: Row, known_utc: datetime | None = None) -> bool:
    """Whether it was entered and not withdrawn at that moment, or is now."""
    if known_utc is None:
        return row.get("withdrawn_at") is None
    ended: datetime | None = row.get("withdrawn_at")
    return bool(row["at"] <= known_utc) and (ended is None or known_utc < ended)


def last_day(row: Row) -> str:
    """The last day that it concerns."""
    return max(row.get("until") or row["since"], row.get("other_day") or row["since"])


def first_day(row: Row) -> str:
    return min(row["since"], row.get("other_day") or row["since"])


def concerns(row: Row, staff: str, day: str) -> bool:
    """Whether it says something of this person's day."""
    if row["kind"] == SWAP:
        return staff in (row["staff"], row["instead"]) and day in (row["since"], row.get("other_day") or row["since"])
    return staff in (row["staff"], row.get("instead")) and row["since"] <= day <= last_day(row)


def on_leave(rows: Sequence[Row], staff: str, day: str) -> bool:
    return any(
        row["kind"] == LEAVE and stands(row) and row["staff"] == staff and concerns(row, staff, day) for row in rows
    )


def check(row: Row) -> list[Problem]:
    """What is wrong with the cleaned values of a new exception."""
    return [*_check_parts(row), *_check_days(row)]


def _check_parts(row: Row) -> Iterator[Problem]:
    kind = row["kind"]
    label, needs = KINDS[kind], _NEEDS[kind]
    for name in _SPECIFIC:
        if name in needs and row.get(name) is None:
            yield Problem("needed_for_kind", NEEDED.fill(kind=label), name)
        elif row.get(name) is not None and name not in (*needs, *_TAKES[kind]):
            yield Problem("not_for_kind", NOT_TAKEN.fill(kind=label), name)
    if row.get("instead") == row["staff"]:
        yield Problem("himself", HIMSELF, "instead")


def _check_days(row: Row) -> Iterator[Problem]:
    if row.get("until") and row["until"] < row["since"]:
        yield Problem("backwards", BACKWARDS, "until")
    elif (date.fromisoformat(last_day(row)) - date.fromisoformat(first_day(row))).days >= MOST_DAYS:
        yield Problem("too_many_days", TOO_LONG, "until" if row.get("until") else "other_day")


def _with(shifts: list[Shift], row: Row, day: str) -> list[Shift]:
    kind, staff, other = row["kind"], row["staff"], row.get("instead")
    if kind == SWAP:
        return _swapped(shifts, row, day)
    if not row["since"] <= day <= last_day(row):
        return shifts
    if kind == EXTRA:
        return [*shifts, {"start": row["start"], "end": row["end"], "staff": [staff]}]
    return _replaced(shifts, {staff: other if kind == STAND_IN else None})


def _swapped(shifts: list[Shift], row: Row, day: str) -> list[Shift]:
    """Each takes the other's: on one day both at once, on two days his on the first and the other's on the second."""
    staff, other, other_day = row["staff"], row["instead"], row.get("other_day") or row["since"]
    named = {}
    if day == row["since"]:
        named[staff] = other
    if day == other_day:
        named[other] = staff
    return _replaced(shifts, named)


def _replaced(shifts: list[Shift], named: Mapping[str, str | None]) -> list[Shift]:
    """The shifts with some people's places taken by others, or by nobody."""
    if not any(each in named for shift in shifts for each in shift["staff"]):
        return shifts
    return [{**shift, "staff": _people(shift["staff"], named)} for shift in shifts]


def _people(staff: Sequence[str], named: Mapping[str, str | None]) -> list[str]:
    found = (named.get(each, each) for each in staff)
    return list(dict.fromkeys(each for each in found if each is not None))
