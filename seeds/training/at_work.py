"""What people do in a simulated estate about training: a session every week, told beforehand, most of them come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from seeds.simulation import Simulation
from store.actor import Actor
from store.content.reading import live_all
from store.described.operations import make
from store.lifecycle import run_of
from store.premises.documents import Estate
from store.records import Record
from store.training.kind import TRAINING

WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
# Of a hundred: sessions that are called off, people who stay away, and those who do not pass.
CALLED_OFF, AWAY, FAILED = 6, 8, 5
PLACES = ("物业服务中心会议室", "消防控制室", "小区活动室")
TRAINERS = ("赵居安", "外聘讲师", "各部门主管")
SUMMARY = "按提纲完成讲解和演练，现场答疑；不合格人员一周内补考。"


def begin(simulation: Simulation, actor_of: Callable[[str], Actor]) -> None:
    training = Training(simulation, actor_of("manager"))
    simulation.at(simulation.now + HOUR, training.plan)


@dataclass
class Training:
    simulation: Simulation
    manager: Actor

    def plan(self, now: datetime) -> None:
        for estate in Estate.objects(active__ne=False).order_by("code"):
            self._plan_one(estate.code, ZoneInfo(estate.timezone), now)
        self.simulation.at(now + WEEK, self.plan)

    def _plan_one(self, estate: str, zone: ZoneInfo, now: datetime) -> None:
        dice = self.simulation.chance(
            "training", estate, f"{now:%F %T}"
        )  # a moment that was stored has another zone's name
        courses = live_all("course", now)
        if not courses:
            return
        course = dice.choice(courses)
        day = (now.astimezone(zone) + timedelta(days=dice.randint(5, 11))).date()
        planned_for = datetime.combine(day, time(dice.choice((9, 14, 15))), zone)
        values = {"estate": estate, "course": course.code, "planned_for": planned_for.isoformat()}
        values |= {"place": dice.choice(PLACES), "trainer": dice.choice(TRAINERS)}
        values |= {name: course.body[name] for name in ("roles", "hours") if course.body.get(name)}
        session = make(TRAINING, values, actor=self.manager, now=now)
        self._at(now + 2 * HOUR, session, "invite")
        if dice.randrange(100) < CALLED_OFF:
            self._at(planned_for - 20 * HOUR, session, "cancel", reason="讲师临时有事，改到下周另行通知。")
            return
        self.simulation.at(planned_for + 2 * HOUR, lambda at: self._hold(session, dice, at))

    def _hold(self, session: Record, dice: Random, now: datetime) -> Any:
        invited = type(session).objects.get(pk=session.pk).invited
        self._do(session, "attend", now, attendance=[_came(code, dice) for code in invited])
        return self._do(session, "hold", now, summary=SUMMARY)

    def _at(self, moment: datetime, session: Record, verb: str, **said: Any) -> None:
        self.simulation.at(moment, lambda now: self._do(session, verb, now, **said))

    def _do(self, session: Record, verb: str, now: datetime, **said: Any) -> Any:
        return run_of(TRAINING, verb)(session.pk, **said, actor=self.manager, now=now)


def _came(code: str, dice: Random) -> dict[str, Any]:
    if dice.randrange(100) < AWAY:
        return {"person": code, "came": dice.choice(("absent", "excused"))}
    score = dice.randint(60, 74) if dice.randrange(100) < FAILED else dice.randint(80, 100)
    return {"person": code, "came": "present", "score": score, "result": "passed" if score >= 80 else "failed"}
