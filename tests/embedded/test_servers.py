"""mongod and redis-server: started, stopped, killed and started again, with their data."""

import errno
import os
import shutil
import signal
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pymongo import MongoClient
from redis import Redis

from embedded.errors import EmbeddedError
from embedded.mongod import Mongod
from embedded.redis_server import RedisServer
from embedded.server import Server

# These start servers of their own, without the fixtures that set the mark.
pytestmark = pytest.mark.server


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Mongod]:
    with Mongod(tmp_path / "mongo") as server:
        yield server


@pytest.fixture
def redis_child(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path / "redis") as server:
        yield server


def client_of(server: Mongod) -> MongoClient[dict[str, Any]]:
    return MongoClient(server.uri)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_mongod_is_a_writable_primary_as_soon_as_it_has_started(mongod: Mongod) -> None:
    with client_of(mongod) as client:
        assert client.admin.command("hello")["isWritablePrimary"]
        with client.start_session() as session, session.start_transaction():
            client.anju.notes.insert_one({"_id": 1}, session=session)
        assert client.anju.notes.count_documents({}) == 1


def test_a_throwaway_mongod_keeps_no_record_of_its_writes(tmp_path: Path) -> None:
    with Mongod(tmp_path / "mongo", throwaway=True) as server, client_of(server) as client:
        client.anju.notes.insert_one({"_id": 1})
        assert client.anju.notes.find_one() == {"_id": 1}
        assert "setName" not in client.admin.command("hello")
        assert "oplog.rs" not in client.local.list_collection_names()


def test_mongod_comes_back_from_kill_9_on_the_same_port_with_every_acknowledged_write(mongod: Mongod) -> None:
    before, pid = mongod.uri, mongod.pid
    with client_of(mongod) as client:
        client.anju.notes.insert_many([{"_id": number} for number in range(500)])
        mongod.kill()
        assert not is_alive(pid)
        mongod.start()
        assert (mongod.uri, mongod.pid != pid) == (before, True)
        # The client that was open before finds its way back by itself.
        assert client.anju.notes.count_documents({}) == 500


def test_mongod_that_died_by_itself_is_started_again_by_start(mongod: Mongod) -> None:
    os.kill(mongod.pid, signal.SIGKILL)
    while mongod.running:
        time.sleep(0.01)
    mongod.start()
    with client_of(mongod) as client:
        assert client.admin.command("ping")["ok"]


def test_mongod_keeps_its_data_when_it_moves_to_another_port(mongod: Mongod) -> None:
    with client_of(mongod) as client:
        client.anju.notes.insert_one({"_id": "kept"})
    mongod.stop()
    with Mongod(mongod.data) as moved, client_of(moved) as client:
        assert moved.port != mongod.port
        assert client.anju.notes.find_one() == {"_id": "kept"}
        client.anju.notes.insert_one({"_id": "writable"})


def test_redis_comes_back_from_kill_9_on_the_same_port_with_its_data(redis_child: RedisServer) -> None:
    with Redis.from_url(redis_child.uri) as client:
        for number in range(200):
            client.rpush("jobs", number)
    before = redis_child.uri
    redis_child.kill()
    redis_child.start()
    with Redis.from_url(redis_child.uri) as client:
        assert (redis_child.uri, client.llen("jobs")) == (before, 200)
        assert client.config_get("appendonly") == {"appendonly": "yes"}


def test_both_listen_on_the_loopback_interface_only(mongod: Mongod, redis_child: RedisServer) -> None:
    with client_of(mongod) as client:
        assert client.admin.command("getCmdLineOpts")["parsed"]["net"]["bindIp"] == "127.0.0.1"
    with Redis.from_url(redis_child.uri) as redis:
        assert redis.config_get("bind") == {"bind": "127.0.0.1"}


def test_start_of_a_running_server_does_nothing(redis_child: RedisServer) -> None:
    pid = redis_child.pid
    redis_child.start()
    assert redis_child.pid == pid


def test_stop_ends_the_process_and_may_be_repeated(redis_child: RedisServer) -> None:
    pid = redis_child.pid
    redis_child.stop()
    redis_child.stop()
    assert not is_alive(pid)
    with pytest.raises(EmbeddedError, match="is not running"):
        assert redis_child.pid


def test_a_frozen_server_can_be_stopped(redis_child: RedisServer) -> None:
    pid = redis_child.pid
    os.kill(pid, signal.SIGSTOP)
    redis_child.stop()
    assert not is_alive(pid)


def test_a_server_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    server = RedisServer(tmp_path / "redis")
    starter = threading.Thread(target=server.start)
    starter.start()
    starter.join()
    try:
        time.sleep(0.1)  # the kernel would have sent its signal at once
        with Redis.from_url(server.uri) as client:
            assert client.ping()
    finally:
        server.stop()


@pytest.mark.parametrize("kind", [Mongod, RedisServer])
def test_files_left_by_a_kill_do_not_hold_up_the_next_start(kind: type[Server], tmp_path: Path) -> None:
    first = kind(tmp_path / "data").start()
    first.kill()
    for name in ("lock", "mongod.lock"):
        (tmp_path / "data" / name).write_text("1\n")  # a process id that is alive and somebody else's
    with kind(tmp_path / "data") as second:
        assert second.running


def test_what_lies_in_the_data_folders_is_for_its_owner_alone(tmp_path: Path) -> None:
    for kind, name in ((Mongod, "mongo"), (RedisServer, "redis")):
        (tmp_path / name).mkdir(0o755)  # as a version before has made it
        with kind(tmp_path / name) as server:
            assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
            files = [each for each in server.data.rglob("*") if each.is_file()]
            assert files
            assert {each.name: oct(each.stat().st_mode & 0o077) for each in files if each.stat().st_mode & 0o077} == {}


def test_the_log_repeats_no_words_of_slow_queries(mongod: Mongod) -> None:
    with client_of(mongod) as client:
        client.anju.people.insert_one({"phone": "13900000001"})
        slow = {"phone": "13900000001", "$where": "sleep(300) || true"}
        assert client.anju.people.find_one(slow) is not None
        assert client.admin.command("ping")["ok"]
    assert "13900000001" not in mongod.log.read_text()


@pytest.mark.parametrize("kind", [Mongod, RedisServer])
def test_a_folder_that_holds_data_needs_no_room_for_a_new_one(
    kind: type[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kind(tmp_path / "data"):
        pass
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(free=40 * 1024 * 1024))
    with kind(tmp_path / "data") as server:
        assert server.running
    with pytest.raises(EmbeddedError, match="make room"):
        kind(tmp_path / "new").start()


def test_a_full_disk_is_called_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(EmbeddedError, match="is full and redis-server cannot run: make room"):
        RedisServer(tmp_path / "data").start()


class Usage(NamedTuple):
    free: int
