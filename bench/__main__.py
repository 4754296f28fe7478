"""`python -m bench [part …]`: measure, print a table. The exit status tells whether it ran, not whether bounds are met."""

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from bench import content, delivering, generating, listing, office, programs, simulating, sweeping, tablet
from bench.ground import Ground, servers
from bench.population import Patterns, make_base
from bench.table import HEAD, Measured

T = TypeVar("T")
Part = Callable[[Ground, list[Patterns]], list[Measured]]
PARTS: dict[str, Part] = {
    "sweep": sweeping.measure,
    "lists": listing.measure,
    "plans": generating.measure,
    "notices": delivering.measure,
    "simulation": simulating.measure,
}
# With a company of their own.
APART: dict[str, Callable[[Ground], list[Measured]]] = {
    "api": programs.measure,
    "content": content.measure,
    "office": office.measure,
    "tablet": tablet.measure,
}


def main(names: Sequence[str]) -> None:
    every = [*PARTS, *APART]
    unknown = set(names) - set(every)
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; parts are: {', '.join(every)}")
    chosen = names or every
    with servers() as ground:
        needs_base = not set(chosen) <= set(APART)
        patterns = _timed("half a day of the company", partial(make_base, ground)) if needs_base else []
        print(HEAD, flush=True)
        for name in chosen:
            work = partial(APART[name], ground) if name in APART else partial(PARTS[name], ground, patterns)
            for line in _timed(name, work):
                print(line, flush=True)


def _timed(name: str, work: Callable[[], T]) -> T:
    began = time.monotonic()
    print(f"{name} …", end=" ", file=sys.stderr, flush=True)
    found = work()
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
