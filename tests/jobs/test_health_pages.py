"""`/readyz` names what is wrong and since when; `/metrics` says it in figures. Both are open and tell nothing else."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import AutoReconnect

from admin_app import health as pages
from admin_app.app import create_app
from jobs.schedule import SCHEDULE
from store.health import operations as health
from store.health.rules import CLOCK_OFF
from store.notices import channels
from store.notices.channels import Outcome
from store.notices.documents import Notice
from store.notices.relay import relay
from store.settings import Settings
from store.work.documents import WorkOrder
from tests import cast
from tests.cast import NOW
from tests.conftest import SECRET_KEY
from tests.store.notice_sources import intent, make_notice, make_source, make_template

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def _app(settings: Any, _connected: Any) -> Any:
    app = create_app(settings)
    app.extensions["anju_periodic"] = SCHEDULE
    return app


@pytest.fixture
def app(_app: Any, database: Any, redis: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The application at `NOW`, running for a day; every job has just beaten."""
    monkeypatch.setattr(pages, "now", lambda: NOW)
    monkeypatch.setattr(pages, "offset", lambda client, read: timedelta())
    checks = _app.extensions["anju_checks"]
    monkeypatch.setitem(_app.extensions, "anju_checks", pages.Checks(NOW - timedelta(days=1), checks.redis))
    beat_all(NOW)
    return _app


def beat_all(moment: datetime) -> None:
    for each in SCHEDULE:
        health.beat_started(each.name, each.every_seconds, moment)
        health.beat_finished(each.name, moment, {"done": 1})


def ready(app: Any) -> tuple[int, dict[str, Any]]:
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.json


def test_it_is_ready_when_everything_beats(app: Any) -> None:
    assert ready(app) == (200, {"status": "ready", "problems": []})


def test_a_mail_server_in_trouble_is_shown_and_restarts_nothing(app: Any) -> None:
    channels.note("email", "", Outcome(reason="refused", trouble=True), NOW - MINUTE)
    status, told = ready(app)
    assert (status, told["status"], told["problems"]) == (200, "ready", [])
    [channel] = told["degraded"]
    assert (channel["part"], channel["since"]) == ("email", (NOW - MINUTE).isoformat())
    text = app.test_client().get("/metrics").text
    assert 'anju_channel_failing{channel="email"} 1.0' in text
    assert 'anju_channel_refused{channel="apprise"} 0.0' in text
    channels.note("email", "", Outcome(sent=1), NOW)
    assert "degraded" not in ready(app)[1]


def test_a_stale_job_is_named_with_its_last_sign_of_life(app: Any) -> None:
    health.beat_started("relay", 2, NOW - 2 * MINUTE)
    status, told = ready(app)
    assert status == 503
    assert [(each["part"], each["since"]) for each in told["problems"]] == [("relay", (NOW - 2 * MINUTE).isoformat())]
    assert told["problems"][0]["why_zh"] == "没有运行"


def test_a_clock_that_differs_is_named_at_once(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the web server, and those of the workers."""
    health.beat_started("relay", 2, NOW, timedelta(seconds=-7))
    assert [(each["part"], each["why"]) for each in ready(app)[1]["problems"]] == [("relay", CLOCK_OFF.en)]
    health.beat_started("relay", 2, NOW + timedelta(days=1))
    assert [each["part"] for each in ready(app)[1]["problems"]] == ["relay"], "a beat of tomorrow"
    health.beat_started("relay", 2, NOW)
    monkeypatch.setattr(pages, "offset", lambda client, read: timedelta(seconds=5))
    assert [each["part"] for each in ready(app)[1]["problems"]] == ["clock"]


class Leaves(dict[str, Any]):
    """MongoDB is there for the ping and gone for the beats."""

    def __init__(self, *_: Any) -> None:
        raise AutoReconnect("connection closed")


@pytest.mark.parametrize("asked", ["all_stale", "beats"])
def test_mongodb_that_goes_between_two_questions_is_no_defect(
    app: Any, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setattr(health, asked, Leaves)
    status, told = ready(app)
    assert (status, [each["part"] for each in told["problems"]]) == (503, ["mongodb"])
    if asked == "beats":
        figures = app.test_client().get("/metrics")
        assert figures.status_code == 200
        assert 'anju_up{part="mongodb"} 0.0' in figures.text


def test_a_job_that_keeps_failing_is_named(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    beat_all(NOW - 2 * MINUTE)
    for each in SCHEDULE:
        health.beat_started(each.name, each.every_seconds, NOW)
    health.beat_finished("relay", NOW, {})
    _, told = ready(app)
    names = {each["part"] for each in told["problems"]}
    assert "send_notices" in names
    assert "relay" not in names
    assert "check_calendars" not in names, "a daily job has a day"


def test_without_any_beat_a_fresh_system_is_given_one_minute(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from store.health.documents import Beat

    Beat.objects.delete()
    redis = app.extensions["anju_checks"].redis
    monkeypatch.setitem(app.extensions, "anju_checks", pages.Checks(NOW - timedelta(seconds=59), redis))
    assert ready(app)[0] == 200
    monkeypatch.setitem(app.extensions, "anju_checks", pages.Checks(NOW - timedelta(seconds=60), redis))
    status, told = ready(app)
    assert status == 503
    assert {each["part"] for each in told["problems"]} == {each.name for each in SCHEDULE}


def test_without_a_schedule_the_jobs_that_ever_ran_are_watched(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(app.extensions, "anju_periodic")
    health.beat_started("relay", 2, NOW - 2 * MINUTE)
    assert [each["part"] for each in ready(app)[1]["problems"]] == ["relay"]


@pytest.fixture
def _no_mongo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with MongoClient[dict[str, Any]]("mongodb://127.0.0.1:1") as client:
        monkeypatch.setattr(pages, "get_db", lambda: client.anju)
        yield


@pytest.mark.usefixtures("_no_mongo")
def test_without_mongodb_it_says_so_within_seconds(app: Any) -> None:
    began = time.monotonic()
    status, told = ready(app)
    assert status == 503
    assert [each["part"] for each in told["problems"]] == ["mongodb"]
    assert time.monotonic() - began < 5
    assert 'anju_up{part="mongodb"} 0.0' in app.test_client().get("/metrics").text


def test_without_redis_it_says_so(settings: Any, app: Any, mongo_server: str) -> None:
    values = {"MONGODB_URI": mongo_server, "REDIS_URL": "redis://127.0.0.1:1/0", "SECRET_KEY": SECRET_KEY}
    lonely = create_app(Settings.from_environment(values))
    status, told = ready(lonely)
    assert status == 503
    assert [each["part"] for each in told["problems"]] == ["redis"]


def test_metrics_tell_what_waits_and_how_late(app: Any) -> None:
    make_template()
    cast.make_staff("guard")
    make_notice()
    make_source(intent("gone"), code="two")
    relay(NOW)
    WorkOrder._get_collection().insert_many(
        [{"estate": "e", "number": f"W-{n}", "key": f"k{n}", "next_check_at": NOW - n * MINUTE} for n in range(1, 4)]
    )
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    for line in (
        'anju_due_records{kind="work_orders"} 3.0',
        'anju_oldest_due_seconds{kind="work_orders"} 180.0',
        'anju_notices{state="due"} 1.0',
        'anju_notices{state="dead"} 1.0',
        'anju_beat_age_seconds{job="relay"} 0.0',
        'anju_up{part="redis"} 1.0',
    ):
        assert line in answer.text, line
    assert "gone" not in answer.text
    assert Notice.objects(state="dead").count() == 1


def test_the_pages_are_open_and_declared(app: Any) -> None:
    from admin_app.shell import gate

    assert gate.rules(app)["readyz", "GET"] == gate.PUBLIC
    assert gate.rules(app)["metrics", "GET"] == gate.PUBLIC
