"""The domains of the store. Only here are they imported without being named, so a new one registers itself."""

from functools import cache
from importlib import import_module
from pathlib import Path


@cache
def load(part: str) -> None:
    """Import every `store/<domain>/<part>.py`, for what registers itself there: `kind` (a kind of record that is only
    described), `documents` (kinds of records, content types), `operations` (makers of what another record wants made),
    `timing` (what the deadline engine watches)."""
    here = Path(__file__).parent
    for file in sorted(here.glob(f"*/{part}.py")):
        import_module(f"store.{file.parent.name}.{part}")
