"""Runs of jobs that failed, as Redis keeps them for ten minutes: what each failure means, run again, forget (screen 11).

A failed run loses nothing: the next nudge does the same work. To run one again is for whoever has just mended its cause.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from flask import current_app, request
from flask_admin import expose
from redis import Redis
from redis.exceptions import RedisError
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import attempt
from admin_app.backoffice.records.views import OfficeView
from admin_app.backoffice.system.health import name_of
from admin_app.backoffice.system.job_errors import error_words
from store.access import require
from store.errors import NotFound, RuleBroken
from store.words import Words

MOST_SHOWN = 20
FAILED_RUN = Words("失败的任务", "Failed job")
REDIS_AWAY = Words("连接不上 Redis，请稍后再试", "Redis does not answer; please try again later")
# "jobs.beating.TaskFailed: relay: KeyError at store/notices/relay.py:88": what it is about, and what is kept of the error.
_TOLD = re.compile(r"TaskFailed: \w+: (.+)")
# Of any other error only the kind: its message may be personal.
_KIND = re.compile(r"\b([A-Z]\w*(?:Error|Exception)|NotAllowed)\b")
WORK_HORSE, WORKER_ENDED, UNKNOWN = "Work-horse", "AbandonedJobError", "unknown"


class FailedJob(NamedTuple):
    """`error` is the kind of the error and, where the job told it, its place."""

    id: str
    queue: str
    name: Words
    at: datetime | None
    words: Words
    error: str


def listed(queues: Iterable[str]) -> list[FailedJob]:
    """The newest first; none while Redis does not answer."""
    try:
        found = [each for name in queues for each in _of_queue(name)]
    except RedisError:
        return []
    return sorted(found, key=lambda each: (each.at is not None, each.at), reverse=True)[:MOST_SHOWN]


def _of_queue(name: str) -> Iterator[FailedJob]:
    ids = _registry(name).get_job_ids(0, MOST_SHOWN - 1, desc=True)
    for job in Job.fetch_many(ids, connection=_redis(), serializer=JSONSerializer):
        if job is not None:
            yield _shown(job, name)


def _shown(job: Job, queue: str) -> FailedJob:
    result = job.latest_result()
    error = kind_of((result.exc_string if result else "") or "")
    # The id is (job, period), see `jobs.ticker`.
    return FailedJob(job.id, queue, name_of(job.id.rsplit("-", 1)[0]), job.ended_at, error_words(error), error)


def kind_of(trace: str) -> str:
    """What may be shown of a traceback."""
    last = trace.strip().rsplit("\n", 1)[-1]
    told = _TOLD.search(last)
    if told:
        return told[1]
    if WORK_HORSE in last:
        return WORKER_ENDED
    kind = _KIND.search(last)
    return kind[1] if kind else UNKNOWN


def _registry(queue: str) -> FailedJobRegistry:
    return FailedJobRegistry(queue, connection=_redis(), serializer=JSONSerializer)


def _redis() -> "Redis[bytes]":
    connection: Redis[bytes] = current_app.extensions["anju_checks"].redis
    return connection


class FailedJobs(OfficeView):
    permission = "jobs.write"
    title = FAILED_RUN
    endpoint_name = "office_failed_jobs"
    path = "failed-jobs"

    @expose("/", methods=("POST",))
    def index(self) -> Response:
        """Run a failed run again, or – with `verb=forget` – take it off the page."""
        if request.form.get("verb") == "forget":
            return attempt(self._forget, done=Words("已移除", "Forgotten"))
        return attempt(self._again, done=Words("已重新排队", "It waits in its queue again"))

    def _again(self) -> None:
        with _named() as (registry, job_id):
            registry.requeue(job_id)

    def _forget(self) -> None:
        with _named() as (registry, job_id):
            registry.remove(job_id, delete_job=True)


@contextmanager
def _named() -> Iterator[tuple[FailedJobRegistry, str]]:
    """The run that the form names. Raises `NotFound` for one that is not among the failed ones, `RuleBroken`."""
    require(current_actor(), FailedJobs.permission)
    queue, job_id = request.form.get("queue", "")[:64], request.form.get("id", "")[:128]
    try:
        registry = _registry(queue)
        if job_id not in registry.get_job_ids():
            raise NoSuchJobError
        yield registry, job_id
    except (NoSuchJobError, InvalidJobOperation):
        raise NotFound(FAILED_RUN, job_id) from None
    except RedisError:
        raise RuleBroken("redis_away", REDIS_AWAY) from None
