"""Writers under load, who note what the database has acknowledged: a line in a file for every verb that returned."""

import json
import random
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from pymongo.errors import PyMongoError

from store.errors import Conflict
from store.requests import operations as requests
from tests import cast

WRITERS = 4
INTAKE = {"estate": cast.ESTATE, "kind": "repair", "item": "tap", "channel": "desk", "words": "漏水"}


class Log:
    """One line for each answer, flushed at once."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._lock = threading.Lock()

    def note(self, **values: Any) -> None:
        with self._lock:
            self._out.write(json.dumps(values) + "\n")
            self._out.flush()


def write_until_stopped(file: str, seed: int, now: datetime) -> None:
    """Verbs in `WRITERS` threads until `<file>.stop` exists."""
    stop = Path(f"{file}.stop")
    with Path(file).open("a") as out:
        log = Log(out)
        threads = [threading.Thread(target=_write, args=(log, stop, seed * 100 + n, now)) for n in range(WRITERS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()


def _write(log: Log, stop: Path, seed: int, now: datetime) -> None:
    chance, count = random.Random(seed), 0
    while not stop.exists():
        count += 1
        try:
            _life(log, f"{seed}-{count}", chance, now + timedelta(seconds=count))
        except (PyMongoError, Conflict) as error:
            # Not acknowledged: it may have happened or not. A conflict is a repeated write that had happened.
            log.note(failed=type(error).__name__)


def _life(log: Log, mark: str, chance: random.Random, now: datetime) -> None:
    """One request: taken in, assigned, acknowledged – each an own write with an own event."""
    request = requests.create({**INTAKE, "place": mark}, actor=cast.desk(), now=now)
    log.note(id=str(request.pk), n=request.version, verb="create", mark=mark)
    for _ in range(chance.randint(1, 3)):
        request = requests.assign(request.pk, to="repairer", actor=cast.desk(), now=now)
        log.note(id=str(request.pk), n=request.version, verb="assign", mark=mark)
    request = requests.acknowledge(request.pk, actor=cast.desk(), now=now)
    log.note(id=str(request.pk), n=request.version, verb="acknowledge", mark=mark)
