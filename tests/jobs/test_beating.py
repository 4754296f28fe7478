"""A periodic job beats, runs until nothing is left, and keeps an error without its message."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from jobs import beating
from jobs.beating import TaskFailed, run_periodic
from jobs.schedule import SCHEDULE
from store import clock
from store.health import operations as health
from store.health.documents import Beat
from store.health.rules import CLOCK_OFF
from tests.cast import NOW

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def set_now(moment: datetime) -> None:
        monkeypatch.setattr(beating, "now", lambda: moment)

    # MongoDB's clock is that of the machine.
    monkeypatch.setattr(beating, "_clock_offset", timedelta)
    set_now(NOW)
    return set_now


def test_it_runs_until_a_batch_is_not_full(at: Any) -> None:
    batches = [3, 3, 1]
    assert run_periodic("relay", lambda now: batches.pop(0), 3) == {"done": 7}
    beat = Beat.objects.get()
    assert (beat.name, beat.last_started, beat.last_finished, beat.runs) == ("relay", NOW, NOW, 1)
    assert (beat.last_counts, beat.every_seconds) == ({"done": 7}, 2)


def test_a_backlog_does_not_keep_it_for_ever(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beating, "SECONDS", 0.0)
    assert run_periodic("relay", lambda now: 3, 3) == {"done": 3}


def test_an_error_is_told_by_place_and_leaves_the_last_success(at: Any) -> None:
    run_periodic("relay", lambda now: 0, 3)
    at(NOW + timedelta(seconds=9))

    def fail(now: datetime) -> int:
        raise ValueError("王清和 13900000001")

    with pytest.raises(TaskFailed, match=r"^relay: ValueError at test_beating.py:\d+$") as raised:
        run_periodic("relay", fail, 3)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    beat = Beat.objects.get()
    assert beat.last_error.startswith("ValueError at ")
    assert (beat.last_finished, beat.last_started, beat.failures) == (NOW, NOW + timedelta(seconds=9), 1)


def test_a_success_clears_the_error(at: Any) -> None:
    with pytest.raises(TaskFailed):
        run_periodic("relay", lambda now: 1 // 0, 3)
    run_periodic("relay", lambda now: 0, 3)
    assert Beat.objects.get().last_error is None


def test_a_rare_job_shows_that_its_worker_lives_and_works_once(at: Any) -> None:
    worked: list[datetime] = []

    def work(now: datetime) -> int:
        worked.append(now)
        return 1

    hour = NOW.replace(minute=0)
    for minutes in (0, 1, 59):
        at(hour + timedelta(minutes=minutes))
        run_periodic("plan_drills", work)
    assert worked == [hour]
    assert Beat.objects.get().last_started == hour + timedelta(minutes=59)
    at(hour + timedelta(minutes=60))
    run_periodic("plan_drills", work)
    assert len(worked) == 2


def test_a_rare_job_that_failed_is_tried_again_at_the_next_nudge(at: Any) -> None:
    with pytest.raises(TaskFailed):
        run_periodic("plan_drills", lambda now: 1 // 0)
    at(NOW + timedelta(seconds=30))
    assert run_periodic("plan_drills", lambda now: 4) == {"done": 4}


def test_what_is_stale_is_named() -> None:
    health.beat_started("relay", 2, NOW)
    health.beat_finished("relay", NOW, {})
    expected = {"relay": 2, "send_notices": 2}
    long_ago = NOW - timedelta(days=1)
    assert [each.name for each in health.all_stale(expected, NOW, long_ago)] == ["send_notices"]
    later = NOW + timedelta(seconds=60)
    assert [each.since for each in health.all_stale(expected, later, long_ago)] == [NOW, long_ago]


@pytest.fixture
def shifted(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """The machine's clock is ahead of MongoDB's by so much."""
    return lambda by: monkeypatch.setattr(beating, "now", lambda: clock.now() + by)


BY_CLOCK = ["sweep_deadlines", "publish_due", "generate_work", "plan_drills", "check_calendars"]


@pytest.mark.parametrize("by", [timedelta(seconds=6), timedelta(seconds=-6), timedelta(days=1)], ids=str)
@pytest.mark.parametrize("name", BY_CLOCK)
def test_nothing_is_done_by_a_clock_that_differs_from_mongodbs(shifted: Any, name: str, by: timedelta) -> None:
    worked: list[datetime] = []

    def work(now: datetime) -> int:
        worked.append(now)
        return 0

    shifted(by)
    with pytest.raises(TaskFailed, match="ClockOff"):
        run_periodic(name, work)
    assert worked == []
    [told] = health.all_stale({name: 5}, clock.now(), clock.now())
    assert told.why == CLOCK_OFF, "at once, and on a system that has just started too"
    shifted(timedelta())
    assert run_periodic(name, work) == {"done": 0}
    assert len(worked) == 1
    assert health.all_stale({name: 5}, clock.now(), clock.now()) == []


def test_what_has_happened_is_told_whatever_the_clock_says(shifted: Any) -> None:
    shifted(timedelta(days=1))
    assert run_periodic("relay", lambda now: 0, 3) == {"done": 0}
    assert [each.why for each in health.all_stale({"relay": 2}, clock.now(), clock.now())] == [CLOCK_OFF]


def test_a_small_difference_is_none(shifted: Any) -> None:
    shifted(timedelta(seconds=4))
    assert run_periodic("generate_work", lambda now: 2) == {"done": 2}


def test_without_mongodb_a_job_waits_for_its_next_nudge(at: Any) -> None:
    def leave(now: datetime) -> int:
        raise AutoReconnect("connection closed")

    assert run_periodic("relay", leave, 3) == {}
    beat = Beat.objects.get()
    assert (beat.last_finished, beat.failures) == (None, 0)


def test_every_job_that_goes_by_the_clock_says_so() -> None:
    assert {each.name for each in SCHEDULE if each.by_clock} == set(BY_CLOCK)
