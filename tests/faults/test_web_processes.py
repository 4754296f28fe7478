"""A web process that dies or hangs is replaced, and the others answer meanwhile."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from admin_app.front.guard import AGAIN_SECONDS, EVERY_SECONDS, NOT_YET_SECONDS, Guard
from embedded.ports import free_port
from store import clock
from tests import cast
from tests.embedded.test_run import is_alive
from tests.faults.crew import until
from tests.faults.web import Web, children
from tests.packaging.deployment import ROOT

PATH, TIMES = "/api/v1/content/faq", 20

pytestmark = [pytest.mark.server, pytest.mark.timeout(200)]


@pytest.fixture
def web(_connected: object, mongo_server: str, redis_server: str, tmp_path: Path) -> Iterator[Web]:
    with Web(mongo_server, redis_server, tmp_path) as running:
        yield running


def test_a_killed_worker_is_replaced_and_a_killed_server_leaves_nothing(web: Web) -> None:
    master = web.below()[0]
    before = workers_of(master)
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    # What the killed one has taken in until it is gone is cut off with it.
    until(lambda: not is_alive(before[0]), "its end", 30)
    until(web.is_up, "an answer of the other", 30)
    for _ in range(20):
        assert web.get("/healthz").status == 200
    until(lambda: len(set(workers_of(master)) - set(before)) == 1, "another worker", 60)
    left = [*workers_of(master)]
    os.kill(master, signal.SIGKILL)
    assert web.wait() == 128 + signal.SIGKILL
    until(lambda: not any(is_alive(pid) for pid in left), "the end of its workers", 30)


def test_processes_whose_server_and_guard_are_killed_end_too(web: Web) -> None:
    """Nobody is left who could end them, and they would hold the port and answer with what was."""
    master = web.below()[0]
    left = workers_of(master)
    os.kill(master, signal.SIGSTOP)  # it must not say good-bye to them when its guard is gone
    web.kill()
    os.kill(master, signal.SIGKILL)
    until(lambda: not any(is_alive(pid) for pid in left), "the end of its workers", 20)


def test_a_type_is_described_by_every_process_as_soon_as_it_is_published(database: Any, web: Web) -> None:
    workers = workers_of(web.below()[0])
    assert len(workers) == 2
    # Each has answered before, and could remember what it said.
    assert [PATH in described_by(web, each, workers) for each in workers] == [False, False]
    cast.make_company(cast.LONG_AGO)
    body = {"name": {"zh": "问答"}, "fields": [{"name": "name", "label": {"zh": "问题"}, "kind": "text"}]}
    cast.publish("content_type", "faq", body, clock.now(), actor=cast.manager())
    assert [PATH in described_by(web, each, workers) for each in workers] == [True, True]


def described_by(web: Web, worker: int, workers: list[int]) -> set[str]:
    """The paths in the description that this process gives: the others stand still, and a question that one of them has
    taken in is asked again."""
    others = [each for each in workers if each != worker]
    for each in others:
        os.kill(each, signal.SIGSTOP)
    try:
        for _ in range(TIMES):
            with suppress(OSError):
                return set(web.get("/api/openapi.json", seconds=5.0).json["paths"])
        raise AssertionError("no answer")
    finally:
        for each in others:
            os.kill(each, signal.SIGCONT)


def workers_of(master: int) -> list[int]:
    """Granian's processes that serve."""
    return sorted(
        pid for pid in children(master) if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


HANGS = """
import re, time
from admin_app.front.serving import Front

def app(environ, start):
    if environ["PATH_INFO"] == "/expression":
        re.match(r"(a+)+$", "a" * 60 + "b")
    if environ["PATH_INFO"] == "/threads":
        time.sleep(600)
    start("200 OK", [("content-type", "text/plain")])
    return [b"ok"]

front = Front(app, largest=1000, behind_proxy=False, hang_seconds=3)
"""


@pytest.mark.parametrize(("path", "askers"), [("/expression", 1), ("/threads", 16)], ids=["in one", "in all threads"])
def test_a_process_that_hangs_is_ended_says_where_and_is_replaced(tmp_path: Path, path: str, askers: int) -> None:
    (tmp_path / "hanging.py").write_text(HANGS)
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--port", str(port), "--respawn-failed-workers"]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    with log.open("wb") as out:
        server = subprocess.Popen([*command, "hanging:front"], env=environment, stdout=out, stderr=out, cwd=tmp_path)
    try:
        until(lambda: answers(port, "/"), "the first answer", 60)
        asking = [subprocess.Popen([sys.executable, "-c", ASK, str(port), path]) for _ in range(askers)]
        until(lambda: "Timeout" in log.read_text(errors="replace"), "its end", 60)
        until(lambda: answers(port, "/"), "an answer of another", 60)
        assert "hanging.py" in log.read_text(errors="replace")
    finally:
        server.terminate()
        server.wait()
        for each in asking:
            each.kill()
            each.wait()


ASK = "import sys, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{sys.argv[1]}{sys.argv[2]}')"


def answers(port: int, path: str) -> bool:
    asked = subprocess.run([sys.executable, "-c", ASK, str(port), path], timeout=30, check=False, capture_output=True)
    return asked.returncode == 0


def test_a_server_that_does_not_answer_is_ended_with_all_its_processes(tmp_path: Path) -> None:
    """As Docker and the supervisor see it: its end, which they answer with a start."""
    script = "import os, subprocess, sys, time; subprocess.Popen(['sleep', '300']); time.sleep(300)"
    health = iter([True, False, False, False])
    guard = Guard([sys.executable, "-c", script], lambda: next(health), every=0.2)
    pid = guard._process.pid
    until(lambda: len(children(pid)) == 1, "its process", 20)
    below = [pid, *children(pid)]
    os.kill(pid, signal.SIGSTOP)
    assert guard.run() == 1
    until(lambda: not any(is_alive(pid) for pid in below), "the end of all", 10)


def test_who_did_not_answer_or_not_yet_is_asked_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start of all processes must still fit into the 90 s."""
    health = iter([True, False, False, False])
    guard = Guard([sys.executable, "-c", "import time; time.sleep(300)"], lambda: next(health))
    wait, waited = guard._process.wait, list[float]()

    def in_no_time(seconds: float | None = None) -> int:
        if seconds is None:
            return wait()
        waited.append(seconds)
        raise subprocess.TimeoutExpired("", seconds)

    monkeypatch.setattr(guard._process, "wait", in_no_time)
    assert guard.run() == 1
    assert waited[:4] == [NOT_YET_SECONDS, EVERY_SECONDS, AGAIN_SECONDS, AGAIN_SECONDS]


def test_one_bad_answer_ends_nothing_and_the_exit_code_is_handed_on() -> None:
    health = iter([True, False, False, True, False, False, True] + [True] * 1000)
    guard = Guard([sys.executable, "-c", "import time; time.sleep(2); raise SystemExit(7)"], lambda: next(health), 0.1)
    assert guard.run() == 7


def test_the_port_is_free_again_when_the_guard_is_killed(web: Web) -> None:
    master = web.below()[0]
    web.kill()
    until(lambda: not is_alive(master), "the end of the server", 60)
    with pytest.raises(OSError, match="refused"):
        web.get("/healthz")
