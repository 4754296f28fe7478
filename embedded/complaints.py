"""From a server's last words to one sentence for a person."""

import re
import signal
from pathlib import Path

LAST_WORDS_BYTES = 65_536

# The Debian package that brings a library which the mongod of the wheel needs.
PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
}

CAUSES: list[tuple[str, str]] = [
    (r"address already in use", "its port is taken by another program: stop it, or choose another port"),
    (r"no space left on device", "the disk is full: make room, or choose another disk by ANJU_HOME"),
    (r"read-only file system|permission denied", "its data folder cannot be written: check its owner and ANJU_HOME"),
    (r"DBPathInUse", "its data folder is in use by another mongod: stop that one, or choose another ANJU_HOME"),
    (
        r"featureCompatibilityVersion|Wrong mongod version|Unsupported.*file.*version|UPGRADE PROBLEM",
        "its data was written by another version: use that version, or choose another ANJU_HOME",
    ),
    (r"cannot allocate memory|out of memory", "the memory is full: close other programs and try again"),
]


def explain(program: str, log: Path, returncode: int) -> str:
    """One sentence that says why the server ended at its start."""
    words = _last_words(log)
    missing = re.search(r"error while loading shared libraries: (\S+?):", words)
    if missing:
        return _missing_library(program, missing[1])
    if returncode == -signal.SIGILL:
        return (
            f"{program} cannot run on this processor (it lacks AVX): "
            "set MONGODB_URI to a server elsewhere, or install MongoDB 4.4."
        )
    for pattern, cause in CAUSES:
        if re.search(pattern, words, re.IGNORECASE):
            return f"{program} did not start: {cause} (log: {log})."
    return f"{program} did not start: it ended with {_ending(returncode)}; see {log}."


def _missing_library(program: str, library: str) -> str:
    package = PACKAGES.get(library)
    how = f"`sudo apt-get install {package}`" if package else "with your system's package manager"
    return f"{program} needs the system library {library}: install it ({how})."


def _ending(returncode: int) -> str:
    return f"signal {-returncode}" if returncode < 0 else f"exit code {returncode}"


def _last_words(log: Path) -> str:
    try:
        return log.read_bytes()[-LAST_WORDS_BYTES:].decode(errors="replace")
    except OSError:
        return ""
