"""(e) How many days of the estates the simulation goes through in a minute."""

import time
from datetime import timedelta

from bench.ground import Ground
from bench.population import NOW, Patterns
from bench.table import Measured
from seeds.loader import load
from seeds.people_at_work import Company
from seeds.simulation import Simulation
from store.connection import ensure_indexes

DATABASE = "anju_simulated"
DAYS = 5


def measure(ground: Ground, patterns: list[Patterns]) -> list[Measured]:
    ground.use(DATABASE, durable=False)
    ensure_indexes()
    began = time.perf_counter()
    load(NOW)
    loaded = time.perf_counter() - began
    simulation = Simulation(NOW, NOW + timedelta(days=DAYS), seed=1)
    Company(simulation).come_to_work()
    began, busy = time.perf_counter(), time.process_time()
    simulation.run()
    took, busy = time.perf_counter() - began, time.process_time() - busy
    ground.drop(DATABASE)
    figures = f"{DAYS / took * 60:.0f} days a minute ({took / DAYS:.2f} s a day, {busy / DAYS:.2f} s of it our own)"
    return [Measured("simulating, everybody at work", f"{figures}; loading the seeds {loaded:.1f} s")]
