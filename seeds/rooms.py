"""The parts of the house whose people are simulated in a folder of their own: `seeds/<part>/at_work.py`, which has `begin`."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from seeds.simulation import Simulation
from store.actor import Actor

Begin = Callable[[Simulation, Callable[[str], Actor]], None]


def at_work() -> list[Begin]:
    """What sets each of them to work, given the simulation and who is behind a code."""
    here = Path(__file__).parent
    folders = sorted(file.parent.name for file in here.glob("*/at_work.py"))
    return [import_module(f"seeds.{folder}.at_work").begin for folder in folders]
