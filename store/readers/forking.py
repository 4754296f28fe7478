"""The process that forks readers: `python -m store.readers.forking`, its standard input a socket of whoever started it.

It has the decoders loaded and touches no byte of a stranger itself. For each connection that it is handed it forks a
child; the child takes its limits, reads one request, answers and ends. With the socket's other end it ends too, and
with it every child: they are one group.
"""

import gc
import json
import os
import resource
import signal
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from store.errors import Invalid, Problem
from store.readers.known import READERS
from store.untrusted.tasks import Task
from store.untrusted.wire import pack

# Said by a child before it reads: whoever hears nothing at all knows that nothing has been read.
BEGUN = b"+"
_PART = 1 << 20


def main() -> None:
    control = socket.socket(fileno=0)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the children
    gc.freeze()  # what is loaded now stays shared with the children
    with suppress(ConnectionError):
        while (connection := _next(control)) is not None:
            with connection, suppress(OSError):  # no room for one more: whoever asked hears nothing
                if os.fork() == 0:
                    control.close()
                    _serve(connection)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _next(control: socket.socket) -> socket.socket | None:
    """The next connection; None once the other end is closed."""
    said, given, _, _ = socket.recv_fds(control, 1, 1)
    return socket.socket(fileno=given[0]) if said and given else None


def _serve(connection: socket.socket) -> None:
    """Answer and end the process, whatever happens."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # decoders write their last words there
        connection.sendall(BEGUN)
        header, data = _request(connection)
        task = Task(**header["task"])
        _take_limits(task)
        connection.sendall(_answer(task, data, header["arguments"]))
    finally:
        os._exit(0)


def _request(connection: socket.socket) -> tuple[dict[str, Any], bytes]:
    parts = []
    while part := connection.recv(_PART):
        parts.append(part)
    header, _, data = b"".join(parts).partition(b"\n")
    return json.loads(header), data


def _take_limits(task: Task) -> None:
    """From here on the kernel ends this process when it takes more than its task allows."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, task.wall)
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CPU: task.cpu,
        resource.RLIMIT_AS: _held() + task.memory,
    }
    for kind, most in limits.items():
        with suppress(ValueError):  # a system that does not know this limit still has the others
            resource.setrlimit(kind, (most, most))


def _held() -> int:
    """The bytes of address space that the process has already: libraries, mostly."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # elsewhere than on Linux: generously, what a Python with libraries has
        return 1 << 30
    return pages * resource.getpagesize()


def _answer(task: Task, data: bytes, arguments: dict[str, Any]) -> bytes:
    try:
        return pack({"answer": READERS[task.reader](data, **arguments)})
    except Invalid as error:
        return pack({"problems": [_told(each) for each in error.problems]})
    except MemoryError:
        return b""
    except Exception as error:  # a decoder that stumbles: where it did is for the log, what it said may be the file's
        frames = [f"{Path(each.filename).name}:{each.lineno}" for each in traceback.extract_tb(error.__traceback__)]
        return pack({"stumbled": f"{type(error).__name__} at {' '.join(frames[-5:])}"})


def _told(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "words": problem.words._asdict(), "field": problem.field}


if __name__ == "__main__":
    main()
