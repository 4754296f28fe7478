"""The product's own web processes, as the Procfile starts them."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from bench.ground import Ground
from embedded.ports import free_port

START_SECONDS = 120.0


@contextmanager
def served(ground: Ground, database: str, application: str = "front:front") -> Iterator[int]:
    """Two processes over a database. Gives their port."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "2", application]
    nowhere = subprocess.DEVNULL
    environment = {**os.environ, **ground.environment(database)}
    process = subprocess.Popen(command, env=environment, stdout=nowhere, stderr=nowhere)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield port
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
