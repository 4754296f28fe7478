"""A nursery of processes that die on purpose: each runs one verb and may end at its n-th write.

`python -m tests.faults.victim` forks one child for every order on its standard input. The fault points need no line of
the product: a listener of pymongo sees every command, so they lie before and after *every* write, also those to come.
"""

import json
import logging
import os
import random
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from pymongo import monitoring

WRITES = frozenset({"insert", "update", "delete", "findAndModify", "bulkWrite"})
MOST_ROUNDS = 1_000
RAN_OUT = 3


@dataclass(frozen=True)
class Order:
    """Run `verb` as of `now` (ISO 8601); at the `nth` write end by `how`: before it is sent or after it is answered."""

    verb: str
    now: str = ""
    nth: int = 0
    side: Literal["before", "after"] = "before"
    how: Literal["kill", "freeze"] = "kill"
    plant: str = ""
    limit: int = 3
    seconds: float = 25.0
    seed: int = 0
    file: str = ""


@dataclass(frozen=True)
class Outcome:
    """`ended` is done, failed, killed or frozen."""

    pid: int
    ended: str


class FaultPoint(monitoring.CommandListener):
    """Counts the writes of this process and ends it at the one that was asked for."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._begun = self._answered = 0
        self._lock = threading.Lock()

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in WRITES:
            with self._lock:
                self._begun += 1
                self._strike("before", self._begun)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        if event.command_name in WRITES:
            with self._lock:
                self._answered += 1
                self._strike("after", self._answered)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """A write that the server refused is not a fault point of its own."""

    def _strike(self, side: str, count: int) -> None:
        if self._order.nth == count and self._order.side == side:
            os.kill(os.getpid(), signal.SIGKILL if self._order.how == "kill" else signal.SIGSTOP)


def _until_less(work: Callable[[], int], limit: int) -> None:
    for _ in range(MOST_ROUNDS):
        if work() < limit:
            return
    os._exit(RAN_OUT)


def _generate(order: Order, now: datetime) -> None:
    from store.plans.operations import generate_due

    _until_less(lambda: generate_due(now, order.limit), 1)


def _sweep(order: Order, now: datetime) -> None:
    from store.deadlines.operations import sweep

    _until_less(lambda: sweep(now, order.limit), order.limit)


def _relay(order: Order, now: datetime) -> None:
    from store import domains
    from store.notices.relay import relay

    domains.load("operations")
    _until_less(lambda: relay(now, order.limit), 1)


def _publish(order: Order, now: datetime) -> None:
    from store.content.operations import publish_due

    _until_less(lambda: publish_due(now, order.limit), 1)


def _deliver(order: Order, now: datetime) -> None:
    from store.notices.delivery import deliver
    from store.notices.smtp import SmtpSender

    senders = [SmtpSender(os.environ["SMTP_URL"])]
    _until_less(lambda: deliver(now, senders, limit=order.limit, seconds=order.seconds), order.limit)


def _write(order: Order, now: datetime) -> None:
    from tests.faults.writers import write_until_stopped

    write_until_stopped(order.file, order.seed, now)


def _found(order: Order, now: datetime) -> None:
    from store.connection import ensure_indexes
    from tests.faults import worlds

    ensure_indexes()
    worlds.make_people()
    worlds.make_item()


VERBS: dict[str, Callable[[Order, datetime], None]] = {
    "generate": _generate,
    "sweep": _sweep,
    "relay": _relay,
    "publish": _publish,
    "deliver": _deliver,
    "found": _found,
    "write": _write,
}


def _live(order: Order) -> None:
    """The child's whole life."""
    from store import domains
    from store.connection import connect
    from store.settings import Settings

    random.seed(order.seed)
    if order.nth:
        monitoring.register(FaultPoint(order))
    now = datetime.fromisoformat(order.now)
    if order.plant:
        from tests.faults.planted import PLANTS

        PLANTS[order.plant](now)
    domains.load("documents")
    connect(Settings.from_environment(os.environ))
    VERBS[order.verb](order, now)


def _fork(order: Order) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        _live(order)
        os._exit(0)
    except BaseException:
        logging.exception("%s failed", order.verb)
        os._exit(1)


def _wait(pid: int) -> Outcome:
    _, status = os.waitpid(pid, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return Outcome(pid, "frozen")
    if os.WIFSIGNALED(status):
        return Outcome(pid, "killed")
    return Outcome(pid, {0: "done", RAN_OUT: "endless"}.get(os.WEXITSTATUS(status), "failed"))


def _answer(request: dict[str, Any]) -> list[Outcome]:
    if "thaw" in request:
        os.kill(request["thaw"], signal.SIGCONT)
        return [_wait(request["thaw"])]
    children = [_fork(Order(**each)) for each in request["run"]]
    return [_wait(pid) for pid in children]


def main() -> None:
    # Imported once, inherited by every child: a kill costs 50 ms instead of a second.
    import tests.faults.planted
    import tests.faults.writers  # noqa: F401
    from store import domains

    domains.load("operations")
    for line in sys.stdin:
        print(json.dumps([asdict(each) for each in _answer(json.loads(line))]), flush=True)


if __name__ == "__main__":
    main()
