"""The data folder of one server: it must be writable, have room, and belong to one server at a time."""

import fcntl
import os
import shutil
import time
from pathlib import Path

from embedded.errors import EmbeddedError

MEBIBYTE = 1024 * 1024
# A server whose parent was killed is given this long to finish its clean stop.
LOCK_PATIENCE_SECONDS = 5.0


def prepare(data: Path, program: str, needed_mebibytes: int) -> None:
    """Make the folder and prove that the server will be able to write there. Raises `EmbeddedError`."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = data / ".writable"
        probe.write_bytes(b"x")
        probe.unlink()
        free = shutil.disk_usage(data).free // MEBIBYTE
    except OSError as error:
        reason = error.strerror or str(error)
        raise EmbeddedError(
            f"{program} cannot write to its data folder {data} ({reason}): give it a writable one by ANJU_HOME."
        ) from error
    if free < needed_mebibytes:
        raise EmbeddedError(
            f"The disk of {data} has {free} MB left and {program} needs {needed_mebibytes} MB: "
            "make room, or choose another disk by ANJU_HOME."
        )


def lock(data: Path, program: str) -> int:
    """Take the folder for one server and return the open lock file.

    The server inherits the descriptor, so the lock lasts exactly as long as the server lives, whoever started it and
    however it ends. A lock file left by a kill −9 holds nobody up. Redis has no lock of its own: two servers on one
    append-only file would destroy it.
    """
    descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
    while not _try_lock(descriptor):
        if time.monotonic() > deadline:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
            os.close(descriptor)
            raise EmbeddedError(
                f"The data folder {data} is in use by another {program} (process {holder or 'unknown'}): "
                "stop that one, or set ANJU_HOME to another folder."
            )
        time.sleep(0.05)
    return descriptor


def sign(descriptor: int, pid: int) -> None:
    """Write the server's process id into the lock file, for the sentence shown to whoever comes second."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{pid}\n".encode(), 0)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
