"""When a job is stale, on both sides of every limit; and that an error is kept without what it says."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from store.errors import RuleBroken
from store.health.rules import NOT_FINISHING, NOT_RUNNING, Stale, is_due, nudge_seconds, place_of, slot, stale
from store.words import Words
from tests.cast import NOW

HOUR, DAY = 3_600, 86_400
LONG_AGO = NOW - timedelta(days=9)


@dataclass
class Beat:
    last_started: datetime | None = None
    last_finished: datetime | None = None
    clock_offset: float | None = None


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(("every", "limit"), [(2, 47), (5, 50), (15, 60), (HOUR, 75), (DAY, 75)])
def test_a_job_that_does_not_start_is_an_alarm_within_ninety_seconds(every: int, limit: int) -> None:
    assert limit < 90
    assert stale("job", Beat(ago(limit), ago(1)), every, NOW, LONG_AGO) is None
    late = ago(limit + 0.001)
    assert stale("job", Beat(late, ago(1)), every, NOW, LONG_AGO) == Stale("job", late, NOT_RUNNING)


@pytest.mark.parametrize(("every", "limit"), [(2, 49), (15, 75), (HOUR, HOUR + 75), (DAY, DAY + 75)])
def test_a_job_that_starts_and_never_succeeds_is_an_alarm(every: int, limit: int) -> None:
    assert stale("job", Beat(ago(1), ago(limit)), every, NOW, LONG_AGO) is None
    late = ago(limit + 0.001)
    assert stale("job", Beat(ago(1), late), every, NOW, LONG_AGO) == Stale("job", late, NOT_FINISHING)


def test_a_job_that_never_ran_is_missed_one_minute_after_the_start() -> None:
    assert stale("job", None, 2, NOW, ago(59.999)) is None
    assert stale("job", None, 2, NOW, ago(60)) == Stale("job", ago(60), NOT_RUNNING)


def test_after_a_restart_old_beats_are_forgiven_for_a_minute() -> None:
    old = Beat(ago(9_000), ago(9_000))
    assert stale("job", old, 2, NOW, ago(59)) is None
    assert stale("job", old, 2, NOW, ago(61)) == Stale("job", ago(9_000), NOT_RUNNING)


def test_a_rare_job_is_due_once_in_its_period_however_often_it_is_nudged() -> None:
    midnight = datetime.fromisoformat("2026-11-24T00:00:00+00:00")
    done = midnight + timedelta(seconds=1)
    assert not is_due(done, DAY, midnight + timedelta(seconds=DAY - 1))
    assert is_due(done, DAY, midnight + timedelta(seconds=DAY))
    assert is_due(None, DAY, midnight)


def test_a_frequent_job_is_due_at_every_nudge() -> None:
    assert is_due(NOW, 15, NOW)


def test_slots_are_the_same_on_every_machine() -> None:
    assert slot(NOW, 5) == int(NOW.timestamp()) // 5
    assert nudge_seconds(DAY) == 30
    assert nudge_seconds(2) == 2


def test_an_error_is_kept_without_what_it_says() -> None:
    try:
        raise RuleBroken("not_dead", Words("王清和 13900000001", "Wang 13900000001"))
    except RuleBroken as error:
        told = place_of(error)
    assert told.startswith("RuleBroken not_dead at test_health_rules.py:")
    assert "13900000001" not in told
