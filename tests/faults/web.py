"""The product's web server as a process of its own, by the command of the Procfile, and people who ask it."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

from embedded.ports import HOST, free_port
from tests.conftest import SECRET_KEY
from tests.faults.crew import until
from tests.packaging.deployment import CONTAINER_HOST, CONTAINER_PORT, ROOT, procfile

START_SECONDS = 90.0
PASSWORD = "kettle-harbour-violet"


class Told(NamedTuple):
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Site:
    """What people and programs ask, wherever it is served: `site.get("/healthz")`."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str, seconds: float = 60.0, **headers: str) -> Told:
        return self.ask(urllib.request.Request(self.address(path), headers=headers), seconds)  # noqa: S310 - http only

    def post(self, path: str, body: Any, seconds: float = 60.0, **headers: str) -> Told:
        data, kind = json.dumps(body).encode(), {"Content-Type": "application/json"}
        request = urllib.request.Request(self.address(path), data, {**kind, **headers}, method="POST")  # noqa: S310
        return self.ask(request, seconds)

    def sign_in(self, username: str) -> Callable[[str], Told]:
        """`ask("/admin/")` as this member of staff, in a session of the office."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

        def ask(path: str, **form: str) -> Told:
            data = urllib.parse.urlencode(form).encode() if form else None
            request = urllib.request.Request(self.address(path), data, {"Accept": "text/html"})  # noqa: S310
            return _told(opener, request, 60.0)

        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', ask("/login").text)
        assert found
        ask("/login", username=username, password=PASSWORD, csrf_token=found[1])
        return ask

    def address(self, path: str) -> str:
        return f"http://{HOST}:{self.port}{path}"

    def ask(self, request: urllib.request.Request, seconds: float = 60.0) -> Told:
        return _told(urllib.request.build_opener(), request, seconds)

    def is_up(self) -> bool:
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False


class Web(Site):
    """`with Web(mongodb_uri, redis_url, logs) as web: web.get("/healthz")`."""

    def __init__(self, mongodb_uri: str, redis_url: str, logs: Path) -> None:
        super().__init__(free_port())
        ours = {"MONGODB_URI": mongodb_uri, "REDIS_URL": redis_url, "SECRET_KEY": SECRET_KEY}
        self.environment = {**os.environ, **ours, "ANJU_DEMO_PASSWORD": PASSWORD}
        self._log = logs / "web.log"
        self._out: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def flask(self, *words: str) -> str:
        """What a command of the application prints."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def below(self) -> list[int]:
        """The process ids of Granian and its workers: all below the guard."""
        return below_of(self._running.pid)

    def wait(self) -> int:
        """The guard's exit code, as a shell would tell it."""
        code = self._running.wait(60)
        return 128 - code if code < 0 else code

    def kill(self) -> None:
        """SIGKILL for the guard alone."""
        self._running.kill()
        self._running.wait()

    @property
    def _running(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None
        return self._process

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
        below = self.below() if self._running.poll() is None else []
        self.kill()
        for pid in below:
            _kill(pid)
        if self._out:
            self._out.close()


def _told(opener: urllib.request.OpenerDirector, request: urllib.request.Request, seconds: float) -> Told:
    try:
        with opener.open(request, timeout=seconds) as answer:
            return Told(answer.status, dict(answer.headers), answer.read().decode())
    except urllib.error.HTTPError as error:
        return Told(error.code, dict(error.headers), error.read().decode())
    except HTTPException as error:
        raise ConnectionError("the answer was cut off") from error


def children(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]


def below_of(pid: int) -> list[int]:
    return [each for child in children(pid) for each in (child, *below_of(child))]


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
