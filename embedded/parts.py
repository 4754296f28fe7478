"""`python -m embedded parts PROCFILE`: runs every line of a Procfile, and what ends is started again.

A part that was killed takes nothing else with it. It comes back after a pause that grows with every failure, and each
restart is said. Only a part that never comes up at all ends everything: then something is wrong that a person must mend.
That it was killed from outside says nothing of the kind.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO

from embedded import lifeline
from embedded.errors import EmbeddedError

TURN_SECONDS = 0.1
STOP_SECONDS = 30.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
# Who has lived so long has come up.
LIVED_SECONDS = 30.0
MOST_FAILED_STARTS = 5
# By SIGKILL, itself or the server that it stands for.
KILLED = frozenset({-signal.SIGKILL, 128 + signal.SIGKILL})


def read(procfile: Path, environment: Mapping[str, str]) -> dict[str, list[str]]:
    """Name → the words of its command, with `$NAMES` filled in. Raises `EmbeddedError`."""
    try:
        lines = re.findall(r"^(\w+): (.+)$", procfile.read_text(), re.MULTILINE)
    except OSError as error:
        raise EmbeddedError(f"{procfile} cannot be read ({error.strerror or error}).") from error

    def filled(word: str) -> str:
        return re.sub(r"\$(\w+)", lambda name: environment.get(name[1], ""), word)

    return {name: [filled(word) for word in shlex.split(command)] for name, command in lines}


class Part:
    """One line of the Procfile and how its process fares."""

    def __init__(self, name: str, command: Sequence[str], width: int) -> None:
        self.name = name
        self._command, self._mark = command, f"{name:{width}} | ".encode()
        self._process: subprocess.Popen[bytes] | None = None
        self._began, self._next = 0.0, 0.0
        # In a row: all its ends, and those that were its own.
        self._ends, self._failed = 0, 0
        self._has_lived = False

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def turn(self, now: float) -> None:
        """Look once: start what is not there and whose pause is over. Raises `EmbeddedError` when it never comes up."""
        if self._process is None:
            if now >= self._next:
                self._start(now)
        elif self._process.poll() is not None:
            self._ended(now)
        elif now - self._began > LIVED_SECONDS:
            self._has_lived, self._ends, self._failed = True, 0, 0

    def signal(self, number: signal.Signals) -> None:
        if self.running and self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """All of its group."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _start(self, now: float) -> None:
        try:
            process = subprocess.Popen(  # noqa: S603 - running the given command is the purpose
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # Ctrl-C is ours to pass on, once.
                start_new_session=True,
                preexec_fn=lifeline.dies_with_parent(),
            )
        except OSError as error:
            raise EmbeddedError(f"{self.name} cannot be run ({error.strerror or error}).") from error
        self._process, self._began = process, now
        threading.Thread(target=_copy, args=(process.stdout, self._mark), daemon=True).start()

    def _ended(self, now: float) -> None:
        assert self._process is not None  # noqa: S101 - asked for by who has looked
        code = self._process.returncode
        self.kill()
        self._process = None
        self._ends += 1
        self._failed += code not in KILLED
        if not self._has_lived and self._failed >= MOST_FAILED_STARTS:
            raise EmbeddedError(
                f"{self.name} has ended {self._failed} times in a row ({_ending(code)}); see above why."
            )
        # Bounded: what has ended a thousand times must not end everything by a number that is too large.
        pause = min(FIRST_PAUSE_SECONDS * 2 ** min(self._ends - 1, 10), LONGEST_PAUSE_SECONDS)
        self._next = now + pause
        say(f"{self.name} ended unexpectedly ({_ending(code)}) and is started again in {pause:.0f} s.")


def run(procfile: Path, environment: Mapping[str, str]) -> int:
    """Run all parts until somebody asks us to stop. Raises `EmbeddedError`."""
    commands = read(procfile, environment)
    width = max(map(len, commands))
    parts = [Part(name, command, width) for name, command in commands.items()]
    asked = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        asked.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        while not asked.is_set():
            for part in parts:
                part.turn(time.monotonic())
            asked.wait(TURN_SECONDS)
    finally:
        _end(parts)
    return 0


def _end(parts: Sequence[Part]) -> None:
    for part in parts:
        part.signal(signal.SIGTERM)
        part.signal(signal.SIGCONT)  # a frozen one would not hear it
    deadline = time.monotonic() + STOP_SECONDS
    while any(part.running for part in parts) and time.monotonic() < deadline:
        time.sleep(TURN_SECONDS)
    for part in parts:
        part.kill()


def _copy(output: IO[bytes] | None, mark: bytes) -> None:
    """Every line with its part before it."""
    for line in output or ():
        sys.stdout.buffer.write(mark + line)
        sys.stdout.buffer.flush()


def _ending(returncode: int) -> str:
    return f"signal {-returncode}" if returncode < 0 else f"exit code {returncode}"


def say(sentence: str) -> None:
    print(f"anju: {sentence}", file=sys.stderr, flush=True)
