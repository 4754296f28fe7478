"""Redis and RQ, as this house uses them: JSON only, a job class that refuses what is not in the schedule."""

import logging
from typing import Any

from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from jobs.schedule import ALLOWED

log = logging.getLogger(__name__)


class NotAllowed(Exception):
    """Somebody put a job into Redis that is not ours."""


class AllowedJob(Job):
    """Runs the functions of the schedule and nothing else.

    RQ imports any dotted path that it finds in a job – the function, and three callbacks – and calls webhooks of the
    job's choice. Here the function must be in the table and take nothing; callbacks and webhooks do not exist.
    """

    success_callback = failure_callback = stopped_callback = None

    @property
    def func(self) -> Any:
        """Raises `NotAllowed` before anything is imported."""
        if self.func_name not in ALLOWED or self.instance or self.args or self.kwargs:
            log.error("refused job %s: it is not in the schedule", self.id)
            raise NotAllowed("this job is not in the schedule")
        return super().func

    def send_webhooks(self, *arguments: Any, **more: Any) -> None:
        """No."""


def queue(name: str, connection: "Redis[bytes]") -> Queue:
    return Queue(name, connection=connection, job_class=AllowedJob, serializer=JSONSerializer)


def connect(url: str, seconds: float | None = None) -> "Redis[bytes]":
    """`seconds` limits connecting and every answer; a worker waits for its queue without a limit of its own."""
    return Redis.from_url(url, socket_connect_timeout=seconds or 5.0, socket_timeout=seconds)
