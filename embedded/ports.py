"""Ports on the loopback interface."""

import random
import socket
from pathlib import Path

from embedded.errors import EmbeddedError

HOST = "127.0.0.1"
# Below the range from which the kernel takes ports for outgoing connections: while a killed server is down,
# no client's connection can sit on its port, so it comes back under the same address.
FIRST, LAST = 20000, 29999


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        # As the servers do: connections of a predecessor in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A free port, chosen at random so that runs beside each other do not meet."""
    chooser = random.SystemRandom()
    for _ in range(200):
        port = chooser.randint(FIRST, LAST)
        if is_free(port):
            return port
    raise EmbeddedError(
        f"No free port was found on {HOST} between {FIRST} and {LAST}: stop some servers and try again."
    )


def require_free(port: int, program: str) -> None:
    """Raises `EmbeddedError` when something else listens on the port."""
    if not is_free(port):
        raise EmbeddedError(
            f"Port {port} on {HOST} is taken by another program: stop it, or give {program} another port."
        )


def remembered(data: Path) -> int | None:
    """The port that the data folder's server had last time, if it can have it again."""
    try:
        port = int((data / "port").read_text())
    except (OSError, ValueError):
        return None
    return port if 0 < port < 65536 and is_free(port) else None


def remember(data: Path, port: int) -> None:
    """Keep the port beside the data, so that addresses noted by people and tools stay good."""
    (data / "port").write_text(f"{port}\n")
