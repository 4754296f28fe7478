"""(d) From "due" to "handed over": many orders due at one moment, through the product's own ticker and workers."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bench import post
from bench.ground import Ground
from bench.population import Patterns, checked_at, copy_base, renewed
from bench.receiver import HOST
from bench.table import Measured
from embedded.ports import free_port
from store import clock
from store.connection import ensure_indexes
from store.content.documents import Content
from store.deadlines.operations import due_by
from store.health import operations as health
from store.notices.documents import Notice
from store.work.documents import WorkOrder

DATABASE = "anju_notices"
DUE = 5_000
PROCESSES = (("jobs.ticker",), *(("jobs.worker", name) for name in ("ticks", "relay")))
SENDERS = 2
BOUND_SECONDS = 5.0
JOBS = ("sweep_deadlines", "relay", "send_notices")
START_SECONDS, END_SECONDS = 90.0, 300.0
# For storing them, on a busy machine too.
AHEAD_SECONDS = 15
# Looking costs MongoDB something too.
LOOK_SECONDS = 0.5


def measure(ground: Ground, patterns: list[Patterns]) -> list[Measured]:
    copy_base(ground, DATABASE)
    ensure_indexes()
    # Only what is measured shall happen.
    Content._get_collection().update_many({"type": "plan"}, {"$unset": {"next_generate_at": ""}})
    ground.use(DATABASE)
    orders = next(each for each in patterns if each.document is WorkOrder)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="anju-bench-post-")))
        port, moments = free_port(), folder / "moments"
        receiver = stack.enter_context(_process(["bench.receiver", str(port), str(moments)], {}))
        environment = {
            **ground.environment(DATABASE),
            "SMTP_URL": f"smtp://{HOST}:{port}/?from={post.SENDER}&connections={post.CONNECTIONS}",
        }
        others = [stack.enter_context(_process(list(each), environment)) for each in PROCESSES]
        workers = [stack.enter_context(_process(["jobs.worker", "notices"], environment)) for _ in range(SENDERS)]
        _wait_for_beats()
        post.wait_until_open(port, lambda done: _wait(done, START_SECONDS, "the receiver did not start"))
        before = post.alone(port)
        parts = {
            "sending": [each.pid for each in workers],
            "sweep, relay and ticker": [each.pid for each in others],
            "MongoDB": [ground.mongod.pid],
            "receiver": [receiver.pid],
        }
        due_at = _let_fall_due(orders)
        used = _used(parts)
        _wait_for_the_last(due_at)
        used = {name: seconds - used[name] for name, seconds in _used(parts).items()}
        late = (float(line) - due_at.timestamp() for line in moments.read_text().split())
        handed_over = sorted(each for each in late if each > 0)
        after = post.alone(port)
        new = Notice._get_collection().find({"channel": "email", "created_at": {"$gte": due_at}}, {"created_at": 1})
        written = sorted((each["created_at"] - due_at).total_seconds() for each in new)
    receiver_alone = _of_receiver(handed_over, (before + after) / 2)
    return [_written(written), _line(handed_over), _cpu(used, len(handed_over)), receiver_alone]


def _used(parts: Mapping[str, Sequence[int]]) -> dict[str, float]:
    return {name: sum(map(post.cpu_seconds, pids)) for name, pids in parts.items()}


@contextmanager
def _process(module: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command, nowhere = [sys.executable, "-m", *module], subprocess.DEVNULL
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=nowhere, stderr=nowhere)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for_beats() -> None:
    """Until each job has run once: what starts is not measured."""
    _wait(lambda: all(health.last_finished(name) for name in JOBS), START_SECONDS, "the workers did not start")


def _let_fall_due(orders: Patterns) -> datetime:
    """Store orders whose next step comes soon, all at the same moment."""
    dice = Random(3)
    due_at = clock.now() + timedelta(seconds=AHEAD_SECONDS)
    records = [renewed(checked_at(orders.overdue, due_at, dice), serial) for serial in range(DUE)]
    WorkOrder._get_collection().insert_many(records, ordered=False)
    if clock.now() >= due_at:
        raise RuntimeError("the orders were not stored before they were due")
    return due_at


def _wait_for_the_last(due_at: datetime) -> None:
    orders, notices = WorkOrder._get_collection(), Notice._get_collection()

    def done() -> bool:
        if clock.now() <= due_at or orders.find_one(due_by(due_at), {"_id": 1}):
            return False
        # What waits for the end of somebody's quiet hours is not late.
        due = {"state": "queued", "not_before": {"$lte": clock.now()}}
        busy = orders.find_one({"pending": True}), notices.find_one(due), notices.find_one({"state": "leased"})
        return busy == (None, None, None)

    _wait(done, END_SECONDS, "not everything was handed over")


def _wait(done: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError(otherwise)
        time.sleep(LOOK_SECONDS)


def _written(lateness: list[float]) -> Measured:
    """The share of those who notice and write down: when a letter is there to be sent."""
    figures = f"p99 {_percentile(lateness, 99):.1f} s"
    return Measured(f"due → written, the sweep and the relay: {DUE:,} orders, {len(lateness):,} e-mails", figures)


def _line(lateness: list[float]) -> Measured:
    p50, p99 = _percentile(lateness, 50), _percentile(lateness, 99)
    figures = f"p99 {p99:.1f} s, p50 {p50:.1f} s, last {lateness[-1]:.1f} s, {_rate(lateness):.0f} e-mails/s"
    name = f"due → handed over, {SENDERS} workers: {DUE:,} orders at once, {len(lateness):,} e-mails"
    return Measured(name, f"{figures}, load {os.getloadavg()[0]:.0f}", p99, BOUND_SECONDS)


def _cpu(used: Mapping[str, float], count: int) -> Measured:
    """A busy machine stretches the time and hardly the work."""
    figures = "; ".join(f"{name} {seconds / count * 1000:.2f} s" for name, seconds in used.items())
    return Measured(f"… CPU for 1,000 e-mails, {sum(used.values()):.1f} s in all", figures)


def _of_receiver(lateness: list[float], alone: float) -> Measured:
    figures = f"{alone:.0f} letters/s, ready and unmarked, before and after in the same run"
    return Measured("… the receiver alone ÷ these e-mails", figures, alone / _rate(lateness))


def _rate(lateness: list[float]) -> float:
    return len(lateness) / max(lateness[-1] - lateness[0], 0.001)


def _percentile(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]
