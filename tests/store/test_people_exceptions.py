"""Single days that differ from a roster's cycle, and that what was stays as it was: against a model, minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.people.duty import covered_hours, held, on_duty, shifts_of
from store.people.exceptions import check
from store.people.moving import doubles, moved

BERLIN = "Europe/Berlin"
DAYS = 8
FIRST = datetime(2026, 3, 25, tzinfo=UTC)  # the clocks of Berlin go forward on the 29th


def shift(day: int, start: str, end: str, *staff: str) -> dict[str, Any]:
    return {"day": day, "start": start, "end": end, "staff": list(staff)}


CYCLE: dict[str, Any] = {
    "anchor_date": "2026-01-01",
    "cycle_days": 3,
    "shifts": [
        shift(0, "08:00", "20:00", "an"),
        shift(0, "20:00", "08:00", "chen"),
        shift(1, "08:00", "20:00", "bo"),
        shift(1, "20:00", "08:00", "an"),
        shift(2, "08:00", "20:00", "chen"),
        shift(2, "20:00", "08:00", "bo"),
    ],
}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def row(kind: str, staff: str, since: str, at: datetime = LONG_AGO, **rest: Any) -> dict[str, Any]:
    return {"kind": kind, "staff": staff, "since": since, "at": at, **rest}


def on(roster: dict[str, Any], text: str) -> list[str]:
    return on_duty(roster, datetime.fromisoformat(text).replace(tzinfo=UTC), "UTC")


def test_a_swap_of_one_day_changes_that_day_only() -> None:
    # 2026-11-02 is day 2 of the cycle: chen by day, bo by night.
    swapped = CYCLE | {"exceptions": [row("swap", "chen", "2026-11-02", instead="an", other_day="2026-11-03")]}
    assert on(swapped, "2026-11-02T10:00") == ["an"]
    assert on(swapped, "2026-11-02T21:00") == ["bo"]
    assert on(swapped, "2026-11-03T10:00") == ["chen"]
    assert on(swapped, "2026-10-30T10:00") == on(CYCLE, "2026-10-30T10:00") == ["chen"]
    assert on(swapped, "2026-11-05T10:00") == on(CYCLE, "2026-11-05T10:00") == ["chen"]


def test_a_swap_within_one_day_exchanges_day_and_night() -> None:
    swapped = CYCLE | {"exceptions": [row("swap", "chen", "2026-11-02", instead="bo")]}
    assert on(swapped, "2026-11-02T10:00") == ["bo"]
    assert on(swapped, "2026-11-03T03:00") == ["chen"]


def test_leave_takes_the_night_that_begins_on_its_last_day_with_it() -> None:
    away = CYCLE | {"exceptions": [row("leave", "bo", "2026-11-01", until="2026-11-02")]}
    assert on(away, "2026-11-03T07:59") == []
    assert on(away, "2026-11-04T10:00") == ["bo"]


def test_an_exception_that_was_withdrawn_was_in_force_until_then() -> None:
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    gone = CYCLE | {"exceptions": [row("leave", "chen", "2026-11-02", at, withdrawn_at=at + timedelta(hours=2))]}
    assert [on(gone, f"2026-11-02T{hour}:59") for hour in ("08", "09", "10", "11")] == [["chen"], [], [], ["chen"]]
    assert covered_hours(gone, date(2026, 11, 2), date(2026, 11, 3), "UTC") == 22


def test_an_edit_leaves_what_was_and_the_night_that_runs() -> None:
    edited = CYCLE | {
        "shifts": [shift(day, "00:00", "00:00", "dai") for day in range(3)],
        "effective_from": "2026-11-02",
        "revised_at": datetime(2026, 11, 2, 2, tzinfo=UTC),
        "past": [CYCLE],
    }
    assert on(edited, "2026-10-26T10:00") == on(CYCLE, "2026-10-26T10:00")
    assert on(edited, "2026-11-02T01:59") == ["an"]
    assert on(edited, "2026-11-02T02:00") == ["an", "dai"]
    assert on(edited, "2026-11-02T10:00") == ["dai"]


def test_a_cycle_has_nobody_outside_its_dates() -> None:
    summer = CYCLE | {"effective_from": "2026-06-01", "effective_until": "2026-06-30"}
    found = [bool(on(summer, f"2026-{day}T10:00")) for day in ("05-31", "06-01", "06-30", "07-01")]
    assert found == [False, True, True, False]


PEOPLE = st.sampled_from(["an", "bo", "chen"])
DAY = st.integers(0, DAYS - 1)
MINUTE = st.integers(0, DAYS * 24 * 60 - 1)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    kind, staff, since = draw(st.sampled_from(["leave", "stand_in", "swap", "extra"])), draw(PEOPLE), draw(DAY)
    made = row(kind, staff, _day(since), FIRST + timedelta(minutes=draw(MINUTE)))
    if kind in ("stand_in", "swap"):
        made["instead"] = draw(PEOPLE.filter(lambda other: other != staff))
    if kind == "swap":
        made["other_day"] = _day(draw(DAY))
    else:
        made["until"] = _day(min(DAYS - 1, since + draw(st.integers(0, 3))))
    if kind == "extra":
        made |= {"start": "22:00", "end": "06:30"}
    if draw(st.booleans()):
        made["withdrawn_at"] = made["at"] + timedelta(minutes=draw(st.integers(1, 4000)))
    return made


def _day(n: int) -> str:
    return (FIRST.date() + timedelta(days=n)).isoformat()


def model(exceptions: list[dict[str, Any]], day: str, moment: datetime) -> list[tuple[str, str, set[str]]]:
    """The shifts of a day as a clerk would write them on a board at that moment."""
    place = (date.fromisoformat(day) - date(2026, 1, 1)).days % 3
    board = [[each["start"], each["end"], set(each["staff"])] for each in CYCLE["shifts"] if each["day"] == place]
    for each in exceptions:
        gone = each.get("withdrawn_at")
        if each["at"] > moment or (gone is not None and gone <= moment):
            continue
        who, other = each["staff"], each.get("instead")
        if each["kind"] == "extra" and each["since"] <= day <= each["until"]:
            board.append([each["start"], each["end"], {who}])
        for line in board if each["kind"] in ("leave", "stand_in") and each["since"] <= day <= each["until"] else ():
            if who in line[2]:
                line[2] = (line[2] - {who}) | ({other} if other else set())
        if each["kind"] == "swap":
            for line in board:
                before = set(line[2])
                if day == each["since"] and who in before:
                    line[2] = (line[2] - {who}) | {other}
                if day == each["other_day"] and other in before:
                    keeps_other = day == each["since"] and who in before
                    line[2] = (line[2] - (set() if keeps_other else {other})) | {who}
    return [(start, end, people) for start, end, people in board]


def expected(exceptions: list[dict[str, Any]], moment: datetime) -> set[str]:
    found: set[str] = set()
    for back in (1, 0):
        day = moment.date() - timedelta(days=back)
        for start, end, people in model(exceptions, day.isoformat(), moment):
            begins = datetime.combine(day, time.fromisoformat(start), UTC)
            ends = datetime.combine(day, time.fromisoformat(end), UTC)
            ends += timedelta(days=1) if ends <= begins else timedelta()
            if begins <= moment < ends:
                found |= people
    return found


@settings(max_examples=80, deadline=None)
@given(exceptions=st.lists(rows(), max_size=5), minutes=st.lists(MINUTE, min_size=1, max_size=12))
def test_duty_is_that_of_a_model_that_writes_every_exception_down(
    exceptions: list[dict[str, Any]], minutes: list[int]
) -> None:
    roster = CYCLE | {"exceptions": exceptions}
    for minute in minutes:
        moment = FIRST + timedelta(minutes=minute)
        assert set(on_duty(roster, moment, "UTC")) == expected(exceptions, moment)


@settings(max_examples=40, deadline=None)
@given(exceptions=st.lists(rows(), max_size=4))
def test_what_the_tables_show_is_what_on_duty_said_minute_by_minute(exceptions: list[dict[str, Any]]) -> None:
    roster = CYCLE | {"exceptions": exceptions}
    since = FIRST - timedelta(days=2)
    spans = {who: list(shifts_of(roster, who, since, DAYS + 2, "UTC")) for who in ("an", "bo", "chen")}
    for minute in range(0, DAYS * 24 * 60, 97):
        moment = FIRST + timedelta(minutes=minute)
        by_tables = {who for who, found in spans.items() if any(a <= moment < b for a, b in found)}
        assert by_tables == set(on_duty(roster, moment, "UTC"))


def test_a_stand_in_has_the_night_whatever_the_clocks_do() -> None:
    night = {"anchor_date": "2026-01-01", "cycle_days": 1, "shifts": [shift(0, "22:00", "06:00", "an")]}
    stands_in = night | {"exceptions": [row("stand_in", "an", "2026-03-28", instead="bo")]}
    first = datetime(2026, 3, 28, 21, tzinfo=UTC)
    assert list(shifts_of(stands_in, "bo", first, 1, BERLIN)) == [(first, first + timedelta(hours=7))]
    assert on_duty(stands_in, first + timedelta(hours=7, minutes=-1), BERLIN) == ["bo"]
    assert on_duty(stands_in, first + timedelta(hours=24), BERLIN) == ["an"]


def test_a_shift_that_changes_hands_while_it_runs_is_held_in_parts() -> None:
    at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    parts = held(CYCLE | {"exceptions": [row("stand_in", "chen", "2026-11-02", at, instead="an")]}, at.date(), "UTC")
    assert [(each.start // 60, each.end // 60, each.staff) for each in parts] == [
        (8, 12, ("chen",)),
        (12, 20, ("an",)),
        (20, 32, ("bo",)),
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (row("stand_in", "an", "2026-11-02"), "instead"),
        (row("swap", "an", "2026-11-02", instead="an"), "instead"),
        (row("extra", "an", "2026-11-02", start="08:00"), "end"),
        (row("leave", "an", "2026-11-02", until="2026-11-01"), "until"),
        (row("leave", "an", "2026-11-02", until="2027-11-03"), "until"),
        (row("leave", "an", "2026-11-02", start="08:00"), "start"),
        (row("swap", "an", "2026-11-02", instead="bo", until="2026-11-03"), "until"),
    ],
)
def test_a_wrong_exception_is_refused_by_its_field(values: dict[str, Any], field: str) -> None:
    assert [each.field for each in check(values)] == [field]


def test_only_shifts_that_are_not_over_move() -> None:
    after = CYCLE | {"exceptions": [row("swap", "chen", "2026-11-02", instead="bo")]}
    day = date(2026, 11, 2)
    noon, evening, next_day = (datetime(2026, 11, 2, 12, tzinfo=UTC) + timedelta(hours=n) for n in (0, 8, 20))
    assert [(len(m.gained), len(m.lost)) for m in moved(CYCLE, after, day, day, noon).values()] == [(1, 1), (1, 1)]
    assert [(len(m.gained), len(m.lost)) for m in moved(CYCLE, after, day, day, evening).values()] == [(0, 1), (1, 0)]
    assert moved(CYCLE, after, day, day, next_day) == {}


@settings(max_examples=60, deadline=None)
@given(
    a=st.tuples(st.integers(0, 3), st.integers(0, 23), st.integers(1, 24)),
    b=st.tuples(st.integers(0, 3), st.integers(0, 23), st.integers(1, 24)),
    cycles=st.tuples(st.integers(4, 7), st.integers(4, 7)),
    apart=st.integers(-5, 5),
)
def test_two_cycles_meet_where_writing_them_down_shows_it(
    a: tuple[int, int, int], b: tuple[int, int, int], cycles: tuple[int, int], apart: int
) -> None:
    def roster(one: tuple[int, int, int], cycle: int, anchor: date) -> dict[str, Any]:
        day, start, hours = one
        only = shift(day, f"{start:02d}:00", f"{(start + hours) % 24:02d}:00", "an")
        return {"anchor_date": anchor.isoformat(), "cycle_days": cycle, "shifts": [only]}

    first, second = date(2026, 1, 10), date(2026, 1, 10) + timedelta(days=apart)

    def hours(one: tuple[int, int, int], cycle: int, anchor: date) -> set[int]:
        day, start, long = one
        begins = [(anchor.toordinal() + day + turn * cycle) * 24 + start for turn in range(-60, 60)]
        return {each + n for each in begins for n in range(long)}

    meet = bool(hours(a, cycles[0], first) & hours(b, cycles[1], second))
    assert (doubles(roster(a, cycles[0], first), roster(b, cycles[1], second)) == {"an"}) is meet
