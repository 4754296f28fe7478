"""`python -m embedded run -- COMMAND`: the servers live exactly as long as the command."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from embedded.errors import EmbeddedError
from embedded.run import Reviver
from embedded.secret_key import secret_key
from embedded.server import Server

NAMES = ("MONGODB_URI", "REDIS_URL", "SECRET_KEY")
# Tells its environment and its process id, then waits for a signal and tells that one too.
WAITER = """
import json, os, signal, sys
told = {name: os.environ[name] for name in ("MONGODB_URI", "REDIS_URL", "SECRET_KEY")}
signal.signal(signal.SIGTERM, lambda number, frame: (print("told to end", flush=True), sys.exit(7)))
print(json.dumps({**told, "pid": os.getpid()}), flush=True)
signal.pause()
"""
# What starts a command and waits for it, as make does.
MAKE = "import subprocess, sys; subprocess.run(sys.argv[1:])"
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Without addresses, and MongoDB answered for by an address that nobody opens: Redis alone starts in 20 ms."""
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    return {**kept, "ANJU_HOME": str(tmp_path / "home"), "MONGODB_URI": "mongodb://127.0.0.1:1/elsewhere"}


@pytest.fixture
def start(environment: Mapping[str, str]) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start(
        *command: str, options: tuple[str, ...] = (), under: tuple[str, ...] = (), **changes: str
    ) -> subprocess.Popen[str]:
        words = [*under, sys.executable, "-m", "embedded", "run", *options, "--", *command]
        process = subprocess.Popen(
            words, env={**environment, **changes}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def told(process: "subprocess.Popen[str]") -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def answers(url: str) -> bool:
    try:
        with Redis.from_url(url) as client:
            return bool(client.ping())
    except RedisConnectionError:
        return False


def ends(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.server
def test_the_command_gets_both_addresses_and_a_key(start: Start) -> None:
    process = start(sys.executable, "-c", WAITER, MONGODB_URI="")
    given = told(process)
    assert given["MONGODB_URI"].startswith("mongodb://127.0.0.1:")
    assert given["REDIS_URL"].startswith("redis://127.0.0.1:")
    assert len(given["SECRET_KEY"]) >= 32
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 7


@pytest.mark.server
def test_what_is_thrown_away_was_never_in_the_data_folder(start: Start, environment: dict[str, str]) -> None:
    process = start(sys.executable, "-c", WAITER, options=("--throwaway",))
    given = told(process)
    with Redis.from_url(given["REDIS_URL"]) as client:
        folder = Path(str(client.config_get("dir")["dir"]))
    assert folder.exists()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 7
    assert not folder.parent.exists()
    assert not Path(environment["ANJU_HOME"]).exists()


@pytest.mark.server
def test_addresses_in_the_environment_win_and_nothing_is_started(start: Start, environment: dict[str, str]) -> None:
    process = start(sys.executable, "-c", WAITER, REDIS_URL="redis://elsewhere:1/0", SECRET_KEY="k" * 40)
    given = told(process)
    assert given["MONGODB_URI"] == environment["MONGODB_URI"]
    assert (given["REDIS_URL"], given["SECRET_KEY"]) == ("redis://elsewhere:1/0", "k" * 40)
    assert not Path(environment["ANJU_HOME"]).exists()


@pytest.mark.server
def test_the_exit_code_is_the_commands_and_the_servers_stop(start: Start) -> None:
    process = start("sh", "-c", "echo $REDIS_URL; exit 3")
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 3
    assert not answers(output.strip())


@pytest.mark.server
def test_a_second_run_finds_the_same_port_key_and_data(start: Start) -> None:
    first = start(sys.executable, "-c", WAITER)
    before = told(first)
    with Redis.from_url(before["REDIS_URL"]) as client:
        client.set("kept", "yes")
    first.send_signal(signal.SIGTERM)
    first.wait(20)
    after = told(start(sys.executable, "-c", WAITER))
    assert [after[name] for name in NAMES] == [before[name] for name in NAMES]
    with Redis.from_url(after["REDIS_URL"]) as client:
        assert client.get("kept") == b"yes"


@pytest.mark.server
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_nothing_outlives_a_parent_killed_by_kill_9(start: Start) -> None:
    process = start(sys.executable, "-c", WAITER)
    given = told(process)
    process.kill()
    assert ends(lambda: answers(given["REDIS_URL"]))
    assert ends(lambda: is_alive(given["pid"]))


@pytest.mark.server
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_it_stops_in_good_order_when_the_make_above_it_is_killed_by_kill_9(start: Start) -> None:
    make = start(sys.executable, "-c", WAITER, options=("--with-parent",), under=(sys.executable, "-c", MAKE))
    given = told(make)
    make.kill()
    assert ends(lambda: is_alive(given["pid"]))
    assert ends(lambda: answers(given["REDIS_URL"]))
    assert make.stdout is not None
    assert make.stdout.readline() == "told to end\n"


@pytest.mark.server
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to the parent's parent")
def test_what_a_killed_command_left_behind_is_stopped(start: Start) -> None:
    process = start("sh", "-c", "setsid sleep 300 & echo $!; kill -9 $$")
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGKILL
    assert not is_alive(int(output))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to the parent's parent")
def test_an_orphan_that_ends_while_the_command_runs_is_buried(start: Start) -> None:
    """Web servers are killed now and then: what is left of each must not stay in the table of processes for ever."""
    process = start("sh", "-c", "sh -c 'sleep 0.1 & echo $!'; exec sleep 300")
    assert process.stdout is not None
    orphan = Path(f"/proc/{int(process.stdout.readline())}")
    assert ends(orphan.exists)
    assert process.poll() is None


@pytest.mark.server
def test_a_killed_redis_comes_back_under_the_running_command(start: Start, environment: dict[str, str]) -> None:
    url = told(start(sys.executable, "-c", WAITER))["REDIS_URL"]
    os.kill(int((Path(environment["ANJU_HOME"]) / "redis" / "lock").read_text()), signal.SIGKILL)
    assert ends(lambda: answers(url))
    assert ends(lambda: not answers(url))


@pytest.mark.server
def test_a_command_that_does_not_exist_is_named(start: Start) -> None:
    process = start("no-such-command")
    _, complaint = process.communicate(timeout=20)
    assert process.returncode == 1
    assert complaint.splitlines()[-1] == "anju: The command no-such-command cannot be run (No such file or directory)."


def test_a_taken_web_port_is_named_before_anything_starts(start: Start, environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = start("true", options=("--web-port", str(port)))
        _, complaint = process.communicate(timeout=20)
    assert process.returncode == 1
    assert complaint.startswith(f"anju: Port {port} on 127.0.0.1 is taken by another program")
    assert not Path(environment["ANJU_HOME"]).exists()


def test_an_unwritable_home_is_one_sentence_without_a_traceback(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    process = start("true", ANJU_HOME=str(tmp_path / "file"))
    _, complaint = process.communicate(timeout=20)
    assert process.returncode == 1
    assert complaint.startswith("anju: redis-server cannot write to its data folder")
    assert complaint.count("\n") == 1


def test_the_secret_key_is_made_once_and_for_nobody_else(tmp_path: Path) -> None:
    key = secret_key(tmp_path / "home")
    assert len(key) >= 32
    assert secret_key(tmp_path / "home") == key
    assert stat.S_IMODE((tmp_path / "home" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret_key"]


class Refusing:
    """A server that has ended and cannot start while its disk is full."""

    program = "mongod"

    def __init__(self) -> None:
        self.running, self.full = False, True

    def start(self) -> None:
        if self.full:
            raise EmbeddedError("mongod did not start: the disk is full: make room.")
        self.running = True


def test_a_server_whose_disk_is_full_is_tried_again_and_ends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    server = Refusing()
    reviver = Reviver(cast("Server", server))
    for now in (0.0, 1.0, 6.0, 12.0):
        reviver.look(now)
    assert capsys.readouterr().err.count("the disk is full") == 1, "said once"
    server.full = False
    reviver.look(18.0)
    assert server.running
