"""Explain this deadline: sentences that a manager can check by hand."""

from datetime import timedelta

from store.calendars.counting import ONE_MINUTE, working_time_between
from store.calendars.rules import ROUND_THE_CLOCK, Pause, WorkingTime, compile_calendar, explain
from tests.cpu import is_done_within
from tests.store.test_calendars_rules import NIGHT, WT, at


def told(start: str, minutes: int, wt: WorkingTime = WT, pauses: tuple[Pause, ...] = ()) -> list[str]:
    return [step.words.zh for step in explain(at(start), minutes, wt, pauses)]


def test_a_promise_over_the_make_up_saturday_of_national_day() -> None:
    assert told("2026-10-09 17:20", 60) == [
        "10月9日周五 17:20 受理，期限 60 分钟；当日剩余工作时间 40 分钟",
        "10月10日周六 国庆节调休上班，计 20 分钟",
        "到期：10月10日周六 08:50",
    ]


def test_a_promise_over_an_ordinary_weekend() -> None:
    assert told("2026-10-16 17:20", 60) == [
        "10月16日周五 17:20 受理，期限 60 分钟；当日剩余工作时间 40 分钟",
        "10月17日周六、10月18日周日 休息，跳过",
        "10月19日周一 上班，计 20 分钟",
        "到期：10月19日周一 08:50",
    ]


def test_a_promise_over_the_national_day_week() -> None:
    assert told("2026-09-30 17:20", 60)[1] == "10月1日周四至10月7日周三 国庆节，跳过"


def test_a_promise_made_outside_of_working_time_says_from_when_it_counts() -> None:
    assert told("2026-10-17 02:00", 30) == [
        "10月17日周六 02:00 受理，期限 30 分钟；不在工作时间，自 10月19日周一 08:30 起计时",
        "10月17日周六、10月18日周日 休息，跳过",
        "10月19日周一 上班，计 30 分钟",
        "到期：10月19日周一 09:00",
    ]


def test_a_promise_made_in_last_nights_shift_says_so() -> None:
    lines = told("2026-10-17 05:00", 30, compile_calendar(NIGHT))
    assert lines[0].endswith("前一日夜班剩余工作时间 60 分钟")
    assert lines[-1] == "到期：10月17日周六 05:30"


def test_a_day_off_after_a_night_shift_begins_when_the_shift_is_over() -> None:
    steps = explain(at("2026-10-16 23:00"), 480, compile_calendar(NIGHT))
    assert (steps[1].kind, steps[1].moment, steps[1].minutes) == ("skip", at("2026-10-17 06:00"), 420)


def test_a_pause_is_told_with_what_was_counted_before_it() -> None:
    pause = (at("2026-10-19 10:00"), at("2026-10-20 09:00"))
    assert told("2026-10-19 09:00", 120, pauses=(pause,)) == [
        "10月19日周一 09:00 受理，期限 120 分钟；当日剩余工作时间 450 分钟",
        "10月19日周一 10:00 至 10月20日周二 09:00 暂停，不计时（此前已计 60 分钟）",
        "10月20日周二 上班，计 60 分钟",
        "到期：10月20日周二 10:00",
    ]


def test_a_weekend_inside_a_pause_is_not_told_twice() -> None:
    pause = (at("2026-10-16 10:00"), at("2026-10-19 09:00"))
    assert not [line for line in told("2026-10-16 09:00", 120, pauses=(pause,)) if "休息" in line]


def test_an_open_pause_has_no_due_moment() -> None:
    steps = explain(at("2026-10-19 09:00"), 120, WT, [(at("2026-10-19 10:00"), None)])
    assert steps[-1].kind == "open"
    assert steps[-1].minutes == 60
    assert steps[-1].words.zh == "10月19日周一 10:00 起暂停，恢复前不到期（已计 60 分钟）"


def test_what_was_due_before_an_open_pause_is_told_as_due() -> None:
    steps = explain(at("2026-10-19 09:00"), 30, WT, [(at("2026-10-19 10:00"), None)])
    assert [step.kind for step in steps] == ["start", "due"]


def test_around_the_clock_needs_two_sentences() -> None:
    assert told("2026-10-17 02:00", 90, ROUND_THE_CLOCK) == [
        "10月17日周六 02:00 受理，期限 90 分钟；全天候计时",
        "到期：10月17日周六 03:30",
    ]


def test_the_english_reader_gets_the_same_steps() -> None:
    assert [step.words.en for step in explain(at("2026-10-16 17:20"), 60, WT)] == [
        "Received Fri 16 Oct 17:20, 60 minutes to go; 40 working minutes left that day",
        "Sat 17 Oct and Sun 18 Oct: day off, skipped",
        "Mon 19 Oct: working time, 20 minutes counted",
        "Due Mon 19 Oct 08:50",
    ]


def test_the_minutes_so_far_stand_beside_each_step() -> None:
    steps = explain(at("2026-10-16 17:20"), 60, WT)
    assert [(step.kind, step.minutes) for step in steps] == [("start", 0), ("skip", 40), ("work", 60), ("due", 60)]
    assert steps[-1].moment - steps[0].moment == timedelta(days=2, hours=15, minutes=30)


def test_a_deadline_of_years_is_explained_as_quickly_as_one_of_days() -> None:
    """Each line looks up what was counted before it; counting anew for each took seven seconds for 366 days of minutes."""
    assert is_done_within(2, lambda: explain(at("2026-11-30 09:00"), 366 * 1440, WT))


def test_what_was_counted_so_far_is_what_counting_from_the_start_gives() -> None:
    start, pauses = at("2026-09-30 17:20"), ((at("2026-10-09 10:00"), at("2026-10-12 10:07")),)
    steps = explain(start, 5_000, WT, pauses)
    assert len(steps) > 5
    for step in steps[:-1]:
        assert step.minutes == working_time_between(start, step.moment, WT, pauses) // ONE_MINUTE
