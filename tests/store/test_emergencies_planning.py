"""The drill year: quotas become dates that avoid holidays, empty rosters and each other – or a named shortfall."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.emergencies.planning import Drill, DrillKind, Quota, World, YearPlan, check_move, plan_year
from store.words import Words

NEW_YEAR = datetime(2025, 12, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, 1, tzinfo=UTC)  # 09:00 in Shanghai
HOLIDAYS = {"National Day": Words("国庆节", "National Day"), "Spring Festival": Words("春节", "Spring Festival")}
FIRE = Quota("fire", Words("火灾", "Fire"), tabletop=1, live=2)
LIFT = Quota("lift", Words("电梯困人", "Trapped in a lift"), tabletop=1, live=1)
FLOOD = Quota("flood", Words("防汛", "Flood"), tabletop=1)


def china(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day)) if day.year <= 2026 else day.weekday() < 5


def china_names(day: date) -> Words | None:
    free, name = chinese_calendar.get_holiday_detail(day)
    return HOLIDAYS.get(str(name)) if free and name else None


def nobody_missing(day: date) -> bool:
    return False


def world(**changes: Any) -> World:
    return World(**{"is_workday": china, "roster_empty": nobody_missing, "day_name": china_names, **changes})


def drill(plan: str, kind: DrillKind, ordinal: int, day: str, state: str = "confirmed") -> Drill:
    return Drill(plan, kind, 2026, ordinal, date.fromisoformat(day), state)


def dates(found: YearPlan) -> list[date]:
    return [each.day for each in found.drills]


def test_every_drill_of_the_quota_has_a_date_at_ten_in_the_morning() -> None:
    found = plan_year([FIRE, LIFT], 2026, NEW_YEAR, [], world())
    assert sorted(each.key for each in found.drills) == [
        "fire:2026:live:1",
        "fire:2026:live:2",
        "fire:2026:tabletop:1",
        "lift:2026:live:1",
        "lift:2026:tabletop:1",
    ]
    assert found.shortfalls == []
    assert all(each.at == datetime(2026, each.day.month, each.day.day, 2, tzinfo=UTC) for each in found.drills)


def test_only_workdays_are_taken_and_make_up_saturdays_are_workdays() -> None:
    found = plan_year([Quota("many", Words("多", "Many"), tabletop=40)], 2026, NEW_YEAR, [], world(min_days_apart=3))
    assert len(found.drills) == 40
    assert all(china(each) for each in dates(found))


def test_a_drill_that_wanted_a_holiday_says_which_it_avoids() -> None:
    # One plan, one drill: its ideal is the middle of what is left, 5 October 2026.
    found = plan_year([FLOOD], 2026, datetime(2026, 7, 11, 1, tzinfo=UTC), [], world())
    [only] = found.drills
    assert only.day == date(2026, 10, 8)
    assert only.reason.zh == "在剩余时间内均匀安排，避开国庆节假期"
    assert only.reason.en == "spread evenly over what is left of the year, keeps clear of National Day"


def test_a_drill_that_wanted_a_day_with_an_empty_roster_says_so() -> None:
    [usual] = plan_year([FLOOD], 2026, NEW_YEAR, [], world()).drills
    [other] = plan_year([FLOOD], 2026, NEW_YEAR, [], world(roster_empty=lambda day: day == usual.day)).drills
    assert other.day != usual.day
    assert f"避开无人值班的{usual.day.month}月{usual.day.day}日" in other.reason.zh


def test_a_reason_names_the_nearest_other_drill_and_how_far_it_is() -> None:
    found = plan_year([FLOOD, LIFT], 2026, NEW_YEAR, [], world())
    flood = next(each for each in found.drills if each.plan == "flood")
    nearest = min(abs((each.day - flood.day).days) for each in found.drills if each is not flood)
    assert flood.reason.zh.endswith(f"与电梯困人演练相隔 {nearest} 天")


def test_the_drills_of_a_plan_are_spread_over_the_year() -> None:
    found = plan_year([Quota("fire", Words("火灾", "Fire"), tabletop=2, live=2)], 2026, NEW_YEAR, [], world())
    assert all(70 <= (later - earlier).days <= 110 for earlier, later in pairwise(dates(found)))
    assert [each.kind for each in found.drills] == ["tabletop", "live", "tabletop", "live"]


def test_plans_with_one_drill_each_do_not_meet() -> None:
    quotas = [Quota(f"plan-{n:02d}", Words(str(n), str(n)), tabletop=1) for n in range(12)]
    found = dates(plan_year(quotas, 2026, NEW_YEAR, [], world()))
    assert min((later - earlier).days for earlier, later in pairwise(found)) >= 20


def test_two_drills_are_exactly_the_least_distance_apart_when_that_is_what_fits() -> None:
    quota = Quota("x", Words("甲", "A"), tabletop=3)
    late = datetime(2026, 12, 13, 16, tzinfo=UTC)  # Monday 14 December, midnight in Shanghai
    fits = plan_year([quota], 2026, late, [], world(min_days_apart=8))
    assert len(fits.drills) == 3
    assert all((later - earlier).days >= 8 for earlier, later in pairwise(dates(fits)))
    tight = plan_year([quota], 2026, late, [], world(min_days_apart=9))
    assert (len(tight.drills), len(tight.shortfalls)) == (2, 1)


def test_what_has_no_day_is_a_shortfall_with_its_name() -> None:
    found = plan_year([FIRE, LIFT], 2026, datetime(2026, 12, 29, 1, tzinfo=UTC), [], world())
    assert len(found.drills) == 1
    assert len(found.shortfalls) == 4
    assert found.shortfalls[0].words.zh == "2026年没有合适的日子：需为工作日、有人值班、与其他演练相隔至少 7 天"
    placed_first = {each.ordinal for each in found.drills}
    assert placed_first == {1}


def test_a_plans_first_drill_has_the_only_day_even_if_its_last_wanted_it_more() -> None:
    only_day = world(is_workday=lambda day: day == date(2026, 12, 31))
    found = plan_year([Quota("x", Words("甲", "A"), tabletop=3)], 2026, NEW_YEAR, [], only_day)
    assert [each.ordinal for each in found.drills] == [1]
    assert [each.ordinal for each in found.shortfalls] == [2, 3]


def test_a_year_that_is_over_is_all_shortfall() -> None:
    found = plan_year([LIFT], 2026, datetime(2027, 1, 5, tzinfo=UTC), [], world())
    assert found.drills == []
    assert [(each.plan, each.kind, each.ordinal) for each in found.shortfalls] == [
        ("lift", "tabletop", 1),
        ("lift", "live", 1),
    ]


def test_a_year_without_a_workday_is_all_shortfall() -> None:
    found = plan_year([LIFT], 2026, NEW_YEAR, [], world(is_workday=lambda day: False))
    assert (found.drills, len(found.shortfalls)) == ([], 2)


def test_nothing_is_planned_for_an_hour_that_has_passed() -> None:
    quota = [Quota("x", Words("甲", "A"), tabletop=1)]
    last_day = world(is_workday=lambda day: day == date(2026, 12, 31))
    before = plan_year(quota, 2026, datetime(2026, 12, 31, 1, 59, tzinfo=UTC), [], last_day)
    at_ten = plan_year(quota, 2026, datetime(2026, 12, 31, 2, 0, tzinfo=UTC), [], last_day)
    assert dates(before) == [date(2026, 12, 31)]
    assert (at_ten.drills, len(at_ten.shortfalls)) == ([], 1)


def test_what_is_left_of_the_quota_is_spread_over_what_is_left_of_the_year() -> None:
    held = [drill("fire", "tabletop", 1, "2026-02-10", "held")]
    found = plan_year([FIRE], 2026, JULY, held, world())
    assert [(each.kind, each.ordinal) for each in found.drills] == [("live", 1), ("live", 2)]
    first, second = dates(found)
    assert first >= date(2026, 7, 1)
    assert (second - first).days > 50


def test_the_next_drill_of_a_plan_keeps_clear_of_the_one_just_held() -> None:
    held = [drill("fire", "tabletop", 1, "2026-06-29", "held")]
    found = plan_year([FIRE], 2026, JULY, held, world())
    # A third of what is left of the year, as the two to come are a third each.
    assert (dates(found)[0] - date(2026, 6, 29)).days > 60


@pytest.mark.parametrize("state", ["confirmed", "held", "moved"])
def test_fixed_drills_stay_and_count_for_the_quota(state: str) -> None:
    fixed = [drill("lift", "live", 1, "2026-09-01", state)]
    found = plan_year([LIFT], 2026, JULY, fixed, world())
    assert [each.key for each in found.drills] == ["lift:2026:tabletop:1"]
    assert abs((found.drills[0].day - date(2026, 9, 1)).days) >= 7


def test_a_confirmed_drill_early_in_the_year_leaves_the_later_part_to_the_other() -> None:
    confirmed = [drill("lift", "tabletop", 1, "2026-03-16")]
    [live] = plan_year([LIFT], 2026, NEW_YEAR, confirmed, world()).drills
    assert live.day >= date(2026, 9, 1)


def test_planned_drills_are_dated_again_under_their_own_key() -> None:
    existing = [
        drill("lift", "live", 3, "2026-03-01", "planned"),
        drill("lift", "tabletop", 1, "2026-04-01", "planned"),
    ]
    found = plan_year([LIFT], 2026, JULY, existing, world())
    assert sorted(each.key for each in found.drills) == ["lift:2026:live:3", "lift:2026:tabletop:1"]


def test_a_cancelled_drill_is_replaced_under_a_new_key() -> None:
    existing = [drill("flood", "tabletop", 1, "2026-08-04", "cancelled")]
    assert [each.key for each in plan_year([FLOOD], 2026, JULY, existing, world()).drills] == ["flood:2026:tabletop:2"]


def test_more_fixed_drills_than_the_quota_leave_nothing_to_plan() -> None:
    fixed = [drill("flood", "tabletop", n, f"2026-0{n}-02", "held") for n in (2, 3)]
    assert plan_year([FLOOD], 2026, JULY, fixed, world()) == YearPlan([], [])


def test_planning_again_the_same_moment_changes_nothing() -> None:
    quotas = [FIRE, LIFT, FLOOD]
    first = plan_year(quotas, 2026, NEW_YEAR, [], world())
    existing = [Drill(each.plan, each.kind, 2026, each.ordinal, each.day, "planned") for each in first.drills]
    assert plan_year(list(reversed(quotas)), 2026, NEW_YEAR, existing, world()) == first


def test_drills_of_the_estates_other_plans_are_kept_clear_of() -> None:
    [usual] = plan_year([FLOOD], 2026, NEW_YEAR, [], world()).drills
    other = Drill("gas", "live", 2026, 1, usual.day, "confirmed", Words("燃气泄漏", "Gas leak"))
    [moved] = plan_year([FLOOD], 2026, NEW_YEAR, [other], world()).drills
    assert abs((moved.day - usual.day).days) >= 7
    assert "与燃气泄漏演练相隔" in moved.reason.zh


# --- moving one by hand ----------------------------------------------------------------------------------------------


def at_ten(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T02:00+00:00")


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("2026-07-15", []),
        ("2026-06-30", ["in_the_past"]),
        ("2026-10-01", ["not_a_workday"]),
        ("2027-03-02", ["other_year"]),
        ("2026-08-12", ["same_day"]),
        ("2026-08-18", ["too_near"]),
        ("2026-08-19", []),
        ("2026-08-06", ["too_near"]),
        ("2026-08-05", []),
        ("2026-09-08", ["roster_empty"]),
    ],
)
def test_a_move_is_warned_about(to: str, expected: list[str]) -> None:
    itself = drill("fire", "live", 1, "2026-07-14", "planned")
    others = [itself, drill("lift", "live", 1, "2026-08-12"), drill("lift", "live", 2, "2026-07-16", "cancelled")]
    there = world(roster_empty=lambda day: day == date(2026, 9, 8), day_name=lambda day: None)
    found = check_move(itself, at_ten(to), JULY, others, there)
    assert [each.code for each in found] == expected
    assert all(each.field == "planned_for" for each in found)


def test_a_move_to_a_holiday_names_it() -> None:
    [problem] = check_move(drill("fire", "live", 1, "2026-07-14"), at_ten("2026-10-02"), JULY, [], world())
    assert problem.words == Words("当天是国庆节假期", "This is a holiday: National Day")


def test_a_move_to_this_very_moment_is_too_late_and_a_minute_later_is_not() -> None:
    itself = drill("fire", "live", 1, "2026-07-14")
    assert [each.code for each in check_move(itself, JULY, JULY, [], world())] == ["in_the_past"]
    assert check_move(itself, JULY + timedelta(minutes=1), JULY, [], world()) == []


# --- properties ------------------------------------------------------------------------------------------------------


def most_that_fit(free: list[date], apart: int) -> int:
    """Taking every day as early as possible is the most one can ever place."""
    placed: list[date] = []
    for day in free:
        if not placed or (day - placed[-1]).days >= apart:
            placed.append(day)
    return len(placed)


counts = st.integers(0, 4)


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.tuples(counts, counts), min_size=1, max_size=6),
    fixed_days=st.lists(st.integers(0, 364), max_size=4),
    start=st.integers(-20, 364),
    apart=st.integers(1, 25),
    empty=st.sets(st.integers(0, 364), max_size=60),
)
def test_as_many_as_possible_are_placed_and_every_rule_is_kept(
    sizes: list[tuple[int, int]], fixed_days: list[int], start: int, apart: int, empty: set[int]
) -> None:
    quotas = [Quota(f"p{n}", Words(str(n), str(n)), *size) for n, size in enumerate(sizes)]
    first = date(2026, 1, 1)
    fixed = [
        Drill("other", "live", 2026, n, first + timedelta(days=day), "confirmed") for n, day in enumerate(fixed_days)
    ]
    empty_days = {first + timedelta(days=each) for each in empty}
    now = datetime(2026, 1, 1, 1, tzinfo=UTC) + timedelta(days=start)
    there = world(roster_empty=lambda day: day in empty_days, min_days_apart=apart)
    found = plan_year(quotas, 2026, now, fixed, there)
    year = [first + timedelta(days=n) for n in range(max(0, start), 365)]
    free = [
        day
        for day in year
        if china(day) and day not in empty_days and all(abs((day - each.day).days) >= apart for each in fixed)
    ]
    demanded = sum(sum(size) for size in sizes)
    assert len(found.drills) + len(found.shortfalls) == demanded
    assert len(found.drills) == min(demanded, most_that_fit(free, apart))
    assert all(each.day in free and each.at > now for each in found.drills)
    assert all(abs((a - b).days) >= apart for a, b in combinations(dates(found), 2))
    assert len({each.key for each in found.drills}) == len(found.drills)
