"""Training in the demo: sessions are planned, told and held, and clause 5.1 is proven by them."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast

from seeds.loader import load
from seeds.simulation import Simulation
from seeds.training.at_work import begin
from store.described.documents import DOCUMENTS
from store.people.operations import actor_for
from store.policies.operations import coverage

START = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)


class Acts:
    """What a simulation is to those who plan: a clock, dice and a list of what is to be done."""

    def __init__(self, until: datetime) -> None:
        self.now, self.until = START, until
        self._acts: list[tuple[datetime, Any]] = []

    def at(self, moment: datetime, act: Any) -> None:
        self._acts.append((moment, act))

    def chance(self, *name: object) -> Random:
        return Random(f"2:{name}")

    def run(self) -> None:
        while self._acts:
            self._acts.sort(key=lambda each: each[0])
            self.now, act = self._acts.pop(0)
            if self.now < self.until:
                act(self.now)


def test_a_session_is_planned_for_every_estate_and_most_are_held(database: Any) -> None:
    load(START)
    acts = Acts(START + timedelta(days=24))
    begin(cast(Simulation, acts), actor_for)
    acts.run()
    sessions = DOCUMENTS["training_session"].objects
    assert {each.estate for each in sessions} == {"sunshine", "riverside"}
    held = [each for each in sessions if each.state == "held"]
    assert held
    assert all({row["person"] for row in each.attendance} == set(each.invited) for each in held)
    proven = {each.number: each for each in coverage(acts.until, timedelta(days=30))}["5.1"]
    assert proven.state == "covered"
    assert proven.evidence is not None
    assert proven.evidence.kind == "training_session"
