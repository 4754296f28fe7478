"""The product's web server as a process of its own, by the command of the Procfile, and people who ask it."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

from embedded.ports import HOST, free_port
from tests.conftest import SECRET_KEY
from tests.faults.crew import until
from tests.packaging.deployment import CONTAINER_HOST, CONTAINER_PORT, ROOT, procfile

START_SECONDS = 90.0


class Told(NamedTuple):
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Web:
    """`with Web(mongodb_uri, redis_url, logs) as web: web.get("/healthz")`."""

    def __init__(self, mongodb_uri: str, redis_url: str, logs: Path) -> None:
        self.port = free_port()
        ours = {"MONGODB_URI": mongodb_uri, "REDIS_URL": redis_url, "SECRET_KEY": SECRET_KEY}
        self.environment = {**os.environ, **ours, "ANJU_DEMO_PASSWORD": "kettle-harbour-violet"}
        self._log = logs / "web.log"
        self._out: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def flask(self, *words: str) -> str:
        """What a command of the application prints."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def workers(self) -> list[int]:
        """The process ids of Granian and its workers: all below the guard."""
        assert self._process is not None
        return _below(self._process.pid)

    def get(self, path: str, **headers: str) -> Told:
        return self.ask(urllib.request.Request(self.address(path), headers=headers))  # noqa: S310 - http only

    def post(self, path: str, body: Any, **headers: str) -> Told:
        data, kind = json.dumps(body).encode(), {"Content-Type": "application/json"}
        return self.ask(urllib.request.Request(self.address(path), data, {**kind, **headers}, method="POST"))  # noqa: S310

    def address(self, path: str) -> str:
        return f"http://{HOST}:{self.port}{path}"

    def ask(self, request: urllib.request.Request, seconds: float = 60.0) -> Told:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        try:
            with opener.open(request, timeout=seconds) as answer:
                return Told(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Told(error.code, error.headers, error.read().decode())

    def is_up(self) -> bool:
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def __enter__(self) -> Self:
        ours = {CONTAINER_HOST: HOST, CONTAINER_PORT: str(self.port)}
        words = [ours.get(word, word) for word in procfile()["web"]]
        command = [sys.executable, *words[1:]]
        command[command.index("granian")] = str(Path(sys.executable).with_name("granian"))
        self._out = self._log.open("wb")
        self._process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=self._out, stderr=self._out)
        until(self.is_up, "the first answer", START_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        below = self.workers()
        self._process.kill()
        self._process.wait()
        for pid in below:
            _kill(pid)
        if self._out:
            self._out.close()


def _below(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *_below(int(child))]
    return found


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
