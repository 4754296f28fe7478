"""A plan as a sentence in both languages, and its preview with holidays and make-up workdays."""

from datetime import UTC, date, datetime
from typing import Any

import chinese_calendar
import pytest

from store.errors import Invalid
from store.plans.wording import in_words, preview
from store.words import Words

SHANGHAI = "Asia/Shanghai"


def plan(**changes: Any) -> dict[str, Any]:
    return {"frequency": "daily", "times": ["09:00"], "start_date": "2026-01-01", "missed": "once", **changes}


def china(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def china_names(day: date) -> Words | None:
    free, name = chinese_calendar.get_holiday_detail(day)
    if free:
        return Words("国庆节", "National Day") if name else None
    return Words("调休上班", "make-up workday") if name else None


def no_names(day: date) -> Words | None:
    return None


@pytest.mark.parametrize(
    ("changes", "zh", "en"),
    [
        (
            {"times": ["22:00", "00:00", "02:00", "04:00"]},
            "每天 22:00、00:00、02:00、04:00",
            "Every day at 22:00, 00:00, 02:00 and 04:00",
        ),
        ({"interval": 2}, "每 2 天 09:00", "Every 2 days at 09:00"),
        ({"frequency": "weekly", "weekdays": [4, 1]}, "每周一、四 09:00", "Every Monday and Thursday at 09:00"),
        (
            {"frequency": "weekly", "weekdays": [7], "interval": 2},
            "每 2 周的周日 09:00",
            "Every 2 weeks on Sunday at 09:00",
        ),
        (
            {"frequency": "monthly", "month_days": [1, 15]},
            "每月1日、15日 09:00",
            "Every month on day 1 and 15 at 09:00",
        ),
        ({"frequency": "monthly", "month_days": [-1]}, "每月最后一天 09:00", "Every month on the last day at 09:00"),
        (
            {"frequency": "monthly", "month_days": [20], "interval": 3},
            "每 3 个月的20日 09:00",
            "Every 3 months on day 20 at 09:00",
        ),
        (
            {"frequency": "custom", "rrule": "FREQ=MONTHLY;BYDAY=-1FR"},
            "每月最后一个周五 09:00",
            "Every month on the last Friday at 09:00",
        ),
        (
            {"frequency": "custom", "rrule": "FREQ=MONTHLY;BYDAY=2TU,4TU"},
            "每月第2个周二、第4个周二 09:00",
            "Every month on the second Tuesday and the fourth Tuesday at 09:00",
        ),
        ({"frequency": "custom", "rrule": "FREQ=WEEKLY;BYDAY=SA"}, "每周六 09:00", "Every Saturday at 09:00"),
        (
            {"frequency": "custom", "rrule": "FREQ=HOURLY;INTERVAL=4"},
            "每 4 小时（从 09:00 起）",
            "Every 4 hours from 09:00",
        ),
        (
            {"frequency": "custom", "rrule": "FREQ=YEARLY;BYMONTH=3"},
            "按规则 FREQ=YEARLY;BYMONTH=3 09:00",
            "By the rule FREQ=YEARLY;BYMONTH=3 at 09:00",
        ),
        ({"frequency": "custom", "rrule": "nonsense"}, "按规则 nonsense 09:00", "By the rule nonsense at 09:00"),
        ({"frequency": "custom", "rrule": ""}, "（未填规则） 09:00", "(no rule yet) at 09:00"),
        ({"times": []}, "每天", "Every day"),
    ],
)
def test_a_plan_says_when_it_happens(changes: dict[str, Any], zh: str, en: str) -> None:
    assert in_words(plan(**changes), "zh") == f"{zh}，全年，节假日照常，错过补一次"
    assert in_words(plan(**changes), "en") == f"{en}, all year, holidays as planned, made up once if missed"


@pytest.mark.parametrize(
    ("months", "zh", "en"),
    [
        ([], "全年", "all year"),
        (list(range(1, 13)), "全年", "all year"),
        ([4, 5, 6, 7], "4月至7月", "Apr to Jul"),
        ([1, 2, 11, 12], "11月至次年2月", "Nov to Feb"),
        ([3, 6, 9], "3月、6月、9月", "Mar, Jun and Sep"),
        ([1, 12], "12月、1月", "Dec and Jan"),
        ([7], "7月", "Jul"),
    ],
)
def test_a_season_is_named_as_people_name_it(months: list[int], zh: str, en: str) -> None:
    assert in_words(plan(months=months), "zh").split("，")[1] == zh
    assert f", {en}, holidays" in in_words(plan(months=months), "en")


def test_holidays_missed_slots_and_the_end_are_named() -> None:
    body = plan(on_holiday="next_workday", missed="skip", end_date="2027-02-28")
    assert in_words(body, "zh") == "每天 09:00，全年，遇非工作日顺延，错过不补，至2027年2月28日"
    assert in_words(body, "en") == (
        "Every day at 09:00, all year, moved to the next workday, not made up if missed, until 28 Feb 2027"
    )
    assert in_words(plan(on_holiday="skip", missed="all"), "zh") == "每天 09:00，全年，非工作日跳过，错过全部补做"


def test_an_unfinished_draft_has_a_sentence_too() -> None:
    assert in_words({}, "zh") == "每天，全年，节假日照常，错过补一次"
    assert in_words({"frequency": "weekly"}, "en").startswith("Every week,")
    assert in_words({"end_date": "soon"}, "en").startswith("Every day,")


def test_a_preview_shows_the_next_twenty_times() -> None:
    now = datetime(2026, 11, 24, 4, tzinfo=UTC)
    lines = preview(plan(times=["22:00"]), SHANGHAI, now, china, no_names)
    assert len(lines) == 20
    assert lines[0].text("zh") == "11月24日(二) 22:00"
    assert lines[0].text("en") == "Tue 24 Nov 22:00"


def test_a_preview_names_holidays_moved_slots_and_make_up_workdays() -> None:
    now = datetime(2026, 9, 29, tzinfo=UTC)
    body = plan(frequency="weekly", weekdays=[3, 4, 6], on_holiday="next_workday")
    lines = preview(body, SHANGHAI, now, china, china_names, count=3)
    assert [each.text("zh") for each in lines] == [
        "9月30日(三) 09:00",
        "10月8日(四) 09:00（并入：10月1日(四) 09:00、10月3日(六) 09:00、10月7日(三) 09:00）",
        "10月10日(六) 09:00（调休上班）",
    ]
    [line] = preview(plan(frequency="monthly", month_days=[1], months=[10]), SHANGHAI, now, china, china_names, count=1)
    assert line.text("en") == "Thu 1 Oct 09:00 (National Day)"


def test_another_year_is_written_out() -> None:
    now = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # it is 2027 in Shanghai
    before = preview(plan(), SHANGHAI, datetime(2026, 12, 31, 15, 59, tzinfo=UTC), lambda day: True, no_names, count=1)
    after = preview(plan(), SHANGHAI, now, lambda day: True, no_names, count=1)
    assert (before[0].when.zh, before[0].when.en) == ("2027年1月1日(五) 09:00", "Fri 1 Jan 2027 09:00")
    assert after[0].when.zh == "1月1日(五) 09:00"


def test_a_plan_that_ends_has_fewer_lines_and_a_wrong_one_none() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert len(preview(plan(end_date="2026-01-03"), SHANGHAI, now, china, no_names)) == 3
    with pytest.raises(Invalid):
        preview(plan(frequency="weekly"), SHANGHAI, now, china, no_names)
