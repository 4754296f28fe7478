"""Runs of jobs that failed: what the page shows of them, and that only administrators run them again."""

from typing import Any

import pytest
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker

from admin_app.backoffice.system.failed_jobs import kind_of
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_world, post

SECRET = "13800001111"
LAST_LINES = {
    "jobs.beating.TaskFailed: relay: KeyError at store/notices/relay.py:88": "KeyError at store/notices/relay.py:88",
    "rq.timeouts.JobTimeoutException: Task exceeded maximum timeout value (90 seconds)": "JobTimeoutException",
    "Moved to FailedJobRegistry, due to AbandonedJobError, at 2026-11-26 08:00": "AbandonedJobError",
    "Work-horse terminated unexpectedly; waitpid returned 9 (signal 9)": "AbandonedJobError",
    "jobs.queues.NotAllowed: this job is not in the schedule": "NotAllowed",
    f"ValueError: {SECRET} is no number": "ValueError",
    f"{SECRET}": "unknown",
    "": "unknown",
}


@pytest.mark.parametrize("line", LAST_LINES)
def test_the_kind_of_an_error_is_told_and_its_message_is_not(line: str) -> None:
    assert kind_of(f"Traceback (most recent call last):\n  File …\n{line}\n") == LAST_LINES[line]


@pytest.fixture
def line(app: Any, redis: Any) -> Queue:
    make_world()
    return Queue("ticks", connection=redis, serializer=JSONSerializer)


@pytest.fixture
def failed(line: Queue, redis: Any) -> Job:
    """A run that fails with somebody's number in its message."""
    job = line.enqueue("builtins.int", SECRET + "x", job_id="relay-77", failure_ttl=600)
    SimpleWorker([line], connection=redis, serializer=JSONSerializer).work(burst=True, logging_level="ERROR")
    assert line.failed_job_registry.get_job_ids() == ["relay-77"]
    return job


def test_the_page_says_what_failed_and_why_but_no_message(failed: Job, sign_in: SignIn) -> None:
    text = sign_in(cast.administrator()).get("/admin/jobs/").text
    assert "通知和派生工单不会转出" in text
    assert "记录里的数据格式不对" in text
    assert "ValueError" in text
    assert SECRET not in text
    assert 'value="again"' in text
    assert 'value="again"' not in sign_in(cast.manager()).get("/admin/jobs/").text


def test_an_administrator_runs_it_again(failed: Job, line: Queue, sign_in: SignIn) -> None:
    client = sign_in(cast.administrator())
    assert post(client, "/admin/failed-jobs/", verb="again", queue="ticks", id="relay-77").status_code == 303
    assert line.get_job_ids() == ["relay-77"]
    assert line.failed_job_registry.get_job_ids() == []
    assert "已重新排队" in client.get("/admin/jobs/").text


def test_an_administrator_forgets_it(failed: Job, line: Queue, redis: Any, sign_in: SignIn) -> None:
    post(sign_in(cast.administrator()), "/admin/failed-jobs/", verb="forget", queue="ticks", id="relay-77")
    assert line.failed_job_registry.get_job_ids() == []
    assert not Job.exists("relay-77", connection=redis)


def test_a_manager_runs_nothing_again(failed: Job, line: Queue, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    for verb in ("again", "forget"):
        answer = post(client, "/admin/failed-jobs/", verb=verb, queue="ticks", id="relay-77")
        assert answer.status_code == 403
    assert line.failed_job_registry.get_job_ids() == ["relay-77"]


@pytest.mark.parametrize(("queue", "number"), [("ticks", "relay-78"), ("notices", "relay-77"), ("$ne", ""), ("", "x")])
def test_what_is_not_among_the_failed_is_absent(
    failed: Job, line: Queue, sign_in: SignIn, queue: str, number: str
) -> None:
    client = sign_in(cast.administrator())
    for verb in ("again", "forget"):
        post(client, "/admin/failed-jobs/", verb=verb, queue=queue, id=number)
        assert "找不到失败的任务" in client.get("/admin/jobs/").text
    assert line.failed_job_registry.get_job_ids() == ["relay-77"]
    assert line.get_job_ids() == []
