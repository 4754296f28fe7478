"""What people do in a simulated estate when a drill begins or a plan is started in earnest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from seeds.simulation import Simulation
from store.actor import Actor
from store.emergencies import operations as drills
from store.emergencies.documents import Drill
from store.incidents import operations as incidents
from store.incidents.documents import Incident
from store.premises.documents import Estate
from store.work import operations as work
from store.work.documents import WorkOrder

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
# Of a hundred: days on which a plan is started in an estate, incidents that are a false alarm, drills that nobody
# confirms, steps that nobody begins by himself, and steps that take too long.
STARTED, FALSE_ALARM, UNCONFIRMED, LEFT_ALONE, TOO_LONG = 3, 20, 8, 3, 8
# Plans with a place and what was said; nothing here may name a person.
EVENTS = (
    ("burst-pipe", "2号楼地下一层水泵房", "管道接口喷水，地面积水约 5 厘米。"),
    ("lift-entrapment", "3号楼2单元电梯", "电梯停在 7 层，轿厢内有人按铃。"),
    ("power-cut", "地下车库", "车库照明和充电桩全部断电。"),
    ("fire", "5号楼1单元楼道", "楼道堆放的纸箱冒烟。"),
)
SUMMARIES = ("现场已恢复，无人受伤，按预案完成。", "处置完毕，已向业主说明情况，设备恢复运行。")
# Long enough for every step of every plan.
OVER_AFTER = 5 * HOUR
Pick = Callable[[str, str, Random], Actor]


@dataclass
class Emergencies:
    """`pick` gives somebody of a department in an estate."""

    simulation: Simulation
    manager: Actor
    pick: Pick

    def begin(self) -> None:
        self.simulation.on_new(Drill, self.take_drill)
        self.simulation.on_new(Incident, self.take_incident)
        self._tomorrow(self.simulation.now)

    def take_drill(self, drill: Drill, now: datetime) -> None:
        dice = self.simulation.chance("drill", drill.estate, drill.key)
        if dice.randrange(100) < UNCONFIRMED:
            return
        key, actor, score = drill.pk, self.manager, dice.randint(78, 98)
        confirm_at = max(now + HOUR, drill.planned_for - timedelta(days=10))
        self._at(confirm_at, lambda at: drills.confirm(key, actor=actor, now=at))
        self._at(drill.planned_for, lambda at: drills.begin(key, actor=actor, now=at))
        self._at(
            drill.planned_for + OVER_AFTER,
            lambda at: drills.hold(key, score=score, summary="按预案完成，记录见现场照片。", actor=actor, now=at),
        )

    def take_step(self, order: WorkOrder, who: Actor, now: datetime) -> None:
        """Most begin within a quarter of the limit; what is left alone is begun after it has escalated."""
        dice = self.simulation.chance("step", order.source["number"], order.source["code"])
        limit = order.due_at - order.starts_at
        share = dice.uniform(0.7, 1.2) if dice.randrange(100) < LEFT_ALONE else dice.uniform(0.05, 0.3)
        begin = now + limit * share
        end = begin + limit * (dice.uniform(1.0, 1.5) if dice.randrange(100) < TOO_LONG else dice.uniform(0.1, 0.5))
        self._at(begin, lambda at: work.start(order.pk, actor=who, now=at))
        self._at(end, lambda at: work.complete(order.pk, actor=who, now=at))

    def take_incident(self, incident: Incident, now: datetime) -> None:
        dice, key, actor = self.simulation.chance("incident", incident.number), incident.pk, self.manager
        if dice.randrange(100) < FALSE_ALARM:
            at = now + dice.randint(4, 9) * MINUTE
            self._at(at, lambda at: incidents.cancel(key, reason="到场核实为误报。", actor=actor, now=at))
            return
        summary = dice.choice(SUMMARIES)
        self._at(now + OVER_AFTER, lambda at: incidents.close(key, summary=summary, actor=actor, now=at))
        # What somebody forgot is no reason to keep it open for ever; refused where it is closed already.
        self._at(
            now + OVER_AFTER + HOUR,
            lambda at: incidents.force_close(
                key, summary=summary, reason="现场已恢复，个别步骤未登记。", actor=actor, now=at
            ),
        )

    def _tomorrow(self, now: datetime) -> None:
        for estate in Estate.objects(active__ne=False).order_by("code"):
            zone = ZoneInfo(estate.timezone)
            day = now.astimezone(zone).date()
            dice = self.simulation.chance("emergency", estate.code, day)
            if dice.randrange(100) < STARTED:
                local = datetime.combine(day, time(0), zone) + dice.randint(0, 24 * 60 - 1) * MINUTE
                self._at(max(local.astimezone(now.tzinfo), now), self._start(estate.code, dice))
        self._at(now + timedelta(days=1), self._tomorrow)

    def _start(self, estate: str, dice: Random) -> Callable[[datetime], Incident]:
        plan, place, words = dice.choice(EVENTS)
        values = {"estate": estate, "plan": plan, "place": place, "words": words}
        who = self.pick(estate, "security", dice)
        return lambda at: incidents.start(values, actor=who, now=at)

    def _at(self, moment: datetime, act: Callable[[datetime], object]) -> None:
        self.simulation.at(moment, act)
