"""Escalation, sentence by sentence: due, late, acknowledged, repeated, to nobody, simulated."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from store.deadlines.addressees import Addressees
from store.deadlines.escalation import (
    Target,
    check,
    compile_policy,
    due_steps,
    entry,
    fire,
    key_words,
    next_moment,
    recorded,
    simulate,
)
from store.deadlines.rules import Clock, acknowledge_clock, pause_clock, resume_clock, start_clock, stop_clock

MS = timedelta(milliseconds=1)
START = datetime(2026, 9, 21, 1, 0, tzinfo=UTC)
DUE = START + timedelta(minutes=60)


def step(offset: int, *targets: str, action: str = "notify") -> dict[str, Any]:
    return {"offset_minutes": offset, "action": action, "template": "late", "targets": [{"kind": t} for t in targets]}


STEPS = [step(-30, "assignee"), step(1, "supervisor"), step(30, "on_duty")]


def policy(**changes: Any) -> dict[str, Any]:
    return {"steps": STEPS, "acknowledge_minutes": 20, "repeat_minutes": 10, "repeat_times": 2, **changes}


def clock(promised: int = 60) -> Clock:
    return start_clock("response", START, promised, None, None, {"code": "urgent", "revision": 1})


def after(number: float) -> datetime:
    """Minutes after the due moment."""
    return DUE + timedelta(minutes=number)


def everybody(target: Target, moment: datetime) -> Sequence[str]:
    return [target.kind]


def run(running: Clock, until: datetime, body: dict[str, Any]) -> Clock:
    """Sweep once, at `until`."""
    return recorded(running, fire(running, body, until, everybody)[0])


def fired(running: Clock, now: datetime, body: dict[str, Any] | None = None) -> list[tuple[str, float, int]]:
    """Key, minutes from due, minutes late."""
    found = due_steps(running, body or policy(), now)
    return [(each.key, (each.at - DUE) / timedelta(minutes=1), each.late_minutes) for each in found]


def test_it_escalates_one_minute_after_due_and_not_a_millisecond_before() -> None:
    warned = run(clock(), after(-30), policy())
    assert fired(warned, after(1) - MS) == []
    assert fired(warned, after(1)) == [("2", 1, 0)]


def test_it_warns_half_an_hour_before() -> None:
    assert fired(clock(), after(-30) - MS) == []
    assert fired(clock(), after(-30)) == [("1", -30, 0)]


def test_a_recorded_step_never_comes_again() -> None:
    running = run(clock(), after(1), policy())
    assert [each["key"] for each in running["steps"]] == ["1", "2"]
    assert fired(running, after(30) - MS) == []


def test_steps_are_numbered_in_order_of_time_wherever_they_stand() -> None:
    body = policy(steps=[STEPS[2], STEPS[0], STEPS[1]])
    assert [each.targets[0].kind for each in compile_policy(body).steps] == ["assignee", "supervisor", "on_duty"]
    assert fired(clock(), after(1), body) == [("1", -30, 31), ("2", 1, 0)]


def test_after_an_outage_everything_comes_in_order_with_its_own_lateness() -> None:
    assert fired(clock(), after(55)) == [("1", -30, 85), ("2", 1, 54), ("3", 30, 25), ("3#r1", 40, 15), ("3#r2", 50, 5)]


def test_lateness_is_in_whole_minutes() -> None:
    assert fired(clock(), after(-29) - MS) == [("1", -30, 0)]
    assert fired(clock(), after(-29)) == [("1", -30, 1)]


def test_a_warning_before_the_start_is_recorded_as_skipped_and_not_sent() -> None:
    short = clock(15)
    found = due_steps(short, policy(), START)
    assert [(each.key, each.skipped, each.late_minutes) for each in found] == [("1", "before_start", 0)]
    assert entry(found[0]) == {
        "key": "1",
        "at": START - timedelta(minutes=15),
        "late_minutes": 0,
        "skipped": "before_start",
    }


def test_a_warning_exactly_at_the_start_is_sent() -> None:
    assert [each.skipped for each in due_steps(clock(30), policy(), START)] == [None]


def test_a_last_step_that_was_skipped_has_no_repeats() -> None:
    body = policy(steps=[STEPS[0]])
    assert [each.key for each in due_steps(clock(15), body, START + timedelta(days=1))] == ["1"]


def test_a_sent_step_is_recorded_without_a_skip() -> None:
    assert entry(due_steps(clock(), policy(), after(-30))[0]) == {"key": "1", "at": after(-30), "late_minutes": 0}


def test_after_the_last_step_it_repeats_as_often_as_it_should() -> None:
    running = run(clock(), after(30), policy())
    assert fired(running, after(40) - MS) == []
    assert fired(running, after(40)) == [("3#r1", 40, 0)]
    running = run(run(running, after(40), policy()), after(50), policy())
    assert next_moment(running, policy()) is None


def test_a_late_repeat_does_not_push_the_next_one() -> None:
    running = run(run(clock(), after(30), policy()), after(47), policy())
    assert running["steps"][-1] == {"key": "3#r1", "at": after(40), "late_minutes": 7}
    assert next_moment(running, policy()) == after(50)


def test_no_step_fires_while_an_acknowledgement_is_in_force() -> None:
    running = acknowledge_clock(run(clock(), after(1), policy()), after(15))
    assert next_moment(running, policy()) == after(35)
    assert fired(running, after(35) - MS) == []


def test_after_the_time_out_the_last_step_is_told_again_and_what_fell_in_between_follows() -> None:
    running = acknowledge_clock(run(clock(), after(1), policy()), after(15))
    assert fired(running, after(35)) == [("2#a1", 35, 0), ("3", 35, 0)]


def test_repeats_after_a_time_out_count_from_it() -> None:
    running = run(acknowledge_clock(run(clock(), after(1), policy()), after(15)), after(35), policy())
    assert fired(running, after(45) - MS) == []
    assert fired(running, after(55)) == [("3#r1", 45, 10), ("3#r2", 55, 0)]


def test_a_step_that_is_still_to_come_at_the_time_out_keeps_its_moment() -> None:
    running = run(acknowledge_clock(run(clock(), after(1), policy()), after(2)), after(22), policy())
    assert [each["key"] for each in running["steps"]] == ["1", "2", "2#a1"]
    assert next_moment(running, policy()) == after(30)


def test_an_acknowledgement_before_anything_was_sent_repeats_nothing() -> None:
    running = acknowledge_clock(clock(), after(-40))
    assert fired(running, after(-20)) == [("1", -20, 0)]
    assert [each[0] for each in fired(run(running, after(-20), policy()), after(1))] == ["2"]


def test_a_second_acknowledgement_has_a_time_out_of_its_own() -> None:
    running = run(acknowledge_clock(run(clock(), after(1), policy()), after(2)), after(22), policy())
    again = acknowledge_clock(running, after(25))
    assert fired(again, after(45)) == [("2#a2", 45, 0), ("3", 45, 0)]


def test_a_new_acknowledgement_before_the_time_out_starts_the_time_anew() -> None:
    running = acknowledge_clock(acknowledge_clock(run(clock(), after(1), policy()), after(2)), after(21))
    assert next_moment(running, policy()) == after(41)


def test_what_an_outage_missed_before_an_acknowledgement_stays_silent_until_its_time_out() -> None:
    running = acknowledge_clock(run(clock(), after(-30), policy()), after(5))
    assert fired(running, after(25) - MS) == []
    assert fired(running, after(25)) == [("1#a1", 25, 0), ("2", 25, 0)]


def test_an_acknowledgement_without_a_time_out_silences_for_good() -> None:
    running = acknowledge_clock(run(clock(), after(1), policy()), after(2))
    assert next_moment(running, policy(acknowledge_minutes=0)) is None
    assert fired(running, after(9999), policy(acknowledge_minutes=0)) == []


def test_repeats_that_fell_into_the_acknowledged_time_do_not_come_in_a_burst() -> None:
    body = policy(repeat_minutes=5, repeat_times=10)
    running = acknowledge_clock(run(clock(), after(30), body), after(31))
    assert fired(running, after(51), body) == [("3#a1", 51, 0)]
    assert fired(run(running, after(51), body), after(56), body) == [("3#r1", 56, 0)]


@pytest.mark.parametrize(
    "still",
    [
        lambda running: stop_clock(running, after(0)),
        lambda running: pause_clock(running, after(0)),
        lambda running: pause_clock(running, after(5)),  # overdue already, so it still has its due moment
    ],
)
def test_a_stopped_or_paused_clock_fires_nothing(still: Any) -> None:
    assert fired(still(clock()), after(9999)) == []
    assert next_moment(still(clock()), policy()) is None
    assert fire(still(clock()), policy(), after(9999), everybody) == ([], None)


def test_a_clock_without_a_due_moment_fires_nothing() -> None:
    assert due_steps({"due_at": None}, policy(), after(9999)) == []


def test_a_step_whose_moment_fell_into_a_pause_fires_when_it_ends() -> None:
    running = run(clock(), after(1), policy())
    running = resume_clock(pause_clock(running, after(20)), after(45), None)
    assert next_moment(running, policy()) == after(45)
    assert fired(running, after(45)) == [("3", 45, 0)]


def test_a_pause_in_the_very_millisecond_of_a_step_holds_it_and_one_later_does_not() -> None:
    running = run(clock(), after(1), policy())
    held = resume_clock(pause_clock(running, after(30)), after(45), None)
    missed = resume_clock(pause_clock(running, after(30) + MS), after(45), None)
    assert fired(held, after(45)) == [("3", 45, 0)]
    assert fired(missed, after(45))[0] == ("3", 30, 15)


def test_a_step_whose_moment_is_the_end_of_a_pause_is_not_moved() -> None:
    running = resume_clock(pause_clock(run(clock(), after(1), policy()), after(20)), after(30), None)
    assert next_moment(running, policy()) == after(30)


def test_a_pause_before_the_due_moment_moves_the_steps_along() -> None:
    running = resume_clock(pause_clock(clock(), after(-40)), after(-20), None)
    assert next_moment(running, policy()) == after(-10)


def nobody_on(*kinds: str) -> Any:
    return lambda target, moment: [] if target.kind in kinds else [target.kind]


def test_a_step_to_nobody_is_skipped_without_delay() -> None:
    running = run(clock(), after(-30), policy())
    firings, following = fire(running, policy(), after(1), nobody_on("supervisor"))
    assert [(each.due.key, each.due.at, each.due.skipped, each.recipients) for each in firings] == [
        ("2", after(1), "nobody", ()),
        ("3", after(1), None, ("on_duty",)),
    ]
    assert following == after(11)


def test_an_empty_warning_lets_nobody_hear_before_the_deadline_that_it_is_late() -> None:
    body = policy(steps=[step(-30, "assignee"), step(-10, "assignee"), step(0, "supervisor"), step(30, "on_duty")])
    lines = simulate({**body, "repeat_times": 0}, START, 60, None, nobody_on("assignee"))
    assert [(line.key, line.at, line.skipped) for line in lines] == [
        ("1", after(-30), True),
        ("2", after(-30), True),
        ("3", after(0), False),
        ("4", after(30), False),
    ]


def test_the_step_after_a_pulled_one_keeps_its_moment() -> None:
    body = policy(steps=[*STEPS, step(60, "channel")])
    running = recorded(clock(), fire(clock(), body, after(1), nobody_on("supervisor"))[0])
    assert next_moment(running, body) == after(60)


def test_a_last_step_to_nobody_is_tried_again_by_its_repeats() -> None:
    firings, following = fire(clock(), policy(), after(30), nobody_on("on_duty"))
    assert firings[-1].due.skipped == "nobody"
    assert following == after(40)


def test_raising_the_priority_needs_nobody() -> None:
    body = policy(steps=[step(0, action="raise_priority"), step(30, "on_duty")])
    firings, following = fire(clock(), body, after(0), everybody)
    assert [(each.due.key, each.due.skipped) for each in firings] == [("1", None)]
    assert following == after(30)


def test_one_person_behind_two_targets_is_told_once() -> None:
    body = policy(steps=[step(0, "assignee", "supervisor")])
    firings, _ = fire(clock(), body, after(0), lambda target, moment: ["wang", "li"])
    assert firings[0].recipients == ("wang", "li")


def test_firing_gives_the_next_moment_that_the_recorded_clock_has() -> None:
    firings, following = fire(clock(), policy(), after(2), everybody)
    assert following == next_moment(recorded(clock(), firings), policy())


def test_the_simulator_says_who_is_told_what_and_when() -> None:
    lines = simulate(policy(), START, 60, None, everybody)
    assert [(line.key, line.at, line.recipients) for line in lines] == [
        ("1", after(-30), ("assignee",)),
        ("2", after(1), ("supervisor",)),
        ("3", after(30), ("on_duty",)),
        ("3#r1", after(40), ("on_duty",)),
        ("3#r2", after(50), ("on_duty",)),
    ]
    assert (lines[0].action, lines[0].template, lines[0].skipped, lines[0].reason) == ("notify", "late", False, None)


def test_the_simulator_strikes_out_empty_steps_and_moves_the_next_one_forward() -> None:
    lines = simulate(policy(repeat_times=0), START, 60, None, nobody_on("supervisor"))
    assert [(line.key, line.at, line.skipped) for line in lines] == [
        ("1", after(-30), False),
        ("2", after(1), True),
        ("3", after(1), False),
    ]
    assert lines[1].reason is not None
    assert "无人" in lines[1].reason.zh


def test_the_simulator_strikes_out_warnings_before_the_start() -> None:
    lines = simulate(policy(repeat_times=0), START, 15, None, everybody)
    assert [(line.key, line.skipped) for line in lines] == [("1", True), ("2", False), ("3", False)]


def test_the_simulator_asks_who_is_there_at_each_moment() -> None:
    asked: list[datetime] = []

    def resolve(target: Target, moment: datetime) -> Sequence[str]:
        asked.append(moment)
        return ["wang"]

    simulate(policy(repeat_times=0), START, 60, None, resolve)
    assert asked == [after(-30), after(1), after(30)]


def test_the_simulator_goes_on_with_whom_a_step_has_reassigned_it_to() -> None:
    def recipients(target: Any, estate: str, moment: datetime, assignee: str | None, department: str | None) -> Any:
        return {"assignee": [assignee], "role": ["channel:night", "wang"]}[target["kind"]]

    steps = [step(0, "assignee"), step(10, "role", action="reassign"), step(20, "assignee")]
    whom = Addressees(recipients, "sunshine", "li", None)
    lines = simulate(policy(steps=steps, repeat_times=0), START, 60, None, whom, None, whom.fired)
    assert [line.recipients for line in lines] == [("li",), ("channel:night", "wang"), ("wang",)]


def test_the_simulator_shows_what_an_acknowledgement_changes() -> None:
    lines = simulate(policy(repeat_times=0), START, 60, None, everybody, acknowledge_at=after(15))
    assert [(line.key, line.at) for line in lines[2:]] == [("2#a1", after(35)), ("3", after(35))]


def test_an_acknowledgement_in_the_very_millisecond_of_a_step_wins() -> None:
    forever = policy(acknowledge_minutes=0)
    assert [line.key for line in simulate(forever, START, 60, None, everybody, acknowledge_at=after(1))] == ["1"]
    assert len(simulate(forever, START, 60, None, everybody, acknowledge_at=after(1) + MS)) == 2


def test_the_simulator_counts_by_the_calendar() -> None:
    office = {"windows": [{"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "17:30"}]}
    saturday = datetime(2026, 10, 16, 18, 0, tzinfo=UTC)  # 02:00 in Shanghai
    lines = simulate(policy(repeat_times=0), saturday, 60, office, everybody)
    assert lines[1].at == datetime(2026, 10, 19, 1, 31, tzinfo=UTC)


def problems(**changes: Any) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in check(policy(**changes))]


def test_a_good_policy_has_no_problems_in_any_order_of_steps() -> None:
    assert problems() == []
    assert problems(steps=STEPS[::-1]) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"steps": []}, ("no_steps", "steps")),
        ({"steps": None}, ("no_steps", "steps")),
        ({"steps": [STEPS[0], step(0)]}, ("nobody", "steps.1.targets")),
        ({"steps": [step(5, "role", "staff"), step(5, "staff", "role")]}, ("duplicate_step", "steps.1.offset_minutes")),
        ({"steps": [step(10**9, "role")]}, ("too_far", "steps.0.offset_minutes")),
        ({"acknowledge_minutes": -1}, ("negative", "acknowledge_minutes")),
        ({"acknowledge_minutes": 10**9}, ("too_far", "acknowledge_minutes")),
        ({"repeat_minutes": -1}, ("negative", "repeat_minutes")),
        ({"repeat_minutes": 0}, ("repeat_without_period", "repeat_minutes")),
        ({"repeat_minutes": None}, ("repeat_without_period", "repeat_minutes")),
        ({"repeat_times": -1}, ("negative", "repeat_times")),
        ({"repeat_times": 101}, ("too_many_repeats", "repeat_times")),
    ],
)
def test_a_broken_policy_is_told_by_name(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert problems(**changes) == [expected]


def test_two_actions_at_the_same_moment_are_no_duplicate() -> None:
    assert problems(steps=[step(5, "supervisor"), step(5, "supervisor", action="reassign")]) == []


def test_no_repeats_need_no_period() -> None:
    assert problems(repeat_times=0, repeat_minutes=0) == []


@pytest.mark.parametrize(
    ("key", "chinese"),
    [("2", "第 2 步"), ("2#r1", "第 2 步，第 1 次重复"), ("2#a1", "第 2 步，确认后 1 次超时未处理，再次通知")],
)
def test_keys_read_as_sentences(key: str, chinese: str) -> None:
    assert key_words(key).zh == chinese
