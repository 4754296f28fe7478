"""The file while it is written: a zip, streamed, that ends in the SHA-256 of all its bytes before."""

import hashlib
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Self

from store.backup.manifest import FORMAT, Manifest
from store.backup.words import PERSONAL, refusal

MARKER, MANIFEST = "anju-backup.txt", "manifest.json"
# Hexadecimal digits of a SHA-256: the zip's comment, and so the last bytes of the file.
SEAL = 64
UNFINISHED = ".unfinished"


@contextmanager
def whole_or_nothing(path: Path) -> Iterator[IO[bytes]]:
    """A new file, readable by its owner only, that gets its name when everything is in it and on the disk.

    Until then it is `path` + `.unfinished`. What a killed backup left there is used again, so leftovers do not pile up.
    Raises `RuleBroken` `backup_exists`, `backup_running`; `OSError`.
    """
    _refuse_existing(path)
    unfinished = path.with_name(path.name + UNFINISHED)
    with _locked(unfinished) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            _refuse_existing(path)
            os.rename(unfinished, path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    _sync_folder(path.parent)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise refusal("backup_exists", path=path)


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """The emptied file, locked against a second backup to the same name; the lock dies with its process."""
    # Late: Windows has no such module, and the web process, which may run there, loads this one.
    import fcntl

    # O_NOFOLLOW: in a folder that others can write to, a link would send the data elsewhere.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refusal("backup_running", path=path) from None
        # Between opening and locking, another backup may have finished and renamed this very file.
        if not _is(path, descriptor):
            raise refusal("backup_running", path=path)
        os.fchmod(descriptor, 0o600)
        os.ftruncate(descriptor, 0)
        yield file


def _is(path: Path, descriptor: int) -> bool:
    return path.exists() and os.path.samestat(os.stat(path), os.fstat(descriptor))


def _sync_folder(folder: Path) -> None:
    """The new name too must survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Sealing:
    """Passes on everything but the last `SEAL` bytes, which it replaces by the hash of what went before.

    It cannot seek, so `zipfile` writes straight on and never goes back to bytes that are hashed already.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._held, self._hash = file, b"", hashlib.sha256()
        self._over = False

    def write(self, data: bytes) -> int:
        if self._over:
            return len(data)
        held = self._held + bytes(data)
        passed, self._held = held[:-SEAL], held[-SEAL:]
        self._hash.update(passed)
        self._file.write(passed)
        return len(data)

    def flush(self) -> None:
        """When the file is whole it is flushed to the disk."""

    def close(self) -> None:
        """From here on nothing reaches the file: a `ZipFile` that failed still writes its end when it is deleted."""
        self._over = True

    def seal(self) -> None:
        self._file.write(self._hash.hexdigest().encode())


class ArchiveWriter:
    """`with ArchiveWriter(file, moment) as archive:` – members one after another, the manifest last."""

    def __init__(self, file: IO[bytes], made_at: datetime) -> None:
        self._sealing = _Sealing(file)
        self._made_at = made_at
        # Level 1: three quarters of what level 6 saves, in a fifth of its time.
        self._zip = zipfile.ZipFile(self._sealing, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._write(MARKER, f"Anju backup, format {FORMAT}\n{PERSONAL.zh}\n{PERSONAL.en}\n", zipfile.ZIP_STORED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._sealing.close()
        self._zip.close()

    @contextmanager
    def member(self, name: str) -> Iterator[IO[bytes]]:
        with self._zip.open(self._info(name, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as stream:
            yield stream

    def finish(self, manifest: Manifest) -> None:
        self._write(MANIFEST, manifest.to_json(), zipfile.ZIP_DEFLATED)
        self._zip.comment = b"0" * SEAL
        self._zip.close()
        self._sealing.seal()

    def _write(self, name: str, text: str, how: int) -> None:
        self._zip.writestr(self._info(name, how), text.encode())

    def _info(self, name: str, how: int) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._made_at.timetuple()[:6])
        info.compress_type, info.external_attr = how, 0o600 << 16
        return info
