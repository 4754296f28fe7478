"""The process that serves pages, as it stands after its start."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOWHERE = {"MONGODB_URI": "mongodb://127.0.0.1:1/anju", "REDIS_URL": "redis://127.0.0.1:1/0", "SECRET_KEY": "k" * 40}


def test_collections_do_not_walk_what_stands_since_the_start() -> None:
    """Walking it holds up every thread for 0.2 s, after a dozen pages; nothing of it is ever garbage."""
    program = "import gc, wsgi; print(gc.get_freeze_count(), len(gc.get_objects()))"
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env={**os.environ, **NOWHERE}, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    frozen, walked = map(int, told.stdout.split())
    assert frozen > 100_000
    assert walked < frozen / 100
