"""What is wrong with a plan, who has a slot, what became of the missed ones, what a change does."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.plans.recurrence import Slot, slots
from store.plans.rules import (
    account_missed,
    assignee,
    check,
    check_route,
    checkpoint_windows,
    compile_windows,
    difference,
    due_at,
    hours_per_week,
    overlaps,
    reminders,
    slot_number,
    varied,
)

SHANGHAI = "Asia/Shanghai"


def plan(**changes: Any) -> dict[str, Any]:
    return {
        "service": "patrol",
        "route": "garage",
        "frequency": "daily",
        "times": ["22:00", "00:00", "02:00"],
        "start_date": "2026-01-01",
        "duration_minutes": 30,
        "assign_to": "on_duty",
        "roster": "guards",
        "missed": "once",
        **changes,
    }


def route(*checkpoints: tuple[str, int, int], ordered: bool = True) -> dict[str, Any]:
    rows = [
        {
            "code": code,
            "name": {"zh": code},
            "place": f"at {code}",
            "offset_minutes": offset,
            "tolerance_minutes": tolerance,
        }
        for code, offset, tolerance in checkpoints
    ]
    return {"ordered": ordered, "checkpoints": rows}


def always(day: date) -> bool:
    return True


def china(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def nobody(roster: str) -> list[str]:
    return []


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(SHANGHAI)).astimezone(UTC)


def between(body: dict[str, Any], since: str, until: str, workday: Any = always) -> list[Slot]:
    return list(slots(body, SHANGHAI, utc(since), utc(until), workday))


def codes(body: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(each.code, each.field) for each in check(body)]


# --- check -----------------------------------------------------------------------------------------------------------


def test_a_good_plan_has_no_problems() -> None:
    assert check(plan(reminder_minutes=[10, 60])) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"route": None}, ("route_missing", "route")),
        ({"service": "cleaning"}, ("checklist_missing", "checklist")),
        ({"service": "greening"}, ("checklist_missing", "checklist")),
        ({"duration_minutes": 0}, ("duration_not_positive", "duration_minutes")),
        ({"duration_minutes": None}, ("duration_not_positive", "duration_minutes")),
        ({"assign_to": None}, ("not_a_choice", "assign_to")),
        ({"assign_to": "person"}, ("staff_missing", "staff")),
        ({"assign_to": "rota", "staff": []}, ("staff_missing", "staff")),
        ({"roster": None}, ("roster_missing", "roster")),
        ({"assign_to": "department"}, ("department_missing", "department")),
        ({"times": []}, ("required", "times")),
        ({"times": ["09:00", "09:00"]}, ("duplicate_time", "times.1")),
        ({"times": ["09:00", "08:00", "10:00"]}, ("times_unsorted", "times")),
        ({"end_date": "2025-12-31"}, ("end_before_start", "end_date")),
        ({"frequency": "custom", "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, ("rule_never_happens", "rrule")),
        ({"frequency": "custom", "rrule": "often"}, ("rrule_malformed", "rrule")),
        ({"reminder_minutes": [0]}, ("out_of_range", "reminder_minutes.0")),
        ({"reminder_minutes": [10081], "times": ["09:00"]}, ("out_of_range", "reminder_minutes.0")),
        ({"reminder_minutes": [10, 10]}, ("duplicate_reminder", "reminder_minutes.1")),
        ({"reminder_minutes": [10, 120]}, ("reminder_too_early", "reminder_minutes.1")),
    ],
)
def test_what_is_wrong_with_a_plan_is_named_with_its_field(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert codes(plan(**changes)) == [expected]


@pytest.mark.parametrize(
    "changes",
    [
        {"service": "cleaning", "route": None, "checklist": "lobby"},
        {"service": "security", "route": None},
        {"service": "other", "route": None},
        {"assign_to": "rota", "staff": ["an"]},
        {"assign_to": "department", "department": "security"},
        {"times": ["00:00", "02:00", "22:00"]},
        {"end_date": "2026-01-01"},
        {"duration_minutes": 1},
        {"reminder_minutes": [119]},
        {"reminder_minutes": [1439], "times": ["09:00"]},
        {"reminder_minutes": [10080], "times": ["09:00"], "frequency": "weekly", "weekdays": [1]},
        {"reminder_minutes": [59], "times": [], "frequency": "custom", "rrule": "FREQ=HOURLY"},
    ],
)
def test_the_other_side_of_each_boundary_is_right(changes: dict[str, Any]) -> None:
    assert codes(plan(**changes)) == []


def test_a_reminder_of_a_whole_day_is_too_early_for_a_daily_round_and_right_for_every_second_day() -> None:
    daily = plan(times=["09:00"], reminder_minutes=[1440])
    assert codes(daily) == [("reminder_too_early", "reminder_minutes.0")]
    assert codes({**daily, "interval": 2}) == []


def test_every_problem_is_told_at_once_in_both_languages() -> None:
    found = check({})
    assert {each.field for each in found} == {"start_date", "frequency", "duration_minutes", "assign_to"}
    assert all(each.words.zh and each.words.en and "{" not in each.words.zh + each.words.en for each in found)


def test_a_route_whose_windows_overlap_is_right() -> None:
    assert check_route(route(("a", 0, 10), ("b", 6, 10), ("c", 12, 10))) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (route(), [("required", "checkpoints")]),
        (route(("a", 0, 10), ("a", 5, 10)), [("duplicate_code", "checkpoints.1.code")]),
        (route(("a", 0, 0)), [("tolerance_not_positive", "checkpoints.0.tolerance_minutes")]),
        (route(("a", -1, 5)), [("offset_negative", "checkpoints.0.offset_minutes")]),
        (route(("a", 5, 5), ("b", 5, 5)), [("checkpoints_overlap", "checkpoints.1.offset_minutes")]),
        (route(("a", 5, 5), ("b", 4, 5)), [("offsets_unsorted", "checkpoints.1.offset_minutes")]),
        (route(("a", 5, 1), ("b", 6, 1)), []),
        (route(("a", 5, 5), ("b", 5, 5), ("c", 1, 5), ordered=False), []),
    ],
)
def test_what_is_wrong_with_a_route_is_named(body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(each.code, each.field) for each in check_route(body)] == expected


# --- what a slot becomes ---------------------------------------------------------------------------------------------

TEN = Slot("2026-03-02T22:00", utc("2026-03-02T22:00"))


def test_due_and_reminders_are_counted_from_the_nominal_time() -> None:
    body = plan(reminder_minutes=[10, 60])
    assert due_at(TEN, body) == utc("2026-03-02T22:30")
    assert reminders(TEN, body) == [utc("2026-03-02T21:00"), utc("2026-03-02T21:50")]


def test_each_checkpoint_has_a_window_around_its_time() -> None:
    first, second = checkpoint_windows(compile_windows(route(("gate", 0, 10), ("pump", 12, 3))), TEN.nominal_utc)
    assert first == {
        "code": "gate",
        "name": {"zh": "gate"},
        "place": "at gate",
        "opens_at": utc("2026-03-02T21:50"),
        "closes_at": utc("2026-03-02T22:10"),
        "state": "pending",
    }
    assert (second["opens_at"], second["closes_at"]) == (utc("2026-03-02T22:09"), utc("2026-03-02T22:15"))


def test_an_order_that_varies_covers_every_checkpoint_and_closes_with_the_closing_one() -> None:
    body = route(*((f"p{n}", n * 6, 10) for n in range(6)), ordered=False)
    body["checkpoints"][-1]["closing"] = True
    windows = compile_windows(body)
    rounds = [varied(windows, f"night:{n}") for n in range(40)]
    orders = [[each.named["code"] for each in found] for found in rounds]
    assert all(sorted(order) == [f"p{n}" for n in range(6)] and order[-1] == "p5" for order in orders)
    assert all([each.opens for each in found] == [each.opens for each in windows] for found in rounds)
    assert {order[0] for order in orders} == {"p0", "p1", "p2", "p3", "p4"}
    assert varied(windows, "night:0") == rounds[0]
    assert checkpoint_windows(rounds[0], TEN.nominal_utc)[-1]["closing"] is True


def test_a_closing_checkpoint_is_the_last_and_a_varied_order_is_no_fixed_one() -> None:
    body = {**route(("a", 0, 10), ("b", 6, 10)), "varies": True}
    body["checkpoints"][0]["closing"] = True
    assert [each.code for each in check_route(body)] == ["closing_not_last", "varies_in_order"]


def test_whoever_of_the_roster_is_on_duty_has_it() -> None:
    on_duty = {"guards": ["an", "bo"]}
    assert assignee(plan(), TEN, on_duty.__getitem__) == ["an", "bo"]


def test_a_person_has_every_slot_and_a_department_none_by_name() -> None:
    assert assignee(plan(assign_to="person", staff=["an"]), TEN, nobody) == ["an"]
    assert assignee(plan(assign_to="department", department="security", staff=["an"]), TEN, nobody) == []


def test_a_rota_takes_turns_from_slot_to_slot_through_the_night() -> None:
    body = plan(assign_to="rota", staff=["an", "bo"])
    found = between(body, "2026-01-01T12:00", "2026-01-03T12:00")
    assert [assignee(body, each, nobody) for each in found] == [["an"], ["bo"], ["an"], ["bo"], ["an"], ["bo"]]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"interval": 3},
        {"frequency": "weekly", "weekdays": [2, 5], "start_date": "2026-01-05"},
        {"frequency": "weekly", "weekdays": [2, 5], "interval": 2, "start_date": "2026-01-05"},
        {"frequency": "monthly", "month_days": [1, 10, 28]},
        {"frequency": "custom", "rrule": "FREQ=MONTHLY;BYDAY=-1FR"},
        {"frequency": "custom", "rrule": "FREQ=HOURLY;INTERVAL=5", "times": ["08:00"]},
        {"frequency": "custom", "rrule": "FREQ=HOURLY;BYHOUR=8,10", "times": []},
    ],
)
def test_slots_are_numbered_one_after_the_other_from_the_start(changes: dict[str, Any]) -> None:
    body = plan(**changes)
    found = between(body, "2025-12-01", "2026-07-01")
    assert [slot_number(body, each) for each in found] == list(range(len(found)))


def test_an_outage_a_season_and_a_holiday_do_not_change_whose_turn_it_is() -> None:
    staff = ["an", "bo", "chen"]
    body = plan(assign_to="rota", staff=staff, times=["09:00"])
    whole = {each.nominal_local: assignee(body, each, nobody) for each in between(body, "2026-09-01", "2026-11-01")}
    seasonal = {**body, "months": [10], "on_holiday": "next_workday"}
    later = between(seasonal, "2026-09-20", "2026-11-01", china)
    assert later[0].nominal_local == "2026-10-08T09:00"
    assert all(assignee(seasonal, each, nobody) == whole[each.nominal_local] for each in later)


# --- missed slots ----------------------------------------------------------------------------------------------------


def decided(policy: str, now: str, **changes: Any) -> list[tuple[str, str, str, int]]:
    body = plan(missed=policy, **changes)
    found = account_missed(body, between(body, "2026-03-01T12:00", "2026-03-02T12:00"), utc(now))
    return [(each.key[5:], each.action, each.reason, each.late_minutes) for each in found]


def test_skip_makes_nothing_of_what_was_missed() -> None:
    assert decided("skip", "2026-03-02T06:00") == [
        ("03-01T22:00", "skip", "missed", 0),
        ("03-02T00:00", "skip", "missed", 0),
        ("03-02T02:00", "skip", "missed", 0),
    ]


def test_once_makes_the_newest_and_marks_how_late_it_is() -> None:
    assert decided("once", "2026-03-02T06:00") == [
        ("03-01T22:00", "skip", "superseded", 0),
        ("03-02T00:00", "skip", "superseded", 0),
        ("03-02T02:00", "make", "caught_up", 240),
    ]


def test_all_makes_every_one() -> None:
    assert decided("all", "2026-03-02T06:00") == [
        ("03-01T22:00", "make", "caught_up", 480),
        ("03-02T00:00", "make", "caught_up", 360),
        ("03-02T02:00", "make", "caught_up", 240),
    ]


def test_a_slot_is_missed_one_millisecond_after_it_was_due_and_not_before() -> None:
    body = plan(missed="skip")
    due = utc("2026-03-02T22:30")
    [at_due] = account_missed(body, [TEN], due)
    [after] = account_missed(body, [TEN], due + timedelta(milliseconds=1))
    assert (at_due.action, at_due.reason, at_due.late_minutes) == ("make", "on_time", 0)
    assert (after.action, after.reason) == ("skip", "missed")


def test_a_slot_whose_time_still_runs_is_made_beside_the_one_that_is_caught_up() -> None:
    assert decided("once", "2026-03-02T02:10") == [
        ("03-01T22:00", "skip", "superseded", 0),
        ("03-02T00:00", "make", "caught_up", 130),
        ("03-02T02:00", "make", "on_time", 0),
    ]


def test_a_slot_that_is_still_to_come_is_made_as_usual() -> None:
    assert decided("skip", "2026-03-01T21:00")[0] == ("03-01T22:00", "make", "on_time", 0)


def test_merged_slots_are_accounted_for_by_their_own_keys() -> None:
    body = plan(times=["09:00"], on_holiday="next_workday", missed="once")
    found = account_missed(body, between(body, "2026-10-01", "2026-10-08T10:00", china), utc("2026-10-08T09:05"))
    assert [(each.key, each.reason) for each in found] == [
        ("2026-10-08T09:00", "on_time"),
        *((f"2026-10-0{day}T09:00", "merged") for day in range(1, 8)),
    ]
    assert found[1].slot.nominal_local == "2026-10-08T09:00"
    assert found[1].words.zh == "与 2026-10-08 09:00 并为一次"


def test_nothing_missed_is_nothing_to_decide() -> None:
    assert account_missed(plan(), [], utc("2026-03-01")) == []


@settings(max_examples=60, deadline=None)
@given(
    policy=st.sampled_from(["skip", "once", "all"]),
    since=st.integers(0, 24 * 200),
    hours=st.integers(0, 24 * 12),
    late=st.integers(0, 60 * 24 * 14),
    on_holiday=st.sampled_from(["as_planned", "skip", "next_workday"]),
)
def test_every_slot_is_accounted_for_exactly_once(
    policy: str, since: int, hours: int, late: int, on_holiday: str
) -> None:
    body = plan(missed=policy, on_holiday=on_holiday)
    after = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(hours=since)
    until = after + timedelta(hours=hours)
    now = after + timedelta(minutes=late)
    found = list(slots(body, SHANGHAI, after, until, china))
    decisions = account_missed(body, found, now)
    keys = [each.nominal_local for each in found] + [key for each in found for key in each.absorbed]
    assert sorted(each.key for each in decisions) == sorted(keys)
    missed = [each for each in found if each.nominal_utc + timedelta(minutes=30) < now]
    caught_up = [each for each in decisions if each.reason == "caught_up"]
    assert len(caught_up) == {"skip": 0, "once": min(1, len(missed)), "all": len(missed)}[policy]
    assert all(each.late_minutes >= 30 for each in caught_up)
    assert sum(each.reason == "on_time" for each in decisions) == len(found) - len(missed)


# --- weight, overlap, difference -------------------------------------------------------------------------------------


def test_two_plans_overlap_when_one_begins_before_the_other_must_be_done() -> None:
    a = between(plan(times=["09:00"]), "2026-03-01", "2026-03-03")
    touching = between(plan(times=["09:30"]), "2026-03-01", "2026-03-03")
    inside = between(plan(times=["09:29"]), "2026-03-01", "2026-03-03")
    assert overlaps(a, touching, minutes_a=30, minutes_b=30) == []
    assert overlaps(touching, a, minutes_a=30, minutes_b=30) == []
    assert overlaps(a, inside, minutes_a=30, minutes_b=30) == list(zip(a, inside, strict=True))
    assert overlaps(inside, a, minutes_a=30, minutes_b=30) == list(zip(inside, a, strict=True))


def test_a_long_slot_overlaps_all_the_short_ones_in_it() -> None:
    long, short = (
        between(plan(times=["08:00"]), "2026-03-01", "2026-03-02"),
        between(plan(times=["07:59", "09:00", "11:00", "12:00"]), "2026-03-01", "2026-03-02"),
    )
    assert len(overlaps(long, short, minutes_a=240, minutes_b=2)) == 3
    assert len(overlaps(short, long, minutes_a=2, minutes_b=240)) == 3


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"times": ["22:00", "00:00", "02:00", "04:00"]}, 14.0),
        ({"times": ["09:00"], "interval": 7}, 0.5),
        ({"times": ["09:00"], "frequency": "weekly", "weekdays": [1, 4]}, 1.0),
        ({"times": ["09:00"], "frequency": "weekly", "weekdays": [1, 4], "interval": 2}, 0.5),
        ({"times": ["09:00"], "frequency": "monthly", "month_days": [1], "duration_minutes": 260}, 1.0),
        ({"times": ["09:00"], "months": [6]}, 3.5),
        ({"times": [], "frequency": "custom", "rrule": "FREQ=HOURLY;INTERVAL=6"}, 14.0),
        ({"times": ["09:00"], "end_date": "2026-01-14"}, 3.5),
    ],
)
def test_the_hours_of_a_week_in_season_are_counted(changes: dict[str, Any], expected: float) -> None:
    assert hours_per_week(plan(**changes)) == expected


def keys(found: list[Slot]) -> list[str]:
    return [each.nominal_local[5:] for each in found]


def test_a_difference_names_what_is_added_removed_moved_and_kept() -> None:
    old = plan(times=["09:00", "14:00"])
    new = plan(times=["09:00", "15:00", "16:00"])
    found = difference(old, new, SHANGHAI, utc("2026-03-01"), utc("2026-03-02"), always)
    assert keys(found.kept) == ["03-01T09:00"]
    assert [(a.nominal_local[11:], b.nominal_local[11:]) for a, b in found.moved] == [("14:00", "15:00")]
    assert keys(found.added) == ["03-01T16:00"]
    assert found.removed == []


def test_a_change_of_the_holiday_rule_moves_the_slot_under_its_key() -> None:
    old = plan(times=["09:00"], frequency="monthly", month_days=[1])
    found = difference(
        old, {**old, "on_holiday": "next_workday"}, SHANGHAI, utc("2026-09-20"), utc("2026-10-31"), china
    )
    [(before, after)] = found.moved
    assert before.nominal_local == after.nominal_local == "2026-10-01T09:00"
    assert after.moved_to == "2026-10-08T09:00"
    assert (found.added, found.removed, found.kept) == ([], [], [])


def test_a_new_plan_adds_everything_and_a_withdrawn_one_removes_everything() -> None:
    body = plan(times=["09:00"])
    window = (SHANGHAI, utc("2026-03-01"), utc("2026-03-03"), always)
    assert keys(difference(None, body, *window).added) == ["03-01T09:00", "03-02T09:00"]
    assert keys(difference(body, None, *window).removed) == ["03-01T09:00", "03-02T09:00"]
    assert len(difference(body, body, *window).kept) == 2


def test_a_difference_may_look_at_the_calendar_that_was_and_the_one_that_will_be() -> None:
    body = plan(times=["09:00"], on_holiday="skip")
    found = difference(body, body, SHANGHAI, utc("2026-10-01"), utc("2026-10-02"), always, was_workday=china)
    assert keys(found.added) == ["10-01T09:00"]
