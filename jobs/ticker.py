"""`python -m jobs.ticker`: nudges the workers, twice a second. Any number may run; it keeps nothing.

A nudge is only "look now". Its job id is (job, period), so that two tickers give one nudge; whether there is work is
decided by the sweeps, from the database. Lost nudges cost lateness, double ones cost nothing.
"""

import logging
import os
import signal
import threading
import time
from datetime import datetime
from math import ceil

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError

from jobs.queues import connect, queue
from jobs.schedule import QUEUES, SCHEDULE
from store.clock import now
from store.connection import connect as connect_store
from store.hanging import goes_on, is_leaving
from store.health.processes import TICKER, Life
from store.health.rules import MOST_SECONDS_BETWEEN_NUDGES, Periodic, nudge_seconds, slot
from store.settings import Settings

log = logging.getLogger("jobs.ticker")

REDIS_SECONDS = 2.0
# What is due waits for a look by a quarter of a second, on average, before anything else is done about it.
TICK_SECONDS = 0.5
# So many nudges in a queue mean that nobody works there; more would only have to be thrown away by who comes.
MOST_WAITING = 20
# A nudge nobody took is forgotten after a minute: there are newer ones.
WAITING_SECONDS = 60
FAILURE_SECONDS = 600
# Redis is waited for at most some seconds; then a tick takes milliseconds.
HANG_SECONDS = 60.0


class Ticker:
    """Remembers what it has nudged, so that Redis is asked once a period, and whether Redis was there."""

    def __init__(self, connection: "Redis[bytes]") -> None:
        self._lines = {name: queue(name, connection) for name in QUEUES}
        self._nudged: dict[str, int] = {}
        self._down = False

    def tick(self, moment: datetime) -> list[str]:
        """Enqueue what is due at `moment`. Returns the ids of the new nudges. Survives Redis' absence."""
        try:
            new = [job_id for each in SCHEDULE if (job_id := self._nudge(each, moment))]
        except RedisError as error:
            self._note(down=True, why=type(error).__name__)
            return []
        self._note(down=False)
        return new

    def _nudge(self, job: Periodic, moment: datetime) -> str | None:
        number = slot(moment, nudge_seconds(job.every_seconds))
        if self._nudged.get(job.name) == number:
            return None
        job_id = f"{job.name}-{number}"
        new = enqueue(self._lines[job.queue], job, job_id)
        self._nudged[job.name] = number
        return job_id if new else None

    def _note(self, *, down: bool, why: str = "") -> None:
        if down and not self._down:
            log.error("Redis does not answer (%s); trying again every second", why)
        if self._down and not down:
            log.warning("Redis answers again")
        self._down = down


def enqueue(line: Queue, job: Periodic, job_id: str) -> bool:
    """False when another ticker was faster, or nobody works on this queue."""
    if line.count >= MOST_WAITING:
        return False
    rare = job.every_seconds > MOST_SECONDS_BETWEEN_NUDGES
    try:
        line.enqueue(
            job.function_path,
            job_id=job_id,
            unique=True,
            ttl=WAITING_SECONDS,
            # The id must outlive its period, or a second ticker would nudge again in the same one.
            result_ttl=ceil(nudge_seconds(job.every_seconds)) + 10,
            failure_ttl=FAILURE_SECONDS,
            job_timeout=600 if rare else 90,
        )
    except DuplicateJobError:
        return False
    return True


def run(ticker: Ticker, stop: threading.Event) -> None:
    """Tick at every full and half second until `stop` is set."""
    while not stop.is_set():
        goes_on(HANG_SECONDS)
        ticker.tick(now())
        stop.wait(TICK_SECONDS - time.time() % TICK_SECONDS)
    is_leaving()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    settings = Settings.from_environment(os.environ)
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    connect_store(settings)  # for its signs of life alone
    log.info("ticking for %d periodic jobs", len(SCHEDULE))
    with Life(TICKER):
        run(Ticker(connect(settings.redis_url, REDIS_SECONDS)), stop)


if __name__ == "__main__":
    main()
