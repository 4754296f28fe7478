"""The process that reads strangers' files: what it may take, what ends it, and that nobody else is hurt."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from store.errors import Busy, Invalid
from store.untrusted import running, wire
from store.untrusted.tasks import MEGABYTE, PICTURE, TABLES, Task

ROOT = Path(__file__).parents[2]


def picture(width: int = 8_000, height: int = 5_000) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height)).save(stream, "PNG")
    return stream.getvalue()


def refusal(task: Task, data: bytes, **arguments: str) -> str:
    with pytest.raises(Invalid) as refused:
        running.run(task, data, **arguments)
    return refused.value.code


def test_what_takes_more_memory_than_allowed_is_refused_and_the_next_is_read() -> None:
    assert refusal(PICTURE._replace(memory=8 * MEGABYTE), picture()) == "file_too_demanding"
    assert running.run(PICTURE, picture(20, 10))["width"] == 20


def test_what_takes_more_cpu_time_than_allowed_is_refused() -> None:
    lines = b"code\n" + b'"' + b'""' * 2_400_000 + b'"\n'
    assert refusal(TABLES._replace(cpu=0), lines, filename="table.csv") == "file_too_demanding"


def test_what_takes_longer_than_allowed_is_refused() -> None:
    assert refusal(PICTURE._replace(wall=0.001), picture()) == "file_too_demanding"


def test_an_answer_that_is_too_long_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LONGEST_ANSWER", 1_000)
    assert refusal(TABLES, b"code\n" + b"word\n" * 1_000, filename="table.csv") == "file_too_demanding"


def test_there_is_no_reader_but_those_of_the_list() -> None:
    assert refusal(Task("os.system", MEGABYTE, 1, 1), b"true") == "file_unreadable"


def test_a_reader_that_was_killed_is_started_again() -> None:
    running.run(PICTURE, picture(20, 10))
    assert running._forker is not None
    first = running._forker.process
    first.kill()
    first.wait()
    assert running.run(PICTURE, picture(20, 10))["height"] == 10
    assert running._forker.process.pid != first.pid


def test_many_at_once_are_read_a_few_at_a_time() -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(read_one())) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [1600] * 12


def read_one() -> int:
    width: int = running.run(PICTURE, picture(2_000, 1_000))["width"]
    return width


def test_who_finds_no_room_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_room", threading.BoundedSemaphore(1))
    monkeypatch.setattr(running, "PATIENCE_SECONDS", 0)
    with running._room, pytest.raises(Busy):
        running.run(PICTURE, picture(20, 10))


def test_a_reader_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    monkeypatch.setenv("MONGODB_URI", "mongodb://somebody:word@127.0.0.1/")
    assert set(running._environment()) <= {"PATH", "LANG", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}


PARENT = """
import sys, time
from store.untrusted import running
from store.untrusted.tasks import TABLES
running.run(TABLES, b"code", filename="x.csv")
print(running._forker.process.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_with_whoever_started_it() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=ROOT) as parent:
        assert parent.stdout is not None
        forker = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
    until(lambda: not is_running(forker))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(condition: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def test_a_fork_of_ours_reads_by_a_process_of_its_own() -> None:
    running.run(PICTURE, picture(20, 10))
    child = os.fork()
    if child == 0:
        # Straight to the end: what a test framework does at the end of a process is not ours to do.
        try:
            os._exit(0 if running._forker is None and running.run(PICTURE, picture(20, 10))["width"] == 20 else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert running.run(PICTURE, picture(20, 10))["width"] == 20


VALUES: list[Any] = [
    "字",
    "\ud800",
    1.5,
    True,
    None,
    b"\x00\xff",
    date(2026, 11, 30),
    datetime(2026, 11, 30, 8, 30),  # noqa: DTZ001 - spreadsheets know no zones
    time_of_day(8, 30),
    timedelta(days=1, seconds=1),
    {"rows": [[1, ""]]},
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_values_come_back_as_they_were_given(value: Any) -> None:
    assert wire.unpack(wire.pack(value)) == value


@pytest.mark.parametrize("said", [b"", b"\x80", b'{"!":"os.system","value":"x"}', b'{"!":"date"}', b"[" * 100_000])
def test_what_is_no_answer_is_refused(said: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        wire.unpack(said)


def test_a_signal_to_our_group_does_not_reach_the_readers() -> None:
    """Ctrl-C goes to the whole foreground group: the web process still answers what it has begun."""
    running.run(PICTURE, picture(20, 10))
    assert running._forker is not None
    assert os.getpgid(running._forker.process.pid) != os.getpgrp()
    os.kill(running._forker.process.pid, signal.SIGCONT)
