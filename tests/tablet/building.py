"""The real build of the tablet app, made once for a run when its sources are newer."""

import fcntl
import os
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def build() -> None:
    """`make tablet`, by one parallel worker at a time. Raises `AssertionError` with what the build said."""
    # Inside `make test`: the outer make's flags must not reach the inner one.
    kept = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}
    with (Path(tempfile.gettempdir()) / f"anju-tablet-build-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = ["make", "--no-print-directory", "tablet"]
        made = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, timeout=300, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
