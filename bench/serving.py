"""The product's own web processes, as the Procfile starts them."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.ground import Ground
from embedded.ports import free_port

START_SECONDS = 120.0


@contextmanager
def served(ground: Ground, database: str, application: str = "front:front") -> Iterator[int]:
    """Two processes over a database. Gives their port."""
    with processes(ground, database, application) as web:
        yield web.port


class Web(NamedTuple):
    """The product's web processes; `master` started them and answers nothing itself."""

    port: int
    master: int

    def cpu(self) -> float:
        """Seconds of all that answer."""
        ticks = (sum(map(int, _stat(pid)[11:13])) for pid in self._workers())
        return sum(ticks) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Resident memory of all that answer."""
        return sum(int(_stat(pid)[21]) for pid in self._workers()) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _workers(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.master}/task/{self.master}/children").read_text().split()]


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


@contextmanager
def processes(ground: Ground, database: str, application: str = "front:front") -> Iterator[Web]:
    """As `served`, for who looks at the processes themselves."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "2", application]
    nowhere = subprocess.DEVNULL
    environment = {**os.environ, **ground.environment(database)}
    process = subprocess.Popen(command, env=environment, stdout=nowhere, stderr=nowhere)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield Web(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own address
            return
        except OSError:
            if time.monotonic() > deadline:
                raise RuntimeError("the web process did not start") from None
            time.sleep(0.2)
