"""Run a command with the servers it needs: start what the environment does not name, stop all of it at the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import NoReturn

from embedded import lifeline, ports
from embedded.errors import EmbeddedError
from embedded.mongod import Mongod
from embedded.redis_server import RedisServer
from embedded.secret_key import secret_key
from embedded.server import Server

DEFAULT_HOME = ".anju"
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WATCH_SECONDS = 0.5
# A server that cannot start – its disk is full, say – is tried again, and the product says meanwhile that it waits.
REVIVE_PAUSE_SECONDS = 5.0
ORPHAN_PATIENCE_SECONDS = 5.0


def run(
    command: Sequence[str], environment: Mapping[str, str], cache_gb: float = 0.25, *, throwaway: bool = False
) -> int:
    """Run the command and return its exit code. Raises `EmbeddedError`.

    The command finds MONGODB_URI, REDIS_URL and SECRET_KEY in its environment. Those that are set already are kept,
    and nothing is started for them. With `throwaway`, what is started begins empty and is gone at the end.
    """
    for number in FORWARDED:
        signal.signal(number, _leave)
    lifeline.adopt_orphans()
    with ExitStack() as stack:
        home = Path(environment.get("ANJU_HOME") or DEFAULT_HOME).absolute()
        if throwaway:
            home = Path(stack.enter_context(TemporaryDirectory(prefix="anju-throwaway-")))
        servers = _start_missing(home, environment, cache_gb, stack, throwaway=throwaway)
        added = {name: server.uri for name, server in servers.items()}
        added["SECRET_KEY"] = environment.get("SECRET_KEY") or secret_key(home)
        for server in servers.values():
            print(f"{server.program} on 127.0.0.1:{server.port}, data in {server.data}", file=sys.stderr, flush=True)
        return _supervise(command, {**environment, **added}, list(servers.values()))


def _start_missing(
    home: Path, environment: Mapping[str, str], cache_gb: float, stack: ExitStack, *, throwaway: bool
) -> dict[str, Server]:
    servers: dict[str, Server] = {}
    if not environment.get("MONGODB_URI"):
        data = home / "mongo"
        servers["MONGODB_URI"] = Mongod(data, ports.remembered(data), cache_gb, throwaway=throwaway)
    if not environment.get("REDIS_URL"):
        data = home / "redis"
        servers["REDIS_URL"] = RedisServer(data, ports.remembered(data))
    for server in servers.values():
        stack.enter_context(server)
        ports.remember(server.data, server.port)
    return servers


def _supervise(command: Sequence[str], environment: Mapping[str, str], servers: Sequence[Server]) -> int:
    child = _launch(command, environment)
    revivers = [Reviver(server) for server in servers]
    try:
        _forward_signals(child)
        while True:
            with suppress(subprocess.TimeoutExpired):
                return _exit_code(child.wait(WATCH_SECONDS))
            for each in revivers:
                each.look(time.monotonic())
            _bury_orphans({child.pid, *_pids(servers)})
    finally:
        _end(child)
        _end_orphans(servers)


def _launch(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - running the given command is the purpose
            command, env=dict(environment), preexec_fn=lifeline.dies_with_parent()
        )
    except OSError as error:
        raise EmbeddedError(f"The command {command[0]} cannot be run ({error.strerror or error}).") from error


def _forward_signals(child: subprocess.Popen[bytes]) -> None:
    def forward(number: int, frame: FrameType | None) -> None:
        # A terminal sends Ctrl-C to the child as well: a second copy would interrupt its clean stop.
        if not (number == signal.SIGINT and _in_foreground()):
            child.send_signal(number)

    for number in FORWARDED:
        signal.signal(number, forward)


class Reviver:
    """A server that has ended comes back on the same port: its clients connect again by themselves."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._next = 0.0
        self._said = ""

    def look(self, now: float) -> None:
        """Start the server if it is not running; what keeps it from that is said once."""
        if self._server.running:
            self._said = ""
        elif now >= self._next:
            self._start(now)

    def _start(self, now: float) -> None:
        self._say(f"{self._server.program} ended unexpectedly and is started again.", once=not self._said)
        try:
            self._server.start()
            self._said = ""
        except EmbeddedError as error:
            self._next = now + REVIVE_PAUSE_SECONDS
            self._say(f"{error} Trying again every {REVIVE_PAUSE_SECONDS:.0f} s.", once=str(error) != self._said)
            self._said = str(error)

    def _say(self, sentence: str, *, once: bool) -> None:
        if once:
            print(f"anju: {sentence}", file=sys.stderr, flush=True)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """A signal before the command runs: the servers started so far are stopped on the way out."""
    raise SystemExit(128 + number)


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def _exit_code(returncode: int) -> int:
    return 128 - returncode if returncode < 0 else returncode


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(ORPHAN_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _bury_orphans(ours: Collection[int]) -> None:
    """What became ours when its parent was killed, and has ended since, is let out of the table of processes.

    Servers are started by this very thread: none of them is new and unknown here.
    """
    for pid in lifeline.children():
        if pid not in ours:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def _pids(servers: Sequence[Server]) -> set[int]:
    return {server.pid for server in servers if server.running}


def _end_orphans(servers: Sequence[Server]) -> None:
    """Stop what a killed command left behind; the servers are stopped after it."""
    deadline = time.monotonic() + ORPHAN_PATIENCE_SECONDS
    ours = _pids(servers)
    while orphans := [pid for pid in lifeline.children() if pid not in ours]:
        for pid in orphans:
            _signal_and_reap(pid, signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
        time.sleep(WATCH_SECONDS / 10)


def _signal_and_reap(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
