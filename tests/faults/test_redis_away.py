"""Redis hangs under the web server: it counts for itself, and nobody is shown a defect."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from embedded.redis_server import RedisServer
from tests.faults.web import Web

PEOPLE = 16
pytestmark = [pytest.mark.server, pytest.mark.timeout(200)]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path / "redis").start()
    yield server
    server.kill()


@pytest.fixture
def web(_connected: object, mongo_server: str, redis: RedisServer, tmp_path: Path) -> Iterator[Web]:
    with Web(mongo_server, redis.uri, tmp_path) as running:
        yield running


def test_all_who_meet_a_frozen_redis_at_the_same_moment_are_answered(web: Web, redis: RedisServer) -> None:
    assert web.get("/login").status == 200
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(PEOPLE) as people:
            told = list(people.map(lambda _: web.get("/login").status, range(PEOPLE)))
    finally:
        os.kill(redis.pid, signal.SIGCONT)
    assert Counter(told) == {200: PEOPLE}
    assert "Traceback" not in web.log()
