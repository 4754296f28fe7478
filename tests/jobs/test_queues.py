"""A worker runs what is in the schedule and nothing else, whatever somebody writes into Redis."""

import json
import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from rq.job import Job

from jobs.queues import NotAllowed, queue
from jobs.ticker import Ticker
from jobs.worker import Worker
from store.health.documents import Beat
from tests.cast import NOW


def work(redis: Any, name: str = "ticks") -> None:
    Worker(queue(name, redis), redis, threading.Event()).work(burst=True, logging_level="WARNING")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    from jobs import tasks

    monkeypatch.setattr(tasks, "settings", lambda: settings)


@pytest.mark.parametrize(
    "data",
    [
        ["os.system", None, ["touch {marker}"], {}],
        ["posix.system", None, ["touch {marker}"], {}],
        ["subprocess.check_output", None, [["touch", "{marker}"]], {}],
        ["jobs.tasks.relay", None, ["an argument"], {}],
        ["jobs.tasks.senders", None, [], {}],
        ["jobs.worker.main", None, [["ticks"]], {}],
    ],
)
def test_what_is_not_in_the_schedule_is_refused(
    redis: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, data: list[Any]
) -> None:
    marker = tmp_path / "marker"
    line = queue("ticks", redis)
    raw = json.dumps(data).replace("{marker}", str(marker))
    job = Job.create("jobs.tasks.relay", connection=redis, serializer=line.serializer, origin="ticks")
    job.data = raw.encode()
    job.save()
    line.push_job_id(job.id)
    with caplog.at_level(logging.ERROR):
        work(redis)
    assert not marker.exists()
    assert line.failed_job_registry.get_job_ids() == [job.id]
    assert "refused job" in caplog.text


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("callback", ["success_callback_name", "failure_callback_name", "stopped_callback_name"])
def test_callbacks_are_never_imported(redis: Any, callback: str) -> None:
    job = queue("ticks", redis).enqueue("jobs.tasks.publish_due", job_id="ours")
    redis.hset(job.key, callback, "this.is.a.module.that.does.not.exist")
    work(redis)
    assert queue("ticks", redis).finished_job_registry.get_job_ids() == ["ours"]


def test_a_pickle_is_not_read(redis: Any, tmp_path: Path) -> None:
    line = queue("ticks", redis)
    job = Job.create("os.system", [f"touch {tmp_path / 'marker'}"], connection=redis, origin="ticks")
    job.save()
    line.push_job_id(job.id)
    work(redis)
    assert not (tmp_path / "marker").exists()


def test_the_job_class_refuses_before_it_imports(redis: Any) -> None:
    job = queue("ticks", redis).create_job("os.system", args=("true",))
    with pytest.raises(NotAllowed):
        _ = job.func


@pytest.mark.usefixtures("database")
def test_a_tick_is_worked_off_on_every_queue(redis: Any) -> None:
    Ticker(redis).tick(NOW)
    for name in ("ticks", "relay", "notices", "reports"):
        work(redis, name)
        assert queue(name, redis).failed_job_registry.count == 0
    beats = {beat.name: beat.last_error for beat in Beat.objects if beat.last_finished}
    assert beats == dict.fromkeys(
        [
            "sweep_deadlines", "publish_due", "generate_work", "relay", "send_notices", "plan_drills", "check_calendars",
        ]
    )  # fmt: skip
