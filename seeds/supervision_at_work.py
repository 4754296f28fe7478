"""Simulated supervisors look again at a small share of what plans had done (clause 8.1): mostly it is good."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from seeds.simulation import Simulation
from store.actor import Actor
from store.people.documents import Staff
from store.work import operations as work
from store.work.documents import WorkOrder

HOUR = timedelta(hours=1)
# Of a thousand orders of plans: those that are sampled; of a hundred samples: those that show a fault.
SAMPLED, FAULTS = 40, 10
GOOD = ("现场复看，与记录一致。", "抽查三处，均达标。", "照片与现场相符，做得细致。")
WRONG = ("边角处未清理到位", "记录与现场不符", "收尾工具未归位")


@dataclass
class Supervision:
    """`actor` gives the actor of a code."""

    simulation: Simulation
    actor: Callable[[str], Actor]

    def perhaps(self, order: WorkOrder) -> None:
        """Some hours after it was due; what has not been done by then cannot be sampled, and is left."""
        dice = self.simulation.chance("sample", order.key)
        if order.source.get("kind") != "plan" or order.due_at is None or dice.randrange(1000) >= SAMPLED:
            return
        leads = Staff.objects(department=order.department, estates=order.estate, roles="supervisor", active__ne=False)
        codes = [each.code for each in leads.order_by("code").only("code")]
        who = self.actor(dice.choice(codes) if codes else "manager")
        said: dict[str, Any] = {"verdict": "good", "note": dice.choice(GOOD)}
        if dice.randrange(100) < FAULTS:
            said = {"title": dice.choice(WRONG), "severity": "low"}
        self.simulation.at(order.due_at + dice.randint(2, 20) * HOUR, self._looking(order, who, said))

    def _looking(self, order: WorkOrder, who: Actor, said: dict[str, Any]) -> Callable[[datetime], WorkOrder | None]:
        def act(now: datetime) -> WorkOrder | None:
            done = WorkOrder.objects(pk=order.pk, state="done").only("pk").first() is not None
            return work.supervise(order.pk, **said, actor=who, now=now) if done else None

        return act
