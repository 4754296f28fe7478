"""The file while it is read. `verified` looks at every byte before anybody may use one."""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from store.backup.manifest import FORMAT, Manifest, Part
from store.backup.streams import BrokenStream, Digest, documents
from store.backup.words import refusal
from store.backup.writing import MANIFEST, MARKER, SEAL

Tell = Callable[[str, int, int], None]
"""`tell("requests", done, total)`: how far a step is; bytes for a file's seal, documents for a collection."""

CHUNK = 1 << 20
# Documents between two words about progress.
EVERY = 5_000
# Of a zip: a local header is 30 bytes and the member's name; the end record is 22 bytes and the comment.
HEADER, END = 30, 22
_FORMAT = re.compile(rb"Anju backup, format (\d{1,9})\n")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, BrokenStream, ValueError, TypeError, KeyError, EOFError, OSError)


class Archive:
    """A backup that was found whole. Its file stays open: what was verified is what is read."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: Manifest, seal: str) -> None:
        self.path, self.manifest, self.seal = path, manifest, seal
        self._zip = archive

    def documents(self, part: Part) -> Iterator[bytes]:
        """The documents of a collection as BSON, one at a time."""
        with self._zip.open(part.member) as stream:
            yield from documents(stream)


@contextmanager
def verified(path: Path, tell: Tell) -> Iterator[Archive]:
    """Open a backup after checking all of it. Raises `OSError`, and `RuleBroken` `backup_foreign`, `backup_newer`,
    `backup_incomplete`, `backup_damaged`."""
    with path.open("rb") as file:
        _check_marker(path, file)
        seal = _check_seal(path, file, tell)
        with _reading(path, MANIFEST):
            archive = zipfile.ZipFile(file)
            manifest = Manifest.from_json(archive.read(MANIFEST).decode())
        with archive:
            found = Archive(path, archive, manifest, seal)
            for part in manifest.parts:
                _check_part(found, part, tell)
            yield found


@contextmanager
def _reading(path: Path, part: str) -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        raise refusal("backup_damaged", path=path.name, part=part) from error


def _check_marker(path: Path, file: IO[bytes]) -> None:
    head = file.read(1024)
    name = MARKER.encode()
    if not head.startswith(b"PK\x03\x04") or head[HEADER : HEADER + len(name)] != name:
        raise refusal("backup_foreign", path=path.name)
    told = _FORMAT.search(head)
    if told is None:
        raise refusal("backup_incomplete" if len(head) < 1024 else "backup_damaged", path=path.name, part=MARKER)
    if int(told[1]) > FORMAT:
        raise refusal("backup_newer", path=path.name, found=int(told[1]), known=FORMAT)


def _check_seal(path: Path, file: IO[bytes], tell: Tell) -> str:
    """The seal, once the hash of all bytes before it has been found to be the same."""
    size = file.seek(0, 2)
    file.seek(max(0, size - SEAL - END))
    end = file.read()
    if not end.startswith(b"PK\x05\x06"):
        raise refusal("backup_incomplete", path=path.name)
    seal = end[-SEAL:].decode("ascii", "replace")
    if _hash(file, size - SEAL, tell) != seal:
        raise refusal("backup_damaged", path=path.name, part=path.name)
    return seal


def _hash(file: IO[bytes], length: int, tell: Tell) -> str:
    file.seek(0)
    told, done = hashlib.sha256(), 0
    while done < length:
        chunk = file.read(min(CHUNK, length - done))
        if not chunk:
            break
        told.update(chunk)
        done += len(chunk)
        tell("SHA-256", done, length)
    return told.hexdigest()


def _check_part(archive: Archive, part: Part, tell: Tell) -> None:
    digest = Digest()
    with _reading(archive.path, part.name):
        for document in archive.documents(part):
            digest.add(document)
            if digest.count % EVERY == 0:
                tell(part.name, digest.count, part.count)
    if (digest.sha256, digest.count, digest.length) != (part.sha256, part.count, part.length):
        raise refusal("backup_damaged", path=archive.path.name, part=part.name)
    tell(part.name, digest.count, part.count)
