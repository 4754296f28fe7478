"""The doctor names each planted fault and how to mend it, and finds nothing in a healthy installation."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo import MongoClient
from redis import Redis
from rq import Worker

from admin_app.accounts.documents import Account, SignIn
from admin_app.api.documents import Attempt
from admin_app.tokens.documents import Token
from embedded.redis_server import RedisServer
from jobs import doctor_servers as servers
from jobs.doctor_findings import Patient
from jobs.doctor_round import examine, examine_environment, report
from jobs.queues import queue
from jobs.schedule import QUEUES, SCHEDULE
from store.calendars.operations import fill_statutory
from store.connection import ensure_indexes
from store.content.documents import Content, Revision
from store.devices import operations as devices
from store.devices.documents import Device
from store.devices.rules import Report
from store.health import operations as health
from store.health.documents import Beat
from store.notices import channels
from store.notices.channels import Outcome
from store.notices.documents import Notice
from tests import cast
from tests.cast import NOW

HOUR = timedelta(hours=1)
SECRET_KEY = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def indexes_of_accounts(database: Any) -> None:
    """Once the web part has been imported in this process, the doctor looks for the indexes of accounts too."""
    for document in (Account, SignIn, Token, Attempt):
        document.ensure_indexes()


@pytest.fixture
def patient(database, redis, settings):
    """Everything is as it should be, at `NOW`."""
    for each in SCHEDULE:
        health.beat_started(each.name, each.every_seconds, NOW)
        health.beat_finished(each.name, NOW, {"done": 1})
    for name in QUEUES:
        add_worker(redis, name)
    sound = replace(settings, secret_key=SECRET_KEY, smtp_url="smtp://127.0.0.1:1")
    return Patient(sound, database, redis, lambda: NOW)


def add_worker(redis, name, beat_at=NOW):
    worker = Worker([queue(name, redis)], connection=redis)
    worker.register_birth()
    redis.hset(worker.key, "last_heartbeat", beat_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def findings(patient, level="ill"):
    """The English sentences of one level; the clocks of the test and of MongoDB always differ and are left out."""
    return [each.what.en for each in examine(patient) if each.level == level and "clocks" not in each.what.en]


def only(patient, level="ill"):
    found = findings(patient, level)
    assert len(found) == 1, found
    return found[0]


def test_a_healthy_installation_has_no_finding(patient):
    assert findings(patient) == []
    assert [each for each in findings(patient, "weak") if "disk" not in each] == []
    assert len(findings(patient, "sound")) >= 15


def test_every_finding_says_how_to_mend_it_in_both_languages(patient, database):
    database["restoring"].insert_one({"_id": "change-over"})
    Beat.objects.delete()
    patient.redis.flushdb()
    found = [each for each in examine(replace(patient, clock=lambda: NOW + HOUR)) if each.level != "sound"]
    assert len(found) > 8
    for each in found:
        assert each.mend is not None
        assert all(each.what), each
        assert all(each.mend), each
        assert "{" not in "".join([*each.what, *each.mend])


@pytest.mark.parametrize("secret", ["a" * 64, "changeme" * 5, "0101010101" * 8])
def test_a_secret_that_repeats_itself_is_named(patient, secret):
    weak = replace(patient, settings=replace(patient.settings, secret_key=secret))
    assert "SECRET_KEY is easy to guess" in only(weak)


def test_a_bad_setting_is_named_without_its_value():
    [found] = examine_environment({"MONGODB_URI": "mongodb://x/a", "REDIS_URL": "redis://x", "SECRET_KEY": "hush"})
    assert (found.level, "SECRET_KEY" in found.what.en, "hush" in found.what.en) == ("ill", True, False)
    assert found.mend is not None
    assert "openssl rand" in found.mend.en


def test_an_address_without_https_and_a_missing_mail_server_are_named(patient):
    settings = replace(patient.settings, base_url="http://anju.example", smtp_url=None)
    found = findings(replace(patient, settings=settings), "weak")
    assert any("http://anju.example is not encrypted" in each for each in found)
    assert any("SMTP_URL is not set" in each for each in found)


def test_mongodb_that_does_not_answer_is_named_and_redis_is_examined_all_the_same(patient, monkeypatch):
    monkeypatch.setattr(servers, "SECONDS", 0.3)
    nobody: MongoClient[Any] = MongoClient("127.0.0.1", 1)
    with nobody:
        gone = replace(patient, database=nobody["anju"])
        assert "MongoDB does not answer" in only(gone)
        assert any("Redis keeps" in each for each in findings(gone, "sound"))


def test_redis_that_does_not_answer_is_named(patient):
    assert "Redis does not answer" in only(replace(patient, redis=Redis(port=1)))


def test_redis_without_an_append_only_file_or_that_evicts_is_named(patient):
    patient.redis.config_set("appendonly", "no")
    patient.redis.config_set("maxmemory", "1gb")
    patient.redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        found = findings(patient, "weak")
    finally:
        patient.redis.config_set("maxmemory", "0")
        patient.redis.config_set("maxmemory-policy", "noeviction")
        patient.redis.config_set("appendonly", "yes")
    assert any("no append-only file" in each for each in found)
    assert any("throws jobs away" in each for each in found)


class NoReplicaSet:
    """A server that answers like one that stands alone."""

    def __init__(self, database):
        self._database = database
        self.client = self
        self.admin = self

    def command(self, name, **options):
        answer = dict(self._database.client.admin.command(name, **options))
        answer.pop("setName")
        return answer


def test_a_mongod_that_is_no_replica_set_is_named(patient):
    alone = replace(patient, database=NoReplicaSet(patient.database))
    [found] = servers.check_replica_set(alone)
    assert (found.level, "no replica set" in found.what.en) == ("ill", True)


@pytest.mark.parametrize(("seconds", "level"), [(0, "sound"), (0.9, "sound"), (3, "weak"), (60, "ill"), (-60, "ill")])
def test_clocks_that_differ_are_named(patient, seconds, level):
    from store.clock import now

    shifted = replace(patient, clock=lambda: now() + timedelta(seconds=seconds))
    [found] = servers.check_clocks(shifted)
    assert found.level == level
    if level == "ill":
        assert any(f"by {s} s" in found.what.en for s in ("59.9", "60.0", "60.1"))


@pytest.mark.parametrize(("share", "level"), [(0.5, "sound"), (0.15, "sound"), (0.1, "weak"), (0.04, "ill")])
def test_a_disk_that_fills_up_is_named(share, level):
    found = servers.room(share, share * 100e9)
    assert (found.level, f"{share:.0%}" in found.what.en) == (level, True)


def test_a_missing_index_is_named_with_its_fields(patient, database):
    database["notices"].drop_index("estate_1_created_at_-1")
    try:
        assert "notices: estate, -created_at is missing" in only(patient)
    finally:
        ensure_indexes()


def test_an_index_that_lost_its_uniqueness_is_named(patient, database):
    database["content"].drop_index("type_1_code_1")
    database["content"].create_index([("type", 1), ("code", 1)])
    try:
        assert "content: type, code is missing" in only(patient)
    finally:
        database["content"].drop_index("type_1_code_1")
        ensure_indexes()


def test_a_cut_off_restore_is_named(patient, database):
    database["restoring.requests"].insert_one({"_id": 1})
    assert "A restore was cut off" in only(patient, "weak")
    database["restoring"].insert_one({"_id": "change-over"})
    try:
        assert "old and new data are mixed" in only(patient)
    finally:
        database.drop_collection("restoring")
        database.drop_collection("restoring.requests")


def test_a_queue_without_worker_is_named(patient):
    patient.redis.flushdb()
    for name in ("ticks", "relay", "notices"):
        add_worker(patient.redis, name)
    assert "Queue reports (Reports and checks) has no worker" in only(patient)


def test_a_worker_that_stopped_beating_does_not_count(patient):
    patient.redis.flushdb()
    for name, beat_at in (("ticks", NOW - timedelta(minutes=2)), ("relay", NOW), ("notices", NOW), ("reports", NOW)):
        add_worker(patient.redis, name, beat_at)
    assert "Queue ticks" in only(patient)


def test_a_stale_job_is_named_with_its_last_error(patient):
    health.beat_failed("relay", ValueError("secret"))
    health.beat_started("relay", 2, NOW - HOUR)
    [found] = [each for each in examine(patient) if each.level == "ill" and "clocks" not in each.what.en]
    assert "relay" in found.what.en
    assert "does not run" in found.what.en
    assert found.mend is not None
    assert "ValueError" in found.mend.en
    assert "secret" not in found.mend.en


def add_notice(key, **values):
    defaults = {"channel": "email", "urgent": False, "not_before": NOW, "due_at": NOW, "created_at": NOW}
    about = {"kind": "requests", "id": "1"}
    Notice(key=key, about=about, template={"code": "x"}, recipient="guard", **defaults | values).save()


def test_undelivered_notices_are_named_new_ones_as_bad(patient):
    add_notice("a", state="dead")
    add_notice("b", state="dead", created_at=NOW - timedelta(days=8))
    add_notice("c", state="held", last_error="no_mail_server")
    assert "1 notices of the last 7 days" in only(patient)
    older, held = findings(patient, "weak")
    assert "1 older notices" in older
    assert "1 notices wait" in held


def test_a_channel_by_which_nothing_gets_out_is_named(patient):
    channels.note("email", "", Outcome(reason="not_admitted", trouble=True), NOW - HOUR)
    [found] = [each for each in examine(patient) if each.level == "ill" and "clocks" not in each.what.en]
    assert "邮件" in found.what.zh
    assert "不接受登录" in found.what.zh
    assert "测试消息" in found.mend.zh


def test_a_record_that_was_put_aside_is_named(patient):
    record = {"_id": 5, "number": "WO-5"}
    health.report_bad("sweep_deadlines", "WorkOrder", record, KeyError("x"), now=NOW, until=NOW + HOUR)
    assert "sweep_deadlines cannot work on WorkOrder WO-5 (KeyError" in only(patient)


def make_calendar(*years):
    windows = [{"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "17:30"}]
    body = {"name": {"zh": "客服"}, "timezone": "Asia/Shanghai", "windows": windows, "makeup_weekday": 1, "days": []}
    for year in years:
        body = fill_statutory(body, year)
    cast.publish("working_calendar", "service", body, cast.LONG_AGO)


def test_a_calendar_without_next_years_holidays_is_named(patient):
    """`NOW` is in November: time enough. A calendar without this year's is wrong already."""
    make_calendar(2026)
    assert "2027 are not entered" in only(patient, "weak")
    make_calendar(2025)
    assert "2026, 2027 are not entered" in only(patient)


def make_plan(**changes):
    cast.make_company()
    body = {
        "name": {"zh": "夜间巡更", "en": "Night round"},
        "estate": cast.ESTATE,
        "service": "other",
        "frequency": "daily",
        "times": ["22:00"],
        "duration_minutes": 60,
        "start_date": "2026-01-01",
        "assign_to": "person",
        "staff": ["guard"],
        "missed": "skip",
        **changes,
    }
    cast.publish("plan", "night", body, NOW)


def test_a_plan_that_works_is_no_finding_and_nothing_is_made(patient, database):
    make_plan()
    assert findings(patient) == []
    assert database["work_orders"].count_documents({}) == 0


def test_a_plan_that_cannot_generate_is_named(patient):
    make_plan()
    Revision._get_collection().update_one({"type": "plan"}, {"$set": {"body.times": ["half past ten"]}})
    assert "The plan Night round (night) cannot make work orders (Invalid" in only(patient)


def test_a_plan_that_is_never_woken_is_named(patient):
    make_plan()
    Content._get_collection().update_one({"type": "plan"}, {"$unset": {"next_generate_at": ""}})
    assert "is never woken" in only(patient)


def test_a_plan_that_is_late_is_named(patient):
    make_plan()
    late = {"$set": {"next_generate_at": NOW - timedelta(minutes=11)}}
    Content._get_collection().update_one({"type": "plan"}, late)
    assert "is 11 min late" in only(patient)


def test_a_plan_whose_next_order_nobody_would_have_is_named(patient):
    make_plan()
    Revision._get_collection().update_one({"type": "plan"}, {"$set": {"body.staff": []}})
    assert "would be nobody's" in only(patient, "weak")


def test_a_tablet_that_is_silent_with_entries_of_its_own_is_named(patient):
    heard = NOW - timedelta(hours=13)
    device = devices.enrol(cast.TABLET, "巡更平板 1", actor=cast.guard(), now=heard)
    devices.report_contact(device.to_mongo(), "guard", Report(unsent=4), now=heard)
    assert [each for each in findings(patient, "weak") if "巡更平板 1 holds 4 unsent entries" in each]
    devices.report_contact(Device.objects.get().to_mongo(), "guard", Report(unsent=0), now=NOW)
    assert not [each for each in findings(patient, "weak") if "unsent" in each]


def test_a_check_that_fails_is_a_finding_and_the_others_go_on(patient, monkeypatch):
    from pymongo.errors import OperationFailure

    class Forbidding:
        def __init__(self, database):
            self._database = database

        def __getattr__(self, name):
            return getattr(self._database, name)

        def __getitem__(self, name):
            return self._database[name]

        def command(self, name, **options):
            raise OperationFailure("not authorized", 13)

    assert "check_room could not be finished (OperationFailure)" in only(
        replace(patient, database=Forbidding(patient.database))
    )


def test_the_exit_status_is_one_when_anything_is_bad(patient, capsys):
    clocks_agree = [each for each in examine(patient) if "clocks" not in each.what.en]
    assert report(clocks_agree) == 0
    assert " 0 bad" in capsys.readouterr().out
    patient.redis.flushdb()
    assert report(examine(patient)) == 1
    printed = capsys.readouterr().out
    assert "错误 BAD" in printed
    assert "→ 处理：" in printed
    assert "→ Mend: " in printed


def test_it_tells_why_the_application_does_not_start():
    environment = {**os.environ, "MONGODB_URI": "mongodb://x/a", "REDIS_URL": "redis://x", "SECRET_KEY": "changeme"}
    told = subprocess.run([sys.executable, "-m", "jobs.doctor"], env=environment, capture_output=True, text=True)
    assert told.returncode == 1
    assert "SECRET_KEY" in told.stdout


def test_it_runs_from_the_command_line_on_an_installation(database, redis, mongo_server, tmp_path):
    """Nothing works there yet: workers and beats are named, indexes – the accounts' among them – are not."""
    with RedisServer(tmp_path / "redis") as own:
        environment = {**os.environ, "MONGODB_URI": mongo_server, "REDIS_URL": own.uri, "SECRET_KEY": SECRET_KEY}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "doctor"]
        told = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert told.returncode == 1, told.stderr
    assert "Queue ticks (Deadlines and plans) has no worker" in told.stdout
    assert "The periodic job relay (Relay of notices and orders) does not run" in told.stdout
    assert "The clocks of this machine and of MongoDB agree" in told.stdout
