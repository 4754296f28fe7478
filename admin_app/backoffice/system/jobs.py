"""系统·任务: whether the background works – beats, queues, bad records, dead letters – in words (screen 11)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app, request, url_for
from flask_admin import expose
from redis.exceptions import RedisError
from rq import Queue, Worker
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import MenuPlace, attempt
from admin_app.backoffice.records.views import OfficeView
from admin_app.backoffice.system import failed_jobs
from admin_app.backoffice.system.health import CONSEQUENCES, expected, health_now, name_of, schedule
from admin_app.backoffice.system.job_errors import error_words
from admin_app.shell.chips import Chip, chip_of
from store import clock
from store.access import permits
from store.health import operations as health
from store.health.documents import Beat
from store.kinds import address_of
from store.notices.operations import figures
from store.words import Words

QUEUES: dict[str, Words] = {
    "ticks": Words("时限与计划", "Deadlines and plans"),
    "relay": Words("转出", "Relay"),
    "notices": Words("通知", "Notices"),
    "reports": Words("报表与检查", "Reports and checks"),
}
COUNTS: dict[str, Words] = {
    "done": Words("处理", "done"),
    "read": Words("读取", "read"),
    "sent": Words("已发送", "sent"),
    "failed": Words("失败", "failed"),
    "dead": Words("放弃", "given up"),
    "held": Words("暂不发送", "held back"),
}


class Job(NamedTuple):
    name: Words
    code: str
    chip: Chip
    every_seconds: float
    last: datetime | None
    counts: list[tuple[Words, int]]
    runs: int
    failures: int
    error: str
    error_words: Words | None
    means: Words | None


class QueueRow(NamedTuple):
    name: Words
    waiting: int
    failed: int
    workers: int


class Jobs(OfficeView):
    permission = "jobs.read"
    title = Words("后台任务", "Jobs")
    endpoint_name = "office_jobs"
    path = "jobs"
    menu_place = MenuPlace("system", 10)

    @expose("/")
    def index(self) -> str:
        now = clock.now()
        beats = health.beats()
        state = health_now(now, beats)
        stale = {each.name for each, _ in state.stale}
        return self.render(
            "system/jobs.html",
            health=state,
            jobs=[_job(name, beats.get(name), every, name in stale) for name, every in expected(beats).items()],
            queues=queues(),
            failed=failed_jobs.listed(QUEUES),
            may_write=permits(current_actor(), "jobs.write"),
            bad=[_bad(each) for each in health.bad_records(50)],
            notices=figures(now),
        )


class PutAside(OfficeView):
    permission = "jobs.write"
    title = Words("搁置的记录", "Records put aside")
    endpoint_name = "office_put_aside"
    path = "put-aside"

    @expose("/", methods=("POST",))
    def index(self) -> Response:
        """Try a record that was put aside at once; for whoever has just mended its cause."""
        return attempt(
            lambda: health.try_again(request.form.get("key", ""), actor=current_actor(), now=clock.now()),
            done=Words("正在重试，几秒后刷新页面查看结果", "It is tried again: look at this page in a few seconds"),
            back=url_for("office_jobs.index"),
        )


def _job(name: str, beat: Beat | None, every: float, stale: bool) -> Job:
    error = str(beat.last_error or "") if beat else ""
    counts: Mapping[str, int] = beat.last_counts if beat else {}
    return Job(
        name=name_of(name),
        code=name,
        chip=_chip(beat, stale),
        every_seconds=every,
        last=beat.last_finished if beat else None,
        counts=[(COUNTS.get(key, Words(key, key)), count) for key, count in counts.items()],
        runs=beat.runs if beat else 0,
        failures=beat.failures if beat else 0,
        error=error,
        error_words=error_words(error) if error else None,
        means=CONSEQUENCES.get(name) if stale else None,
    )


def _chip(beat: Beat | None, stale: bool) -> Chip:
    if stale:
        return chip_of("overdue", Words("停了", "Stands still"))
    if beat is None or beat.last_finished is None:
        return chip_of("paused", Words("尚未运行", "Not run yet"))
    return chip_of("done", Words("正常", "Fine"))


def _bad(record: Any) -> dict[str, Any]:
    number = record.about.get("number") or ""
    return {
        "key": record.key,
        "number": number or record.about.get("id"),
        "url": address_of(record.about.get("kind"), number),
        "job": name_of(record.job),
        "words": error_words(record.error),
        "error": record.error,
        "times": record.times,
        "last_at": record.last_at,
        "until": record.until,
    }


def queues() -> list[QueueRow] | None:
    """What waits in Redis; None while Redis does not answer (nothing is lost by that)."""
    redis = current_app.extensions["anju_checks"].redis
    names = dict.fromkeys([*QUEUES, *(each.queue for each in schedule().values())])
    try:
        workers = [worker.queue_names() for worker in Worker.all(connection=redis)]
        return [_queue(name, Queue(name, connection=redis), workers) for name in names]
    except RedisError:
        return None


def _queue(name: str, queue: Queue, workers: list[list[str]]) -> QueueRow:
    serving = sum(name in each for each in workers)
    return QueueRow(QUEUES.get(name, Words(name, name)), queue.count, queue.failed_job_registry.count, serving)
