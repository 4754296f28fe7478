"""What mongod and redis-server have in common: start, stop, kill, start again on the same port."""

import os
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from embedded import binaries, complaints, folder, ports
from embedded.errors import EmbeddedError
from embedded.lifeline import Spawned

START_PATIENCE_SECONDS = 60.0  # recovery of a large journal on a busy machine
STOP_PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.01


class Server(ABC):
    """One server process on 127.0.0.1 with its data in one folder.

    A context manager. `start()` after `stop()`, `kill()` or a crash brings the server back on the same port with its
    data; `start()` of a running server does nothing. All failures are an `EmbeddedError`.
    """

    program: ClassVar[str]
    # What a new data folder takes at once.
    needed_mebibytes: ClassVar[int]

    def __init__(self, data: Path, port: int | None = None) -> None:
        self.data = Path(data).absolute()
        self._port = port
        self._spawned: Spawned | None = None

    @property
    @abstractmethod
    def uri(self) -> str:
        """The address for clients. Valid from the first `start()`, the same after every restart."""

    @abstractmethod
    def _arguments(self) -> list[str]: ...

    @abstractmethod
    def _become_ready(self, deadline: float) -> None:
        """Called once the port accepts connections; returns when clients can write."""

    @property
    def port(self) -> int:
        if self._port is None:
            self._port = ports.free_port()
        return self._port

    @property
    def pid(self) -> int:
        """The server's process id. Raises `EmbeddedError` when it was not started."""
        if self._spawned is None:
            raise EmbeddedError(f"{self.program} is not running.")
        return self._spawned.process.pid

    @property
    def log(self) -> Path:
        return self.data / f"{self.program}.log"

    @property
    def running(self) -> bool:
        return self._spawned is not None and self._spawned.process.poll() is None

    def start(self) -> Self:
        """Start the server and return when clients can write to it. Raises `EmbeddedError`."""
        if self.running:
            return self
        self._forget()
        binary = binaries.find(self.program)
        folder.prepare(self.data, self.program, self.needed_mebibytes)
        lock = folder.lock(self.data, self.program)
        try:
            ports.require_free(self.port, self.program)
            self._spawn(binary, lock)
        finally:
            os.close(lock)
        try:
            self._await_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        """Ask the server to end and wait for it; a server that does not end in time is killed."""
        if self._spawned is None:
            return
        process = self._spawned.process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGCONT)  # a frozen server would not hear it
        try:
            process.wait(STOP_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        self._forget()

    def kill(self) -> None:
        """SIGKILL, as a power cut or the kernel's memory guard would do it."""
        if self._spawned is None:
            return
        self._spawned.process.kill()
        self._forget()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _spawn(self, binary: Path, lock: int) -> None:
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.old"))  # one previous log is kept, no more
        command = [str(binary), *self._arguments()]
        try:
            with open(self.log, "wb", opener=_for_owner) as output:
                self._spawned = Spawned(command, output=output, keep_open=[lock], environment=os.environ)
        except OSError as error:
            raise EmbeddedError(f"{binary} cannot be run ({error.strerror or error}).") from error
        folder.sign(lock, self.pid)

    def _await_ready(self) -> None:
        deadline = time.monotonic() + START_PATIENCE_SECONDS
        while not self._accepts():
            self._check(deadline)
            time.sleep(POLL_SECONDS)
        self._become_ready(deadline)
        self._check(deadline)

    def _accepts(self) -> bool:
        try:
            socket.create_connection((ports.HOST, self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def _check(self, deadline: float) -> None:
        """Raises `EmbeddedError` when the server has ended or has taken too long."""
        if not self.running and self._spawned is not None:
            raise EmbeddedError(complaints.explain(self.program, self.log, self._spawned.process.returncode))
        if time.monotonic() > deadline:
            raise EmbeddedError(f"{self.program} was not ready after {START_PATIENCE_SECONDS:.0f} s; see {self.log}.")

    def _forget(self) -> None:
        if self._spawned is not None:
            self._spawned.let_go()
            self._spawned = None


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
