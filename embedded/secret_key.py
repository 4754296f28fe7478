"""The key of a laptop's installation: made once, kept for nobody else to read."""

import os
import secrets
from pathlib import Path

from embedded.errors import EmbeddedError


def secret_key(home: Path) -> str:
    """The key in `home/secret_key`, made at the first call. Raises `EmbeddedError` when it cannot be kept."""
    path = home / "secret_key"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return path.read_text().strip()
    except OSError as error:
        raise EmbeddedError(f"The secret key cannot be kept in {path} ({error.strerror or error}).") from error


def _make(path: Path) -> None:
    """Written aside and linked into place: no reader meets half a key, and the first of two writers wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, f"{secrets.token_urlsafe(48)}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
