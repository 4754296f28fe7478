"""`python -m tests.store.backup_victim back_up|put_back URI FILE POINT`: a process that ends itself by SIGKILL.

POINT is `command:N` (before the N-th command to MongoDB), `write:N` (after the N-th piece written to the file),
`before:NAME` or `after:NAME` (around a function of `os`), or `never`.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pymongo import MongoClient, monitoring

from store.backup import writing
from tests.store.backup_samples import back_up, put_back


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class AtCommand(monitoring.CommandListener):
    def __init__(self, number: int) -> None:
        self._left = number

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self._left -= 1
        if self._left == 0:
            die()

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


def at_write(number: int) -> None:
    original, left = writing._Sealing.write, [number]

    def write(self: Any, data: bytes) -> int:
        done = original(self, data)
        self._file.flush()
        left[0] -= 1
        if left[0] == 0:
            die()
        return done

    writing._Sealing.write = write  # type: ignore[method-assign]


def around(name: str, *, before: bool) -> None:
    original: Callable[..., Any] = getattr(os, name)

    def wrapped(*arguments: Any, **more: Any) -> Any:
        if not before:
            original(*arguments, **more)
        die()

    setattr(os, name, wrapped)


def main(verb: str, uri: str, file: str, point: str) -> None:
    kind, _, detail = point.partition(":")
    listeners = [AtCommand(int(detail))] if kind == "command" else []
    client: MongoClient[dict[str, Any]] = MongoClient(uri, event_listeners=listeners, uuidRepresentation="standard")
    if kind == "write":
        at_write(int(detail))
    if kind in ("before", "after"):
        around(detail, before=kind == "before")
    store = client.get_default_database()
    if verb == "back_up":
        back_up(store, Path(file))
    else:
        put_back(store, Path(file), replace=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
