"""One address is stopped at its limit, although Redis is told of many requests at once."""

from typing import Any

import pytest
from flask import Flask
from limits import parse
from redis import ConnectionError

from admin_app.shell import limits
from admin_app.shell.pace import TOGETHER, TOGETHER_SECONDS, Pace
from admin_app.shell.steady import Steady

MOST = 300
PROCESSES = 2


@pytest.fixture
def processes(app: Flask, redis: Any, monkeypatch: pytest.MonkeyPatch) -> list[Pace]:
    monkeypatch.setattr(limits, "GENERAL", f"{MOST} per minute")
    return [Pace() for _ in range(PROCESSES)]


def test_who_asks_fast_is_stopped_with_at_most_one_handful_more_in_each_process(processes: list[Pace]) -> None:
    asked = [processes[n % PROCESSES].admits("10.0.0.1", "list", 1_000 + n / 1_000) for n in range(2 * MOST)]
    assert MOST <= sum(asked) <= MOST + PROCESSES * TOGETHER
    assert not any(asked[-100:])


def test_who_asks_slowly_is_counted_one_by_one(processes: list[Pace]) -> None:
    moments = [1_000 + n * TOGETHER_SECONDS for n in range(MOST + 20)]
    assert sum(processes[0].admits("10.0.0.1", "list", moment) for moment in moments) == MOST


def test_one_address_does_not_stop_another(processes: list[Pace]) -> None:
    for n in range(2 * MOST):
        processes[0].admits("10.0.0.1", "list", 1_000 + n / 1_000)
    assert processes[0].admits("10.0.0.2", "list", 1_001)
    assert processes[0].admits("10.0.0.1", "another", 1_001)


def test_without_redis_each_process_counts_for_itself(processes: list[Pace], redis_away: None) -> None:
    asked = [processes[0].admits("10.0.0.1", "list", 1_000 + n / 1_000) for n in range(2 * MOST)]
    assert MOST <= sum(asked) <= MOST + TOGETHER


def test_without_redis_what_is_only_looked_at_is_answered_too(app: Flask, redis_away: None) -> None:
    counting, twice = limits.limiter.limiter, parse("2 per minute")
    assert [counting.test(twice, "who"), counting.hit(twice, "who"), counting.hit(twice, "who")] == [True, True, True]
    assert [counting.test(twice, "who"), counting.hit(twice, "who")] == [False, False]


@pytest.fixture
def redis_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> bool:
        raise ConnectionError

    for name in ("acquire_entry", "get_moving_window"):
        monkeypatch.setattr(limits.limiter.storage, name, away)
    monkeypatch.setattr(limits.limiter, "_limiter", Steady(limits.limiter.storage))
