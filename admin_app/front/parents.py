"""Processes that do not outlive the one that started them (Linux; elsewhere a clean end must do)."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import parent_process

PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec imports nothing.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def dies_with_parent() -> Callable[[], None]:
    """For `preexec_fn`: the command is asked to stop when the process that starts it ends."""
    return lambda: _tie(signal.SIGTERM)


def end_with_server() -> None:
    """For a process of the web server: it ends at once when the server is killed. Nobody could end it any more, and it
    would go on answering at the same port beside those of the next server."""
    server = parent_process()
    _tie(signal.SIGKILL)
    if server is not None and not server.is_alive():
        os._exit(1)  # killed before the kernel was told


def _tie(number: signal.Signals) -> None:
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, number)
