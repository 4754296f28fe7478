"""`python -m jobs.worker QUEUE`: works on one queue. Two queues in one RQ worker can lose a job, so there is no list.

A job runs in the worker's own process (`docs/adr/0002-workers.md`): nothing is forked, so MongoDB is opened once.
"""

import gc
import logging
import os
import signal
import sys
import threading
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker

from jobs.queues import AllowedJob, connect, queue
from jobs.schedule import QUEUES
from jobs.waking import waker
from store.connection import connect as connect_store
from store.hanging import goes_on, is_leaving
from store.health.processes import Life
from store.settings import Settings

log = logging.getLogger("jobs.worker")

REDIS_PAUSE = 1.0
# Beyond the time in which a sound worker says that it goes on.
HANG_SECONDS = 60.0
# New objects between two looks for what nobody refers to but itself; a batch of 500 records makes some 100,000.
COLLECT_AFTER = 20_000


class Worker(SimpleWorker):
    """RQ's worker with intervals short enough that a killed one is forgotten in a minute instead of ten.

    Asked to stop, it also sets `stop`, so that no other worker follows it.
    """

    def __init__(self, line: Any, connection: "Redis[bytes]", stop: threading.Event) -> None:
        super().__init__(
            [line],
            connection=connection,
            job_class=AllowedJob,
            serializer=line.serializer,
            worker_ttl=30,
            maintenance_interval=10,
            job_monitoring_interval=5,
            log_job_description=False,
        )
        self._stop = stop

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """RQ calls it between jobs, and before each with the time that the job may take."""
        goes_on((timeout or self.worker_ttl) + HANG_SECONDS)
        super().heartbeat(timeout, pipeline)

    def _install_signal_handlers(self) -> None:
        super()._install_signal_handlers()
        # Asked to stop while it was still registering itself: nobody asks twice.
        if self._stop.is_set():
            self._stop_requested = True

    def request_stop(self, signum: Any, frame: Any) -> None:
        self._stop.set()
        super().request_stop(signum, frame)


def work(name: str, redis_url: str, stop: threading.Event) -> None:
    """Work until `stop` is set. When Redis goes, or RQ gives up, a new worker registers itself."""
    down = False
    while not stop.is_set():
        goes_on(HANG_SECONDS)
        try:
            connection = connect(redis_url)
            waker.use(connection)
            Worker(queue(name, connection), connection, stop).work(logging_level="WARNING")
            down = False
        except (RedisError, OSError) as error:
            if not down:
                log.error("Redis does not answer (%s); trying again every second", type(error).__name__)
            down = True
        # RQ leaves its own handlers behind, and those ask Redis.
        listen(stop)
        stop.wait(REDIS_PAUSE)
    is_leaving()


def listen(stop: threading.Event) -> None:
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in QUEUES:
        print(f"usage: python -m jobs.worker {'|'.join(QUEUES)}", file=sys.stderr)
        return 2
    stop = threading.Event()
    listen(stop)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    settings = Settings.from_environment(os.environ)
    # Imported before the first job comes: a second of imports is paid once, and a missing function stops the start.
    import jobs.tasks  # noqa: F401

    connect_store(settings)
    # What is loaded stays to the end, and a job leaves no circles behind: looking for some among 300,000 objects, after
    # every few hundred new ones, was a tenth of a sweep.
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
    log.info("working on %s", arguments[0])
    with Life(arguments[0]):
        work(arguments[0], settings.redis_url, stop)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
