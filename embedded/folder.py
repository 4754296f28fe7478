"""The data folder of one server: it must be writable, have room, and belong to one server at a time."""

import errno
import fcntl
import os
import shutil
import stat
import time
from pathlib import Path

from embedded.errors import EmbeddedError

MEBIBYTE = 1024 * 1024
# Without so much a server with data would end again at once.
LEAST_MEBIBYTES = 16
# A server whose parent was killed is given this long to finish its clean stop.
LOCK_PATIENCE_SECONDS = 5.0


def prepare(data: Path, program: str, needed_mebibytes: int) -> None:
    """Make the folder, for nobody else to look into, and prove that the server will be able to write there.

    A folder that holds data already has most of its room; the server itself says when that is not enough. Raises
    `EmbeddedError`.
    """
    try:
        if not data.parent.exists():
            data.parent.mkdir(0o700, parents=True)
        data.mkdir(exist_ok=True)
        _close(data)
        if _holds_data(data):
            needed_mebibytes = min(needed_mebibytes, LEAST_MEBIBYTES)
        probe = data / ".writable"
        probe.write_bytes(b"x")
        probe.unlink()
        free = shutil.disk_usage(data).free // MEBIBYTE
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise EmbeddedError(
                f"The disk of {data} is full and {program} cannot run: make room, or choose another disk by ANJU_HOME."
            ) from error
        reason = error.strerror or str(error)
        raise EmbeddedError(
            f"{program} cannot write to its data folder {data} ({reason}): give it a writable one by ANJU_HOME."
        ) from error
    if free < needed_mebibytes:
        raise EmbeddedError(
            f"The disk of {data} has {free} MB left and {program} needs {needed_mebibytes} MB: "
            "make room, or choose another disk by ANJU_HOME."
        )


def _holds_data(data: Path) -> bool:
    return any((data / name).exists() for name in ("WiredTiger", "appendonlydir", "appendonly.aof"))


def _close(folder: Path) -> None:
    """Names and telephone numbers lie here: nobody but the owner looks in. A folder of before is closed too."""
    found = folder.stat()
    if found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)


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
