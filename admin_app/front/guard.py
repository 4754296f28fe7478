"""`python -m admin_app.front.guard --port 8000 -- COMMAND…`: runs a web server and ends it when it does not answer.

Neither Docker nor a supervisor starts a process again that hangs: they wait for its end. This one sees to the end. When
the command ends by itself, what it has left behind ends with it.
"""

import argparse
import logging
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from admin_app.front.parents import dies_with_parent

log = logging.getLogger("anju.guard")

EVERY_SECONDS = 10.0
ANSWER_SECONDS = 5.0
# Who did not answer is asked again soon: what hangs is to be up again within 90 s, of which a start alone may take 45. Who
# has not answered yet, sooner still: one that hangs before it was seen has all of `FIRST_SECONDS`.
AGAIN_SECONDS = 3.0
NOT_YET_SECONDS = 0.5
# The first answer may take its time: a slow machine imports for a while.
FIRST_SECONDS = 90.0
MOST_FAILURES = 3
STOP_SECONDS = 30.0


def answers(port: int) -> bool:
    """Whether `/healthz` answers; it needs a thread of the server and no database."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=ANSWER_SECONDS) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return True  # it lives, and says no
    except (OSError, ValueError):
        return False


class Guard:
    """One command and what is known of it."""

    def __init__(self, command: list[str], healthy: Callable[[], bool], every: float = EVERY_SECONDS) -> None:
        self._healthy, self._every = healthy, every
        self._stopping = False
        # A group of its own: its workers are found even when it leaves them behind. It stops when the guard is killed: it
        # would keep the port from the guard that follows.
        self._process = subprocess.Popen(  # noqa: S603 - running it is the purpose
            command, start_new_session=True, preexec_fn=dies_with_parent()
        )

    def run(self) -> int:
        """The command's exit code, or 1 when it was ended because it hung."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            return self._watch()
        finally:
            self._end()

    def _watch(self) -> int:
        failures, seen, began = 0, False, time.monotonic()
        while True:
            with suppress(subprocess.TimeoutExpired):
                return _exit_code(self._process.wait(self._pause(seen, failures)))
            if self._healthy():
                failures, seen = 0, True
            elif seen or time.monotonic() - began > FIRST_SECONDS:
                failures += 1
            if failures >= MOST_FAILURES and not self._stopping:
                log.error("the web server has not answered %d times and is ended", failures)
                return 1

    def _pause(self, seen: bool, failures: int) -> float:
        soon = AGAIN_SECONDS if seen else NOT_YET_SECONDS
        return min(self._every, soon) if failures or not seen else self._every

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        self._process.terminate()

    def _end(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS if self._stopping else 1.0)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _exit_code(returncode: int) -> int:
    return 128 - returncode if returncode < 0 else returncode


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m admin_app.front.guard", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    arguments = parser.parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    return Guard(arguments.command, lambda: answers(arguments.port)).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
