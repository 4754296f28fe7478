"""The tablets of the simulated estates: who carries which, what they say of themselves, whose clock is slow."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from seeds.simulation import Simulation
from store.actor import Actor, TabletEntry
from store.devices import operations as devices
from store.devices.rules import Report
from store.premises.documents import Estate

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NAMES = (("security", "巡更平板 1"), ("repair", "维修平板 1"), ("cleaning", "保洁平板 1"))
MOST_PEOPLE = 4
APP_VERSION = "0.1.0"
# One tablet of all is three minutes slow, and one has been lying in a drawer with entries nobody has received.
SLOW, SLOW_SECONDS = ("sunshine", "repair"), -180
SILENT, SILENT_FOR, UNSENT = ("sunshine", "cleaning"), timedelta(hours=31), 7


class Tablet(NamedTuple):
    code: str
    offset: timedelta
    silent: bool


@dataclass
class Tablets:
    """`people` gives those of a department who work in an estate."""

    simulation: Simulation
    people: Callable[[str, str], list[Actor]]
    _carried: dict[str, Tablet] = field(default_factory=dict)

    def begin(self) -> None:
        for estate in Estate.objects(active__ne=False).order_by("code").only("code"):
            for department, name in NAMES:
                people = self.people(estate.code, department)[:MOST_PEOPLE]
                if people:
                    self._hand_out(estate.code, department, name, people)

    def held(self, who: Actor, now: datetime) -> Actor:
        """Who acts through his tablet, where he has one: its clock says something of its own."""
        tablet = self._carried.get(who.code)
        return replace(who, entry=TabletEntry(device=tablet.code, device_at=now + tablet.offset)) if tablet else who

    def _hand_out(self, estate: str, department: str, name: str, people: list[Actor]) -> None:
        dice = self.simulation.chance("tablet", estate, department)
        seconds = SLOW_SECONDS if (estate, department) == SLOW else dice.uniform(-4, 4)
        silent = (estate, department) == SILENT
        tablet = Tablet(str(UUID(int=dice.getrandbits(128), version=4)), timedelta(seconds=round(seconds, 3)), silent)
        for person in people:
            devices.enrol(tablet.code, name, actor=person, now=self.simulation.now)
            self._carried.setdefault(person.code, tablet)
        self._report_daily(tablet, [person.code for person in people], dice)

    def _report_daily(self, tablet: Tablet, people: list[str], dice: Random) -> None:
        """Once a day is enough to be told of; the last word comes shortly before the end."""
        last = self.simulation.until - (SILENT_FOR if tablet.silent else dice.randint(2, 50) * MINUTE)
        run = str(UUID(int=dice.getrandbits(128), version=4))

        def report(now: datetime) -> None:
            is_last = now >= last
            unsent = UNSENT if tablet.silent and is_last else 0
            said = Report(APP_VERSION, unsent, round(tablet.offset.total_seconds() * 1000), True, run)
            known = devices.find(tablet.code)
            if known is not None:
                devices.report_contact(known.to_mongo(), people[0], said, now=now)
            if not is_last:
                self.simulation.at(min(now + DAY, last), report)

        self.simulation.at(self.simulation.now + MINUTE, report)
