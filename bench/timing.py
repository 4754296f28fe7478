"""Times that can be compared on a noisy machine: side by side in turns, never one after the other."""

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import NamedTuple


class Trial(NamedTuple):
    """`prepare` is not timed; it brings everything back to where `run` begins."""

    prepare: Callable[[], object]
    run: Callable[[], object]


class Times(NamedTuple):
    """Seconds of every round."""

    rounds: list[float]

    @property
    def median(self) -> float:
        return median(self.rounds)

    def __str__(self) -> str:
        return f"{_short(self.median)} ({_short(min(self.rounds))}–{_short(max(self.rounds))})"


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(trials: Mapping[str, Trial], rounds: int) -> dict[str, Times]:
    """Run all trials in turns, every other round backwards, after one round that warms up and is not counted."""
    found: dict[str, list[float]] = {name: [] for name in trials}
    for number in range(rounds + 1):
        for name in sorted(trials, key=list(trials).index, reverse=bool(number % 2)):
            trials[name].prepare()
            took = seconds(trials[name].run)
            if number:
                found[name].append(took)
    return {name: Times(times) for name, times in found.items()}


def ratio(times: Times, to: Times) -> float:
    return times.median / to.median


def _short(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"
