"""Who has made work for another job wakes it: a notice does not wait for the next tick of the clock on each of its ways.

A wake is a nudge like the ticker's, and as unimportant: lost, the next tick comes within seconds.
"""

import logging
from uuid import uuid4

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from jobs.queues import queue
from jobs.schedule import BY_NAME, QUEUES, WAKES

log = logging.getLogger(__name__)

WAITING_SECONDS, TIMEOUT_SECONDS = 10, 90


class Waker:
    """`wake` of a worker that reaches Redis by `connection`; elsewhere it does nothing."""

    def __init__(self) -> None:
        self._lines: dict[str, Queue] = {}

    def use(self, connection: "Redis[bytes]") -> None:
        self._lines = {name: queue(name, connection) for name in QUEUES}

    def wake_after(self, name: str) -> None:
        """Wake who carries on what the job `name` has done."""
        following = BY_NAME.get(WAKES.get(name, ""))
        line = self._lines.get(following.queue) if following else None
        if following is None or line is None:
            return
        try:
            # Whoever takes the nudge that waits looks later than now.
            if line.count == 0:
                job_id = f"{following.name}-{uuid4().hex}"
                line.enqueue(
                    following.function_path,
                    job_id=job_id,
                    ttl=WAITING_SECONDS,
                    result_ttl=0,
                    failure_ttl=WAITING_SECONDS,
                    job_timeout=TIMEOUT_SECONDS,
                )
        except RedisError as error:
            log.warning("%s was not woken (%s)", following.name, type(error).__name__)


waker = Waker()
