"""The web application in a process of its own, under bounds that the kernel holds."""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from embedded.ports import HOST, free_port
from tests.conftest import SECRET_KEY
from tests.faults.crew import until
from tests.packaging.deployment import ROOT

MORE_MEMORY = 200 << 20
MORE_CPU_SECONDS = 10
START_SECONDS = 90.0
ANSWER_SECONDS = 100.0


class BoundedWeb:
    """`with BoundedWeb(mongodb_uri, redis_url) as web: web.ask("GET", "/healthz").status_code`.

    Each question may take so much more memory and CPU time than was used before it. A process that wants more memory
    is refused it; one that wants more time is ended, and the question raises `requests.ConnectionError`.
    """

    def __init__(self, mongodb_uri: str, redis_url: str) -> None:
        self._port = free_port()
        ours = {"MONGODB_URI": mongodb_uri, "REDIS_URL": redis_url, "SECRET_KEY": SECRET_KEY}
        self._environment = {**os.environ, **ours}

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        self._bound()
        address = f"http://{HOST}:{self._port}{path}"
        return requests.request(method, address, allow_redirects=False, timeout=ANSWER_SECONDS, **options)

    def _bound(self) -> None:
        pid = self._process.pid
        held = int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()
        limits = {resource.RLIMIT_AS: held + MORE_MEMORY, resource.RLIMIT_CPU: _cpu_seconds(pid) + MORE_CPU_SECONDS}
        for kind, soft in limits.items():
            resource.prlimit(pid, kind, (soft, resource.RLIM_INFINITY))

    def _is_up(self) -> bool:
        assert self._process.poll() is None, "the web application did not start"
        try:
            return requests.get(f"http://{HOST}:{self._port}/healthz", timeout=ANSWER_SECONDS).status_code == 200
        except requests.ConnectionError:
            return False

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "run", "--host", HOST, "--port", str(self._port)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._is_up, "the first answer", START_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()


class Door:
    """One way in, with the headers that open it: `door.ask("GET", "/requests")`."""

    def __init__(self, web: BoundedWeb, root: str, headers: Mapping[str, str]) -> None:
        self._web, self._root, self._headers = web, root, headers

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **options: Any
    ) -> requests.Response:
        return self._web.ask(method, self._root + path, headers={**self._headers, **(headers or {})}, **options)


def _cpu_seconds(pid: int) -> int:
    """What the process has used, of its own and of the kernel's time, rounded up."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return -(-(int(after_name[11]) + int(after_name[12])) // os.sysconf("SC_CLK_TCK"))
