"""What the people of a simulated estate do about findings: they see some on their rounds, put them right, look again.

Most is put right the first time and in time; some is late, and of some the supervisor says that it is not good yet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from seeds.pictures import Album
from seeds.simulation import Simulation
from seeds.tablets_at_work import Tablets
from store.actor import Actor
from store.work import evidence
from store.work import operations as work
from store.work.documents import WorkOrder

MINUTE = timedelta(minutes=1)
# Of a hundred: what is put right late, and what is sent back; of a thousand checkpoints: where something is wrong.
LATE, SENT_BACK, SEEN = 10, 12, 4
RIGHTED = ("已清理到位，现场复看无遗留。", "已更换并试用正常。", "已修复，围挡撤除。", "已重新打扫，地面擦干。")
NOT_YET = ("墙角仍有污迹，请重新处理。", "只处理了一半，楼梯间没有做。", "固定不牢，请返工。")
AT_CHECKPOINTS = (
    ("灯不亮", "low"),
    ("消防门未关闭", "normal"),
    ("通道有杂物堆放", "normal"),
    ("灭火器压力不足", "high"),
    ("地面有积水", "normal"),
)


@dataclass
class Findings:
    """Everybody around a finding."""

    simulation: Simulation
    tablets: Tablets
    album: Album

    def put_right(self, order: WorkOrder, who: Actor, dice: Random, now: datetime) -> None:
        end = _between(order, now, dice, late=dice.randrange(100) < LATE)
        note = dice.choice(RIGHTED)
        held = self.tablets.held
        self.simulation.at(now + MINUTE, lambda at: work.accept(order.pk, actor=held(who, at), now=at))
        if order.photos:
            self.simulation.at(end, lambda at: self._photograph(order, held(who, at), at))
        self.simulation.at(end, lambda at: work.complete(order.pk, note=note, actor=held(who, at), now=at))

    def _photograph(self, order: WorkOrder, who: Actor, now: datetime) -> WorkOrder:
        """The same place again, when all is well."""
        after = {"hash": self.album.put_right(order.estate, order.photos[0]["hash"], now), "role": "after"}
        return evidence.add_photos(order.pk, photos=[after], actor=who, now=now)

    def judge(self, order: WorkOrder, who: Actor, dice: Random, now: datetime) -> None:
        # What was sent back twice would be a story of its own.
        passed = order.source["round"] > 1 or dice.randrange(100) >= SENT_BACK
        note = "" if passed else dice.choice(NOT_YET)
        end = _between(order, now, dice, late=False)
        self.simulation.at(end, lambda at: work.verdict(order.pk, passed=passed, note=note, actor=who, now=at))

    def walk_past(self, order: WorkOrder, point: str, moment: datetime, who: Actor) -> None:
        """Now and then something is wrong at a checkpoint, and is raised on the spot."""
        dice = self.simulation.chance("seen", order.key, point)
        if dice.randrange(1000) < SEEN:
            title, severity = dice.choice(AT_CHECKPOINTS)
            scene = self.album.scene(order.department, dice)
            self.simulation.at(moment + MINUTE, self._raise(order, point, title, severity, scene, who))

    def _raise(
        self, order: WorkOrder, point: str, title: str, severity: str, scene: str, who: Actor
    ) -> Callable[[datetime], WorkOrder]:
        said: dict[str, Any] = {"checkpoint": point, "title": title, "severity": severity}

        def act(now: datetime) -> WorkOrder:
            photo = self.album.photo(order.estate, scene, now, wrong=True)
            return work.raise_finding(order.pk, **said, photos=[photo], actor=self.tablets.held(who, now), now=now)

        return act


def _between(order: WorkOrder, now: datetime, dice: Random, late: bool) -> datetime:
    allowed = order.due_at - now if order.due_at else timedelta(hours=4)
    return now + 2 * MINUTE + allowed * (dice.uniform(1.05, 1.6) if late else dice.uniform(0.1, 0.8))
