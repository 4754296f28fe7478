"""Real tickers and workers as real processes, to be killed one by one."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from tests.conftest import SECRET_KEY


def until(condition: Callable[[], Any], what: str, seconds: float) -> float:
    """How long it took until `condition` held. Raises `AssertionError` when it does not come."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds:g} s"
        time.sleep(0.05)
    return time.monotonic() - began


class Crew:
    """`crew.add("ticker")`, `crew.add("worker", "ticks")`; whoever is killed is followed by another, as by a restart."""

    def __init__(self, mongodb_uri: str, redis_url: str, smtp_url: str, logs: Path) -> None:
        ours = {"MONGODB_URI": mongodb_uri, "REDIS_URL": redis_url, "SMTP_URL": smtp_url, "SECRET_KEY": SECRET_KEY}
        self._environment: Mapping[str, str] = {**os.environ, **ours}
        self._logs = logs
        self._out: list[IO[bytes]] = []
        self._members: list[tuple[tuple[str, ...], subprocess.Popen[bytes]]] = []

    def add(self, *words: str) -> None:
        out = (self._logs / f"{'-'.join(words)}-{len(self._out)}.log").open("wb")
        self._out.append(out)
        command = [sys.executable, "-m", f"jobs.{words[0]}", *words[1:]]
        self._members.append((words, subprocess.Popen(command, env=dict(self._environment), stderr=out, stdout=out)))

    def kill(self, *words: str) -> int:
        """SIGKILL all members of this kind. Returns how many there were."""
        struck = [(each, process) for each, process in self._members if each == words]
        for _, process in struck:
            process.kill()
            process.wait()
        self._members = [member for member in self._members if member not in struck]
        return len(struck)

    def kill_one(self, words: tuple[str, ...], index: int) -> None:
        """SIGKILL one member of this kind and start another."""
        kind = [member for member in self._members if member[0] == words]
        chosen = kind[index % len(kind)]
        chosen[1].kill()
        chosen[1].wait()
        self._members.remove(chosen)
        self.add(*words)

    def dead(self) -> list[tuple[str, ...]]:
        """Members that ended by themselves: there should be none."""
        return [words for words, process in self._members if process.poll() is not None]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, process in self._members:
            process.kill()
            process.wait()
        for out in self._out:
            out.close()
