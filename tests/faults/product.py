"""The whole product as `make run` starts it, in a home of its own, and the ids of its processes."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from embedded.mongod import Mongod
from embedded.ports import HOST, free_port
from embedded.redis_server import RedisServer
from tests.faults.crew import until
from tests.faults.web import PASSWORD, Site, children
from tests.packaging.deployment import ROOT

WORKERS = ("ticks", "relay", "notices", "reports")
SERVERS = ("mongod", "redis-server")
PARTS = ("web worker", "web server", "guard", "ticker", *WORKERS, *SERVERS)
# Nothing is promised of a first start, which seeds, on a machine that is busy with other things.
START_SECONDS, STOP_SECONDS = 300.0, 60.0
# A process that is frozen with the question in its hands must not hold up the looking.
READY_SECONDS = 5.0
_ELSEWHERE = ("MONGODB_URI", "REDIS_URL", "SECRET_KEY", "ANJU_BASE_URL")


def recipe(port: int) -> str:
    """What `make run` hands to the shell."""
    found = re.search(r"^define serve\n(.*?)^endef", (ROOT / "Makefile").read_text(), re.MULTILINE | re.DOTALL)
    assert found
    return found[1].replace("$(PORT)", str(port)).replace("$(1)", "seed").replace("$$", "$")


class Product(Site):
    """`with Product(home, smtp_url) as product: product.processes()["ticker"]`."""

    def __init__(self, home: Path, smtp_url: str) -> None:
        super().__init__(free_port())
        self.home, self._log = home, home.parent / f"{home.name}.log"
        kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        ours = {"PORT": str(self.port), "ANJU_BIND": HOST, "ANJU_HOME": str(home), "SMTP_URL": smtp_url}
        self._environment = {**kept, **ours, "PATH": path, "PYTHONUNBUFFERED": "1", "ANJU_DEMO_PASSWORD": PASSWORD}
        self._out: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def found(self, began: datetime) -> Mapping[str, str]:
        """Seeds, and makes the world of `founding.py`. Returns the tokens."""
        made = f"flask --app wsgi seed >&2 && python -m tests.faults.founding {began.isoformat()}"
        command = [sys.executable, "-m", "embedded", "run", "--", "sh", "-c", made]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        tokens: Mapping[str, str] = json.loads(done.stdout.splitlines()[-1])
        return tokens

    @property
    def mongodb_uri(self) -> str:
        return Mongod(self.home / "mongo", self._port_of("mongo")).uri

    @property
    def redis_url(self) -> str:
        return RedisServer(self.home / "redis", self._port_of("redis")).uri

    def _port_of(self, server: str) -> int:
        return int((self.home / server / "port").read_text())

    def processes(self) -> dict[str, list[int]]:
        """The part's name → its process ids; a part that is not there just now has none."""
        assert self._process is not None
        assert self._process.poll() is None, "the product has ended"
        found: dict[str, list[int]] = {part: [] for part in PARTS}
        for pid in _all_below(self._process.pid):
            if (part := _part_of(pid)) is not None:
                found[part].append(pid)
        for guard in found["guard"]:
            found["web server"] += _named(guard, "granian")
        for server in found["web server"]:
            found["web worker"] += [pid for pid in _children(server) if b"resource_tracker" not in _command(pid)]
        return found

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz", READY_SECONDS).status == 200
        except OSError:
            return False

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def __enter__(self) -> Self:
        self._out = self._log.open("wb")
        self._process = subprocess.Popen(
            ["sh", "-c", recipe(self.port)], cwd=ROOT, env=self._environment, stdout=self._out, stderr=self._out
        )
        until(lambda: self._ended() or self.is_ready(), "a ready product", START_SECONDS)
        return self

    def _ended(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log()
        return False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        pids = _all_below(self._process.pid)
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            for pid in (self._process.pid, *pids):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            raise
        finally:
            if self._out:
                self._out.close()


def _part_of(pid: int) -> str | None:
    words = _command(pid).decode(errors="replace").split("\0")
    # Redis writes its address behind its name.
    program = Path(words[0].split(" ")[0]).name
    if program in SERVERS:
        return program
    if "admin_app.front.guard" in words:
        return "guard"
    if "jobs.ticker" in words:
        return "ticker"
    return words[3] if words[2:3] == ["jobs.worker"] else None


def _named(parent: int, program: str) -> list[int]:
    return [pid for pid in _children(parent) if program.encode() in _command(pid)]


def _command(pid: int) -> bytes:
    """Empty when it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _children(pid: int) -> list[int]:
    try:
        return children(pid)
    except OSError:
        return []


def _all_below(pid: int) -> list[int]:
    return [each for child in _children(pid) for each in (child, *_all_below(child))]
