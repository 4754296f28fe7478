"""Worker processes: killed, frozen out of Redis, wiped – what was to be done is done soon after."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError

from embedded.redis_server import RedisServer
from jobs import ticker, worker
from jobs.queues import connect, queue
from store.content.documents import Content
from store.health.documents import Beat
from store.notices.documents import Notice
from tests import cast
from tests.conftest import SECRET_KEY
from tests.store.notice_sources import intent, make_source, make_template

PATIENCE = 30.0
Start = Callable[[str], "WorkerProcess"]


class WorkerProcess(subprocess.Popen[bytes]):
    """A worker on one queue; what it says is in `log`."""

    def __init__(self, name: str, environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as target:
            super().__init__([sys.executable, "-m", "jobs.worker", name], env=environment, stderr=target)

    def misses_redis(self) -> bool:
        assert self.poll() is None, self.log.read_text()
        return "Redis" in self.log.read_text()


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> float:
    """How long it took until `condition` held."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds:g} s"
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.fixture
def own_redis(tmp_path: Any) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path / "redis").start()
    yield server
    server.kill()


@pytest.fixture
def start(own_redis: RedisServer, mongo_server: str, database: Any, tmp_path: Path) -> Iterator[Start]:
    """`start("relay")`: a worker process on that queue."""
    environment = {**os.environ, "MONGODB_URI": mongo_server, "REDIS_URL": own_redis.uri, "SECRET_KEY": SECRET_KEY}
    processes: list[WorkerProcess] = []

    def begin(name: str) -> WorkerProcess:
        processes.append(WorkerProcess(name, environment, tmp_path / f"worker-{len(processes)}.log"))
        return processes[-1]

    yield begin
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def ticking(own_redis: RedisServer) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=ticker.run, args=(ticker.Ticker(connect(own_redis.uri, 1)), stop))
    thread.start()
    yield
    stop.set()
    thread.join()


def beaten(name: str, after: Any = None) -> bool:
    beat = Beat.objects(name=name).first()
    return beat is not None and beat.last_finished is not None and (after is None or beat.last_finished > after)


def last(name: str) -> Any:
    return Beat.objects.get(name=name).last_finished


@pytest.mark.usefixtures("ticking")
def test_a_killed_worker_leaves_nothing_undone(start: Start, own_redis: RedisServer) -> None:
    """Its nudge is lost; the next one comes in seconds and the sweep finds all that was left."""
    make_template()
    cast.make_staff("guard")
    process = start("relay")
    until(lambda: beaten("relay"), "first beat")
    process.kill()
    process.wait()
    make_source(intent())
    assert Content.objects(pending=True).count() == 1
    start("relay")
    until(lambda: Content.objects(pending=True).count() == 0, "relay after the kill")
    assert Notice.objects.count() == 2


@pytest.mark.usefixtures("ticking")
def test_a_nudge_that_died_with_its_worker_blocks_nothing(start: Start, own_redis: RedisServer) -> None:
    process = start("relay")
    until(lambda: beaten("relay"), "first beat")
    client: Redis = connect(own_redis.uri, 1)
    os.kill(process.pid, signal.SIGSTOP)
    line = queue("relay", client)
    until(lambda: line.count > 0, "nudges wait")
    process.kill()
    process.wait()
    before = last("relay")
    start("relay")
    until(lambda: beaten("relay", before) and line.count == 0, "beats again")


@pytest.mark.usefixtures("ticking")
def test_a_wiped_redis_costs_seconds(start: Start, own_redis: RedisServer) -> None:
    start("relay")
    until(lambda: beaten("relay"), "first beat")
    client: Redis = connect(own_redis.uri, 1)
    for _ in range(3):
        client.flushall()
        before = last("relay")
        until(lambda before=before: beaten("relay", before), "beats after the wipe")  # type: ignore[misc]


@pytest.mark.usefixtures("ticking")
def test_a_killed_redis_is_found_again_by_the_same_worker(start: Start, own_redis: RedisServer) -> None:
    process = start("relay")
    until(lambda: beaten("relay"), "first beat")
    own_redis.kill()
    until(process.misses_redis, "it says that Redis is gone")
    own_redis.start()
    before = last("relay")
    until(lambda: beaten("relay", before), "beats after the restart")
    assert process.poll() is None


@pytest.mark.usefixtures("ticking")
def test_a_worker_whose_redis_went_away_stops_when_it_is_asked_to(start: Start, own_redis: RedisServer) -> None:
    process = start("relay")
    until(lambda: beaten("relay"), "first beat")
    own_redis.kill()
    until(process.misses_redis, "it says that Redis is gone")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_a_worker_stops_when_it_is_asked_to(start: Start, own_redis: RedisServer) -> None:
    process = start("ticks")
    client: Redis = connect(own_redis.uri, 1)
    until(lambda: client.smembers("rq:workers:ticks"), "registered")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_a_worker_waits_for_a_redis_that_is_not_there_yet(start: Start, own_redis: RedisServer) -> None:
    own_redis.kill()
    process = start("ticks")
    until(process.misses_redis, "it says that there is no Redis")
    own_redis.start()

    def registered() -> Any:
        try:
            return connect(own_redis.uri, 1).smembers("rq:workers:ticks")
        except RedisError:
            return False

    until(registered, "registered")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_a_worker_without_redis_stops_when_it_is_asked_to(start: Start, own_redis: RedisServer) -> None:
    own_redis.kill()
    process = start("ticks")
    until(process.misses_redis, "it says that there is no Redis")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_a_worker_that_is_asked_to_stop_while_it_registers_stops(own_redis: RedisServer, database: Any) -> None:
    connection, stop = connect(own_redis.uri), threading.Event()
    line = queue("ticks", connection)
    line.enqueue("jobs.tasks.publish_due")
    stop.set()
    kept = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert worker.Worker(line, connection, stop).work(burst=True) is False
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)
    assert line.count == 1


@pytest.mark.parametrize("words", [[], ["everything"], ["ticks", "notices"]])
def test_a_worker_has_exactly_one_queue(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert worker.main(words) == 2
    assert "usage" in capsys.readouterr().err
