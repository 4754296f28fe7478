"""Tickers give one nudge per job and period, however many there are, and outlive Redis."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from embedded.redis_server import RedisServer
from jobs.queues import connect, queue
from jobs.schedule import QUEUES, SCHEDULE
from jobs.ticker import MOST_WAITING, Ticker
from tests.cast import NOW
from tests.conftest import SECRET_KEY

SECOND = timedelta(seconds=1)


def waiting(redis: Any, name: str = "ticks") -> list[str]:
    return sorted(queue(name, redis).job_ids)


def test_it_nudges_everything_at_its_start(redis: Any) -> None:
    assert len(Ticker(redis).tick(NOW)) == len(SCHEDULE)
    assert sum(len(waiting(redis, name)) for name in QUEUES) == len(SCHEDULE)


def test_a_period_is_nudged_once_and_the_next_one_again(redis: Any) -> None:
    ticker = Ticker(redis)
    ticker.tick(NOW)
    assert NOW.second == 0
    assert not any(each.startswith("publish_due") for each in ticker.tick(NOW + 4 * SECOND))
    assert any(each.startswith("publish_due") for each in ticker.tick(NOW + 5 * SECOND))


def test_two_tickers_give_one_nudge(redis: Any) -> None:
    first, second = Ticker(redis), Ticker(redis)
    for seconds in range(0, 8):
        moment = NOW + seconds * SECOND
        assert not set(first.tick(moment)) & set(second.tick(moment))
    for name in QUEUES:
        ids = waiting(redis, name)
        assert len(ids) == len(set(ids))
    assert [each for each in waiting(redis) if each.startswith("publish_due")] == [
        f"publish_due-{int(NOW.timestamp()) // 5 + n}" for n in (0, 1)
    ]


def test_a_second_ticker_does_not_nudge_again_what_is_done_already(redis: Any) -> None:
    Ticker(redis).tick(NOW)
    for name in QUEUES:
        for job in queue(name, redis).jobs:
            # as a worker leaves it: off the queue, kept until its result expires
            queue(name, redis).remove(job.id)
            assert job.result_ttl is not None
            assert job.result_ttl > 2
    assert Ticker(redis).tick(NOW) == []


def test_nudges_expire_and_do_not_pile_up_where_nobody_works(redis: Any) -> None:
    ticker = Ticker(redis)
    for seconds in range(0, 300, 2):
        ticker.tick(NOW + seconds * SECOND)
    for name in QUEUES:
        assert len(waiting(redis, name)) <= MOST_WAITING
    assert all(0 < redis.ttl(key) <= 60 for key in redis.keys("rq:job:*"))


def test_a_wiped_redis_is_nudged_again_in_the_next_period(redis: Any) -> None:
    ticker = Ticker(redis)
    ticker.tick(NOW)
    redis.flushdb()
    assert ticker.tick(NOW + 5 * SECOND)
    assert any(each.startswith("plan_drills") for each in ticker.tick(NOW + 30 * SECOND))


def test_jobs_carry_no_arguments_and_are_json(redis: Any) -> None:
    Ticker(redis).tick(NOW)
    for name in QUEUES:
        for job in queue(name, redis).jobs:
            assert job.data == f'["{job.func_name}", null, [], {{}}]'.encode()


@pytest.fixture
def own_redis(tmp_path: Any) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path / "redis").start()
    yield server
    server.kill()


def test_without_redis_it_complains_once_and_goes_on(
    own_redis: RedisServer, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ticker = Ticker(connect(own_redis.uri, 0.5))
    ticker.tick(NOW)
    own_redis.kill()
    with caplog.at_level(logging.WARNING):
        for seconds in range(2, 12, 2):
            assert ticker.tick(NOW + seconds * SECOND) == []
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_it_stops_when_it_is_asked_to(redis_server: str, redis: Any) -> None:
    environment = {**os.environ, "MONGODB_URI": "mongodb://127.0.0.1:1", "REDIS_URL": redis_server}
    environment["SECRET_KEY"] = SECRET_KEY
    process = subprocess.Popen([sys.executable, "-m", "jobs.ticker"], env=environment, stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 20
        while not waiting(redis) and time.monotonic() < until:
            time.sleep(0.05)
        assert waiting(redis)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    finally:
        process.kill()
        process.communicate()
