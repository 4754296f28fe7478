"""Whether the background works: in one line for everybody, in full on the jobs page."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app

from store.health import operations as health
from store.health.documents import Beat
from store.health.processes import Ended, ended_unexpectedly
from store.health.rules import Periodic, Stale, stale
from store.words import Words

# Set by `wsgi.py`; the web part may not import the jobs.
PERIODIC = "anju_periodic"
LATELY = timedelta(hours=1)
# What will not happen while a job stands still.
CONSEQUENCES: dict[str, Words] = {
    "sweep_deadlines": Words(
        "到期提醒、漏检报警和升级不会发出", "No warnings, missed-checkpoint alarms or escalations"
    ),
    "publish_due": Words("定时发布的内容不会生效", "Scheduled content does not come into force"),
    "generate_work": Words("计划不会生成新工单", "Plans make no new work orders"),
    "relay": Words("通知和派生工单不会转出", "Notices and orders that follow from others are not made"),
    "send_notices": Words("邮件和群机器人通知不会发出", "No e-mails and chat messages go out"),
    "plan_drills": Words("演练日期不会更新", "Drills are not dated"),
    "check_calendars": Words("不会检查来年节假日", "Next year's holidays are not checked"),
}


class Health(NamedTuple):
    """`newest` is the last success of any job; `stale` are those that stand still."""

    stale: list[tuple[Stale, Words]]
    newest: datetime | None
    known: bool
    # Processes that ended without saying so in the last hour; what starts them again has done so.
    ended: list[Ended]

    @property
    def well(self) -> bool:
        return self.known and not self.stale and self.newest is not None

    @property
    def starting(self) -> bool:
        """Nothing has succeeded yet, and nothing is late either: the first minute."""
        return self.known and not self.stale and self.newest is None


def schedule() -> dict[str, Periodic]:
    """The schedule by name; empty where nobody gave it."""
    found = current_app.extensions.get(PERIODIC) or ()
    listed = found.values() if isinstance(found, Mapping) else found
    return {each.name: each for each in listed}


def expected(beats: Mapping[str, Beat]) -> dict[str, float]:
    known = schedule()
    if known:
        return {name: each.every_seconds for name, each in known.items()}
    return {name: beat.every_seconds for name, beat in beats.items()}


def health_now(now: datetime, beats: Mapping[str, Beat] | None = None) -> Health:
    """Two queries."""
    told = health.beats() if beats is None else beats
    wanted = expected(told)
    found_stale = [_stale(name, told.get(name), every, now) for name, every in wanted.items()]
    finished = [beat.last_finished for beat in told.values() if beat.last_finished]
    found = [(each, CONSEQUENCES.get(each.name, name_of(each.name))) for each in found_stale if each]
    return Health(found, max(finished, default=None), bool(wanted), ended_unexpectedly(now - LATELY, now))


def _stale(name: str, beat: Any, every: float, now: datetime) -> Stale | None:
    checks = current_app.extensions.get("anju_checks")
    alive_since = checks.alive_since if checks else now
    return stale(name, beat, every, now, alive_since)


def name_of(job: str) -> Words:
    known = schedule().get(job)
    return known.words if known else CONSEQUENCES.get(job, Words(job, job))
