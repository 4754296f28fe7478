"""`/readyz`: whether everything is there that the product needs, and what is not. `/metrics`: the same in figures."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, Response, current_app
from mongoengine.connection import get_db
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pymongo import timeout
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from admin_app.shell import gate
from admin_app.shell.limits import limiter_of
from store.clock import now
from store.health import operations as health
from store.health.clocks import offset
from store.health.rules import CLOCK_OFF, Stale, is_off
from store.notices import channels
from store.notices.channels import Trouble
from store.notices.operations import figures
from store.notices.rules import APPRISE, EMAIL, PUSH
from store.records import Record

SECONDS = 2.0
MOST_COUNTED = 10_001
# `wsgi.py` puts the schedule here; this part may not import `jobs`.
PERIODIC = "anju_periodic"


@dataclass(frozen=True)
class Checks:
    """What one process knows: since when it runs, and its connection to Redis."""

    alive_since: datetime
    redis: "Redis[bytes]"


def register(app: Flask) -> None:
    settings = app.extensions["anju_settings"]
    redis = Redis.from_url(settings.redis_url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS)
    app.extensions["anju_checks"] = Checks(now(), redis)
    for path, view in (("/readyz", ready), ("/metrics", metrics)):
        app.add_url_rule(path, endpoint=path[1:], view_func=limiter_of(app).exempt(view))


@gate.public
def ready() -> tuple[dict[str, Any], int]:
    """200 when MongoDB and Redis answer and every periodic job keeps its time; else 503 and what is wrong.

    A channel by which nothing gets out is `degraded` and no 503: no restart of ours mends another's mail server.
    """
    late: list[Stale] = []
    failing: list[Trouble] = []

    def ask() -> None:
        late.extend(_stale(now()))
        failing.extend(channels.troubles(now()))

    # It may go at any moment, between two questions too.
    problems = [each for each in (_mongo_problem(ask), _redis_problem()) if each] + [_told(each) for each in late]
    if problems:
        return {"status": "not ready", "problems": problems}, 503
    degraded = [_degraded(each) for each in failing]
    return {"status": "ready", "problems": [], **({"degraded": degraded} if degraded else {})}, 200


@gate.public
def metrics() -> Response:
    """Figures in Prometheus' text format. No names, no numbers of records: the page is open."""
    registry = CollectorRegistry()
    moment = now()
    up = Gauge("anju_up", "1 when the part answers", ["part"], registry=registry)
    up.labels("redis").set(_redis_problem() is None)
    up.labels("mongodb").set(_mongo_problem(lambda: _measure(registry, moment)) is None)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def expected_jobs() -> Mapping[str, float]:
    """name → seconds between runs, of the schedule; without one, of every job that has ever run."""
    schedule = current_app.extensions.get(PERIODIC)
    if schedule is not None:
        return {each.name: each.every_seconds for each in schedule}
    return {name: beat.every_seconds for name, beat in health.beats().items()}


def _stale(moment: datetime) -> list[Stale]:
    checks: Checks = current_app.extensions["anju_checks"]
    own = [Stale("clock", moment, CLOCK_OFF)] if is_off(offset(get_db().client, now)) else []
    return own + health.all_stale(expected_jobs(), moment, checks.alive_since)


def _told(stale: Stale) -> dict[str, str]:
    return {"part": stale.name, "since": stale.since.isoformat(), "why": stale.why.en, "why_zh": stale.why.zh}


def _degraded(each: Trouble) -> dict[str, str]:
    return {"part": each.channel, "since": each.since.isoformat(), "why": each.why.en, "why_zh": each.why.zh}


def _mongo_problem(ask: Callable[[], None]) -> dict[str, str] | None:
    """What is wrong with MongoDB when it is to answer a ping and `ask`."""
    began = time.monotonic()
    try:
        with timeout(SECONDS):
            get_db().command("ping")
        with timeout(SECONDS):
            ask()
    except PyMongoError as error:
        return {"part": "mongodb", "why": type(error).__name__, "after": f"{time.monotonic() - began:.1f} s"}
    return None


def _redis_problem() -> dict[str, str] | None:
    checks: Checks = current_app.extensions["anju_checks"]
    began = time.monotonic()
    try:
        checks.redis.ping()
    except RedisError as error:
        return {"part": "redis", "why": type(error).__name__, "after": f"{time.monotonic() - began:.1f} s"}
    return None


def _measure(registry: CollectorRegistry, moment: datetime) -> None:
    _measure_records(registry, moment)
    _measure_notices(registry, moment)
    _measure_channels(registry, moment)
    _measure_beats(registry, moment)


def _measure_records(registry: CollectorRegistry, moment: datetime) -> None:
    due = Gauge(
        "anju_due_records", "Records whose next deadline has passed, at most 10001", ["kind"], registry=registry
    )
    late = Gauge("anju_oldest_due_seconds", "How late the oldest of them is", ["kind"], registry=registry)
    pending = Gauge("anju_pending_records", "Records the relay has not carried out", ["kind"], registry=registry)
    for document in Record.__subclasses__():
        kind, records = document._get_collection_name(), document._get_collection()
        past = {"next_check_at": {"$lte": moment}}
        oldest = records.find_one(past, {"next_check_at": 1}, sort=[("next_check_at", 1)])
        due.labels(kind).set(records.count_documents(past, limit=MOST_COUNTED) if oldest else 0)
        late.labels(kind).set((moment - oldest["next_check_at"]).total_seconds() if oldest else 0)
        pending.labels(kind).set(records.count_documents({"pending": True}, limit=MOST_COUNTED))


def _measure_notices(registry: CollectorRegistry, moment: datetime) -> None:
    notices = Gauge(
        "anju_notices", "Notices that wait beyond their moment, are dead or held", ["state"], registry=registry
    )
    for state, count in figures(moment).items():
        notices.labels(state).set(count)


def _measure_channels(registry: CollectorRegistry, moment: datetime) -> None:
    failing = Gauge("anju_channel_failing", "Ways by which nothing gets out", ["channel"], registry=registry)
    waiting = Gauge("anju_channel_waiting", "Letters that wait, at most 10001", ["channel"], registry=registry)
    refused = Gauge("anju_channel_refused", "Letters given up in 7 days, at most 10001", ["channel"], registry=registry)
    age = Gauge("anju_channel_success_age_seconds", "Since the last letter was taken", ["channel"], registry=registry)
    troubles, counted, known = channels.troubles(moment), channels.figures(moment), channels.all_health().values()
    for name in (EMAIL, APPRISE, PUSH):
        failing.labels(name).set(sum(each.channel == name for each in troubles))
        of_channel = counted.get(name, channels.Figures())
        waiting.labels(name).set(of_channel.waiting)
        refused.labels(name).set(of_channel.refused)
        taken = [each.last_success for each in known if each.channel == name and each.last_success]
        if taken:
            age.labels(name).set((moment - max(taken)).total_seconds())


def _measure_beats(registry: CollectorRegistry, moment: datetime) -> None:
    age = Gauge("anju_beat_age_seconds", "Seconds since the job last succeeded", ["job"], registry=registry)
    runs = Gauge("anju_job_runs", "Runs that succeeded", ["job"], registry=registry)
    failures = Gauge("anju_job_failures", "Runs that failed", ["job"], registry=registry)
    for name, beat in health.beats().items():
        if beat.last_finished is not None:
            age.labels(name).set((moment - beat.last_finished).total_seconds())
        runs.labels(name).set(beat.runs)
        failures.labels(name).set(beat.failures)
