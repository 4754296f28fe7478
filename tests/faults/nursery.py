"""The test's side of `victim.py`."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from tests.conftest import SECRET_KEY
from tests.faults.victim import Order, Outcome

PATIENCE_SECONDS = 60.0


class Nursery:
    """Runs orders in processes of their own; those of one call run side by side."""

    def __init__(self, mongodb_uri: str, smtp_url: str = "smtp://127.0.0.1:1") -> None:
        ours = {"MONGODB_URI": mongodb_uri, "REDIS_URL": "redis://127.0.0.1:1", "SECRET_KEY": SECRET_KEY}
        self._environment: Mapping[str, str] = {**os.environ, **ours, "SMTP_URL": smtp_url}
        self._process: subprocess.Popen[str] | None = None

    def run(self, *orders: Order) -> list[Outcome]:
        return self._ask({"run": [asdict(each) for each in orders]})

    def thaw(self, frozen: Outcome) -> Outcome:
        return self._ask({"thaw": frozen.pid})[0]

    def begin(self, *orders: Order) -> None:
        """Start the orders without waiting; `finish` waits."""
        self._say({"run": [asdict(each) for each in orders]})

    def finish(self) -> list[Outcome]:
        process = self._running()
        assert process.stdout
        ready, _, _ = select.select([process.stdout], [], [], PATIENCE_SECONDS)
        assert ready, f"no victim has ended within {PATIENCE_SECONDS:g} s"
        return [Outcome(**each) for each in json.loads(process.stdout.readline())]

    def _ask(self, request: Mapping[str, Any]) -> list[Outcome]:
        self._say(request)
        return self.finish()

    def _say(self, request: Mapping[str, Any]) -> None:
        stdin = self._running().stdin
        assert stdin
        stdin.write(json.dumps(request) + "\n")
        stdin.flush()

    def _running(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.victim"],
            env=dict(self._environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._running()
        # The group has no other members than the nursery and its children, frozen ones included.
        os.killpg(process.pid, 9)
        process.communicate()
