"""Ten hours of the estates twice on the database of `MONGODB_URI`, in a process of its own: told without hearing its own
writes, and with it. Prints both stories and how many commands each took."""

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.monitoring import CommandStartedEvent

from seeds.loader import load
from seeds.people_at_work import Company
from seeds.report import account, lines
from seeds.simulating import scratch
from seeds.simulation import Outage, Simulation
from store.settings import Settings
from store.watch import Watch

START = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
OUTAGE = Outage(START + timedelta(hours=3), START + timedelta(hours=6))


class Counting(Watch):
    """Counts besides what is sent. One that is deaf is asked nothing by the simulation."""

    def __init__(self) -> None:
        super().__init__()
        self.commands = 0

    def started(self, event: CommandStartedEvent) -> None:
        self.commands += 1
        super().started(event)


def told(settings: Settings, *, hears: bool) -> dict[str, Any]:
    watch = Counting()
    with scratch(settings, watch, "heard"):
        load(START)
        heard = watch if hears else None
        simulation = Simulation(START, START + timedelta(hours=10), 1, [OUTAGE], watch=heard)
        Company(simulation).come_to_work()
        before = watch.commands
        simulation.run()
        taken = watch.commands - before
        return {"story": list(lines(account(simulation, START))), "commands": taken}


if __name__ == "__main__":
    found = Settings.from_environment(os.environ)
    print(json.dumps([told(found, hears=False), told(found, hears=True)]))
