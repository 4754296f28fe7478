"""Have the bytes of a stranger read by a process that may take so much of the machine and no more.

Every decoder – of workbooks, tables, pictures – has holes that are not known yet, and asks for as much memory as a file
tells it to. So nothing of the kind is opened where pages are answered: `run` hands the bytes to a child of its own
(`store/readers/forking.py`), and what goes wrong there ends there.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

from store.errors import Busy, Invalid, Problem
from store.untrusted.tasks import MEGABYTE, Task
from store.untrusted.wire import pack, unpack
from store.words import Words

# Readings at once by one process: what all of them take together has a bound too.
MOST_AT_ONCE = 2
PATIENCE_SECONDS = 30
# What a reader says is held by the process that asked.
LONGEST_ANSWER = 16 * MEGABYTE
GRACE_SECONDS = 5
BEGUN = b"+"

TOO_DEMANDING = Words(
    "处理这个文件所需的内存或时间过多，已拒绝", "Reading this file takes too much memory or time; it was refused"
)
UNREADABLE = Words("这个文件无法读取", "This file cannot be read")
BUSY = Words("同时上传的文件较多，请稍后再试", "Many files are being read just now; try again in a moment")

_log = logging.getLogger(__name__)
_room = threading.BoundedSemaphore(MOST_AT_ONCE)
_lock = threading.Lock()


def run(task: Task, data: bytes, **arguments: Any) -> Any:
    """What the task's reader makes of the bytes.

    Raises `Invalid` with the reader's problems, `file_too_demanding` at a limit, `file_unreadable` where a decoder
    stumbled; `Busy` when there is no room for another reading.
    """
    if not _room.acquire(timeout=PATIENCE_SECONDS):
        raise Busy(BUSY)
    try:
        return _judged(task, _asked(task, data, arguments))
    finally:
        _room.release()


def _asked(task: Task, data: bytes, arguments: Mapping[str, Any]) -> bytes:
    request = pack({"task": task._asdict(), "arguments": arguments}) + b"\n" + data
    for _ in range(2):  # a process that forks may have been killed since it was last asked: then there is another
        with _connection() as connection:
            said = _exchanged(connection, request, monotonic() + task.wall + GRACE_SECONDS)
        if said.startswith(BEGUN):
            return said[len(BEGUN) :]
    raise Busy(BUSY)


def _exchanged(connection: socket.socket, request: bytes, until: float) -> bytes:
    """The request sent, and all that comes back; less than all when the reader ends or the time is over."""
    said = bytearray()
    with suppress(OSError):  # the reader has ended, or keeps silent: what it said before counts
        connection.settimeout(max(0.0, until - monotonic()))
        _send(connection, request)
        while len(said) <= LONGEST_ANSWER and (left := until - monotonic()) > 0:
            connection.settimeout(left)
            part = connection.recv(MEGABYTE)
            if not part:
                break
            said += part
    return bytes(said)


def _send(connection: socket.socket, request: bytes) -> None:
    with suppress(BrokenPipeError):  # it ended while it was still being told; perhaps it has answered
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)


def _judged(task: Task, said: bytes) -> Any:
    try:
        found = unpack(said) if len(said) <= LONGEST_ANSWER else {}
    except ValueError:  # cut off, in the middle or before it began
        found = {}
    if "answer" in found:
        return found["answer"]
    if "problems" in found:
        raise Invalid([Problem(each["code"], Words(**each["words"]), each["field"]) for each in found["problems"]])
    if "stumbled" in found:
        _log.warning("the reader %s stumbled over a file: %s", task.reader, found["stumbled"])
        raise Invalid.one("file_unreadable", UNREADABLE, "file")
    _log.warning("a file was refused at the limits of the reader %s", task.reader)
    raise Invalid.one("file_too_demanding", TOO_DEMANDING, "file")


class _Forker:
    """The process that forks readers, and the socket by which it is handed connections."""

    def __init__(self) -> None:
        self.control, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "store.readers.forking"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,  # a group of its own, which ends as one
            )

    def hand_over(self, connection: socket.socket) -> None:
        """Raises `OSError` when the process has ended."""
        socket.send_fds(self.control, [b"c"], [connection.fileno()])

    def end(self) -> None:
        self.control.close()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


_forker: _Forker | None = None


def _connection() -> socket.socket:
    """Our end of a connection to a new reader. Raises `Busy` when none can be started."""
    global _forker
    ours, theirs = socket.socketpair()
    with theirs, _lock:
        for _ in range(2):
            try:
                _forker = _forker or _Forker()
                _forker.hand_over(theirs)
            except OSError:
                _log.warning("the process that reads files has ended and is started again")
                if _forker is not None:
                    _forker.end()
                    _forker = None
            else:
                return ours
    ours.close()
    raise Busy(BUSY)


def _environment() -> dict[str, str]:
    """What a Python needs to start, and nothing that a hole in a decoder could give away."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}


def _forget() -> None:
    """After a fork of ours: the process belongs to the parent."""
    global _forker, _lock, _room
    _forker = None
    _lock, _room = threading.Lock(), threading.BoundedSemaphore(MOST_AT_ONCE)


os.register_at_fork(after_in_child=_forget)
