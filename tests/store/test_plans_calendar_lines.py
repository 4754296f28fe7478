"""Rules as calendar programs write them (RFC 5545): what is understood, turned into the plan's fields, or refused by name."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from store.plans.calendar_lines import take_over
from store.plans.pattern import try_pattern
from tests.store.test_plans_recurrence import codes, happening, plan

SHANGHAI = ZoneInfo("Asia/Shanghai")
USUAL = [
    "FREQ=WEEKLY;UNTIL=20271023;BYDAY=TH;WKST=SU",
    "FREQ=WEEKLY;UNTIL=20270301T225959Z;BYDAY=TH",
    "FREQ=WEEKLY;COUNT=10;INTERVAL=1;BYDAY=MO,WE,FR;WKST=SU",
    "DTSTART;TZID=Asia/Shanghai:20261203T093000\nRRULE:FREQ=WEEKLY;BYDAY=TH",
    "RRULE:FREQ=WEEKLY;BYDAY=TH\nEXDATE:20261210T013000Z",
    "FREQ=WEEKLY;BYDAY=MO, TH",
]


def taken(rule: str, **changes: Any) -> dict[str, Any]:
    body, problems = take_over(plan(frequency="custom", rrule=rule, **changes), SHANGHAI)
    assert problems == []
    return body


def refused(rule: str, **changes: Any) -> str:
    _, problems = take_over(plan(frequency="custom", rrule=rule, **changes), SHANGHAI)
    assert [(each.code, each.field) for each in problems] == [("rrule_malformed", "rrule")]
    return problems[0].words.en


@pytest.mark.parametrize("rule", USUAL)
def test_a_rule_as_calendar_programs_export_it_is_understood(rule: str) -> None:
    body = taken(rule, times=["09:30"])
    assert codes(body) == []


def test_the_start_of_a_pasted_rule_becomes_the_plans_start_and_time() -> None:
    body = taken(USUAL[3])
    assert (body["start_date"], body["times"], body["rrule"]) == ("2026-12-03", ["09:30"], "FREQ=WEEKLY;BYDAY=TH")


def test_a_start_in_utc_is_turned_into_the_plans_zone() -> None:
    body = taken("DTSTART:20261202T233000Z\nRRULE:FREQ=WEEKLY;BYDAY=TH")
    assert (body["start_date"], body["times"]) == ("2026-12-03", ["07:30"])


def test_an_excepted_moment_in_utc_is_a_date_left_out() -> None:
    body = taken(USUAL[4], times=["09:30"])
    assert body["left_out"] == [{"date": "2026-12-10"}]
    assert happening(body, "2026-12-01", "2026-12-20") == ["12-03 09:30", "12-17 09:30"]


def test_a_date_of_its_own_is_added() -> None:
    body = taken("DTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WEEKLY;BYDAY=TH\nRDATE;VALUE=DATE:20261205,20261206")
    assert happening(body, "2026-12-01", "2026-12-09") == ["12-03 09:00", "12-05 09:00", "12-06 09:00"]


def test_long_lines_folded_by_the_program_are_read_as_one() -> None:
    body = taken("RRULE:FREQ=WEEKLY;BYD\r\n AY=TH\r\nEXDATE;VALUE=DATE:2026\r\n 1210")
    assert (body["rrule"], body["left_out"]) == ("FREQ=WEEKLY;BYDAY=TH", [{"date": "2026-12-10"}])


def test_a_date_that_is_left_out_already_keeps_its_reason() -> None:
    given = [{"date": "2026-12-10", "reason": "断电检修"}]
    assert taken("RRULE:FREQ=WEEKLY;BYDAY=TH\nEXDATE;VALUE=DATE:20261210", left_out=given)["left_out"] == given


def test_a_plain_rule_stays_as_it_was_written() -> None:
    body = plan(frequency="custom", rrule=" freq=daily ")
    assert take_over(body, SHANGHAI) == (body, [])


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ("RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", "two rules"),
        ("DTSTART;TZID=Middle/Earth:20261203T093000\nRRULE:FREQ=DAILY", "Middle/Earth"),
        ("DTSTART:tomorrow\nRRULE:FREQ=DAILY", "TOMORROW"),
        ("RRULE:FREQ=DAILY\nEXDATE:20261210T013000Z", "EXDATE names 2026-12-10 09:30"),
        ("RRULE:FREQ=DAILY\nSUMMARY:Pumps", "SUMMARY:Pumps"),
        ("RRULE:FREQ=DAILY\n" + "EXDATE:20261210\n" * 300, "200 lines"),
    ],
)
def test_what_cannot_be_read_is_named(rule: str, named: str) -> None:
    assert named in refused(rule)


def test_the_end_of_a_rule_counts_to_the_minute() -> None:
    body = plan(frequency="custom", rrule="FREQ=DAILY;UNTIL=20261203T120000", times=["09:00", "12:00", "12:01"])
    assert happening(body, "2026-12-02 23:00", "2026-12-05") == ["12-03 09:00", "12-03 12:00"]


def test_an_end_in_utc_is_turned_into_the_plans_zone() -> None:
    body = plan(frequency="custom", rrule="FREQ=DAILY;UNTIL=20261203T010000Z", times=["09:00", "09:01"])
    assert happening(body, "2026-12-02 10:00", "2026-12-05") == ["12-03 09:00"]


def test_an_end_in_utc_also_ends_the_small_hours_of_a_night() -> None:
    body = plan(frequency="custom", rrule="FREQ=DAILY;UNTIL=20261203T170000Z", times=["22:00", "00:00", "02:00"])
    assert happening(body, "2026-12-03 12:00", "2026-12-06") == ["12-03 22:00", "12-04 00:00"]


def test_a_bare_end_date_is_the_whole_of_that_day_with_its_night() -> None:
    body = plan(frequency="custom", rrule="FREQ=DAILY;UNTIL=20261203", times=["22:00", "02:00"])
    assert happening(body, "2026-12-03 12:00", "2026-12-06") == ["12-03 22:00", "12-04 02:00"]


def test_an_hourly_rule_ends_to_the_minute_too() -> None:
    body = plan(frequency="custom", rrule="FREQ=HOURLY;INTERVAL=4;UNTIL=20261203T040000Z", times=["00:00"])
    assert happening(body, "2026-12-03 01:00", "2026-12-04") == ["12-03 04:00", "12-03 08:00", "12-03 12:00"]


def test_a_week_that_starts_on_sunday_pairs_other_days_in_every_second_week() -> None:
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU"
    monday = plan(frequency="custom", rrule=rule, start_date="2026-08-04")
    sunday = plan(frequency="custom", rrule=rule + ";WKST=SU", start_date="2026-08-04")
    assert happening(monday, "2026-08-01", "2026-08-24") == ["08-04 09:00", "08-09 09:00", "08-18 09:00", "08-23 09:00"]
    assert happening(sunday, "2026-08-01", "2026-08-24") == ["08-04 09:00", "08-16 09:00", "08-18 09:00"]


def test_a_rule_from_long_ago_with_sunday_weeks_stays_aligned() -> None:
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU"
    far = happening(plan(frequency="custom", rrule=rule, start_date="2020-01-07"), "2026-08-01", "2026-08-24")
    all_of_them = happening(plan(frequency="custom", rrule=rule, start_date="2020-01-07"), "2020-01-01", "2026-08-24")
    assert far == all_of_them[-len(far) :]


def test_what_is_pasted_never_raises() -> None:
    for text in ("DTSTART:", "EXDATE:,,", "RRULE:", ":::", "DTSTART;VALUE=DATE:20261399"):
        body, problems = take_over(plan(frequency="custom", rrule=text), SHANGHAI)
        assert problems or try_pattern(body)[1]
    assert date.fromisoformat(taken("DTSTART:20261203\nRRULE:FREQ=DAILY")["start_date"]) == date(2026, 12, 3)
