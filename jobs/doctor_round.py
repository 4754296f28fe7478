"""The doctor's round: every check, one after another, and its findings in print."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import click
from mongoengine.connection import ConnectionFailure, get_db
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from jobs import doctor_servers as servers
from jobs import doctor_work as work
from jobs.doctor_findings import Finding, Patient, ill
from jobs.doctor_settings import bad_setting, check_settings
from jobs.queues import connect as connect_redis
from store import clock
from store.connection import connect
from store.settings import BadSetting, Settings
from store.words import Words

Check = Callable[[Patient], Iterator[Finding]]

WITH_MONGO: tuple[Check, ...] = (
    servers.check_replica_set,
    servers.check_clocks,
    servers.check_room,
    servers.check_restore,
    servers.check_indexes,
    work.check_beats,
    work.check_processes,
    work.check_notices,
    work.check_channels,
    work.check_bad_records,
    work.check_devices,
    work.check_calendars,
    work.check_plans,
)
WITH_REDIS: tuple[Check, ...] = (servers.check_redis, work.check_workers)
LABELS = {"sound": ("正常 ok  ", "green"), "weak": ("注意 note", "yellow"), "ill": ("错误 BAD ", "red")}
MEND = Words("处理：", "Mend: ")
SUMMARY = Words("{sound} 项正常，{weak} 项注意，{ill} 项错误", "{sound} ok, {weak} to note, {ill} bad")


def examine_environment(environment: Mapping[str, str]) -> Iterator[Finding]:
    try:
        settings = Settings.from_environment(environment)
    except BadSetting as error:
        yield bad_setting(error)
        return
    redis = connect_redis(settings.redis_url, servers.SECONDS)
    yield from examine(Patient(settings, _database(settings), redis, clock.now))


def _database(settings: Settings) -> Any:
    try:
        return get_db()
    except ConnectionFailure:  # `python -m jobs.doctor`: nobody has connected yet
        return connect(settings)


def examine(patient: Patient) -> Iterator[Finding]:
    yield from check_settings(patient.settings)
    for answers, checks in ((servers.mongo_answers, WITH_MONGO), (servers.redis_answers, WITH_REDIS)):
        answer = answers(patient)
        yield answer
        if answer.level == "sound":
            for check in checks:
                yield from _run(check, patient)


def _run(check: Check, patient: Patient) -> Iterator[Finding]:
    """One check that fails is a finding, and the others are made all the same."""
    try:
        yield from check(patient)
    except (PyMongoError, RedisError) as error:
        told = {"check": check.__name__, "kind": type(error).__name__}
        yield ill(
            Words("检查 {check} 无法完成（{kind}）", "The check {check} could not be finished ({kind})").fill(**told),
            Words("检查服务器日志和数据库用户的权限", "Look at the server's log and at what its user may do"),
        )


def report(findings: Iterable[Finding]) -> int:
    """Print the findings as they come; 1 when anything is bad."""
    counted: Counter[str] = Counter({"sound": 0, "weak": 0, "ill": 0})
    for each in findings:
        counted[each.level] += 1
        _say(each)
    words = SUMMARY.fill(**counted)
    click.echo(f"{words.zh}\n{words.en}")
    return 1 if counted["ill"] else 0


def _say(finding: Finding) -> None:
    label, colour = LABELS[finding.level]
    click.echo(f"{click.style(label, fg=colour)}  {finding.what.zh}\n           {finding.what.en}")
    if finding.mend:
        click.echo(f"           → {MEND.zh}{finding.mend.zh}\n           → {MEND.en}{finding.mend.en}")
