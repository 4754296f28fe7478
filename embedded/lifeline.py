"""Children that do not outlive their parent (Linux; elsewhere a clean exit must do)."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

# Loaded before any fork: between fork and exec a child must not import or allocate more than it can help.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def dies_with_parent() -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends SIGTERM to the child when the thread that started it ends."""
    parent = os.getpid()

    def bind() -> None:
        if _libc is None:
            return
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        # The parent may have died before the call above: then nobody will send the signal.
        if os.getppid() != parent:
            os._exit(1)

    return bind


def end_with_parent() -> None:
    """For a process itself: the kernel sends it SIGTERM when the process that started it ends, however that ends."""
    parent = os.getppid()
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose parent dies, so that they can be found and stopped."""
    if _libc is not None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)


def children() -> list[int]:
    """The process ids of all direct children, adopted ones included (Linux; empty elsewhere)."""
    found: list[int] = []
    for task in Path("/proc/self/task").glob("*/children"):
        try:
            found += [int(pid) for pid in task.read_text().split()]
        except OSError:  # the thread ended while we looked
            continue
    return found


class Spawned:
    """A child process started by a thread of its own.

    The kernel ties a child to the *thread* that started it, not to the process. A server started by a short-lived
    thread would be stopped with it; therefore a thread starts the child and stays until the child is let go.
    """

    def __init__(
        self, command: Sequence[str], *, output: IO[bytes], keep_open: Sequence[int], environment: Mapping[str, str]
    ) -> None:
        self._started = threading.Event()
        self._let_go = threading.Event()
        self._failure: OSError | None = None
        self._process: subprocess.Popen[bytes] | None = None
        arguments = (list(command), output, tuple(keep_open), dict(environment))
        threading.Thread(target=self._keep, args=arguments, name=f"keeper of {command[0]}", daemon=True).start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure

    def _keep(
        self, command: list[str], output: IO[bytes], keep_open: tuple[int, ...], environment: dict[str, str]
    ) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                pass_fds=keep_open,
                umask=0o077,  # what it writes is for its owner alone
                # Ctrl-C goes to the whole foreground group: servers must stop after the programs that use them.
                start_new_session=True,
                preexec_fn=dies_with_parent(),
            )
        except OSError as error:
            self._failure = error
        finally:
            self._started.set()
        if self._failure is None:
            self._let_go.wait()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None  # noqa: S101 - the constructor raises otherwise
        return self._process

    def let_go(self) -> None:
        """Reap the child and end its thread. Called when the child has ended."""
        self.process.wait()
        self._let_go.set()
